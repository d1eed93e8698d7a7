//! The findings of a recording of the speed-up experiment: charts, tables and sentences.

use super::{
    Measured, Part,
    claims::verdicts,
    sentence::sentence,
    speed_ups::{IdealShare, SpeedUp, speed_ups},
};
use crate::{
    Locking, Model,
    findings::{
        Analysis, list_in_words, median_in_words, overview, processes_in_words, spread_in_words,
        value_in_words,
    },
    numbers::{number, times, with_unit},
    report::{Finding, Headline, Point, Recording, Series, SeriesId, Table, Trend},
    samples::Samples,
    scaling::{Amdahl, UniversalScalability, karp_flatt},
    statistics::{Summary, speed_up},
};
use charts::{Axis, Chart, ChartKind, ChartLine, Dot, Quantity, Role};

/// The series of the threads.
const THREADS: [Measured; 3] = [
    Measured::Time(Model::Threads(Locking::Gil)),
    Measured::Time(Model::Threads(Locking::Released)),
    Measured::Time(Model::Threads(Locking::Free)),
];

pub(crate) fn analyse(recording: &Recording) -> Analysis {
    let rows = speed_ups(recording);
    let sentence = sentence(recording, &rows);
    let [gil, released, free] = &THREADS;
    let runs = recording.measured_of([
        &Measured::MAIN as &dyn SeriesId,
        &Measured::PROCESSES,
        gil,
        released,
        free,
    ]);
    let parts = Part::ALL.map(Measured::Part);
    let parts = recording.measured_of(parts.iter().map(|part| part as &dyn SeriesId));
    let laws = Laws::of(recording);
    let mut charts = Vec::new();
    charts.extend(speed_up_chart(recording, &rows, &sentence));
    charts.extend(laws.chart(&rows));
    charts.extend(weak_chart(recording));
    charts.extend(overview::chart(
        recording,
        "time",
        "Time by number of processes",
        &runs,
        times_in_words(recording),
    ));
    charts.extend(
        overview::chart(
            recording,
            "parts",
            "Where one process’s time went",
            &parts,
            parts_in_words(recording),
        )
        .map(|chart| overview::as_bars(chart, "processes")),
    );
    let mut findings = verdicts(recording);
    findings.extend(threads_findings(recording));
    findings.extend(laws.findings());
    Analysis {
        headline: headline(&rows),
        findings,
        sentence,
        charts,
        tables: vec![scaling(&rows), overview::medians(recording)],
    }
}

/// The laws fitted to the processes' times.
struct Laws {
    amdahl: Option<Amdahl>,
    universal: Option<UniversalScalability>,
    /// The main thread's median, in seconds.
    main: Option<f64>,
}

impl Laws {
    fn of(recording: &Recording) -> Laws {
        let points = recording
            .measured(&Measured::PROCESSES)
            .map(|one| &one.points);
        let samples: Vec<Samples> = (points.into_iter().flatten())
            .filter(|point| !point.samples.is_empty())
            .map(|point| Samples::new(point.x, point.samples.clone()))
            .collect();
        let main = recording
            .measured(&Measured::MAIN)
            .and_then(|one| one.points.first());
        // A law with as many parameters as there are points would fit them exactly, and the
        // fit would show nothing.
        let more_than = |parameters| Some(&samples[..]).filter(|all| all.len() > parameters);
        Laws {
            amdahl: more_than(2).and_then(Amdahl::fit),
            universal: more_than(3).and_then(UniversalScalability::fit),
            main: main.and_then(Point::median),
        }
    }

    /// The chart of the fitted laws beside what was measured.
    fn chart(&self, rows: &[SpeedUp]) -> Option<Chart> {
        let main = self.main?;
        let line = |label: &str, seconds: &dyn Fn(f64) -> f64| ChartLine {
            label: label.to_owned(),
            role: Role::Fitted,
            series: None,
            dots: (rows.iter())
                .map(|row| f64::from(row.workers))
                .map(|workers| Dot::new(workers, main / seconds(workers)))
                .collect(),
        };
        let amdahl = (self.amdahl.as_ref())
            .map(|law| line("Amdahl’s law", &|workers| law.seconds(workers)));
        let universal = (self.universal.as_ref())
            .map(|law| line("universal scalability", &|workers| law.seconds(workers)));
        let serial = with_unit(self.amdahl.as_ref()?.serial.value * 100.0, "%");
        Some(Chart {
            id: "laws".to_owned(),
            title: "The laws of scaling, fitted".to_owned(),
            kind: ChartKind::Lines,
            x: Axis::linear(Quantity::new("processes", "")),
            y: Axis::linear(Quantity::new("speed-up", "×")),
            lines: [measured(rows)]
                .into_iter()
                .chain(amdahl)
                .chain(universal)
                .collect(),
            sentence: format!(
                "Amdahl’s law comes closest to the measured speed-ups if {serial} of the work cannot be shared out."
            ),
        })
    }

    fn findings(&self) -> Vec<Finding> {
        let percent = |share: f64| with_unit(share * 100.0, "%");
        let amdahl = self.amdahl.map(|law| {
            let serial = law.serial;
            Finding::new(format!(
                "Amdahl’s law fits with a serial part of {} (95 % interval {} to {}), start-up included; it is off by {} on average{}.",
                percent(serial.value),
                percent(serial.low),
                percent(serial.high),
                percent(law.deviation),
                match law.limit() {
                    Some(limit) => format!(", and allows no speed-up over one process beyond {}", times(limit)),
                    None => String::new(),
                }
            ))
        });
        let universal = self.universal.map(|law| {
            Finding::new(format!(
                "The universal scalability law fits with a contention of {} ({} to {}) and a coherence of {} ({} to {}){}.",
                percent(law.contention.value),
                percent(law.contention.low),
                percent(law.contention.high),
                percent(law.coherence.value),
                percent(law.coherence.low),
                percent(law.coherence.high),
                match law.peak.workers {
                    Some(workers) => format!(": most speed with about {} processes", number(workers.round())),
                    None => ": no number of processes is too many".to_owned(),
                }
            ))
        });
        amdahl.into_iter().chain(universal).collect()
    }
}

/// The chart of weak scaling: the speed of each of several processes as a fraction of the
/// speed of one process alone. It is 1 if they do not slow each other down.
fn weak_chart(recording: &Recording) -> Option<Chart> {
    let series = recording.measured(&Measured::WEAK)?;
    let alone = &series.at(1.0)?.samples;
    let dots: Vec<Dot> = (series.points.iter())
        .filter_map(|point| {
            let kept = speed_up(alone, &point.samples)?;
            Some(Dot {
                x: point.x,
                y: kept.median,
                interval: (kept.n > 1).then_some((kept.low, kept.high)),
                ..Dot::default()
            })
        })
        .collect();
    let last = dots.last()?;
    let sentence = format!(
        "{}, each on all of the work, each ran at {} of the speed of one alone.",
        processes_in_words(last.x),
        with_unit(last.y * 100.0, "%")
    );
    Some(Chart {
        id: "weak".to_owned(),
        title: "Weak scaling: as much work for each".to_owned(),
        kind: match dots.len() < 3 {
            true => ChartKind::Bars,
            false => ChartKind::Lines,
        },
        x: Axis::linear(Quantity::new("processes", "")),
        y: Axis::linear(Quantity::new("speed of each, of one alone", "×")),
        lines: vec![ChartLine {
            label: "measured".to_owned(),
            role: Role::Measured,
            series: Some(series.id.clone()),
            dots,
        }],
        sentence,
    })
}

/// The comparison with the ideal speed-up, as a cell of the table.
fn share(share: IdealShare) -> String {
    match share {
        IdealShare::Below { share, .. } => with_unit((share * 100.0).round(), "%"),
        IdealShare::NoDifference { .. } => "all, within the spread".to_owned(),
        IdealShare::Above { .. } => "calibration disturbed".to_owned(),
    }
}

/// A table of the speed-ups with their shares of the ideal and their serial fractions.
fn scaling(rows: &[SpeedUp]) -> Table {
    let alone = rows.iter().find(|row| row.workers == 1);
    let cells = rows.iter().map(|row| {
        let over_one = alone.map(|alone| row.summary.median / alone.summary.median);
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        vec![
            row.workers.to_string(),
            times(row.summary.median),
            or_dash(over_one.map(times)),
            or_dash(row.share.map(|share| times(share.ideal()))),
            or_dash(row.share.map(share)),
            or_dash(
                over_one
                    .and_then(|over_one| karp_flatt(over_one, row.workers))
                    .map(|serial| with_unit(serial * 100.0, "%")),
            ),
        ]
    });
    Table {
        id: "scaling".to_owned(),
        title: "How it scales".to_owned(),
        columns: [
            "Processes",
            "Over the main thread",
            "Over one process",
            "Ideal, calibrated",
            "Share of the ideal",
            "Serial part (Karp–Flatt)",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: cells.collect(),
    }
}

/// The measured speed-ups as a line.
fn measured(rows: &[SpeedUp]) -> ChartLine {
    let dots = rows.iter().map(|row| Dot {
        x: row.workers.into(),
        y: row.summary.median,
        interval: (row.summary.n > 1).then_some((row.summary.low, row.summary.high)),
        ..Dot::default()
    });
    ChartLine {
        label: "processes".to_owned(),
        role: Role::Measured,
        series: Some(Measured::PROCESSES.series().id),
        dots: dots.collect(),
    }
}

fn speed_up_chart(recording: &Recording, rows: &[SpeedUp], sentence: &str) -> Option<Chart> {
    let processes = measured(rows);
    if processes.dots.is_empty() {
        return None;
    }
    let ideal = recording.calibration.iter().flat_map(|one| &one.ideal);
    let ideal = ChartLine {
        label: "ideal".to_owned(),
        role: Role::Ideal,
        series: None,
        dots: ideal
            .map(|one| Dot::new(one.workers.into(), one.speed_up))
            .collect(),
    };
    let threads = threads(recording)
        .into_iter()
        .map(|(series, rows)| ChartLine {
            label: series.label.clone(),
            role: Role::Measured,
            series: Some(series.id.clone()),
            dots: rows
                .into_iter()
                .map(|(workers, over_main)| Dot {
                    x: workers,
                    y: over_main.median,
                    interval: (over_main.n > 1).then_some((over_main.low, over_main.high)),
                    ..Dot::default()
                })
                .collect(),
        });
    // A third kind of threads is left to the chart of times.
    let lines: Vec<ChartLine> = [processes, ideal]
        .into_iter()
        .chain(threads)
        .filter(|line| !line.dots.is_empty())
        .take(overview::MAX_LINES)
        .collect();
    let places = lines.iter().map(|line| line.dots.len()).max()?;
    Some(Chart {
        id: "speed-up".to_owned(),
        title: "How many times as fast as the page’s own thread".to_owned(),
        kind: match places < 3 {
            true => ChartKind::Bars,
            false => ChartKind::Lines,
        },
        x: Axis::linear(Quantity::new("processes", "")),
        y: Axis::linear(Quantity::new("speed-up", "×")),
        lines,
        sentence: sentence.to_owned(),
    })
}

/// The best speed-up as the answer to "How much faster?".
fn headline(rows: &[SpeedUp]) -> Option<Headline> {
    let best = SpeedUp::best(rows)?;
    let summary = &best.summary;
    let mut notes = vec![spread_in_words(summary, "×")];
    notes.extend(best.share.map(IdealShare::words));
    Some(Headline {
        figure: times(summary.median),
        caption: format!(
            "as fast as this page’s own thread, with {}",
            processes_in_words(best.workers.into())
        ),
        notes,
        trend: if summary.high < 1.0 {
            Trend::Loss
        } else if summary.low <= 1.0 {
            Trend::Open
        } else {
            Trend::Plain
        },
    })
}

/// What the chart of times shows.
fn times_in_words(recording: &Recording) -> String {
    let main = recording.measured(&Measured::MAIN);
    let alone = main.and_then(|series| median_in_words(recording, series, series.points.first()?));
    let processes = recording.measured(&Measured::PROCESSES);
    let best = processes.and_then(|series| {
        let (point, median) = overview::quickest(series)?;
        let took = value_in_words(recording, series, median);
        Some((processes_in_words(point.x), took))
    });
    match (alone, best) {
        (Some(alone), Some((who, took))) => format!(
            "The page’s own thread took {alone} and {who}, the quickest number measured, {took}."
        ),
        (Some(alone), None) => format!("The page’s own thread took {alone}."),
        (None, Some((who, took))) => format!("The quickest, {who}, took {took}."),
        (None, None) => "No time was measured.".to_owned(),
    }
}

/// What the chart of one process's time shows: its parts with the most processes.
fn parts_in_words(recording: &Recording) -> String {
    let part = |part: Part, words: &str| {
        let series = recording.measured(&Measured::Part(part))?;
        let point = series.points.last()?;
        let time = median_in_words(recording, series, point)?;
        Some((point.x, format!("{words} {time}")))
    };
    let parts: Vec<(f64, String)> = [
        (Part::StartUp, "started for"),
        (Part::Sending, "sent for"),
        (Part::Computing, "computed for"),
        (Part::Waiting, "waited for"),
    ]
    .into_iter()
    .filter_map(|(one, words)| part(one, words))
    .collect();
    let most = parts.iter().map(|(x, _)| *x).fold(1.0, f64::max);
    let parts: Vec<String> = parts.into_iter().map(|(_, words)| words).collect();
    format!(
        "With {}, one of them {}. The parts are medians of their own, so they need not add up.",
        processes_in_words(most),
        list_in_words(&parts)
    )
}

/// The speed-ups of each kind of threads over the main thread, by the number of threads.
fn threads(recording: &Recording) -> Vec<(&Series, Vec<(f64, Summary)>)> {
    let main = recording.measured(&Measured::MAIN);
    let Some(main) = main.and_then(|main| main.points.first()) else {
        return Vec::new();
    };
    let all = THREADS.iter().filter_map(|id| recording.measured(id));
    all.map(|series| {
        let points = series.points.iter();
        let rows = points
            .filter_map(|point| Some((point.x, speed_up(&main.samples, &point.samples)?)))
            .collect();
        (series, rows)
    })
    .collect()
}

/// The best speed-up of each kind of threads.
fn threads_findings(recording: &Recording) -> Vec<Finding> {
    let finding = |(series, rows): (&Series, Vec<(f64, Summary)>)| {
        let of_several = rows.into_iter().filter(|(workers, _)| *workers > 1.0);
        let (workers, best) =
            of_several.max_by(|one, other| one.1.median.total_cmp(&other.1.median))?;
        let kind = series.model.map_or("Threads", Model::title);
        Some(Finding::new(format!(
            "{kind}, {} of them: {} as fast as the main thread.",
            number(workers),
            times(best.median)
        )))
    };
    threads(recording).into_iter().filter_map(finding).collect()
}

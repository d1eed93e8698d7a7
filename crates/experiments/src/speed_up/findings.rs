//! The findings of a recording of the speed-up experiment: charts, tables and sentences.

use super::{
    Measured, Part,
    claims::verdicts,
    sentence::sentence,
    speed_ups::{IdealShare, SpeedUp, speed_ups},
};
use crate::{
    Locking, Model,
    findings::{Analysis, overview, processes_in_words},
    numbers::{number, times, with_unit},
    report::{Finding, Point, Recording, Series, Table},
    samples::Samples,
    scaling::{Amdahl, UniversalScalability, karp_flatt},
    series_id::SeriesId,
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
    let mut charts = Vec::new();
    let laws = Laws::of(recording);
    charts.extend(speed_up_chart(recording, &rows, &laws, &sentence));
    charts.extend(weak_chart(recording));
    charts.extend(overview::chart(
        recording,
        "time",
        "Time by number of processes",
        &runs,
        String::new(),
    ));
    charts.extend(
        overview::chart(
            recording,
            "parts",
            "Where one process’s time went",
            &parts,
            String::new(),
        )
        .map(|chart| Chart {
            kind: ChartKind::Stacked,
            x: Axis::linear(chart.x.quantity),
            y: Axis::linear(chart.y.quantity),
            ..chart
        }),
    );
    let mut findings = verdicts(recording);
    findings.extend(threads_findings(recording));
    findings.extend(laws.findings());
    Analysis {
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

    /// The fitted laws as lines for the chart of the measured speed-ups.
    fn lines(&self, rows: &[SpeedUp]) -> Vec<ChartLine> {
        let Some(main) = self.main else {
            return Vec::new();
        };
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
            .map(|law| line("Amdahl’s law, fitted", &|workers| law.seconds(workers)));
        let universal = (self.universal.as_ref()).map(|law| {
            line("universal scalability, fitted", &|workers| {
                law.seconds(workers)
            })
        });
        amdahl.into_iter().chain(universal).collect()
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
        kind: ChartKind::Lines,
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

fn speed_up_chart(
    recording: &Recording,
    rows: &[SpeedUp],
    laws: &Laws,
    sentence: &str,
) -> Option<Chart> {
    let measured = rows.iter().map(|row| Dot {
        x: row.workers.into(),
        y: row.summary.median,
        interval: (row.summary.n > 1).then_some((row.summary.low, row.summary.high)),
        ..Dot::default()
    });
    let ideal = recording.calibration.iter().flat_map(|one| &one.ideal);
    let ideal = ideal.map(|one| Dot::new(one.workers.into(), one.speed_up));
    let line = |label: &str, role, dots: Vec<Dot>| ChartLine {
        label: label.to_owned(),
        role,
        series: (role == Role::Measured).then(|| Measured::PROCESSES.series().id),
        dots,
    };
    let measured: Vec<Dot> = measured.collect();
    if measured.is_empty() {
        return None;
    }
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
    Some(Chart {
        id: "speed-up".to_owned(),
        title: "Speed-up over the main thread".to_owned(),
        kind: ChartKind::Lines,
        x: Axis::linear(Quantity::new("processes", "")),
        y: Axis::linear(Quantity::new("speed-up", "×")),
        lines: [
            line("processes", Role::Measured, measured),
            line("ideal, calibrated here", Role::Ideal, ideal.collect()),
        ]
        .into_iter()
        .chain(threads)
        .chain(laws.lines(rows))
        .collect(),
        sentence: sentence.to_owned(),
    })
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

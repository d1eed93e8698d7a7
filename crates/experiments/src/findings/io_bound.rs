//! The findings of a recording of the I/O experiment: charts, sentences and verdicts.

use super::{analysis::Analysis, overview, words::verdict};
use crate::{
    Experiment,
    latency::Percentiles,
    numbers::{number, times, with_unit},
    report::{Finding, Outcome, Point, Recording, Series, Table},
    statistics::{Difference, Summary, difference, speed_up},
};

pub(super) fn analyse(recording: &Recording) -> Analysis {
    let by_id = |ids: &[&str]| -> Vec<&Series> {
        ids.iter()
            .filter_map(|id| recording.series_of(id))
            .collect()
    };
    let models = by_id(&["main", "event-loop", "threads-gil", "processes"]);
    let answers = by_id(&[
        "answers-main",
        "answers-event-loop",
        "answers-threads-gil",
        "answers-processes",
    ]);
    let posing = by_id(&["posing-sleep", "posing-compute"]);
    let mut charts = Vec::new();
    for (id, title, series) in [
        ("time", "Time by how many wait at once", &models),
        ("answers", "Time until a request was answered", &answers),
        ("posing", "Sleep in place of work", &posing),
    ] {
        charts.extend(overview::chart(id, title, series, String::new()));
    }
    let mut tables = vec![overview::medians(&recording.series)];
    if !answers.is_empty() {
        tables.push(percentiles(&answers));
    }
    let mut findings = Vec::new();
    findings.extend(best_waiter(recording));
    findings.extend(unmasked(recording));
    Analysis {
        sentence: sentence(&models),
        findings,
        charts,
        tables,
    }
}

/// The point of the least median.
fn best(series: &Series) -> Option<(&Point, Summary)> {
    let points = series.points.iter();
    points
        .filter_map(|point| Some((point, point.summary?)))
        .min_by(|one, other| one.1.median.total_cmp(&other.1.median))
}

fn sentence(models: &[&Series]) -> String {
    let said: Vec<String> = (models.iter())
        .filter_map(|series| {
            let (point, summary) = best(series)?;
            let time = with_unit(summary.median, "s");
            Some(match series.id.as_str() {
                "main" => format!("one after another took {time}"),
                "event-loop" => format!(
                    "the event loop {time} with {} waits at once",
                    number(point.x)
                ),
                "threads-gil" => format!("threads {time} with {} of them", number(point.x)),
                _ => format!("processes {time} with {} of them", number(point.x)),
            })
        })
        .collect();
    let mut text = said.join("; ");
    match text.get_mut(..1) {
        Some(first) => first.make_ascii_uppercase(),
        None => return "Nothing was measured.".to_owned(),
    }
    text + "."
}

fn best_waiter(recording: &Recording) -> Option<Finding> {
    let (_, event_loop) = best(recording.series_of("event-loop")?)?;
    let (_, processes) = best(recording.series_of("processes")?)?;
    let (outcome, words) = match difference(&event_loop, &processes) {
        Difference::Less => (Outcome::Holds, "the event loop was faster than processes"),
        Difference::Greater => (
            Outcome::DoesNotHold,
            "processes were faster than the event loop",
        ),
        Difference::NotShown => (
            Outcome::NotShown,
            "no difference shown between the event loop and processes",
        ),
    };
    let sentence = format!(
        "At their best, {words}: {} and {}.",
        with_unit(event_loop.median, "s"),
        with_unit(processes.median, "s"),
    );
    Some(verdict(
        Experiment::IoBound,
        "event-loop-best",
        outcome,
        sentence,
    ))
}

/// How much faster 4 processes slept than 1, and how much faster they computed.
fn unmasked(recording: &Recording) -> Option<Finding> {
    let gain = |id: &str| {
        let series = recording.series_of(id)?;
        speed_up(&series.at(1.0)?.samples, &series.at(4.0)?.samples)
    };
    let (sleeping, computing) = (gain("posing-sleep")?, gain("posing-compute")?);
    let outcome = match difference(&sleeping, &computing) {
        Difference::Greater => Outcome::DoesNotHold,
        Difference::Less | Difference::NotShown => Outcome::NotShown,
    };
    let sentence = format!(
        "4 processes slept {} as fast as one, and computed {} as fast: sleeping needs no core, work does.",
        times(sleeping.median),
        times(computing.median),
    );
    let sentence = match outcome {
        Outcome::NotShown => format!(
            "No difference shown: 4 processes slept {} as fast as one, and computed {} as fast.",
            times(sleeping.median),
            times(computing.median),
        ),
        _ => sentence,
    };
    Some(verdict(
        Experiment::IoBound,
        "sleep-is-work",
        outcome,
        sentence,
    ))
}

/// Whether slow requests hold up fast ones shows in the high percentiles.
fn percentiles(answers: &[&Series]) -> Table {
    let rows = answers.iter().flat_map(|series| {
        series.points.iter().filter_map(|point| {
            let all = Percentiles::of(&point.samples)?;
            Some(vec![
                series.label.clone(),
                number(point.x),
                with_unit(all.p50, "ms"),
                with_unit(all.p90, "ms"),
                with_unit(all.p99, "ms"),
                with_unit(all.max, "ms"),
            ])
        })
    });
    Table {
        id: "answers".to_owned(),
        title: "How long requests waited for their answers".to_owned(),
        columns: [
            "Who",
            "At once",
            "Half within",
            "90 % within",
            "99 % within",
            "Longest",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: rows.collect(),
    }
}

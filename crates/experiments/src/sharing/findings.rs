//! The findings of a recording of the sharing experiment: charts, tables and sentences.

use super::{CountMethod, Measured, claims::verdicts};
use crate::{
    findings::{Analysis, overview},
    form::Named,
    numbers::with_unit,
    report::{Point, Recording, Series},
};

pub(crate) fn analyse(recording: &Recording) -> Analysis {
    let methods: Vec<&Series> = (CountMethod::ALL.iter())
        .filter_map(|method| recording.measured(&Measured::Time(*method)))
        .collect();
    let lost: Vec<&Series> = recording.measured(&Measured::Lost).into_iter().collect();
    let charts = [
        ("cost", "What one addition costs", methods),
        ("lost", "Additions lost without a lock", lost),
    ]
    .map(|(id, title, series)| overview::chart(recording, id, title, &series, String::new()));
    Analysis {
        sentence: sentence(recording),
        findings: verdicts(recording),
        charts: charts.into_iter().flatten().collect(),
        tables: vec![overview::medians(recording)],
    }
}

/// The point with the most processes.
fn with_most_processes<'a>(recording: &'a Recording, id: &Measured) -> Option<&'a Point> {
    recording.measured(id)?.points.last()
}

fn sentence(recording: &Recording) -> String {
    let cost =
        |method| with_most_processes(recording, &Measured::Time(method)).and_then(Point::median);
    let mut parts = Vec::new();
    if let Some(lost) =
        with_most_processes(recording, &Measured::Lost).and_then(|point| point.summary)
    {
        let share = |lost: f64| with_unit(lost, "%");
        parts.push(if lost.median > 0.0 {
            format!(
                "without a lock {} of the additions were lost",
                share(lost.median)
            )
        } else if lost.max > 0.0 {
            format!(
                "without a lock up to {} of the additions were lost",
                share(lost.max)
            )
        } else {
            "without a lock no addition was lost this time".to_owned()
        });
    }
    for (method, words) in [
        (CountMethod::Locked, "with it, one cost"),
        (CountMethod::Atomic, "an atomic one"),
        (CountMethod::Partial, "one of a partial sum"),
        (CountMethod::Manager, "one through a manager"),
    ] {
        parts.extend(cost(method).map(|cost| format!("{words} {}", with_unit(cost, "µs"))));
    }
    let mut text = parts.join("; ");
    match text.get_mut(..1) {
        Some(first) => first.make_ascii_uppercase(),
        None => return "Nothing was measured.".to_owned(),
    }
    text + "."
}

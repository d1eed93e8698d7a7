//! The findings of a recording of the sharing experiment: charts, sentences and verdicts.

use super::{analysis::Analysis, overview, words::verdict};
use crate::{
    Experiment,
    numbers::{times, with_unit},
    report::{Finding, Outcome, Point, Recording, Series},
    statistics::{Difference, difference},
};

const WAYS: [&str; 5] = ["unlocked", "locked", "atomic", "partial", "manager"];

pub(super) fn analyse(recording: &Recording) -> Analysis {
    let ways: Vec<&Series> = WAYS
        .iter()
        .filter_map(|way| recording.series_of(way))
        .collect();
    let lost: Vec<&Series> = recording.series_of("lost").into_iter().collect();
    let mut charts = Vec::new();
    charts.extend(overview::chart(
        "cost",
        "What one addition costs",
        &ways,
        String::new(),
    ));
    charts.extend(overview::chart(
        "lost",
        "Additions lost without a lock",
        &lost,
        String::new(),
    ));
    let findings = findings(recording);
    Analysis {
        sentence: sentence(recording),
        findings,
        charts,
        tables: vec![overview::medians(&recording.series)],
    }
}

/// The point with the most processes.
fn crowded<'a>(recording: &'a Recording, id: &str) -> Option<&'a Point> {
    recording.series_of(id)?.points.last()
}

fn sentence(recording: &Recording) -> String {
    let cost = |id: &str| crowded(recording, id).and_then(Point::median);
    let mut parts = Vec::new();
    if let Some(lost) = crowded(recording, "lost").and_then(|point| point.summary) {
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
    for (id, words) in [
        ("locked", "with it, one cost"),
        ("atomic", "an atomic one"),
        ("partial", "one of a partial sum"),
        ("manager", "one through a manager"),
    ] {
        parts.extend(cost(id).map(|cost| format!("{words} {}", with_unit(cost, "µs"))));
    }
    let mut text = parts.join("; ");
    match text.get_mut(..1) {
        Some(first) => first.make_ascii_uppercase(),
        None => return "Nothing was measured.".to_owned(),
    }
    text + "."
}

fn findings(recording: &Recording) -> Vec<Finding> {
    let mut all = Vec::new();
    let say = |id, outcome, sentence: String| verdict(Experiment::Sharing, id, outcome, sentence);
    if let Some(lost) = crowded(recording, "lost")
        && let Some(summary) = lost.summary
    {
        let (outcome, sentence) = if lost.x < 2.0 {
            (
                Outcome::NotShown,
                "A single process has nobody to lose additions to.".to_owned(),
            )
        } else if summary.max > 0.0 {
            (
                Outcome::Holds,
                format!(
                    "{} processes without a lock lost {} of their additions (from {} to {} in single runs).",
                    lost.x,
                    with_unit(summary.median, "%"),
                    with_unit(summary.min, "%"),
                    with_unit(summary.max, "%"),
                ),
            )
        } else {
            (
                Outcome::NotShown,
                "No addition was lost in any run: that does not make it right.".to_owned(),
            )
        };
        all.push(say("updates-lost", outcome, sentence));
    }
    all.extend(slower(recording, "locked", "partial", "lock-costs"));
    all.extend(slower(recording, "manager", "locked", "manager-slow"));
    all
}

/// Whether one way is slower than another, as a claim says.
fn slower(recording: &Recording, slow: &str, quick: &str, claim: &str) -> Option<Finding> {
    let title = |id: &str| recording.series_of(id).map(|series| series.label.as_str());
    let (slow_title, quick_title) = (title(slow)?, title(quick)?);
    let slow = crowded(recording, slow)?.summary?;
    let quick = crowded(recording, quick)?.summary?;
    let ratio = times(slow.median / quick.median);
    let (outcome, sentence) = match difference(&slow, &quick) {
        Difference::Greater => (
            Outcome::Holds,
            format!("Counting “{slow_title}” took {ratio} the time of counting “{quick_title}”."),
        ),
        Difference::Less => (
            Outcome::DoesNotHold,
            format!(
                "Counting “{slow_title}” took only {ratio} the time of counting “{quick_title}”."
            ),
        ),
        Difference::NotShown => (
            Outcome::NotShown,
            format!("No difference shown between “{slow_title}” and “{quick_title}”."),
        ),
    };
    Some(verdict(Experiment::Sharing, claim, outcome, sentence))
}

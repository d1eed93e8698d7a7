//! The findings of a recording of the start-up experiment: charts, sentences and verdicts.

use super::{
    analysis::Analysis,
    overview,
    words::{processes, verdict},
};
use crate::{
    Claim, Experiment, Plan, YesOrNo,
    numbers::{number, with_unit},
    report::{Finding, Outcome, Recording, Series},
    statistics::{Difference, Summary, difference},
};
use charts::{Chart, ChartLine, Dot, Role};
use manyhands::StartMethod;

/// What the tutorials say, in ms and in MiB.
const CLAIMED_MS: (f64, f64) = (50.0, 200.0);
const CLAIMED_MIB: (f64, f64) = (9.5, 48.0);

pub(super) fn analyse(recording: &Recording) -> Analysis {
    let of = |id: &str| -> Vec<&Series> {
        let ids = StartMethod::ALL.map(|method| format!("{id}-{method}"));
        ids.iter()
            .filter_map(|id| recording.series_of(id))
            .collect()
    };
    let mut charts = Vec::new();
    for (id, title) in [
        ("called", "Until a process’s function is called"),
        ("joined", "Until all have ended"),
        ("memory", "Memory of one process’s own"),
    ] {
        charts.extend(overview::chart(id, title, &of(id), String::new()));
    }
    for chart in &mut charts {
        match chart.id.as_str() {
            "joined" => with_reference(chart, "start-up-cost"),
            "memory" => with_reference(chart, "memory-cost"),
            _ => {}
        }
    }
    let findings = [
        start_up(recording),
        memory(recording),
        browser_memory(recording),
        methods(recording),
    ];
    Analysis {
        sentence: sentence(recording),
        findings: findings.into_iter().flatten().collect(),
        charts,
        tables: vec![overview::medians(&recording.series)],
    }
}

/// CPython's figures beside ours.
fn with_reference(chart: &mut Chart, claim: &str) {
    let claim: Option<&Claim> = (Experiment::StartUp.claims().iter()).find(|one| one.id == claim);
    let Some(reference) = claim.and_then(|claim| claim.reference()) else {
        return;
    };
    for figure in &reference.figures {
        chart.lines.push(ChartLine {
            label: format!("{}, {}", reference.who, figure.label),
            role: Role::Reference,
            series: None,
            dots: vec![Dot::new(1.0, figure.value)],
        });
    }
}

/// What the fewest processes took, by start method.
fn fewest(recording: &Recording, id: &str, method: StartMethod) -> Option<(f64, Summary)> {
    let point = recording
        .series_of(&format!("{id}-{method}"))?
        .points
        .first()?;
    Some((point.x, point.summary?))
}

fn sentence(recording: &Recording) -> String {
    let said: Vec<String> = (StartMethod::ALL.into_iter())
        .filter_map(|method| {
            let (count, summary) = fewest(recording, "joined", method)?;
            Some(format!(
                "{} by {method} took {} from start to end",
                processes(count),
                with_unit(summary.median, "ms")
            ))
        })
        .collect();
    match said.is_empty() {
        true => "Nothing was measured.".to_owned(),
        false => said.join("; ") + ".",
    }
}

/// Whether an interval lies within what is said, above or below.
fn within(summary: &Summary, (low, high): (f64, f64)) -> Outcome {
    match summary {
        one if one.n < 3 => Outcome::NotShown,
        one if one.low >= low && one.high <= high => Outcome::Holds,
        one if one.high < low || one.low > high => Outcome::DoesNotHold,
        _ => Outcome::NotShown,
    }
}

/// All methods together: a claim that holds of one only holds in part.
fn of_all(outcomes: &[Outcome]) -> Outcome {
    let all = |outcome| outcomes.iter().all(|one| *one == outcome);
    if all(Outcome::Holds) {
        Outcome::Holds
    } else if outcomes.contains(&Outcome::Holds) {
        Outcome::HoldsInPart
    } else if all(Outcome::DoesNotHold) {
        Outcome::DoesNotHold
    } else {
        Outcome::NotShown
    }
}

fn about(
    recording: &Recording,
    id: &str,
    said: (f64, f64),
    unit: &str,
) -> Option<(Outcome, String)> {
    let rows: Vec<(StartMethod, Summary)> = (StartMethod::ALL.into_iter())
        .filter_map(|method| Some((method, fewest(recording, id, method)?.1)))
        .collect();
    let outcomes: Vec<Outcome> = rows
        .iter()
        .map(|(_, summary)| within(summary, said))
        .collect();
    let words: Vec<String> = (rows.iter())
        .map(|(method, summary)| format!("{method} {}", with_unit(summary.median, unit)))
        .collect();
    (!rows.is_empty()).then(|| (of_all(&outcomes), words.join(", ")))
}

fn start_up(recording: &Recording) -> Option<Finding> {
    let (outcome, words) = about(recording, "joined", CLAIMED_MS, "ms")?;
    let sentence = format!("From start to end a process took: {words}.");
    Some(verdict(
        Experiment::StartUp,
        "start-up-cost",
        outcome,
        sentence,
    ))
}

fn memory(recording: &Recording) -> Option<Finding> {
    let (outcome, words) = about(recording, "memory", CLAIMED_MIB, "MiB")?;
    let sentence = format!(
        "An idle process has memory of its own, as WebAssembly counts it: {words}. What the browser’s worker itself takes comes to it and is not told."
    );
    Some(verdict(
        Experiment::StartUp,
        "memory-cost",
        outcome,
        sentence,
    ))
}

/// What the browser told, where it was asked.
fn browser_memory(recording: &Recording) -> Option<Finding> {
    match &recording.plan {
        Plan::StartUp(plan) if plan.browser_memory == YesOrNo::Yes => {}
        _ => return None,
    }
    let told = |id: &str| {
        let point = recording.series_of(id)?.points.first()?;
        Some((point.x, with_unit(point.summary?.median, "MiB")))
    };
    Some(Finding::new(match (told("browser-total"), told("browser-worker")) {
        (Some((count, total)), Some((_, each))) => format!(
            "With {}, the browser says that the page and its workers take {total}: {each} for each worker.",
            workers(count)
        ),
        (Some((count, total)), None) => format!(
            "With {}, the browser says that the page and its workers take {total}; it does not tell them apart.",
            workers(count)
        ),
        (None, _) => "The browser did not say how much memory its workers take: not every browser can be asked, and this one gave no answer in time, or has none to give.".to_owned(),
    }))
}

/// "1 idle worker", "2 idle workers".
fn workers(count: f64) -> String {
    match count {
        1.0 => "1 idle worker".to_owned(),
        count => format!("{} idle workers", number(count)),
    }
}

fn methods(recording: &Recording) -> Option<Finding> {
    let (_, spawn) = fewest(recording, "called", StartMethod::Spawn)?;
    let (_, forkserver) = fewest(recording, "called", StartMethod::Forkserver)?;
    let [a, b] = [forkserver, spawn].map(|summary| with_unit(summary.median, "ms"));
    Some(Finding::new(match difference(&forkserver, &spawn) {
        Difference::Less => {
            format!("A warm worker calls its function sooner: after {a}, a fresh one after {b}.")
        }
        Difference::Greater => {
            format!("A fresh worker calls its function sooner: after {b}, a warm one after {a}.")
        }
        Difference::NotShown => {
            format!("No difference shown between a warm worker ({a}) and a fresh one ({b}).")
        }
    }))
}

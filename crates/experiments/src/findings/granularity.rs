//! The findings of a recording of the granularity experiment: charts, sentences and verdicts.

use super::{analysis::Analysis, overview, words::verdict};
use crate::{
    Experiment,
    break_even::{BreakEven, LinearFit, Winner},
    numbers::{number, times, with_unit},
    report::{Finding, Outcome, Recording, Series},
    samples::Samples,
    statistics::{Difference, difference, speed_up},
};
use charts::{Axis, Chart, ChartKind, ChartLine, Dot, Quantity, Role};

const KINDS: [(&str, &str); 2] = [("uniform", "even"), ("skewed", "uneven")];

/// What the tutorials say that a task should take, in seconds.
const CLAIMED_TASK_SECONDS: f64 = 0.1;

pub(super) fn analyse(recording: &Recording) -> Analysis {
    let mut charts = Vec::new();
    for (kind, word) in KINDS {
        let by_id = |ids: &[&str]| -> Vec<&Series> {
            let ids = ids.iter().map(|id| format!("{id}-{kind}"));
            ids.filter_map(|id| recording.series_of(&id)).collect()
        };
        let sweep = by_id(&["alone", "pool"]);
        let title = format!("The same work in few or many tasks ({word})");
        let chart = overview::chart(&format!("tasks-{kind}"), &title, &sweep, String::new());
        charts.extend(chart.map(|chart| with_fit(chart, recording, kind)));
        let title = format!("Policies side by side ({word} tasks)");
        let policies = by_id(&["policies"]);
        let chart = overview::chart(
            &format!("policies-{kind}"),
            &title,
            &policies,
            String::new(),
        );
        charts.extend(chart.map(|chart| Chart {
            kind: ChartKind::Bars,
            x: Axis::linear(Quantity::new("policy", "")),
            ..chart
        }));
    }
    let tiny: Vec<&Series> = ["tiny-loop", "tiny-pool"]
        .iter()
        .filter_map(|id| recording.series_of(id))
        .collect();
    charts.extend(overview::chart(
        "tiny",
        "Tiny tasks: x + 1",
        &tiny,
        String::new(),
    ));
    let costs = Costs::of(recording, "uniform").or_else(|| Costs::of(recording, "skewed"));
    let findings = [
        tiny_tasks(recording),
        costs.as_ref().map(tenth_of_a_second),
        chunks_help(recording),
        best_policy(recording, "uniform"),
        best_policy(recording, "skewed"),
    ];
    Analysis {
        sentence: costs.as_ref().map_or_else(
            || "What a task costs cannot be told: two numbers of tasks are needed.".to_owned(),
            Costs::sentence,
        ),
        findings: findings.into_iter().flatten().collect(),
        charts,
        tables: vec![overview::medians(&recording.series)],
    }
}

fn samples(series: &Series) -> Vec<Samples> {
    let points = series
        .points
        .iter()
        .filter(|point| !point.samples.is_empty());
    points
        .map(|point| Samples::new(point.x, point.samples.clone()))
        .collect()
}

/// The line through the pool's times, which says what a further task costs.
fn with_fit(mut chart: Chart, recording: &Recording, kind: &str) -> Chart {
    let pool = recording.series_of(&format!("pool-{kind}"));
    let Some((pool, line)) = pool.and_then(|pool| Some((pool, LinearFit::fit(&several(pool))?)))
    else {
        return chart;
    };
    let dots = pool
        .points
        .iter()
        .map(|point| Dot::new(point.x, line.at(point.x)));
    chart.lines.push(ChartLine {
        label: "fitted: once and for each task".to_owned(),
        role: Role::Fitted,
        series: None,
        dots: dots.collect(),
    });
    chart
}

/// Only where every worker has tasks does one more of them show its cost.
fn several(pool: &Series) -> Vec<Samples> {
    let all = samples(pool);
    let quickest = (pool.points.iter())
        .filter_map(|point| Some((point.x, point.median()?)))
        .min_by(|one, other| one.1.total_cmp(&other.1));
    let from = quickest.map_or(0.0, |(x, _)| x);
    all.into_iter().filter(|one| one.at >= from).collect()
}

/// What tasks cost.
struct Costs {
    /// What one more task costs beyond its work, in seconds.
    per_task: Option<f64>,
    /// The length of a task, in seconds, from which on the pool is faster.
    length: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    /// Whether it is faster, or slower, with every number of tasks measured.
    always: Option<bool>,
}

impl Costs {
    fn of(recording: &Recording, kind: &str) -> Option<Costs> {
        let alone = recording.series_of(&format!("alone-{kind}"))?;
        let pool = recording.series_of(&format!("pool-{kind}"))?;
        let work = alone.points.iter().filter_map(|point| point.median());
        let work = work.fold(f64::INFINITY, f64::min);
        let per_task = LinearFit::fit(&several(pool))
            .map(|line| line.per_unit)
            .filter(|cost| *cost > 0.0);
        let pool_samples = several(pool);
        let from = pool_samples.first()?.at;
        let alone_samples: Vec<Samples> = samples(alone)
            .into_iter()
            .filter(|one| one.at >= from)
            .collect();
        let gains: Vec<bool> = (pool.points.iter())
            .filter_map(|point| Some(point.median()? < alone.at(point.x)?.median()?))
            .collect();
        let mut costs = Costs {
            per_task,
            length: None,
            low: None,
            high: None,
            always: match (
                gains.iter().any(|gain| *gain),
                gains.iter().all(|gain| *gain),
            ) {
                (_, true) => Some(true),
                (false, _) => Some(false),
                _ => None,
            },
        };
        if let Some(BreakEven::At {
            size,
            low,
            high,
            below: Winner::Second,
            ..
        }) = BreakEven::fit(&alone_samples, &pool_samples)
        {
            // So many tasks of the whole work: each is so long. An end of the
            // interval that nothing limits is not said.
            costs.length = Some(work / size);
            costs.low = high.map(|most| work / most);
            costs.high = (low > 0.0).then(|| work / low);
        }
        Some(costs)
    }

    fn sentence(&self) -> String {
        let cost = match self.per_task {
            Some(cost) => format!("A task costs {} beyond its own work", time(cost)),
            None => "What a task costs beyond its own work was too little to tell".to_owned(),
        };
        match (self.length, self.always) {
            (Some(length), _) => {
                format!(
                    "{cost}; handing it out pays from tasks of about {}.",
                    time(length)
                )
            }
            (None, Some(true)) => format!("{cost}; handing it out paid with every size measured."),
            (None, Some(false)) => format!("{cost}; handing it out paid with no size measured."),
            (None, None) => format!("{cost}; where handing it out begins to pay cannot be told."),
        }
    }
}

/// Seconds, in the unit that reads best.
fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => with_unit(s, "s"),
        s if s >= 1e-3 => with_unit(s * 1e3, "ms"),
        s => with_unit(s * 1e6, "µs"),
    }
}

fn tiny_tasks(recording: &Recording) -> Option<Finding> {
    let at = |id: &str| recording.series_of(id)?.points.first();
    let (alone, pool) = (at("tiny-loop")?, at("tiny-pool")?);
    // How many times slower: the loop's speed over the pool's.
    let slower = speed_up(&pool.samples, &alone.samples)?;
    let outcome = match slower {
        one if one.n < 3 => Outcome::NotShown,
        one if one.low >= 250.0 => Outcome::Holds,
        one if one.low > 1.0 => Outcome::HoldsInPart,
        one if one.high < 1.0 => Outcome::DoesNotHold,
        _ => Outcome::NotShown,
    };
    let sentence = format!(
        "A new pool took {} the time of a loop for {} tiny tasks: {} against {}.",
        times(slower.median),
        number(alone.x),
        with_unit(pool.median()?, "ms"),
        with_unit(alone.median()?, "ms"),
    );
    Some(verdict(
        Experiment::Granularity,
        "tiny-tasks",
        outcome,
        sentence,
    ))
}

fn tenth_of_a_second(costs: &Costs) -> Finding {
    let (outcome, sentence) = match (costs.length, costs.always) {
        (Some(length), _) => (
            match (costs.low, costs.high) {
                (_, Some(high)) if high < CLAIMED_TASK_SECONDS => Outcome::DoesNotHold,
                (Some(low), _) if low >= CLAIMED_TASK_SECONDS => Outcome::Holds,
                _ => Outcome::NotShown,
            },
            format!(
                "A task is worth handing out from {}{}.",
                time(length),
                match (costs.low, costs.high) {
                    (Some(low), Some(high)) =>
                        format!(" (95 % interval {} to {})", time(low), time(high)),
                    _ => String::new(),
                }
            ),
        ),
        (None, Some(true)) => (
            Outcome::DoesNotHold,
            "The pool was faster even with the smallest tasks measured.".to_owned(),
        ),
        (None, _) => (
            Outcome::NotShown,
            "Where a task begins to be worth handing out was not found: try other numbers of chunks.".to_owned(),
        ),
    };
    verdict(
        Experiment::Granularity,
        "tenth-of-a-second",
        outcome,
        sentence,
    )
}

/// The most tasks one by one, against the quickest number of chunks.
fn chunks_help(recording: &Recording) -> Option<Finding> {
    let pool = (recording.series_of("pool-uniform")).or(recording.series_of("pool-skewed"))?;
    let most = pool.points.last()?;
    let quickest = (pool.points.iter())
        .filter(|point| point.summary.is_some())
        .min_by(|one, other| {
            one.median()
                .unwrap_or(f64::INFINITY)
                .total_cmp(&other.median().unwrap_or(f64::INFINITY))
        })?;
    let (most_time, quickest_time) = (most.summary?, quickest.summary?);
    let (outcome, sentence) = match difference(&most_time, &quickest_time) {
        Difference::Greater => (
            Outcome::Holds,
            format!(
                "In {} tasks the work took {} the time that it took in {}.",
                number(most.x),
                times(most_time.median / quickest_time.median),
                number(quickest.x),
            ),
        ),
        _ => (
            Outcome::NotShown,
            format!(
                "No difference shown between {} tasks and {}.",
                number(most.x),
                number(quickest.x)
            ),
        ),
    };
    Some(verdict(
        Experiment::Granularity,
        "chunks-help",
        outcome,
        sentence,
    ))
}

fn best_policy(recording: &Recording, kind: &str) -> Option<Finding> {
    let series = recording.series_of(&format!("policies-{kind}"))?;
    let mut points: Vec<_> = (series.points.iter())
        .filter_map(|point| Some((point.label.as_deref()?, point.summary?)))
        .collect();
    points.sort_by(|one, other| one.1.median.total_cmp(&other.1.median));
    let ((best, first), (worst, last)) = (points.first()?, points.last()?);
    if points.len() < 2 {
        return None;
    }
    let word = if kind == "skewed" { "uneven" } else { "even" };
    Some(Finding::new(match difference(last, first) {
        Difference::Greater => format!(
            "With {word} tasks, “{best}” was quickest ({}) and “{worst}” took {} as long.",
            time(first.median),
            times(last.median / first.median)
        ),
        _ => format!("With {word} tasks, no difference shown between the policies."),
    }))
}

//! What a task costs beyond its own work, and from which length on it is worth handing out.

use super::Measured;
use crate::{
    break_even::{BreakEven, LinearFit, Winner},
    form::Skew,
    numbers::with_unit,
    report::{Recording, Series},
    samples::Samples,
};

fn samples(series: &Series) -> Vec<Samples> {
    let points = series
        .points
        .iter()
        .filter(|point| !point.samples.is_empty());
    points
        .map(|point| Samples::new(point.x, point.samples.clone()))
        .collect()
}

/// How long all of the work takes one process: the least of its medians.
pub(super) fn work_seconds(alone: &Series) -> Option<f64> {
    let medians = alone.points.iter().filter_map(|point| point.median());
    medians.min_by(f64::total_cmp)
}

/// Only where every worker has tasks does one more of them show its cost.
pub(super) fn several(pool: &Series) -> Vec<Samples> {
    let all = samples(pool);
    let quickest = (pool.points.iter())
        .filter_map(|point| Some((point.x, point.median()?)))
        .min_by(|one, other| one.1.total_cmp(&other.1));
    let from = quickest.map_or(0.0, |(x, _)| x);
    all.into_iter().filter(|one| one.at >= from).collect()
}

/// What tasks cost.
pub(super) struct Costs {
    /// What one more task costs beyond its work, in seconds.
    per_task: Option<f64>,
    /// The length of a task, in seconds, from which on the pool is faster.
    length: Option<f64>,
    /// The length of the smallest task measured, in seconds, if the pool is faster with it.
    paid_down_to: Option<f64>,
    /// Whether it is faster, or slower, with every number of tasks measured.
    always: Option<bool>,
}

impl Costs {
    pub(super) fn of(recording: &Recording, skew: Skew) -> Option<Costs> {
        let alone = recording.measured(&Measured::Alone(skew))?;
        let pool = recording.measured(&Measured::Pool(skew))?;
        let work = work_seconds(alone)?;
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
        let most_tasks = pool.points.last()?.x;
        let mut costs = Costs {
            per_task,
            length: None,
            paid_down_to: None,
            always: match (
                gains.iter().any(|gain| *gain),
                gains.iter().all(|gain| *gain),
            ) {
                (_, true) => Some(true),
                (false, _) => Some(false),
                _ => None,
            },
        };
        // A number of tasks beyond those measured would be a guess.
        if let Some(BreakEven::At {
            size,
            below: Winner::Second,
            ..
        }) = BreakEven::fit(&alone_samples, &pool_samples)
            && size <= most_tasks
        {
            // So many tasks of the whole work: each is so long.
            costs.length = Some(work / size);
        } else if gains.last() == Some(&true) {
            costs.paid_down_to = Some(work / most_tasks);
        }
        Some(costs)
    }

    pub(super) fn sentence(&self) -> String {
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
            (None, None) if self.paid_down_to.is_some() => format!(
                "{cost}; handing it out paid with tasks down to {}, the smallest measured.",
                time(self.paid_down_to.unwrap_or_default())
            ),
            (None, Some(false)) => format!("{cost}; handing it out paid with no size measured."),
            (None, None) => format!("{cost}; where handing it out begins to pay cannot be told."),
        }
    }
}

/// Seconds, in the unit that reads best.
pub(super) fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => with_unit(s, "s"),
        s if s >= 1e-3 => with_unit(s * 1e3, "ms"),
        s => with_unit(s * 1e6, "µs"),
    }
}

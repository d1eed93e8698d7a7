//! The cost of a task beyond its own work, and the length from which on a task is worth
//! handing out.

use super::Measured;
use crate::{
    break_even::{BreakEven, LinearFit, Winner},
    form::Skew,
    numbers::with_unit,
    report::{Headline, Recording, Series, Trend},
    samples::Samples,
};

/// The samples of all points of a series that have any.
fn samples(series: &Series) -> Vec<Samples> {
    let points = series
        .points
        .iter()
        .filter(|point| !point.samples.is_empty());
    points
        .map(|point| Samples::new(point.x, point.samples.clone()))
        .collect()
}

/// The time that all of the work takes one process, in seconds: the smallest median.
pub(super) fn work_seconds(alone: &Series) -> Option<f64> {
    let medians = alone.points.iter().filter_map(|point| point.median());
    medians.min_by(f64::total_cmp)
}

/// The pool's samples from the quickest number of tasks on. With fewer tasks some workers may
/// have nothing to do, so one more task does not show its cost.
pub(super) fn with_all_workers_busy(pool: &Series) -> Vec<Samples> {
    let all = samples(pool);
    let quickest = (pool.points.iter())
        .filter_map(|point| Some((point.x, point.median()?)))
        .min_by(|one, other| one.1.total_cmp(&other.1));
    let from = quickest.map_or(0.0, |(x, _)| x);
    all.into_iter().filter(|one| one.at >= from).collect()
}

/// The cost of tasks, as far as it could be measured.
pub(super) struct Costs {
    /// The cost of one more task beyond its work, in seconds.
    per_task: Option<f64>,
    /// The length of a task, in seconds, from which on the pool is faster.
    break_even_length: Option<f64>,
    /// The length of the smallest task measured, in seconds, if the pool is faster with it.
    paid_down_to: Option<f64>,
    /// Whether the pool is faster (`true`) or slower (`false`) with every measured number of
    /// tasks; `None` if that differs.
    always: Option<bool>,
}

impl Costs {
    pub(super) fn of(recording: &Recording, skew: Skew) -> Option<Costs> {
        let alone = recording.measured(&Measured::Alone(skew))?;
        let pool = recording.measured(&Measured::Pool(skew))?;
        let work = work_seconds(alone)?;
        let per_task = LinearFit::fit(&with_all_workers_busy(pool))
            .map(|line| line.per_unit)
            .filter(|cost| *cost > 0.0);
        let pool_samples = with_all_workers_busy(pool);
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
            break_even_length: None,
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
        // A number of tasks beyond those measured would be an extrapolation.
        if let Some(BreakEven::At {
            size,
            below: Winner::Second,
            ..
        }) = BreakEven::fit(&alone_samples, &pool_samples)
            && size <= most_tasks
        {
            // `size` is a number of tasks, so this is the length of one of them.
            costs.break_even_length = Some(work / size);
        } else if gains.last() == Some(&true) {
            costs.paid_down_to = Some(work / most_tasks);
        }
        Some(costs)
    }

    /// What a task costs, as the answer to "How small may a task be?".
    pub(super) fn headline(&self) -> Option<Headline> {
        let cost = self.per_task?;
        let note = match (self.break_even_length, self.paid_down_to) {
            (Some(length), _) => format!("pays from tasks of about {}", time(length)),
            (None, Some(length)) => format!("paid down to tasks of {}", time(length)),
            (None, None) => String::new(),
        };
        Some(Headline {
            figure: time(cost),
            caption: "is what a task costs beyond its own work when a pool hands it out".to_owned(),
            notes: Some(note)
                .into_iter()
                .filter(|note| !note.is_empty())
                .collect(),
            trend: Trend::Plain,
        })
    }

    pub(super) fn sentence(&self) -> String {
        let cost = match self.per_task {
            Some(cost) => format!("A task costs {} beyond its own work", time(cost)),
            None => "What a task costs beyond its own work was too little to tell".to_owned(),
        };
        match (self.break_even_length, self.always) {
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

/// A time in seconds, written in the unit that is easiest to read.
pub(super) fn time(seconds: f64) -> String {
    match seconds {
        s if s >= 1.0 => with_unit(s, "s"),
        s if s >= 1e-3 => with_unit(s * 1e3, "ms"),
        s => with_unit(s * 1e6, "µs"),
    }
}

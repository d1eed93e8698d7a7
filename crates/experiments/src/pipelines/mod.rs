//! The pipeline experiment: which stage limits a pipeline? Its plan and its series.

pub(super) mod claims;
pub(super) mod findings;
pub(super) mod run;

use crate::{
    Quantity, Series,
    form::{Kind, Limit, MAX_EXACT_INTEGER, Rules, plan},
    report::SeriesId,
};
use manyhands::StartMethod;

plan! {
    /// The plan of the pipeline experiment.
    Plan(_) {
        /// How many recordings go through.
        items: u32 = 200, "Recordings", Kind::Number(Limit::Fixed(1, 2_000, ""));
        /// How many processes read.
        readers: u32 = 4, "Readers", Kind::Number(Limit::Fixed(1, 16, ""));
        /// How many processes smooth.
        transformers: Vec<u32> = vec![1, 2] => vec![1, 2, 4], "Smoothers",
            Kind::Numbers(Limit::Fixed(1, 16, ""), 4);
        /// How many processes write.
        writers: u32 = 4, "Writers", Kind::Number(Limit::Fixed(1, 16, ""));
        /// How many recordings a queue may hold.
        capacities: Vec<u32> = vec![1, 8], "Queue lengths",
            Kind::Numbers(Limit::Fixed(1, 64, ""), 4);
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 3 => 5, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
        /// How processes get their workers.
        start: StartMethod = StartMethod::Forkserver, "Start method";
        /// The same seed makes the same random numbers.
        seed: u64 = 1, "Seed", Kind::Number(Limit::Fixed(0, MAX_EXACT_INTEGER - 1, ""));
    }
}

impl Rules for Plan {
    fn contradictions(&self, report: &mut dyn FnMut(&'static str, String)) {
        let items = self.items;
        let smoothers = self.transformers.last().copied().unwrap_or_default();
        for (key, workers) in [
            (KEYS.readers, self.readers),
            (KEYS.writers, self.writers),
            (KEYS.transformers, smoothers),
        ] {
            if workers > items {
                let message = format!(
                    "{workers} processes for {items} recordings have nothing to do: choose at most {items}."
                );
                report(key, message);
            }
        }
    }
}

/// A stage of the pipeline.
#[derive(Clone, Copy)]
pub(crate) enum Stage {
    Read,
    Smooth,
    Write,
}

impl Stage {
    const ALL: [Stage; 3] = [Stage::Read, Stage::Smooth, Stage::Write];

    /// Its name in series ids, and what it does.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Stage::Read => ("read", "reading"),
            Stage::Smooth => ("smooth", "smoothing"),
            Stage::Write => ("write", "writing"),
        }
    }
}

/// The queue between two stages.
#[derive(Clone, Copy)]
pub(crate) enum StageQueue {
    ReadToSmooth,
    SmoothToWrite,
}

impl StageQueue {
    const ALL: [StageQueue; 2] = [StageQueue::ReadToSmooth, StageQueue::SmoothToWrite];

    /// The stage that puts recordings into the queue, and the stage that takes them out.
    fn stages(self) -> (Stage, Stage) {
        match self {
            StageQueue::ReadToSmooth => (Stage::Read, Stage::Smooth),
            StageQueue::SmoothToWrite => (Stage::Smooth, Stage::Write),
        }
    }
}

/// A series that the experiment records: a quantity, for queues of this capacity.
#[derive(Clone, Copy)]
pub(crate) struct Measured(Metric, u32);

/// The quantities that are measured.
#[derive(Clone, Copy)]
pub(crate) enum Metric {
    /// The number of recordings that come out in a second.
    Rate,
    /// The share of the time for which the workers of a stage are at work.
    Busy(Stage),
    /// The share of the time for which the stage after a queue waits for a recording.
    Starved(StageQueue),
    /// The share of the time for which the stage before a queue waits for room in it.
    Blocked(StageQueue),
    /// The number of recordings in a queue.
    Depth(StageQueue),
    /// The same over time, in one run.
    OverTime(StageQueue),
}

impl Metric {
    /// All quantities, in the order of reports.
    fn all() -> impl Iterator<Item = Metric> {
        let queues = StageQueue::ALL.into_iter().flat_map(|queue| {
            [
                Metric::Blocked(queue),
                Metric::Depth(queue),
                Metric::OverTime(queue),
            ]
        });
        std::iter::once(Metric::Rate)
            .chain(Stage::ALL.map(Metric::Busy))
            .chain(StageQueue::ALL.map(Metric::Starved))
            .chain(queues)
    }
}

impl SeriesId for Measured {
    fn series(&self) -> Series {
        let Measured(metric, capacity) = *self;
        let share = ("share of the time", "%");
        let depth = ("recordings in the queue", "");
        let of = |kind: &str, stage: Stage, label: &dyn Fn(&str) -> String, measure| {
            let (name, word) = stage.words();
            (format!("{kind}-{name}"), label(word), measure)
        };
        let (id, label, measure) = match metric {
            Metric::Rate => (
                "rate".to_owned(),
                "recordings".to_owned(),
                ("throughput", "1/s"),
            ),
            Metric::Busy(stage) => of("busy", stage, &|word| format!("{word}: at work"), share),
            Metric::Starved(queue) => {
                let label = |word: &str| format!("{word}: nothing to do");
                of("starved", queue.stages().1, &label, share)
            }
            Metric::Blocked(queue) => of(
                "blocked",
                queue.stages().0,
                &|word| format!("{word}: no room"),
                share,
            ),
            Metric::Depth(queue) => of(
                "depth",
                queue.stages().0,
                &|word| format!("queue after {word}"),
                depth,
            ),
            Metric::OverTime(queue) => {
                let label = |word: &str| format!("queue of {capacity} after {word}, over time");
                of("over-time", queue.stages().0, &label, depth)
            }
        };
        let (label, axis) = match metric {
            Metric::OverTime(_) => (label, Quantity::new("time", "ms")),
            _ => {
                let label = format!("{label}, queues of {capacity}");
                (label, Quantity::new("smoothers", ""))
            }
        };
        let measure = Quantity::new(measure.0, measure.1);
        Series::new(format!("{id}-{capacity}"), label, axis, measure)
    }
}

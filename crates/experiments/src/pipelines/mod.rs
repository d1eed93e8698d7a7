//! What limits a line of stages? What is asked, and what is recorded.

pub(super) mod run;

use crate::{
    Quantity, Series,
    form::{EXACT, Kind, Limit, Rules, plan},
    series_id::SeriesId,
};
use manyhands::StartMethod;

plan! {
    /// What is measured of a line of stages.
    Plan(_) {
        /// How many recordings go through.
        items: u32 = 60, "Recordings", Kind::Number(Limit::Fixed(1, 2_000, ""));
        /// How many processes read.
        readers: u32 = 1, "Readers", Kind::Number(Limit::Fixed(1, 16, ""));
        /// How many processes smooth.
        transformers: Vec<u32> = vec![1, 2], "Smoothers",
            Kind::Numbers(Limit::Fixed(1, 16, ""), 4);
        /// How many processes write.
        writers: u32 = 1, "Writers", Kind::Number(Limit::Fixed(1, 16, ""));
        /// How many recordings a queue may hold.
        capacities: Vec<u32> = vec![1, 8], "Queue lengths",
            Kind::Numbers(Limit::Fixed(1, 64, ""), 4);
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 5, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
        /// How processes get their workers.
        start: StartMethod = StartMethod::Forkserver, "Start method";
        /// The same seed makes the same random numbers.
        seed: u64 = 1, "Seed", Kind::Number(Limit::Fixed(0, EXACT - 1, ""));
    }
}

impl Rules for Plan {
    fn contradictions(&self, say: &mut dyn FnMut(&'static str, String)) {
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
                say(key, message);
            }
        }
    }
}

/// A stage of the line.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Read,
    Smooth,
    Write,
}

/// A stage that another one follows, after a queue.
#[derive(Clone, Copy)]
enum Producer {
    Read,
    Smooth,
}

/// A stage that follows another one.
#[derive(Clone, Copy)]
enum Consumer {
    Smooth,
    Write,
}

impl Stage {
    const ALL: [Stage; 3] = [Stage::Read, Stage::Smooth, Stage::Write];

    /// Its name, and what it does.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Stage::Read => ("read", "reading"),
            Stage::Smooth => ("smooth", "smoothing"),
            Stage::Write => ("write", "writing"),
        }
    }
}

impl Producer {
    const ALL: [Producer; 2] = [Producer::Read, Producer::Smooth];

    fn stage(self) -> Stage {
        match self {
            Producer::Read => Stage::Read,
            Producer::Smooth => Stage::Smooth,
        }
    }
}

impl Consumer {
    const ALL: [Consumer; 2] = [Consumer::Smooth, Consumer::Write];

    fn stage(self) -> Stage {
        match self {
            Consumer::Smooth => Stage::Smooth,
            Consumer::Write => Stage::Write,
        }
    }
}

/// What is recorded, with queues of so many recordings.
#[derive(Clone, Copy)]
struct Measured {
    what: What,
    capacity: u32,
}

#[derive(Clone, Copy)]
enum What {
    /// How many recordings come out in a second.
    Rate,
    /// How much of the time a stage is at work.
    Busy(Stage),
    /// How much of the time it waits for something to do.
    Starved(Consumer),
    /// How much of the time it waits for room in its queue.
    Blocked(Producer),
    /// How full its queue is.
    Depth(Producer),
    /// The same over time, in one run.
    OverTime(Producer),
}

impl What {
    /// Everything, in the order of reports.
    fn all() -> impl Iterator<Item = What> {
        let queues = Producer::ALL.into_iter().flat_map(|stage| {
            [
                What::Blocked(stage),
                What::Depth(stage),
                What::OverTime(stage),
            ]
        });
        std::iter::once(What::Rate)
            .chain(Stage::ALL.map(What::Busy))
            .chain(Consumer::ALL.map(What::Starved))
            .chain(queues)
    }

    fn with(self, capacity: u32) -> Measured {
        Measured {
            what: self,
            capacity,
        }
    }
}

impl SeriesId for Measured {
    fn id(&self) -> String {
        let (kind, stage) = match self.what {
            What::Rate => return format!("rate-{}", self.capacity),
            What::Busy(stage) => ("busy", stage),
            What::Starved(consumer) => ("starved", consumer.stage()),
            What::Blocked(producer) => ("blocked", producer.stage()),
            What::Depth(producer) => ("depth", producer.stage()),
            What::OverTime(producer) => ("over-time", producer.stage()),
        };
        format!("{kind}-{}-{}", stage.words().0, self.capacity)
    }

    fn series(&self) -> Series {
        let share = || Quantity::new("share of the time", "%");
        let depth = || Quantity::new("recordings in the queue", "");
        let word = |stage: Stage| stage.words().1;
        let (label, measure) = match self.what {
            What::Rate => ("recordings".to_owned(), Quantity::new("throughput", "1/s")),
            What::Busy(stage) => (format!("{}: at work", word(stage)), share()),
            What::Starved(consumer) => (
                format!("{}: nothing to do", word(consumer.stage())),
                share(),
            ),
            What::Blocked(producer) => (format!("{}: no room", word(producer.stage())), share()),
            What::Depth(producer) => (format!("queue after {}", word(producer.stage())), depth()),
            What::OverTime(producer) => {
                let (capacity, word) = (self.capacity, word(producer.stage()));
                let label = format!("queue of {capacity} after {word}, over time");
                return Series::new(self.id(), label, Quantity::new("time", "ms"), depth());
            }
        };
        let label = format!("{label}, queues of {}", self.capacity);
        Series::new(self.id(), label, Quantity::new("smoothers", ""), measure)
    }
}

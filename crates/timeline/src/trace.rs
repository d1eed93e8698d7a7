//! The trace of a whole experiment, for those who want to look at it closely:
//! the newest records of its processes, its measured stretches, and what was
//! counted over time.
//!
//! It is bounded: what is more than can be kept is dropped, the oldest first,
//! and counted. The lives of processes are kept apart, so that a flood of waits
//! and messages does not leave them without a beginning.

use manyhands::trace::{Event, Pid, Record};
use std::collections::{BTreeMap, VecDeque};

/// So many records are kept, and so many counts.
const MOST_RECORDS: usize = 100_000;
/// And so many of the lives of processes, of which there are five each.
const MOST_OF_LIVES: usize = 50_000;
/// Measured stretches: as many as the longest plans have, several times.
const MOST_STRETCHES: usize = 10_000;

/// What was recorded while an experiment ran.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// Starts and ends of processes.
    lives: VecDeque<Record>,
    /// All others.
    records: VecDeque<Record>,
    pub(crate) stretches: VecDeque<Stretch>,
    pub(crate) counts: VecDeque<Count>,
    /// Names of processes and threads.
    pub(crate) names: BTreeMap<Pid, String>,
    /// Of threads, who started them.
    pub(crate) threads: BTreeMap<Pid, Pid>,
    dropped: u64,
    lost: u64,
}

/// A stretch that was measured, from when to when on the trace's clock, in µs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) name: String,
    pub(crate) start_us: f64,
    /// Not known of the one under way.
    pub(crate) end_us: Option<f64>,
}

/// How many there were of something at a moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Count {
    pub(crate) name: String,
    pub(crate) time_us: f64,
    pub(crate) value: f64,
}

impl Trace {
    /// Nothing yet.
    pub fn new() -> Trace {
        Trace::default()
    }

    /// One more record.
    pub fn record(&mut self, record: Record) {
        if let Record::Event(event) = &record
            && event.is_of_thread()
        {
            self.threads.insert(event.object, event.pid);
        }
        self.dropped += match &record {
            Record::Event(event) if event.is_of_life() => {
                push(&mut self.lives, record, MOST_OF_LIVES)
            }
            _ => push(&mut self.records, record, MOST_RECORDS),
        };
    }

    /// All records, those of lives first.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.lives.iter().chain(&self.records)
    }

    /// A measured stretch begins at this moment, in µs.
    pub fn begin(&mut self, name: impl Into<String>, start_us: f64) {
        let stretch = Stretch {
            name: name.into(),
            start_us,
            end_us: None,
        };
        push(&mut self.stretches, stretch, MOST_STRETCHES);
    }

    /// It has ended.
    pub fn end(&mut self, end_us: f64) {
        if let Some(stretch) = self.stretches.back_mut() {
            stretch.end_us = Some(end_us);
        }
    }

    /// There were so many of something at this moment, in µs.
    pub fn count(&mut self, name: &str, time_us: f64, value: f64) {
        let count = Count {
            name: name.to_owned(),
            time_us,
            value,
        };
        self.dropped += push(&mut self.counts, count, MOST_RECORDS);
    }

    /// Asks for the name of everyone it tells of.
    pub fn name_all(&mut self, name: impl Fn(Pid) -> Option<String>) {
        let events = self.records().filter_map(|record| match record {
            Record::Event(event) => Some(event),
            Record::Output(_) => None,
        });
        let pids = events.flat_map(Event::pids);
        let pids: std::collections::BTreeSet<Pid> =
            pids.chain(self.threads.values().copied()).collect();
        for pid in pids {
            self.names.extend(name(pid).map(|name| (pid, name)));
        }
    }

    /// So many records never came: their processes wrote faster than the page read.
    pub fn lose(&mut self, records: u64) {
        self.lost += records;
    }

    /// Is there nothing in it?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many records it holds.
    pub fn len(&self) -> usize {
        self.lives.len() + self.records.len()
    }

    /// How many there was no room for.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many never came.
    pub fn lost(&self) -> u64 {
        self.lost
    }
}

/// Adds one more; how many of the oldest had to go.
fn push<T>(all: &mut VecDeque<T>, one: T, most: usize) -> u64 {
    all.push_back(one);
    let surplus = all.len().saturating_sub(most);
    all.drain(..surplus);
    surplus as u64
}

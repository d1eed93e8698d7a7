//! The trace of a whole experiment: the newest records of its processes, its
//! measurements, and counters over time.
//!
//! Its memory is bounded: when a limit is reached, the oldest records are dropped, and
//! their number is kept. Records of the starts and ends of processes have a limit of
//! their own, so that many waits and messages do not push them out.

use manyhands::trace::{Event, Pid, Record};
use std::collections::{BTreeMap, VecDeque};

/// The largest number of records, and of counts.
const MAX_RECORDS: usize = 100_000;
/// The largest number of records of starts and ends; each process has five.
const MAX_LIFE_RECORDS: usize = 50_000;
/// The largest number of measurements: several times as many as the longest plan has.
const MAX_MEASUREMENTS: usize = 10_000;

/// What was recorded while an experiment ran.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// Records of the starts and ends of processes.
    life_records: VecDeque<Record>,
    /// All other records.
    other_records: VecDeque<Record>,
    pub(crate) measurements: VecDeque<Measurement>,
    pub(crate) counts: VecDeque<Count>,
    /// Names of processes and threads.
    pub(crate) names: BTreeMap<Pid, String>,
    /// For each thread, the process or thread that started it.
    pub(crate) threads: BTreeMap<Pid, Pid>,
    dropped: u64,
    lost: u64,
}

/// A measurement, with its start and end in µs on the trace's clock.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measurement {
    pub(crate) name: String,
    pub(crate) start_us: f64,
    /// `None` while the measurement is running.
    pub(crate) end_us: Option<f64>,
}

/// The value of a counter at a moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Count {
    pub(crate) name: String,
    pub(crate) time_us: f64,
    pub(crate) value: f64,
}

impl Trace {
    /// An empty trace.
    pub fn new() -> Trace {
        Trace::default()
    }

    /// Adds a record.
    pub fn record(&mut self, record: Record) {
        if let Record::Event(event) = &record
            && event.is_of_thread()
        {
            self.threads.insert(event.object, event.pid);
        }
        self.dropped += match &record {
            Record::Event(event) if event.is_of_life() => {
                push(&mut self.life_records, record, MAX_LIFE_RECORDS)
            }
            _ => push(&mut self.other_records, record, MAX_RECORDS),
        };
    }

    /// All records; those of starts and ends of processes come first.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.life_records.iter().chain(&self.other_records)
    }

    /// Begins a measurement at this moment, in µs.
    pub fn begin(&mut self, name: impl Into<String>, start_us: f64) {
        let measurement = Measurement {
            name: name.into(),
            start_us,
            end_us: None,
        };
        push(&mut self.measurements, measurement, MAX_MEASUREMENTS);
    }

    /// Ends the latest measurement at this moment, in µs.
    pub fn end(&mut self, end_us: f64) {
        if let Some(measurement) = self.measurements.back_mut() {
            measurement.end_us = Some(end_us);
        }
    }

    /// Adds the value of the counter `name` at this moment, in µs.
    pub fn count(&mut self, name: &str, time_us: f64, value: f64) {
        let count = Count {
            name: name.to_owned(),
            time_us,
            value,
        };
        self.dropped += push(&mut self.counts, count, MAX_RECORDS);
    }

    /// Stores the name of every process and thread that occurs in the trace.
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

    /// Adds to the number of lost records: those that were overwritten because their
    /// process wrote faster than the page read.
    pub fn add_lost(&mut self, records: u64) {
        self.lost += records;
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.life_records.len() + self.other_records.len()
    }

    /// The number of records that were dropped because of the limits.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The number of lost records.
    pub fn lost(&self) -> u64 {
        self.lost
    }
}

/// Adds an element; returns how many of the oldest were dropped for it.
fn push<T>(all: &mut VecDeque<T>, one: T, max: usize) -> u64 {
    all.push_back(one);
    let surplus = all.len().saturating_sub(max);
    all.drain(..surplus);
    surplus as u64
}

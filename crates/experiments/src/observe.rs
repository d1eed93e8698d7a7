//! What a running experiment tells, and how it is stopped.

use super::{Model, form::Invalid};
use manyhands::Error;
use std::{cell::Cell, fmt, rc::Rc, time::Duration};
use timeline::{Live, Trace};

/// How far an experiment is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// What begins now, in words for people.
    pub phase: String,
    /// Steps done.
    pub done: u32,
    /// Steps in all.
    pub total: u32,
    /// The time left, once that can be guessed, in seconds.
    pub seconds_left: Option<f64>,
}

/// Somebody who watches an experiment.
pub trait Observer {
    /// A step begins.
    fn progress(&mut self, _progress: &Progress) {}
    /// A stretch measured in one model begins (`true`) or has ended.
    fn measuring(&mut self, _model: Model, _begin: bool) {}
    /// What was heard of the run that is under way, a few times a second. It
    /// costs as much to look at as there are lanes, however many events there
    /// were.
    fn live(&mut self, _live: &Live) {}
    /// What was recorded, once all is done: what a report is too small for.
    fn trace(&mut self, _trace: Trace) {}
}

/// Nobody watches.
impl Observer for () {}

/// Stops an experiment; copies stop the same one.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Rc<Cell<bool>>);

impl Cancel {
    /// Not cancelled yet.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Stops the experiment as soon as it looks.
    pub fn cancel(&self) {
        self.0.set(true);
    }

    /// Was it cancelled?
    pub fn is_cancelled(&self) -> bool {
        self.0.get()
    }
}

/// Why an experiment came to no report.
#[derive(Clone, Debug, PartialEq)]
pub enum RunError {
    /// The plan is out of range.
    Invalid(Vec<Invalid>),
    /// It was cancelled.
    Cancelled,
    /// A process could not be started, or failed.
    Process(Error),
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RunError::Invalid(faults) => {
                let texts: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
                f.write_str(&texts.join(" "))
            }
            RunError::Cancelled => f.write_str("cancelled"),
            RunError::Process(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RunError {}

impl From<Error> for RunError {
    fn from(error: Error) -> Self {
        RunError::Process(error)
    }
}

/// Guesses the time left from the steps' pace so far.
pub(super) struct Pace {
    total: u32,
    done: u32,
    began: Option<f64>,
}

impl Pace {
    pub(super) fn new(total: u32) -> Pace {
        Pace {
            total,
            done: 0,
            began: None,
        }
    }

    /// A step begins.
    pub(super) fn step(&mut self, phase: String) -> Progress {
        let now = manyhands::trace::now_us();
        let began = *self.began.get_or_insert(now);
        let elapsed = Duration::from_secs_f64(((now - began) / 1e6).max(0.0)).as_secs_f64();
        let progress = Progress {
            phase,
            done: self.done,
            total: self.total,
            seconds_left: (self.done > 1).then(|| {
                elapsed / f64::from(self.done) * f64::from(self.total - self.done.min(self.total))
            }),
        };
        self.done += 1;
        progress
    }
}

//! What a running experiment reports to its [`Observer`], and how it is cancelled.

use super::{Model, form::Invalid};
use manyhands::Error;
use std::{cell::Cell, fmt, rc::Rc, time::Duration};
use timeline::{LiveLanes, Trace};

/// The progress of an experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// What begins now, as a text for people.
    pub phase: String,
    /// The number of completed steps.
    pub done: u32,
    /// The total number of steps.
    pub total: u32,
    /// The estimated time left in seconds, once there is an estimate.
    pub seconds_left: Option<f64>,
}

/// Receives the progress and the records of an experiment.
pub trait Observer {
    /// A step begins.
    fn progress(&mut self, _progress: &Progress) {}
    /// A measurement of a model begins (`true`) or has ended (`false`).
    fn measuring(&mut self, _model: Model, _begin: bool) {}
    /// The lanes of the run that is going on, a few times a second. The cost of reading
    /// them depends on the number of lanes, not on the number of events.
    fn live(&mut self, _live: &LiveLanes) {}
    /// The whole trace, once at the end of the experiment; a report contains only a part.
    fn trace(&mut self, _trace: Trace) {}
}

/// An observer that ignores everything.
impl Observer for () {}

/// A flag that cancels an experiment. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Rc<Cell<bool>>);

impl Cancel {
    /// A flag that is not set.
    pub fn new() -> Cancel {
        Cancel::default()
    }

    /// Cancels the experiment, which ends the next time that it checks the flag.
    pub fn cancel(&self) {
        self.0.set(true);
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.get()
    }
}

/// The reasons why an experiment ends without a report.
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

/// Estimates the time left from the average duration of the steps so far.
pub(super) struct ProgressTracker {
    total: u32,
    done: u32,
    began: Option<f64>,
}

impl ProgressTracker {
    pub(super) fn new(total: u32) -> ProgressTracker {
        ProgressTracker {
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

//! The stage that the page is in, and the progress of a run.

use experiments::Progress;
use yew::AttrValue;

/// What the page is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// No run was started yet.
    Ready,
    /// An experiment is running.
    Running,
    /// The run was told to stop and has not stopped yet.
    Stopping,
    /// The last run was completed.
    Done,
    /// The last run was cancelled.
    Cancelled,
    /// The last run failed, for this reason.
    Failed(AttrValue),
}

impl Stage {
    /// Whether a run is going on.
    pub fn is_busy(&self) -> bool {
        matches!(self, Stage::Running | Stage::Stopping)
    }

    /// The value of `data-state`, which style sheets and tests read.
    pub fn name(&self) -> &'static str {
        match self {
            Stage::Ready => "ready",
            Stage::Running => "running",
            Stage::Stopping => "stopping",
            Stage::Done => "done",
            Stage::Cancelled => "cancelled",
            Stage::Failed(_) => "failed",
        }
    }
}

/// The progress of the run that is going on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunProgress {
    /// What is being done, as a text for the visitor.
    pub phase: AttrValue,
    /// Steps done.
    pub done: u32,
    /// Steps in all.
    pub total: u32,
    /// The estimated time left in seconds, once there is an estimate.
    pub seconds_left: Option<f64>,
}

impl From<&Progress> for RunProgress {
    fn from(progress: &Progress) -> RunProgress {
        RunProgress {
            phase: progress.phase.clone().into(),
            done: progress.done,
            total: progress.total,
            seconds_left: progress.seconds_left,
        }
    }
}

//! What the page is doing, and how far it is.

use experiments::Progress;
use yew::AttrValue;

/// What the page is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// Nothing was started yet.
    Ready,
    /// An experiment runs.
    Running,
    /// It was told to stop and is about to.
    Stopping,
    /// The last experiment came to its end.
    Done,
    /// The last experiment was cancelled.
    Cancelled,
    /// The last experiment failed, for this reason.
    Failed(AttrValue),
}

impl Stage {
    /// Whether an experiment is going on.
    pub fn is_busy(&self) -> bool {
        matches!(self, Stage::Running | Stage::Stopping)
    }

    /// The word for scripts and style sheets.
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

/// How far the running experiment is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// What is being done, in words.
    pub phase: AttrValue,
    /// Steps done.
    pub done: u32,
    /// Steps in all.
    pub total: u32,
    /// The time left, once it can be told.
    pub seconds_left: Option<f64>,
}

impl From<&Progress> for Moment {
    fn from(progress: &Progress) -> Moment {
        Moment {
            phase: progress.phase.clone().into(),
            done: progress.done,
            total: progress.total,
            seconds_left: progress.seconds_left,
        }
    }
}

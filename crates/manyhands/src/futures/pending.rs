//! Work that was submitted and has not been handed to a worker's queue.

use crate::{
    Error,
    pool::{
        engine::{Engine, State},
        job::{Job, Settled, To},
    },
    process::Call,
};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

/// Where a future is before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Pending,
    Running,
    Cancelled,
}

/// One call that waits.
pub(super) struct Submission {
    pub(super) job: Rc<dyn Job>,
    pub(super) cancel: (u32, u32),
    pub(super) call: Call,
    pub(super) stage: Rc<Cell<Stage>>,
}

impl Submission {
    fn fail(self, error: Error) {
        self.job.settled(Settled::failed(0, 1, error));
    }
}

/// The calls that wait. The workers' queue holds one more than there are
/// workers, and what is in it counts as running (`process.py`,
/// `EXTRA_QUEUED_CALLS`).
#[derive(Default)]
pub(super) struct Pending(RefCell<VecDeque<Submission>>);

impl Pending {
    pub(super) fn push(&self, submission: Submission) {
        self.0.borrow_mut().push_back(submission);
    }

    /// Cancels all that wait.
    pub(super) fn cancel_all(&self) {
        let all = self.0.take();
        for submission in all {
            submission.cancel();
        }
    }
}

impl Submission {
    fn cancel(self) {
        if self.stage.replace(Stage::Cancelled) != Stage::Cancelled {
            self.fail(Error::CancelledError);
        }
    }
}

impl Job for Pending {
    fn settled(&self, _: Settled) {}

    fn feed(self: Rc<Self>, engine: &Rc<Engine>) -> bool {
        let most = engine.plan.workers as usize + 1;
        while engine.outstanding() < most {
            let next = self.0.borrow_mut().pop_front();
            let Some(next) = next else { break };
            if next.stage.get() == Stage::Cancelled {
                continue;
            }
            next.stage.set(Stage::Running);
            let Submission {
                job, cancel, call, ..
            } = next;
            if let Err(error) = engine.put(&job, cancel, (0, 1), call, To::default()) {
                job.settled(Settled::failed(0, 1, error));
            }
        }
        engine.state() == State::Running || !self.0.borrow().is_empty()
    }

    fn abandoned(&self, error: &Error) {
        let all = self.0.take();
        for submission in all {
            if submission.stage.get() != Stage::Cancelled {
                submission.fail(error.clone());
            }
        }
    }
}

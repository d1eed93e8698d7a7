//! Calls that were submitted to an executor and are waiting for a worker.

use crate::{
    Error,
    pool::{
        engine::{Engine, State},
        job::{Chunk, ChunkOutcome, Job},
        message::CancelToken,
    },
    process::Call,
};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
};

/// The state of a future before its call is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FutureState {
    /// The call is waiting and can be cancelled.
    Pending,
    /// The call is in the workers' queue or is running.
    Running,
    Cancelled,
}

/// A submitted call that is waiting.
pub(super) struct Submission {
    pub(super) job: Rc<dyn Job>,
    pub(super) cancel: CancelToken,
    pub(super) call: Call,
    pub(super) state: Rc<Cell<FutureState>>,
}

/// Ends the job of a call that was never run.
pub(super) fn fail(job: &Rc<dyn Job>, error: Error) {
    job.chunk_done(ChunkOutcome::failed(0..1, error));
}

/// The calls that are waiting. The workers' queue contains at most one call more than
/// there are workers, and a call in that queue counts as running (Python's `process.py`,
/// `EXTRA_QUEUED_CALLS`).
pub(super) struct PendingCalls {
    /// Weak, because the engine owns this.
    engine: Weak<Engine>,
    calls: RefCell<VecDeque<Submission>>,
    /// All calls are sent to the workers' queue at once, without this limit.
    unlimited: Cell<bool>,
}

impl PendingCalls {
    /// An empty list for this engine.
    pub(super) fn new(engine: &Rc<Engine>) -> Rc<PendingCalls> {
        Rc::new(PendingCalls {
            engine: Rc::downgrade(engine),
            calls: RefCell::default(),
            unlimited: Cell::new(false),
        })
    }

    pub(super) fn push(&self, submission: Submission) {
        self.calls.borrow_mut().push_back(submission);
    }

    /// Removes the limit on the workers' queue, so that the workers can go on while
    /// nobody runs the engine. All calls then count as running.
    pub(super) fn remove_limit(&self) {
        self.unlimited.set(true);
    }

    /// Cancels all calls that are waiting.
    pub(super) fn cancel_all(&self) {
        for Submission { job, state, .. } in self.calls.take() {
            if state.replace(FutureState::Cancelled) != FutureState::Cancelled {
                fail(&job, Error::CancelledError);
            }
        }
    }
}

impl Job for PendingCalls {
    /// Never called: each chunk belongs to the job of its submission.
    fn chunk_done(&self, _: ChunkOutcome) {}

    fn submit_more(self: Rc<Self>) -> bool {
        let Some(engine) = self.engine.upgrade() else {
            return false;
        };
        let max_in_flight = match self.unlimited.get() {
            true => usize::MAX,
            false => engine.plan.workers as usize + 1,
        };
        while engine.in_flight() < max_in_flight && !engine.is_blocked() {
            let next = self.calls.borrow_mut().pop_front();
            let Some(next) = next else { break };
            if next.state.get() == FutureState::Cancelled {
                continue;
            }
            next.state.set(FutureState::Running);
            let submitted = engine.submit(Chunk {
                job: next.job.clone(),
                cancel: next.cancel,
                items: 0..1,
                call: next.call,
                worker: None,
                claims: None,
            });
            if let Err(error) = submitted {
                fail(&next.job, error);
            }
        }
        engine.state() == State::Running || !self.calls.borrow().is_empty()
    }

    fn pool_failed(&self, error: &Error) {
        for Submission { job, state, .. } in self.calls.take() {
            if state.get() != FutureState::Cancelled {
                fail(&job, error.clone());
            }
        }
    }
}

//! The pool's own side: it sends chunks to the workers and reads their reports.
//!
//! It has no thread of its own: [`run`] says who runs it and until when.
//! [`worker_exits`] decides what the end of a worker means. Both are built on
//! this file, which uses neither. Must not know which kinds of job there are.

mod run;
mod sending;
mod tasks;
mod worker_exits;
mod worker_slots;

use super::{
    job::{ChunkOutcome, Job},
    message::{CANCEL_SLOTS, CancelToken, Outcome, Report, SharedState, TaskId},
    plan::Plan,
};
use crate::Error;
use sending::UnsentCommands;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};
use tasks::{SentTask, SentTasks};
use worker_slots::{WorkerSlots, start_worker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    /// No new calls; what was accepted is still run.
    Closed,
    Terminated,
}

struct Inner {
    slots: WorkerSlots,
    tasks: SentTasks,
    unsent: UnsentCommands,
    /// How many commands were ever put into `SharedState::commands`.
    commands_sent: u32,
    state: State,
    stops_sent: bool,
    /// Why there will be no workers any more.
    broken: Option<Error>,
    last_job: u32,
    free_cancel_slots: Vec<u32>,
    /// The jobs that want to submit more chunks later.
    sources: VecDeque<Rc<dyn Job>>,
    /// How many jobs are being asked at this moment to submit more. They are not
    /// in `sources` meanwhile.
    being_asked: u32,
}

/// The error of what a terminated pool has not done.
fn terminated() -> Error {
    Error::ValueError("the pool was terminated".into())
}

pub(crate) struct Engine {
    pub(crate) plan: Plan,
    pub(crate) shared: SharedState,
    inner: RefCell<Inner>,
    /// A task on the page runs this engine.
    page_task: Cell<bool>,
    /// How many wait for the end of the workers.
    joined: Cell<u32>,
}

impl Engine {
    /// An engine, with its workers started unless the plan says on demand.
    pub(crate) fn new(plan: Plan) -> Result<Rc<Engine>, Error> {
        let shared = SharedState::new(plan.workers as usize)?;
        let mut slots = WorkerSlots::new(plan.workers)?;
        if !plan.on_demand {
            while let Some((number, own)) = slots.first_vacant() {
                match start_worker(&plan, &shared, number, &own) {
                    Ok(worker) => slots.get_mut(number).fill(worker),
                    Err(error) => {
                        slots.end_half_started();
                        return Err(error);
                    }
                }
            }
        }
        Ok(Rc::new(Engine {
            plan,
            shared,
            inner: RefCell::new(Inner {
                slots,
                tasks: SentTasks::new(),
                unsent: UnsentCommands::default(),
                commands_sent: 0,
                state: State::Running,
                stops_sent: false,
                broken: None,
                last_job: 0,
                free_cancel_slots: (1..CANCEL_SLOTS as u32).rev().collect(),
                sources: VecDeque::new(),
                being_asked: 0,
            }),
            page_task: Cell::new(false),
            joined: Cell::new(0),
        }))
    }

    pub(crate) fn state(&self) -> State {
        self.inner.borrow().state
    }

    /// Fails unless new calls are accepted.
    pub(crate) fn check_running(&self) -> Result<(), Error> {
        let inner = self.inner.borrow();
        if inner.state != State::Running {
            return Err(Error::ValueError("Pool not running".into()));
        }
        inner.broken.clone().map_or(Ok(()), Err)
    }

    /// A token for a new job.
    pub(crate) fn new_cancel_token(&self) -> CancelToken {
        let mut inner = self.inner.borrow_mut();
        inner.last_job += 1;
        CancelToken {
            slot: inner.free_cancel_slots.pop().unwrap_or(0),
            job: inner.last_job,
        }
    }

    /// Frees the slot of a job that has ended.
    pub(crate) fn release(&self, token: CancelToken) {
        if token.slot != 0 {
            let mut inner = self.inner.borrow_mut();
            inner.free_cancel_slots.push(token.slot);
        }
    }

    /// Tells the workers that this job is cancelled, if it has a slot.
    pub(crate) fn cancel(&self, token: CancelToken) {
        if token.slot != 0 {
            let cancelled = &self.shared.cancelled;
            let _ = cancelled.set(token.slot as usize, token.job);
        }
    }

    /// Why no chunk will ever be run any more, if that is so.
    pub(crate) fn failure(&self) -> Option<Error> {
        let inner = self.inner.borrow();
        match inner.state {
            State::Terminated => Some(terminated()),
            _ => inner.broken.clone(),
        }
    }

    /// Before a chunk is sent: starts one more worker, if all are busy and there may
    /// be more.
    fn start_on_demand(&self) -> Result<(), Error> {
        let vacant = {
            let inner = self.inner.borrow();
            let wanted = self.plan.on_demand && inner.slots.filled() <= inner.tasks.in_flight();
            wanted.then(|| inner.slots.first_vacant()).flatten()
        };
        let Some((slot, own)) = vacant else {
            return Ok(());
        };
        let worker = start_worker(&self.plan, &self.shared, slot, &own)?;
        self.inner.borrow_mut().slots.get_mut(slot).fill(worker);
        if self.page_task.get() {
            // The page's task waits for the ends of the workers it knows: make
            // it look again.
            self.shared.reports.try_put(&Report::wake_up())?;
        }
        Ok(())
    }

    /// How many chunks are in flight.
    pub(crate) fn in_flight(&self) -> usize {
        self.inner.borrow().tasks.in_flight()
    }

    /// Lets a job submit its chunks, now and whenever the engine runs.
    pub(crate) fn add_source(&self, job: Rc<dyn Job>) {
        self.inner.borrow_mut().being_asked += 1;
        self.ask(job);
    }

    /// Lets a job that was counted in `being_asked` submit more. This may call the
    /// caller's iterator, which may use this pool, so nothing is borrowed meanwhile.
    fn ask(&self, job: Rc<dyn Job>) {
        let wants_more = job.clone().submit_more();
        let mut inner = self.inner.borrow_mut();
        inner.being_asked -= 1;
        if wants_more {
            inner.sources.push_back(job);
        }
    }

    /// The next job to be asked, which is counted in `being_asked`.
    fn next_source(&self) -> Option<Rc<dyn Job>> {
        let mut inner = self.inner.borrow_mut();
        let job = inner.sources.pop_front()?;
        inner.being_asked += 1;
        Some(job)
    }

    /// Lets all jobs submit what they want to, and tells the workers to stop
    /// once a closed pool has nothing more to send. Was anything submitted?
    fn poll_sources(&self) -> bool {
        let before = self.in_flight();
        let count = self.inner.borrow().sources.len();
        for _ in 0..count {
            let Some(job) = self.next_source() else { break };
            self.ask(job);
        }
        let mut inner = self.inner.borrow_mut();
        let all_sent = inner.sources.is_empty() && inner.being_asked == 0;
        if inner.state == State::Closed && all_sent && !inner.stops_sent {
            inner.stops_sent = true;
            // They come after all chunks, since the queue keeps its order.
            for _ in 0..inner.slots.len() {
                self.send_stop(&mut inner);
            }
        }
        inner.tasks.in_flight() != before
    }

    /// Reads the reports that have arrived; were there any?
    fn read_reports(&self) -> bool {
        let mut any = false;
        while let Ok(report) = self.shared.reports.try_get() {
            any = true;
            self.handle_report(report);
        }
        any
    }

    fn handle_report(&self, report: Report) {
        let found = {
            let tasks = &mut self.inner.borrow_mut().tasks;
            match report.more {
                true => tasks
                    .get(report.task)
                    .map(|task| (task.job.clone(), task.items.clone())),
                false => tasks.remove(report.task).map(|task| (task.job, task.items)),
            }
        };
        let Some((job, items)) = found else {
            return;
        };
        job.chunk_done(ChunkOutcome {
            items,
            result: match report.outcome {
                Outcome::Returned(returned) => Ok(returned),
                Outcome::Failed(error) => Err(error),
                Outcome::Skipped => Err(Error::CancelledError),
            },
            claimed: report.claimed,
            more: report.more,
            took: report.took.into(),
        });
    }

    /// Fails everything that was accepted and has no result yet.
    fn fail_all(&self, error: &Error) {
        let (tasks, sources) = {
            let mut inner = self.inner.borrow_mut();
            inner.broken.get_or_insert_with(|| error.clone());
            inner.unsent = UnsentCommands::default();
            (inner.tasks.ids(), std::mem::take(&mut inner.sources))
        };
        for job in sources {
            job.pool_failed(error);
        }
        for id in tasks {
            self.fail(id, |_| error.clone());
        }
    }

    /// Fails a chunk, if it is in flight.
    fn fail(&self, id: TaskId, error: impl FnOnce(&SentTask) -> Error) {
        let removed = self.inner.borrow_mut().tasks.remove(id);
        if let Some(task) = removed {
            let error = error(&task);
            task.job.chunk_done(ChunkOutcome::failed(task.items, error));
        }
    }

    /// Kills every worker.
    pub(crate) fn kill_workers(&self) {
        self.inner.borrow().slots.kill();
    }

    /// Asks every worker to end.
    pub(crate) fn terminate_workers(&self) {
        self.inner.borrow().slots.terminate();
    }

    /// The workers' pids, by slot.
    pub(crate) fn pids(&self) -> Vec<u32> {
        let inner = self.inner.borrow();
        let pids = inner.slots.processes().map(|process| process.pid());
        pids.map(Result::unwrap_or_default).collect()
    }

    /// The slots whose worker runs a chunk of this job, with the item it is at.
    pub(crate) fn workers_of(&self, job: &Rc<dyn Job>) -> Vec<(u32, usize)> {
        let inner = self.inner.borrow();
        let current = self.shared.current_task.to_vec();
        let mut found = Vec::new();
        for (slot, id) in current.into_iter().enumerate() {
            if let Some(task) = inner.tasks.get(id)
                && Rc::ptr_eq(&task.job, job)
            {
                let item = self.shared.current_item.get(slot).unwrap_or(0) as usize;
                let last = task.items.len() - 1;
                found.push((slot as u32, task.items.start + item.min(last)));
            }
        }
        found
    }
}

//! The engine of a pool: sends chunks to the workers and reads their reports.
//!
//! It has no thread of its own. [`run`] determines who runs it and how long, and
//! [`worker_exits`] what happens when a worker ends. Both import this file, which uses
//! neither. This room must not know the kinds of jobs.

mod run;
mod tasks;
mod unsent;
mod worker_exits;
mod worker_slots;

use super::{
    job::{Chunk, ChunkOutcome, Job},
    message::{CANCEL_SLOTS, CancelToken, Command, Outcome, Report, SharedState, Task, TaskId},
    plan::Plan,
};
use crate::{Error, connection::EncodedMessage, kernel::buffer};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};
use tasks::{SentTask, SentTasks};
use unsent::{SendAttempt, UnsentCommand, UnsentCommands};
use worker_slots::{WorkerSlots, start_worker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    /// No new calls are accepted. Those that were accepted are still run.
    Closed,
    Terminated,
}

struct Inner {
    slots: WorkerSlots,
    tasks: SentTasks,
    unsent: UnsentCommands,
    /// How many commands have been put into `SharedState::commands` in all.
    commands_sent: u32,
    state: State,
    stops_sent: bool,
    /// The error of a broken pool, which will never have workers again.
    broken: Option<Error>,
    last_job: u32,
    free_cancel_slots: Vec<u32>,
    /// The jobs that will want to submit more chunks later.
    submitting_jobs: VecDeque<Rc<dyn Job>>,
    /// How many jobs are submitting chunks at this moment. They are not in
    /// `submitting_jobs` meanwhile.
    jobs_being_polled: u32,
}

/// The error for everything that a terminated pool has not done.
fn terminated() -> Error {
    Error::ValueError("the pool was terminated".into())
}

pub(crate) struct Engine {
    pub(crate) plan: Plan,
    pub(crate) shared: SharedState,
    inner: RefCell<Inner>,
    /// A task on the page is running this engine.
    page_task: Cell<bool>,
    /// How many callers are waiting for the end of the workers.
    joiners: Cell<u32>,
}

impl Engine {
    /// Makes an engine and starts its workers, unless the plan says that they are started
    /// on demand.
    pub(crate) fn new(plan: Plan) -> Result<Rc<Engine>, Error> {
        let shared = SharedState::new(plan.workers as usize)?;
        let mut slots = WorkerSlots::new(plan.workers)?;
        if !plan.on_demand {
            while let Some((number, own_commands)) = slots.first_vacant() {
                match start_worker(&plan, &shared, number, &own_commands) {
                    Ok(worker) => slots.get_mut(number).fill(worker),
                    Err(error) => {
                        slots.end_after_failed_start();
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
                submitting_jobs: VecDeque::new(),
                jobs_being_polled: 0,
            }),
            page_task: Cell::new(false),
            joiners: Cell::new(0),
        }))
    }

    pub(crate) fn state(&self) -> State {
        self.inner.borrow().state
    }

    /// Returns an error if new calls are not accepted.
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

    /// The error for new chunks, if none will ever be run any more.
    pub(crate) fn failure(&self) -> Option<Error> {
        let inner = self.inner.borrow();
        match inner.state {
            State::Terminated => Some(terminated()),
            _ => inner.broken.clone(),
        }
    }

    /// Starts one more worker if all are busy and there may be more. Called before a
    /// chunk is sent.
    fn start_on_demand(&self) -> Result<(), Error> {
        let vacant = {
            let inner = self.inner.borrow();
            let wanted = self.plan.on_demand && inner.slots.filled() <= inner.tasks.in_flight();
            wanted.then(|| inner.slots.first_vacant()).flatten()
        };
        let Some((slot, own_commands)) = vacant else {
            return Ok(());
        };
        let worker = start_worker(&self.plan, &self.shared, slot, &own_commands)?;
        self.inner.borrow_mut().slots.get_mut(slot).fill(worker);
        if self.page_task.get() {
            // The page's task waits only for the workers that it knows. Wake it, so that
            // it waits for the new one too.
            self.shared.reports.try_put(&Report::wake_up())?;
        }
        Ok(())
    }

    /// Sends a chunk to the workers, or keeps it until there is room for it. Never waits.
    ///
    /// # Errors
    /// [`Engine::failure`]; the error of a worker that cannot be started, if there are no
    /// workers; [`Error::MemoryError`] if there is no room and no other chunk could make
    /// some by ending.
    pub(crate) fn submit(self: &Rc<Self>, chunk: Chunk) -> Result<(), Error> {
        if let Some(failure) = self.failure() {
            return Err(failure);
        }
        if let Err(error) = self.start_on_demand()
            && self.inner.borrow().slots.all_vacant()
        {
            return Err(error);
        }
        self.enqueue(chunk)
    }

    fn enqueue(&self, chunk: Chunk) -> Result<(), Error> {
        let mut inner = self.inner.borrow_mut();
        let Chunk {
            job,
            cancel,
            items,
            call,
            worker,
            claims,
        } = chunk;
        let id = inner.tasks.next_id();
        let command = Command::Run(Task {
            id,
            items: (items.start as u32, items.len() as u32),
            cancel,
            call,
            claims,
        });
        let unsent = UnsentCommand {
            message: EncodedMessage::new(&command)?,
            task: Some(id),
            worker,
        };
        if let Command::Run(task) = command {
            buffer::give_back(task.call.arguments);
        }
        inner.tasks.push(SentTask {
            job,
            items,
            worker,
            queue_index: None,
        });
        self.send_or_queue(&mut inner, unsent).inspect_err(|_| {
            inner.tasks.remove(id);
        })
    }

    /// Sends a command, or adds it to the commands that were kept before.
    fn send_or_queue(&self, inner: &mut Inner, command: UnsentCommand) -> Result<(), Error> {
        if inner.unsent.commands.is_empty() {
            match self.send(inner, &command) {
                SendAttempt::Sent => return Ok(()),
                SendAttempt::NoRoomYet => {}
                SendAttempt::Failed(error) => return Err(error),
            }
        }
        inner.unsent.commands.push_back(command);
        Ok(())
    }

    fn send(&self, inner: &mut Inner, command: &UnsentCommand) -> SendAttempt {
        let in_flight = inner.tasks.in_flight();
        let (queue, sent) = match command.worker {
            Some(slot) => {
                let slot = inner.slots.get_mut(slot);
                (&slot.own_commands, &mut slot.own_sent)
            }
            None => (&self.shared.commands, &mut inner.commands_sent),
        };
        let attempt = inner.unsent.attempt(queue, command, in_flight);
        if let SendAttempt::Sent = attempt {
            let queue_index = *sent;
            *sent += 1;
            if let Some(id) = command.task {
                inner.tasks.note_sent(id, queue_index);
            }
        }
        attempt
    }

    /// Sends the kept commands for which there is room now. Returns whether there were
    /// any.
    fn send_unsent(&self) -> bool {
        let mut any = false;
        loop {
            let mut inner = self.inner.borrow_mut();
            let Some(command) = inner.unsent.commands.pop_front() else {
                return any;
            };
            let attempt = self.send(&mut inner, &command);
            let task = command.task;
            match attempt {
                SendAttempt::NoRoomYet => {
                    inner.unsent.commands.push_front(command);
                    return any;
                }
                SendAttempt::Failed(error) => {
                    drop(inner);
                    if let Some(id) = task {
                        self.fail(id, |_| error);
                    }
                }
                SendAttempt::Sent => {}
            }
            any = true;
        }
    }

    /// Are there commands that found no room? If so, no more chunks should be submitted.
    pub(crate) fn is_blocked(&self) -> bool {
        !self.inner.borrow().unsent.is_empty()
    }

    /// Tells one worker to stop, namely the one that takes this command.
    fn send_stop(&self, inner: &mut Inner) {
        let stop = EncodedMessage::new(&Command::Stop).map(|message| UnsentCommand {
            message,
            task: None,
            worker: None,
        });
        let _ = stop.and_then(|stop| self.send_or_queue(inner, stop));
    }

    /// How many chunks are in flight.
    pub(crate) fn in_flight(&self) -> usize {
        self.inner.borrow().tasks.in_flight()
    }

    /// Lets a job submit its chunks, now and each time the engine runs.
    pub(crate) fn add_submitting_job(&self, job: Rc<dyn Job>) {
        self.inner.borrow_mut().jobs_being_polled += 1;
        self.poll_job(job);
    }

    /// Lets a job submit more chunks; the caller has counted it in `jobs_being_polled`.
    /// Nothing may be borrowed meanwhile, because this may call the caller's iterator,
    /// which may use this pool.
    fn poll_job(&self, job: Rc<dyn Job>) {
        let wants_more = job.clone().submit_more();
        let mut inner = self.inner.borrow_mut();
        inner.jobs_being_polled -= 1;
        if wants_more {
            inner.submitting_jobs.push_back(job);
        }
    }

    /// Takes the next job that wants to submit chunks, and counts it in
    /// `jobs_being_polled`.
    fn next_job_to_poll(&self) -> Option<Rc<dyn Job>> {
        let mut inner = self.inner.borrow_mut();
        let job = inner.submitting_jobs.pop_front()?;
        inner.jobs_being_polled += 1;
        Some(job)
    }

    /// Lets all jobs submit the chunks that they want to. If the pool is closed and has
    /// nothing more to send, tells the workers to stop. Returns whether anything was
    /// submitted.
    fn poll_jobs(&self) -> bool {
        let before = self.in_flight();
        let count = self.inner.borrow().submitting_jobs.len();
        for _ in 0..count {
            let Some(job) = self.next_job_to_poll() else {
                break;
            };
            self.poll_job(job);
        }
        let mut inner = self.inner.borrow_mut();
        let all_sent = inner.submitting_jobs.is_empty() && inner.jobs_being_polled == 0;
        if inner.state == State::Closed && all_sent && !inner.stops_sent {
            inner.stops_sent = true;
            // The workers get these after all chunks, because the queue keeps its order.
            for _ in 0..inner.slots.len() {
                self.send_stop(&mut inner);
            }
        }
        inner.tasks.in_flight() != before
    }

    /// Reads the reports that have arrived. Returns whether there were any.
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
            took_us: report.took_us.into(),
        });
    }

    /// Fails everything that was accepted and has no result yet.
    fn fail_all(&self, error: &Error) {
        let (tasks, submitting_jobs) = {
            let mut inner = self.inner.borrow_mut();
            inner.broken.get_or_insert_with(|| error.clone());
            inner.unsent = UnsentCommands::default();
            (
                inner.tasks.ids(),
                std::mem::take(&mut inner.submitting_jobs),
            )
        };
        for job in submitting_jobs {
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

    /// The slots whose worker is running a chunk of this job, each with the index of the
    /// current item.
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

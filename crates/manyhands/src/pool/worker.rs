//! The program of a pool's worker.

use super::{
    claims::Claims,
    message::{CancelToken, Command, Outcome, Report, SharedState, Task},
};
use crate::{
    Error, Queue, Sentinel,
    connection::{Waitable, wait},
    process::{Call, set_next_item},
    trace::{self, Op},
};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};

/// The arguments of a worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WorkerSetup {
    /// The slot of the worker in the pool.
    pub(crate) slot: u32,
    pub(crate) shared: SharedState,
    /// Commands for this slot alone.
    pub(crate) own_commands: Queue<Command>,
    /// The function that the worker calls first.
    pub(crate) initializer: Option<Call>,
    /// The worker ends after this many chunks.
    pub(crate) max_tasks: Option<u32>,
    /// The sentinel of the pool's process, which may die without sending a command.
    /// `None` on the page, because no worker outlives the page.
    pub(crate) owner: Option<Sentinel>,
}

thread_local! {
    /// The worker of this process or thread, for [`next_item`].
    static WORKER: Cell<Option<&'static Worker>> = const { Cell::new(None) };
}

struct Worker {
    setup: WorkerSetup,
    /// The token of the job whose chunk is running.
    cancel: Cell<CancelToken>,
    claims: RefCell<Option<Claims>>,
    /// The items claimed since the last report.
    claimed: RefCell<Vec<u32>>,
    /// How long the last chunk took, in µs.
    last_took_us: Cell<f64>,
}

/// A time in µs. A chunk that takes less than this, and follows another such chunk, is
/// recorded only if the trace records everything, because recording it would take longer
/// than running it.
const SHORT_CHUNK_US: f64 = 100.0;

/// The target of a worker's process or thread.
pub(crate) fn work(setup: WorkerSetup) {
    // Lives as long as the process.
    let worker: &Worker = Box::leak(Box::new(Worker {
        setup,
        cancel: Cell::default(),
        claims: RefCell::default(),
        claimed: RefCell::default(),
        last_took_us: Cell::new(f64::INFINITY),
    }));
    WORKER.set(Some(worker));
    set_next_item(next_item);
    let setup = &worker.setup;
    if let Some(initializer) = setup.initializer.clone()
        && let Err(error) = initializer.make()
    {
        panic!("the pool's initializer: {error}");
    }
    setup.shared.note_started(setup.slot as usize);
    let mut left = setup.max_tasks;
    while left != Some(0) {
        match worker.next_command() {
            Ok(Command::Run(task)) => worker.run(task),
            Ok(Command::Stop) => return,
            // The pool's process has ended.
            Err(_) => return,
        }
        left = left.map(|left| left - 1);
    }
}

/// Called before every item of a chunk, after `done` items: chooses the next item.
fn next_item(done: usize) -> Option<usize> {
    WORKER.get().and_then(|worker| worker.next_item(done))
}

impl Worker {
    fn is_cancelled(&self) -> bool {
        let CancelToken { slot, job } = self.cancel.get();
        self.setup.shared.cancelled.get_untraced(slot as usize) == job && job != 0
    }

    /// Chooses the next item after `done` items of this chunk and publishes its index.
    /// `None` ends the chunk.
    fn next_item(&self, done: usize) -> Option<usize> {
        if self.is_cancelled() {
            return None;
        }
        let slot = self.setup.slot as usize;
        let next = match &*self.claims.borrow() {
            None => done,
            Some(claims) if done >= claims.report_every as usize => return None,
            Some(claims) => {
                let next = claims.next(slot, |victim, start, end| {
                    trace::record(Op::Steal, victim, [start, end]);
                })?;
                self.claimed.borrow_mut().push(next as u32);
                next
            }
        };
        self.setup
            .shared
            .current_item
            .set_untraced(slot, next as u32);
        Some(next)
    }

    /// Waits for the next command. Commands for this slot alone come first.
    fn next_command(&self) -> Result<Command, Error> {
        let WorkerSetup {
            slot,
            shared,
            own_commands,
            owner,
            ..
        } = &self.setup;
        let is_orphan = || owner.is_some_and(Sentinel::is_ready);
        let slot = *slot as usize;
        // The time is stored before the task, because the pool reads the time when it
        // sees the task, to find tasks that take too long.
        let publish = |command: &Command| match command {
            Command::Run(task) => {
                shared.began.set(slot, trace::now_us())?;
                shared.current_task.set(slot, task.id)
            }
            Command::Stop => Ok(()),
        };
        let end = owner.as_ref().map(|end| end as &dyn Waitable);
        let awaited: [&dyn Waitable; 3] =
            [own_commands, &shared.commands, end.unwrap_or(own_commands)];
        let awaited = &awaited[..2 + usize::from(end.is_some())];
        while !is_orphan() {
            match own_commands.try_get() {
                Ok(command) => {
                    publish(&command)?;
                    return Ok(command);
                }
                Err(Error::Empty) => {}
                Err(error) => return Err(error),
            }
            if !shared.commands.is_empty() {
                shared.acquire_take_lock()?;
                let taken = shared.commands.try_get();
                if let Ok(command) = &taken {
                    publish(command)?;
                }
                shared.take_lock.release()?;
                match taken {
                    Err(Error::Empty) => {}
                    taken => return taken,
                }
            }
            wait(awaited, None)?;
        }
        // Python's workers get this error from their pipe.
        Err(Error::EOFError)
    }

    fn run(&self, task: Task) {
        let WorkerSetup { slot, shared, .. } = &self.setup;
        let slot = *slot as usize;
        let Task {
            id,
            items: (first, count),
            cancel,
            call,
            claims,
        } = task;
        let mut call = Some(call);
        self.cancel.set(cancel);
        let _ = shared.current_item.set(slot, 0);
        self.claims.replace(claims.clone());
        let mut began = shared.began.get(slot).unwrap_or_default();
        loop {
            let (outcome, now) = if self.is_cancelled() {
                (Outcome::Skipped, trace::now_us())
            } else {
                let recorded =
                    self.last_took_us.get() >= SHORT_CHUNK_US || trace::records_everything();
                if recorded {
                    trace::record(Op::TaskBegin, id, [first, count]);
                }
                // Only a chunk of claimed items is called more than once.
                let again = claims.as_ref().and(call.clone());
                let made = std::mem::replace(&mut call, again).map(Call::make);
                let made = made.unwrap_or(Err(Error::CancelledError));
                let now = trace::now_us();
                let took_us = now - began;
                self.last_took_us.set(took_us);
                if !recorded && took_us >= SHORT_CHUNK_US {
                    trace::record_at(began, Op::TaskBegin, id, [first, count]);
                }
                if recorded || took_us >= SHORT_CHUNK_US {
                    trace::record(Op::TaskEnd, id, [first, count]);
                }
                let outcome = match made {
                    Ok(returned) => Outcome::Returned(returned),
                    Err(error) => Outcome::Failed(error),
                };
                (outcome, now)
            };
            let more = matches!(&claims, Some(claims) if !claims.is_empty());
            let more = more && !self.is_cancelled();
            self.report(Report {
                task: id,
                outcome,
                claimed: self.claimed.take(),
                more,
                took_us: (now - began) as f32,
            });
            if !more {
                break;
            }
            began = now;
            let _ = shared.began.set(slot, now);
        }
        let _ = shared.chunks_run.fetch_add(slot, 1);
        let _ = shared.current_task.set(slot, 0);
    }

    /// Sends a report. If there is no room for it in the arena, waits until the pool has
    /// read other reports. If there are no other reports to be read, nobody would make
    /// room: then the results are lost, and the error is sent instead.
    fn report(&self, mut report: Report) {
        let WorkerSetup { shared, owner, .. } = &self.setup;
        let reports = &shared.reports;
        if reports.try_put(&report).is_ok() {
            return;
        }
        loop {
            let others_wait = !reports.is_empty();
            let next_taken = reports.next_taken();
            match reports.try_put(&report) {
                Ok(()) => return,
                Err(Error::Full) => {}
                Err(Error::MemoryError { .. }) if others_wait => {}
                Err(error) => {
                    if let Outcome::Failed(_) = report.outcome {
                        panic!("the error of a chunk could not be sent: {error}");
                    }
                    report.outcome = Outcome::Failed(error);
                    continue;
                }
            }
            let end = owner.as_ref().map(|end| end as &dyn Waitable);
            let awaited: [&dyn Waitable; 2] = [&next_taken, end.unwrap_or(&next_taken)];
            if wait(&awaited, None).is_err() || owner.is_some_and(Sentinel::is_ready) {
                // The pool's process has ended.
                return;
            }
        }
    }
}

//! Handles the end of a worker: finds the chunks that were lost with it, and decides
//! whether another worker takes its slot.
//!
//! This module must not know who runs the engine.

use super::{Engine, State, tasks::SentTask, worker_slots::start_worker};
use crate::{
    Error, Queue, Reason, TaskError,
    pool::message::{Command, TaskId},
    timeout::microseconds,
    trace,
};
use std::{rc::Rc, time::Duration};

/// The pool is broken if this many workers in a row died before their initializer had
/// finished.
const MAX_FAILED_STARTS: u32 = 3;

/// How a worker ended.
struct WorkerExit {
    slot: u32,
    exit: Result<(), Error>,
    /// The worker was killed because its task took too long.
    timed_out: bool,
    /// The task that it was running, or 0, and the index of the item within the task.
    current: (TaskId, usize),
    /// How many of the commands for its slot alone it had taken.
    own_taken: u32,
}

impl WorkerExit {
    fn is_because(&self, reasons: &[Reason]) -> bool {
        matches!(&self.exit, Err(Error::ProcessError(error)) if reasons.contains(&error.reason))
    }

    /// The text of the error with which it ended, or an empty text.
    fn text(&self) -> String {
        let error = self.exit.as_ref().err();
        error.map(Error::to_string).unwrap_or_default()
    }
}

/// What happens to the slot of a worker that has ended.
enum Replacement {
    None,
    /// A new worker is started, with this command queue of the slot.
    Start(Queue<Command>),
    /// No worker is started, the pool is broken, and the other workers are killed.
    Broken(Error),
}

impl Engine {
    /// Replaces the workers that have ended, and fails the chunks that were lost with
    /// them. Returns whether there were any.
    pub(super) fn handle_exits(self: &Rc<Self>) -> bool {
        self.kill_timed_out();
        let ended = self.inner.borrow().slots.ended();
        let mut any = false;
        for slot in ended {
            any |= self.handle_exit(slot);
        }
        any
    }

    fn kill_timed_out(&self) {
        let Some(timeout) = self.plan.task_timeout else {
            return;
        };
        let now = trace::now_us();
        let mut inner = self.inner.borrow_mut();
        for (number, slot) in inner.slots.iter_mut().enumerate() {
            let began = self.shared.began.get(number).unwrap_or(now);
            let task = self.shared.current_task.get(number);
            let busy = task.is_ok_and(|task| task != 0);
            if busy && !slot.timed_out && now - began > microseconds(timeout) {
                let worker = slot.worker.as_ref();
                slot.timed_out = worker.is_some_and(|(process, _)| process.kill().is_ok());
            }
        }
    }

    /// Handles the end of one worker. Returns `false` if that is not possible yet.
    fn handle_exit(self: &Rc<Self>, slot: u32) -> bool {
        let ended = self.exit_of(slot);
        let Some((taken, running)) = self.commands_taken(slot) else {
            return false;
        };
        self.read_reports();
        if self.plan.breaks_on_crash && ended.is_because(&[Reason::Killed, Reason::Trapped]) {
            let why = format!(
                "A process in the process pool was terminated abruptly while the future was \
                 running or pending: {}",
                ended.text()
            );
            self.inner.borrow_mut().slots.get_mut(slot).vacant = true;
            self.break_down(Error::BrokenProcessPool(why));
            return true;
        }
        let lost = {
            let inner = self.inner.borrow();
            inner.tasks.filter(|id, task| {
                let was_taken = |taken| task.queue_index.is_some_and(|index| index < taken);
                match task.worker {
                    Some(worker) => worker == slot && was_taken(ended.own_taken),
                    None => was_taken(taken) && !running.contains(&id),
                }
            })
        };
        for id in lost {
            self.fail(id, |task| self.lost_chunk_error(&ended, id, task));
        }
        self.replace(&ended);
        true
    }

    fn exit_of(&self, number: u32) -> WorkerExit {
        let inner = self.inner.borrow();
        let slot = inner.slots.get(number);
        let (process, _) = slot.worker.as_ref().expect("a worker has ended there");
        // This does not wait, because the worker has ended.
        let exit = process.join_timeout(Duration::ZERO).map(drop);
        let index = number as usize;
        let item = self.shared.current_item.get(index).unwrap_or(0) as usize;
        WorkerExit {
            slot: number,
            exit,
            timed_out: slot.timed_out,
            current: (self.shared.current_task.get(index).unwrap_or(0), item),
            own_taken: slot.own_sent - slot.own_commands.qsize(),
        }
    }

    /// How many commands were taken from the queue that all workers share, and the tasks
    /// that the other workers are running. `None` if the page could not get the lock, for
    /// which it may not wait.
    fn commands_taken(&self, slot: u32) -> Option<(u32, Vec<TaskId>)> {
        // While the lock is held, the task of every command that was taken is in
        // `current_task`. A worker sends its last report before it removes the task from
        // there. So a task that was taken, and is neither there nor reported, was lost
        // with this worker.
        if !self.shared.try_acquire_take_lock() {
            return None;
        }
        let taken = self.inner.borrow().commands_sent - self.shared.commands.qsize();
        let mut running = self.shared.current_task.to_vec();
        running[slot as usize] = 0;
        let _ = self.shared.take_lock.release();
        Some((taken, running))
    }

    /// The error for a chunk that was lost with a worker.
    fn lost_chunk_error(&self, ended: &WorkerExit, id: TaskId, task: &SentTask) -> Error {
        let (task_id, item) = ended.current;
        let offset = if id == task_id {
            item.min(task.items.len() - 1)
        } else {
            0
        };
        let worker = match &ended.exit {
            Ok(()) => None,
            Err(Error::ProcessError(error)) => Some(error.clone()),
            // An argument or a result panicked while it was decoded or encoded.
            Err(error) => return error.clone(),
        };
        let text = match self.plan.task_timeout {
            Some(timeout) if ended.timed_out => format!("it took longer than {timeout:?}"),
            _ if worker.is_none() => "its worker exited".into(),
            _ => String::new(),
        };
        Error::TaskError(Box::new(TaskError {
            index: task.items.start + offset,
            text,
            worker,
        }))
    }

    fn replace(self: &Rc<Self>, ended: &WorkerExit) {
        let own_commands = match self.replacement(ended) {
            Replacement::None => return,
            Replacement::Broken(error) => return self.break_down(error),
            Replacement::Start(own_commands) => own_commands,
        };
        let started = start_worker(&self.plan, &self.shared, ended.slot, &own_commands);
        let mut inner = self.inner.borrow_mut();
        let slot = inner.slots.get_mut(ended.slot);
        match started {
            Ok(worker) => {
                slot.fill(worker);
                if inner.stops_sent {
                    // The worker that ended may have taken a stop command, which its
                    // successor then lacks.
                    self.send_stop(&mut inner);
                }
            }
            Err(error) => {
                slot.vacant = true;
                let all_vacant = inner.slots.all_vacant();
                drop(inner);
                if all_vacant {
                    self.fail_all(&Error::BrokenProcessPool(error.to_string()));
                }
            }
        }
    }

    fn replacement(&self, ended: &WorkerExit) -> Replacement {
        let has_started = self.shared.has_started(ended.slot as usize);
        let mut inner = self.inner.borrow_mut();
        let stopped = inner.stops_sent && ended.exit.is_ok();
        // If there is work left, the last worker must be replaced. If there are others,
        // they do the work.
        let needed = inner.slots.filled() == 1 && inner.tasks.in_flight() > 0;
        let over = inner.state == State::Terminated || inner.broken.is_some();
        let slot = inner.slots.get_mut(ended.slot);
        slot.timed_out = false;
        slot.failed_starts = match has_started {
            true => 0,
            // A worker that was killed says nothing about its initializer.
            false if ended.is_because(&[Reason::Killed]) => slot.failed_starts,
            false => slot.failed_starts + 1,
        };
        slot.vacant = over || stopped && !needed;
        if slot.vacant {
            return Replacement::None;
        }
        if slot.failed_starts >= MAX_FAILED_STARTS {
            slot.vacant = true;
            let why = format!(
                "the pool's workers die before they are up: {}",
                ended.text()
            );
            return Replacement::Broken(Error::BrokenProcessPool(why));
        }
        Replacement::Start(slot.own_commands.clone())
    }

    /// Fails everything that was accepted, and kills the other workers.
    fn break_down(&self, error: Error) {
        self.fail_all(&error);
        self.kill_workers();
    }
}

//! Sends commands to the workers. A command for which there is no room is kept, in order,
//! until there is some. Nothing in this module waits.
//!
//! This module must not know what happens to a chunk, nor the kinds of jobs.

use super::{Engine, Inner, tasks::SentTask};
use crate::{
    Error, Queue,
    connection::EncodedMessage,
    kernel::buffer,
    pool::{
        job::Chunk,
        message::{Command, Task, TaskId},
    },
    queue::NextTaken,
};
use std::{collections::VecDeque, rc::Rc};

/// A command that is to be sent.
struct UnsentCommand {
    message: EncodedMessage,
    /// The task in the command; `None` for [`Command::Stop`].
    task: Option<TaskId>,
    /// The slot of the only worker that may take it; `None` for any worker.
    worker: Option<u32>,
}

/// The result of an attempt to send a command.
enum SendAttempt {
    Sent,
    /// There is no room, but there will be some.
    NoRoomYet,
    /// There is no room, and no worker of this pool will make any.
    Failed(Error),
}

/// The commands for which there was no room. There is room again when a worker takes a
/// command, or when a report is read.
#[derive(Default)]
pub(super) struct UnsentCommands {
    commands: VecDeque<UnsentCommand>,
    /// Notified when a worker takes a command. Made before the last attempt to send the
    /// first of these commands, so that no notification is missed.
    next_taken: Option<NextTaken<Command>>,
}

impl UnsentCommands {
    /// How many of the commands contain a chunk.
    fn tasks(&self) -> usize {
        let tasks = self.commands.iter().filter(|kept| kept.task.is_some());
        tasks.count()
    }

    /// Tries to put a command into a queue. `in_flight` is the number of chunks that the
    /// engine has accepted. Those of them that are with the workers will make room in the
    /// arena when they end.
    fn attempt(
        &mut self,
        queue: &Queue<Command>,
        command: &UnsentCommand,
        in_flight: usize,
    ) -> SendAttempt {
        let first = queue.try_put_encoded(&command.message);
        if first.is_ok() {
            return SendAttempt::Sent;
        }
        // A second attempt after `next_taken` was called, because commands that were
        // taken before that call do not notify it.
        let next_taken = queue.next_taken();
        let attempt = match queue.try_put_encoded(&command.message) {
            Ok(()) => return SendAttempt::Sent,
            // A stop command has no job that could be told of the error, so it is always
            // tried again.
            Err(Error::Full) => SendAttempt::NoRoomYet,
            Err(_) if command.task.is_none() => SendAttempt::NoRoomYet,
            // This chunk is counted in `in_flight` as well.
            Err(Error::MemoryError { .. }) if in_flight > self.tasks() + 1 => {
                SendAttempt::NoRoomYet
            }
            Err(error) => SendAttempt::Failed(error),
        };
        self.next_taken = Some(next_taken);
        attempt
    }

    pub(super) fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// What to wait for until there may be room, if there are commands left.
    pub(super) fn take_next_taken(&mut self) -> Option<NextTaken<Command>> {
        self.next_taken.take().filter(|_| !self.commands.is_empty())
    }
}

impl Engine {
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
    pub(super) fn send_unsent(&self) -> bool {
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
    pub(super) fn send_stop(&self, inner: &mut Inner) {
        let stop = EncodedMessage::new(&Command::Stop).map(|message| UnsentCommand {
            message,
            task: None,
            worker: None,
        });
        let _ = stop.and_then(|stop| self.send_or_queue(inner, stop));
    }
}

//! The commands for which there was no room yet, in order. Nothing in this module waits.
//!
//! This module must not know what happens to a chunk, nor the kinds of jobs.

use crate::{
    Error, Queue,
    connection::EncodedMessage,
    pool::message::{Command, TaskId},
    queue::NextTaken,
};
use std::collections::VecDeque;

/// A command that is to be sent.
pub(super) struct UnsentCommand {
    pub(super) message: EncodedMessage,
    /// The task in the command; `None` for [`Command::Stop`].
    pub(super) task: Option<TaskId>,
    /// The slot of the only worker that may take it; `None` for any worker.
    pub(super) worker: Option<u32>,
}

/// The result of an attempt to send a command.
pub(super) enum SendAttempt {
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
    pub(super) commands: VecDeque<UnsentCommand>,
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
    pub(super) fn attempt(
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

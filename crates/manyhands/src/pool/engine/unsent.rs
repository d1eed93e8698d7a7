//! The commands that found no room, in the order in which they are to be sent.
//!
//! Must not know what is in a command.

use crate::{
    Error, Queue,
    connection::EncodedMessage,
    pool::message::{Command, TaskId},
    queue::NextTaken,
};
use std::collections::VecDeque;

/// A command that is to be sent.
pub(super) struct Unsent {
    pub(super) message: EncodedMessage,
    /// Its task; `None` for a stop.
    pub(super) task: Option<TaskId>,
    /// The slot of the only worker that may take it; `None` for any worker.
    pub(super) worker: Option<u32>,
}

/// What became of an attempt to send a command.
pub(super) enum Attempt {
    Sent,
    /// There is no room, and others will make some.
    Later,
    /// There is no room, and nobody of this pool could make any.
    Failed(Error),
}

/// The commands that found no room. Room comes when a worker takes a command, or when
/// a report is read.
#[derive(Default)]
pub(super) struct UnsentCommands {
    pub(super) commands: VecDeque<Unsent>,
    /// Since before the first of them was tried last.
    next_taken: Option<NextTaken<Command>>,
}

impl UnsentCommands {
    /// How many chunks are kept here.
    pub(super) fn tasks(&self) -> usize {
        let tasks = self.commands.iter().filter(|kept| kept.task.is_some());
        tasks.count()
    }

    /// Puts a command into a queue. `in_flight` chunks were accepted by the engine; those
    /// of them that are with the workers make room in the arena when they end.
    pub(super) fn attempt(
        &mut self,
        queue: &Queue<Command>,
        command: &Unsent,
        in_flight: usize,
    ) -> Attempt {
        let first = queue.try_put_encoded(&command.message);
        if first.is_ok() {
            return Attempt::Sent;
        }
        // Once more, since what was taken meanwhile would not be waited for.
        let next_taken = queue.next_taken();
        let attempt = match queue.try_put_encoded(&command.message) {
            Ok(()) => return Attempt::Sent,
            // Nobody is told of a stop that was never sent.
            Err(Error::Full) => Attempt::Later,
            Err(_) if command.task.is_none() => Attempt::Later,
            // This chunk is in flight as well.
            Err(Error::MemoryError { .. }) if in_flight > self.tasks() + 1 => Attempt::Later,
            Err(error) => Attempt::Failed(error),
        };
        self.next_taken = Some(next_taken);
        attempt
    }

    /// What to wait for, if there are such commands.
    pub(super) fn take_next_taken(&mut self) -> Option<NextTaken<Command>> {
        self.next_taken.take().filter(|_| !self.commands.is_empty())
    }
}

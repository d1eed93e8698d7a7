//! Sending commands to the workers. What finds no room is kept, in its order, until there
//! is some; nobody waits for it here.
//!
//! Must not know what becomes of a chunk, nor which kinds of job there are.

use super::{Engine, Inner, tasks::SentTask};
use crate::{
    Error, Queue,
    connection::EncodedMessage,
    pool::{
        job::Chunk,
        message::{Command, Task, TaskId},
    },
    queue::NextTaken,
};
use std::{collections::VecDeque, rc::Rc};

/// A command that is to be sent.
struct Unsent {
    message: EncodedMessage,
    /// Its task; `None` for a stop.
    task: Option<TaskId>,
    /// The slot of the only worker that may take it; `None` for any worker.
    worker: Option<u32>,
}

/// What became of an attempt to send a command.
enum Attempt {
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
    commands: VecDeque<Unsent>,
    /// Since before the first of them was tried last.
    next_taken: Option<NextTaken<Command>>,
}

impl UnsentCommands {
    /// How many chunks are kept here.
    fn tasks(&self) -> usize {
        let tasks = self.commands.iter().filter(|kept| kept.task.is_some());
        tasks.count()
    }

    /// Puts a command into a queue. `in_flight` chunks were accepted by the engine; those
    /// of them that are with the workers make room in the arena when they end.
    fn attempt(&mut self, queue: &Queue<Command>, command: &Unsent, in_flight: usize) -> Attempt {
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

    pub(super) fn is_empty(&self) -> bool {
        self.commands.is_empty()
    }

    /// What to wait for, if there are such commands.
    pub(super) fn take_next_taken(&mut self) -> Option<NextTaken<Command>> {
        self.next_taken.take().filter(|_| !self.commands.is_empty())
    }
}

impl Engine {
    /// Sends a chunk to the workers, or keeps it until there is room for it. This never
    /// waits.
    ///
    /// # Errors
    /// [`Engine::failure`]; that no worker can be started; [`Error::MemoryError`] when
    /// there is no room and no other chunk's end could make some.
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
        let unsent = Unsent {
            message: EncodedMessage::new(&command)?,
            task: Some(id),
            worker,
        };
        inner.tasks.push(SentTask {
            job,
            items,
            worker,
            queue_index: None,
        });
        self.send_or_keep(&mut inner, unsent).inspect_err(|_| {
            inner.tasks.remove(id);
        })
    }

    /// Sends a command, or keeps it behind those that were kept before.
    fn send_or_keep(&self, inner: &mut Inner, command: Unsent) -> Result<(), Error> {
        if inner.unsent.commands.is_empty() {
            match self.send(inner, &command) {
                Attempt::Sent => return Ok(()),
                Attempt::Later => {}
                Attempt::Failed(error) => return Err(error),
            }
        }
        inner.unsent.commands.push_back(command);
        Ok(())
    }

    fn send(&self, inner: &mut Inner, command: &Unsent) -> Attempt {
        let in_flight = inner.tasks.in_flight();
        let (queue, sent) = match command.worker {
            Some(slot) => {
                let slot = inner.slots.get_mut(slot);
                (&slot.own_commands, &mut slot.own_sent)
            }
            None => (&self.shared.commands, &mut inner.commands_sent),
        };
        let attempt = inner.unsent.attempt(queue, command, in_flight);
        if let Attempt::Sent = attempt {
            let queue_index = *sent;
            *sent += 1;
            if let Some(id) = command.task {
                inner.tasks.note_sent(id, queue_index);
            }
        }
        attempt
    }

    /// Sends the commands that were kept and now find room; were there any?
    pub(super) fn send_kept(&self) -> bool {
        let mut any = false;
        loop {
            let mut inner = self.inner.borrow_mut();
            let Some(command) = inner.unsent.commands.pop_front() else {
                return any;
            };
            let attempt = self.send(&mut inner, &command);
            let task = command.task;
            match attempt {
                Attempt::Later => {
                    inner.unsent.commands.push_front(command);
                    return any;
                }
                Attempt::Failed(error) => {
                    drop(inner);
                    if let Some(id) = task {
                        self.fail(id, |_| error);
                    }
                }
                Attempt::Sent => {}
            }
            any = true;
        }
    }

    /// Are there chunks that found no room? Then no more should be submitted.
    pub(crate) fn is_blocked(&self) -> bool {
        !self.inner.borrow().unsent.is_empty()
    }

    /// Tells one worker to stop: the one that takes this command.
    pub(super) fn send_stop(&self, inner: &mut Inner) {
        let stop = EncodedMessage::new(&Command::Stop).map(|message| Unsent {
            message,
            task: None,
            worker: None,
        });
        let _ = stop.and_then(|stop| self.send_or_keep(inner, stop));
    }
}

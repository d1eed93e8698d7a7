//! `QueueProxy`.

use super::{
    desk::{Caller, Desk, Waiting},
    link::Ask,
    message::{Answer, Fault, Method, Name},
    remote::{Remote, ask, faces},
    server::{Object, no_such_method},
};
use crate::{Error, connection::Pickle};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{collections::VecDeque, marker::PhantomData, time::Duration};

/// What a queue can be asked.
#[derive(Serialize, Deserialize)]
pub(super) enum QueueCall {
    Put(Pickle),
    Get,
    Size,
    IsFull,
    TaskDone,
    Join,
}

/// A queue in the server.
pub(super) struct Line {
    max_size: usize,
    items: VecDeque<Pickle>,
    unfinished: usize,
    getters: Waiting<()>,
    putters: Waiting<Pickle>,
    joiners: Waiting<()>,
}

impl Line {
    pub(super) fn new(max_size: u32) -> Line {
        Line {
            max_size: max_size as usize,
            items: VecDeque::new(),
            unfinished: 0,
            getters: Waiting::default(),
            putters: Waiting::default(),
            joiners: Waiting::default(),
        }
    }

    fn is_full(&self) -> bool {
        self.max_size != 0 && self.items.len() >= self.max_size
    }

    /// Brings together items, room and those who wait for either. What a dead
    /// getter cannot take stays for the next one.
    fn serve(&mut self, desk: &mut Desk) {
        loop {
            if !self.is_full()
                && let Some((caller, item)) = self.putters.pop()
            {
                // A putter that died has put nothing that it was told of, yet
                // its item is as good as any.
                desk.answer(&caller, Answer::Done);
                self.items.push_back(item);
                self.unfinished += 1;
            } else if let Some(item) = self.items.front()
                && let Some((caller, ())) = self.getters.pop()
            {
                if desk.answer(&caller, Answer::Value(item.clone())) {
                    self.items.pop_front();
                }
            } else {
                return;
            }
        }
    }

    fn task_done(&mut self, desk: &mut Desk) -> Answer {
        let Some(left) = self.unfinished.checked_sub(1) else {
            return Fault::Value("task_done() called too many times".into()).into();
        };
        self.unfinished = left;
        if left == 0 {
            for (caller, ()) in self.joiners.take_all() {
                desk.answer(&caller, Answer::Done);
            }
        }
        Answer::Done
    }
}

impl Object for Line {
    fn call(&mut self, mut caller: Caller, method: Method, desk: &mut Desk) {
        match method {
            Method::Queue(QueueCall::Put(item)) => {
                if self.is_full() && !desk.may_wait(&mut caller) {
                    desk.answer(&caller, Fault::Full.into());
                    return;
                }
                self.putters.push(caller, item);
                self.serve(desk);
            }
            Method::Queue(QueueCall::Get) => {
                if self.items.is_empty() && !desk.may_wait(&mut caller) {
                    desk.answer(&caller, Fault::Empty.into());
                    return;
                }
                self.getters.push(caller, ());
                self.serve(desk);
            }
            Method::Queue(QueueCall::Size) => {
                desk.answer(&caller, Answer::Number(self.items.len() as u64));
            }
            Method::Queue(QueueCall::IsFull) => {
                desk.answer(&caller, Answer::Flag(self.is_full()));
            }
            Method::Queue(QueueCall::TaskDone) => {
                let answer = self.task_done(desk);
                desk.answer(&caller, answer);
            }
            Method::Queue(QueueCall::Join) => {
                if self.unfinished == 0 {
                    desk.answer(&caller, Answer::Done);
                } else {
                    self.joiners.push(caller, ());
                }
            }
            _ => no_such_method(&caller, desk),
        }
    }

    fn expire(&mut self, client: Name, number: u32, desk: &mut Desk) {
        if let Some((caller, ())) = self.getters.remove(client, number) {
            desk.answer(&caller, Fault::Empty.into());
        } else if let Some((caller, _)) = self.putters.remove(client, number) {
            desk.answer(&caller, Fault::Full.into());
        } else if let Some((caller, ())) = self.joiners.remove(client, number) {
            desk.answer(&caller, Answer::Done);
        }
    }
}

fn call(method: QueueCall, timeout: Option<Duration>) -> Result<Ask, Error> {
    Ok(Ask {
        method: Method::Queue(method),
        timeout,
    })
}

/// A queue in a manager's server (Python's `Manager().Queue(n)` and
/// `Manager().JoinableQueue(n)`, which are one and the same `queue.Queue`).
///
/// An item for which a process waits that has just died goes to the next one;
/// Python's server has given it away by then.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct QueueProxy<T> {
    pub(super) remote: Remote,
    #[serde(skip)]
    pub(super) items: PhantomData<fn(T) -> T>,
}

impl<T: Serialize + DeserializeOwned> QueueProxy<T> {
    fn put_call(&self, item: &T, timeout: Option<Duration>) -> Result<Ask, Error> {
        call(QueueCall::Put(self.remote.pickle(item)?), timeout)
    }

    faces! { "QueueProxy":
        /// Puts an item; waits while the queue is full.
        ///
        /// # Errors
        /// [`Error::PicklingError`], [`Error::ManagerDied`],
        /// [`Error::BlockingOnPage`]; so for all below.
        put / put_async (self, item: &T) -> () {
            self.put_call(item, None) => Answer::done
        }
        /// [`QueueProxy::put`], but [`Error::Full`] if there is no room within
        /// `timeout`.
        put_timeout / put_timeout_async (self, item: &T, timeout: Duration) -> () {
            self.put_call(item, Some(timeout)) => Answer::done
        }
        /// Puts an item if there is room now (Python's `put_nowait`).
        ///
        /// # Errors
        /// [`Error::Full`].
        try_put / try_put_async (self, item: &T) -> () {
            self.put_call(item, Some(Duration::ZERO)) => Answer::done
        }
        /// Takes the oldest item; waits for one.
        get / get_async (self) -> T {
            call(QueueCall::Get, None) => Answer::value
        }
        /// [`QueueProxy::get`], but [`Error::Empty`] if nothing comes within
        /// `timeout`.
        get_timeout / get_timeout_async (self, timeout: Duration) -> T {
            call(QueueCall::Get, Some(timeout)) => Answer::value
        }
        /// Takes an item if there is one now (Python's `get_nowait`).
        ///
        /// # Errors
        /// [`Error::Empty`].
        try_get / try_get_async (self) -> T {
            call(QueueCall::Get, Some(Duration::ZERO)) => Answer::value
        }
        /// How many items wait at this moment.
        qsize / qsize_async (self) -> u32 {
            ask(Method::Queue(QueueCall::Size)) => Answer::count
        }
        /// Does none wait at this moment?
        is_empty / is_empty_async (self) -> bool {
            ask(Method::Queue(QueueCall::Size)) => |answer| Ok(answer.number()? == 0)
        }
        /// Would a put wait at this moment?
        is_full / is_full_async (self) -> bool {
            ask(Method::Queue(QueueCall::IsFull)) => Answer::flag
        }
        /// Says that one item has been worked off.
        ///
        /// # Errors
        /// [`Error::ValueError`] when there were not so many.
        task_done / task_done_async (self) -> () {
            ask(Method::Queue(QueueCall::TaskDone)) => Answer::done
        }
        /// Waits until every item has been worked off.
        join / join_async (self) -> () {
            ask(Method::Queue(QueueCall::Join)) => Answer::done
        }
    }
}

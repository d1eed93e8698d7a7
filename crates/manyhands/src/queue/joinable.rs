//! `JoinableQueue`: a queue that counts its unfinished tasks.
//!
//! This module must not import locks.

use super::Queue;
use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        attachment::ObjectOf,
        blocking,
        handle::Kind,
        host,
        object_ref::ObjectRef,
        wait::{Arm, Step, change, wake},
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::time::Duration;

/// The words of a [`JoinableQueue`]: the number of unfinished tasks, and how often
/// that number has become zero.
const UNFINISHED: u32 = 0;
const TIMES_FINISHED: u32 = 4;

/// A [`Queue`] that knows when all its items have been processed (Python's
/// `JoinableQueue`). Every item that is put counts as an unfinished task until
/// [`JoinableQueue::task_done`] is called for it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
#[serde(rename = "=")]
pub struct JoinableQueue<T> {
    queue: Queue<T>,
    tasks: ObjectOf<{ Kind::Tasks.bit() }>,
}

impl<T> Clone for JoinableQueue<T> {
    fn clone(&self) -> Self {
        JoinableQueue {
            queue: self.queue.clone(),
            tasks: self.tasks.clone(),
        }
    }
}

/// The methods of [`Queue`] that do not put an item.
impl<T> std::ops::Deref for JoinableQueue<T> {
    type Target = Queue<T>;

    fn deref(&self) -> &Queue<T> {
        &self.queue
    }
}

/// A task whose item has not been put yet. Dropping it subtracts the task again: the item
/// could not be put, or the future that puts it was dropped.
struct CountedTask<'a, T: Serialize + DeserializeOwned>(&'a JoinableQueue<T>);

impl<T: Serialize + DeserializeOwned> CountedTask<'_, T> {
    fn keep_if(self, put: Result<(), Error>) -> Result<(), Error> {
        if put.is_ok() {
            std::mem::forget(self);
        }
        put
    }
}

impl<T: Serialize + DeserializeOwned> Drop for CountedTask<'_, T> {
    fn drop(&mut self) {
        let _ = self.0.task_done();
    }
}

impl<T: Serialize + DeserializeOwned> JoinableQueue<T> {
    /// An empty queue for at most `max_size` items; 0 is no limit, as in Python.
    ///
    /// # Errors
    /// As [`Queue::new`].
    pub fn new(max_size: u32) -> Result<JoinableQueue<T>, Error> {
        Ok(JoinableQueue {
            queue: Queue::new(max_size)?,
            tasks: ObjectOf::new(ObjectRef::create(Kind::Tasks, 8)?),
        })
    }

    /// Counts a task. This comes before its item is put, since another process may take
    /// the item at once.
    fn count_task(&self) -> CountedTask<'_, T> {
        Arena.add(self.tasks.at(UNFINISHED), 1);
        CountedTask(self)
    }

    /// As [`Queue::put`], and counts a task.
    pub fn put(&self, item: &T) -> Result<(), Error> {
        self.count_task().keep_if(self.queue.put(item))
    }

    /// As [`Queue::put_timeout`], and counts a task.
    pub fn put_timeout(&self, item: &T, timeout: Duration) -> Result<(), Error> {
        self.count_task()
            .keep_if(self.queue.put_timeout(item, timeout))
    }

    /// As [`Queue::try_put`], and counts a task.
    pub fn try_put(&self, item: &T) -> Result<(), Error> {
        self.count_task().keep_if(self.queue.try_put(item))
    }

    /// As [`Queue::put_async`], and counts a task.
    pub async fn put_async(&self, item: &T) -> Result<(), Error> {
        self.count_task().keep_if(self.queue.put_async(item).await)
    }

    /// As [`Queue::put_timeout_async`], and counts a task.
    pub async fn put_timeout_async(&self, item: &T, timeout: Duration) -> Result<(), Error> {
        self.count_task()
            .keep_if(self.queue.put_timeout_async(item, timeout).await)
    }

    /// Marks one item as processed.
    ///
    /// # Errors
    /// [`Error::ValueError`] when it is called more often than items were put.
    pub fn task_done(&self) -> Result<(), Error> {
        let one_less = |count: u32| count.checked_sub(1);
        match change(&Arena, self.tasks.at(UNFINISHED), 0, one_less) {
            Err(_) => Err(Error::ValueError(
                "task_done() called too many times".into(),
            )),
            Ok(0) => {
                Arena.add(self.tasks.at(TIMES_FINISHED), 1);
                wake(&Arena, self.tasks.at(TIMES_FINISHED));
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    /// One step of [`JoinableQueue::join`]: ready when there is no unfinished task, or
    /// when there was none at some moment since this was called.
    fn wait_step(&self) -> impl FnMut() -> Step<()> {
        let at = self.tasks.at(TIMES_FINISHED);
        let at_start = Arena.load(at);
        let unfinished = self.tasks.at(UNFINISHED);
        move || {
            let seen = Arena.load(at);
            if seen != at_start || Arena.load(unfinished) == 0 {
                return Step::Ready(());
            }
            let arm = Arm::Nothing;
            Step::Wait { at, seen, arm }
        }
    }

    /// Waits until every item has been processed. If a process dies before it calls
    /// [`JoinableQueue::task_done`] for an item that it took, the call waits for ever,
    /// as in Python; wait for that process's sentinel as well.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn join(&self) -> Result<(), Error> {
        blocking::wait(
            "JoinableQueue::join",
            "JoinableQueue::join_async",
            None,
            self.wait_step(),
        )?;
        Ok(())
    }

    /// [`JoinableQueue::join`] for the page.
    pub async fn join_async(&self) {
        host::wait_async(None, self.wait_step()).await;
    }
}

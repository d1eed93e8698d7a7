//! `JoinableQueue`: a queue, and a count of what has not been worked off.

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

/// The words of a [`JoinableQueue`]: unfinished tasks, and how often there were
/// none left.
const UNFINISHED: u32 = 0;
const FINISHES: u32 = 4;

/// A [`Queue`] that knows when all its items have been worked off (Python's
/// `JoinableQueue`): every item that was put counts until somebody calls
/// [`JoinableQueue::task_done`] for it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
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

/// Everything but what counts tasks.
impl<T> std::ops::Deref for JoinableQueue<T> {
    type Target = Queue<T>;

    fn deref(&self) -> &Queue<T> {
        &self.queue
    }
}

impl<T: Serialize + DeserializeOwned> JoinableQueue<T> {
    /// As [`Queue::new`].
    ///
    /// # Errors
    /// As [`Queue::new`].
    pub fn new(max_size: u32) -> Result<JoinableQueue<T>, Error> {
        Ok(JoinableQueue {
            queue: Queue::new(max_size)?,
            tasks: ObjectOf::new(ObjectRef::create(Kind::Tasks, 8)?),
        })
    }

    /// Counts a task before it can be taken, and takes that back if it could
    /// not be put.
    fn counted(&self, put: Result<(), Error>) -> Result<(), Error> {
        if put.is_err() {
            let _ = self.task_done();
        }
        put
    }

    fn count(&self) {
        Arena.add(self.tasks.at(UNFINISHED), 1);
    }

    /// As [`Queue::put`], and counts a task.
    pub fn put(&self, item: &T) -> Result<(), Error> {
        self.count();
        self.counted(self.queue.put(item))
    }

    /// As [`Queue::put_timeout`], and counts a task.
    pub fn put_timeout(&self, item: &T, timeout: Duration) -> Result<(), Error> {
        self.count();
        self.counted(self.queue.put_timeout(item, timeout))
    }

    /// As [`Queue::try_put`], and counts a task.
    pub fn try_put(&self, item: &T) -> Result<(), Error> {
        self.count();
        self.counted(self.queue.try_put(item))
    }

    /// As [`Queue::put_async`], and counts a task.
    pub async fn put_async(&self, item: &T) -> Result<(), Error> {
        self.count();
        let put = self.queue.put_async(item).await;
        self.counted(put)
    }

    /// Says that one item has been worked off.
    ///
    /// # Errors
    /// [`Error::ValueError`] when there were not so many.
    pub fn task_done(&self) -> Result<(), Error> {
        let one_less = |count: u32| count.checked_sub(1);
        match change(&Arena, self.tasks.at(UNFINISHED), 0, one_less) {
            Err(_) => Err(Error::ValueError(
                "task_done() called too many times".into(),
            )),
            Ok(0) => {
                Arena.add(self.tasks.at(FINISHES), 1);
                wake(&Arena, self.tasks.at(FINISHES));
                Ok(())
            }
            Ok(_) => Ok(()),
        }
    }

    /// Done when there is no task, or was none for a moment.
    fn done(&self) -> impl FnMut() -> Step<()> {
        let at = self.tasks.at(FINISHES);
        let first = Arena.load(at);
        let unfinished = self.tasks.at(UNFINISHED);
        move || {
            let seen = Arena.load(at);
            if seen != first || Arena.load(unfinished) == 0 {
                return Step::Ready(());
            }
            let arm = Arm::Nothing;
            Step::Wait { at, seen, arm }
        }
    }

    /// Waits until every item has been worked off. Items whose process died
    /// before it called [`JoinableQueue::task_done`] are waited for, as in
    /// Python: watch that process's sentinel, too.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`].
    pub fn join(&self) -> Result<(), Error> {
        blocking::wait(
            "JoinableQueue::join",
            "JoinableQueue::join_async",
            None,
            self.done(),
        )?;
        Ok(())
    }

    /// [`JoinableQueue::join`] for the page.
    pub async fn join_async(&self) {
        host::wait_async(None, self.done()).await;
    }
}

//! `Queue`, `SimpleQueue`, `JoinableQueue`, as in Python's `queues.py`.
//!
//! This room must not know locks or shared values.

use crate::{
    Error,
    connection::{Line, Parcel, unpack},
    kernel::{
        arena::{Arena, Memory},
        current,
        hold::Hold,
        host,
        object::Kind,
        wait::{Arm, Look, Step, change, wake},
    },
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{cell::Cell, marker::PhantomData, time::Duration};

fn microseconds(time: Duration) -> Option<f64> {
    Some(time.as_secs_f64() * 1e6)
}

/// A queue of values for any number of producers and consumers, in every
/// process that has it (Python's `multiprocessing.Queue`). First in, first out
/// for each producer.
///
/// ```no_run
/// use manyhands::{Error, Process, Queue};
///
/// fn main_program() -> Result<(), Error> {
///     let queue = Queue::new(0)?;
///     let square = |queue: Queue<u64>, n: u64| queue.put(&(n * n)).unwrap();
///     let process = Process::spawn(square, (queue.clone(), 12))?;
///     assert_eq!(queue.get()?, 144);
///     process.join()
/// }
/// ```
///
/// Differences from Python, on purpose:
/// - There is no feeder thread: what was put is there when `put` returns, so
///   `is_empty` and `qsize` agree, and a process can end before its messages
///   are read ("join before drain" does not hang).
/// - A process killed at any moment leaves the queue whole: a message is put
///   entirely or not at all. (In Python the queue may be corrupt, or locked
///   for ever.)
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Queue<T> {
    line: Line,
    #[serde(skip)]
    closed: Cell<bool>,
    #[serde(skip)]
    items: PhantomData<fn(T) -> T>,
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Queue {
            line: self.line.clone(),
            closed: self.closed.clone(),
            items: PhantomData,
        }
    }
}

impl<T> Look for Queue<T> {
    fn look(&self) -> Step<()> {
        self.line.with(|channel| channel.peek()).map(drop)
    }
}

impl<T: Serialize + DeserializeOwned> Queue<T> {
    /// A queue for at most `max_size` items; 0: any number, as in Python.
    ///
    /// # Errors
    /// [`Error::NotIsolated`], [`Error::MemoryError`].
    pub fn new(max_size: u32) -> Result<Queue<T>, Error> {
        Queue::with(max_size, 0)
    }

    fn with(max_items: u32, max_bytes: u32) -> Result<Queue<T>, Error> {
        Ok(Queue {
            line: Line::new(max_items, max_bytes)?,
            closed: Cell::new(false),
            items: PhantomData,
        })
    }

    fn open(&self) -> Result<&Line, Error> {
        if self.closed.get() {
            return Err(Error::ValueError("Queue is closed".into()));
        }
        Ok(&self.line)
    }

    /// Puts an item; waits while the queue is full.
    ///
    /// # Errors
    /// [`Error::ValueError`] after [`Queue::close`], [`Error::PicklingError`],
    /// [`Error::MemoryError`] when the arena has no room for it,
    /// [`Error::BlockingOnPage`].
    pub fn put(&self, item: &T) -> Result<(), Error> {
        self.put_within(item, None)
    }

    /// [`Queue::put`], but [`Error::Full`] if there is no room within `timeout`.
    pub fn put_timeout(&self, item: &T, timeout: Duration) -> Result<(), Error> {
        self.put_within(item, microseconds(timeout))
    }

    fn put_within(&self, item: &T, timeout: Option<f64>) -> Result<(), Error> {
        let line = self.open()?;
        let parcel = Parcel::new(item)?;
        let step = || line.put(&parcel);
        current::wait("Queue::put", "Queue::put_async", timeout, step)?.unwrap_or(Err(Error::Full))
    }

    /// Puts an item if there is room now (Python's `put_nowait`).
    ///
    /// # Errors
    /// [`Error::Full`]; as [`Queue::put`].
    pub fn try_put(&self, item: &T) -> Result<(), Error> {
        current::obey();
        let line = self.open()?;
        match line.put(&Parcel::new(item)?) {
            Step::Ready(result) => result,
            Step::Wait { .. } => Err(Error::Full),
        }
    }

    /// [`Queue::put`] for the page.
    pub async fn put_async(&self, item: &T) -> Result<(), Error> {
        current::obey();
        let line = self.open()?;
        let parcel = Parcel::new(item)?;
        let put = host::wait_async(None, || line.put(&parcel)).await;
        put.unwrap_or(Err(Error::Full))
    }

    /// Takes the oldest item; waits for one.
    ///
    /// # Errors
    /// [`Error::ValueError`] after [`Queue::close`], [`Error::BlockingOnPage`].
    pub fn get(&self) -> Result<T, Error> {
        self.get_within(None)
    }

    /// [`Queue::get`], but [`Error::Empty`] if nothing comes within `timeout`.
    pub fn get_timeout(&self, timeout: Duration) -> Result<T, Error> {
        self.get_within(microseconds(timeout))
    }

    fn get_within(&self, timeout: Option<f64>) -> Result<T, Error> {
        let line = self.open()?;
        let taken = line.wait("Queue::get", "Queue::get_async", timeout)?;
        unpack(taken.flatten().ok_or(Error::Empty)?)
    }

    /// Takes an item if there is one now (Python's `get_nowait`).
    ///
    /// # Errors
    /// [`Error::Empty`]; as [`Queue::get`].
    pub fn try_get(&self) -> Result<T, Error> {
        current::obey();
        match self.open()?.take() {
            Step::Ready(Some(message)) => unpack(message),
            _ => Err(Error::Empty),
        }
    }

    /// [`Queue::get`] for the page.
    pub async fn get_async(&self) -> Result<T, Error> {
        current::obey();
        let line = self.open()?;
        let taken = host::wait_async(None, || line.take()).await;
        unpack(taken.flatten().ok_or(Error::Empty)?)
    }

    /// [`Queue::get_timeout`] for the page.
    pub async fn get_timeout_async(&self, timeout: Duration) -> Result<T, Error> {
        current::obey();
        let line = self.open()?;
        let taken = host::wait_async(microseconds(timeout), || line.take()).await;
        unpack(taken.flatten().ok_or(Error::Empty)?)
    }

    /// How many items wait at this moment.
    pub fn qsize(&self) -> u32 {
        self.line.with(|channel| channel.len())
    }

    /// Does none wait at this moment?
    pub fn is_empty(&self) -> bool {
        self.qsize() == 0
    }

    /// Would a put wait at this moment?
    pub fn is_full(&self) -> bool {
        self.line.with(|channel| channel.is_full())
    }

    /// Says that this process will not use the queue any more. What it put
    /// stays.
    pub fn close(&self) {
        self.closed.set(true);
    }
}

/// How many bytes may wait in a [`SimpleQueue`], as in an operating system's
/// pipe under Linux.
const SIMPLE_BYTES: u32 = 1 << 16;

/// A queue without a bound on its items, whose `put` waits while 64 KiB wait to
/// be read (Python's `SimpleQueue`, which is a locked pipe).
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct SimpleQueue<T>(Queue<T>);

impl<T> Clone for SimpleQueue<T> {
    fn clone(&self) -> Self {
        SimpleQueue(self.0.clone())
    }
}

impl<T: Serialize + DeserializeOwned> SimpleQueue<T> {
    /// An empty queue.
    ///
    /// # Errors
    /// As [`Queue::new`].
    pub fn new() -> Result<SimpleQueue<T>, Error> {
        Ok(SimpleQueue(Queue::with(0, SIMPLE_BYTES)?))
    }

    /// A closed one is a closed pipe, as in Python.
    fn open(&self) -> Result<&Queue<T>, Error> {
        current::obey();
        if self.0.closed.get() {
            return Err(Error::OSError("handle is closed".into()));
        }
        Ok(&self.0)
    }

    /// As [`Queue::put`].
    ///
    /// # Errors
    /// [`Error::OSError`] after [`SimpleQueue::close`]; as [`Queue::put`].
    pub fn put(&self, item: &T) -> Result<(), Error> {
        self.open()?.put(item)
    }

    /// As [`Queue::put_async`].
    pub async fn put_async(&self, item: &T) -> Result<(), Error> {
        self.open()?.put_async(item).await
    }

    /// As [`Queue::get`].
    ///
    /// # Errors
    /// As [`SimpleQueue::put`].
    pub fn get(&self) -> Result<T, Error> {
        self.open()?.get()
    }

    /// As [`Queue::get_async`].
    pub async fn get_async(&self) -> Result<T, Error> {
        self.open()?.get_async().await
    }

    /// As [`Queue::is_empty`].
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As [`Queue::close`].
    pub fn close(&self) {
        self.0.close();
    }
}

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
    tasks: Hold,
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
            tasks: Hold::create(Kind::Words, 8)?,
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
        current::wait(
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

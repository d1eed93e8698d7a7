//! What a parent keeps of each of its children, and the list of its children.
//!
//! This module must not import `Process`, which is built from it.

use super::signal;
use crate::{
    Error, ProcessError,
    error::Reason,
    kernel::{
        arena::{Arena, Memory},
        attachment::{self, Arrived, ProcessAttachment},
        blocking, codec, current, envelope, exit, host,
        layout::{slot, slot_field},
        object_ref,
        process_held::{is_first_thread, lock},
        table::{EndRecord, Signal, Word},
        trace::Pid,
        wait::{Arm, Step},
    },
};
use std::{
    cell::RefCell,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Whether a child is a process or a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ChildKind {
    /// A process of its own.
    Process,
    /// A thread in its parent's memory.
    Thread,
}

/// A child. Its [`crate::Process`] and the list of children share it, and every thread of
/// this process may use it.
pub(super) struct Child {
    pub(super) pid: Pid,
    pub(super) name: String,
    pub(super) daemon: bool,
    pub(super) kind: ChildKind,
    slot: u32,
    word: Word,
    /// How the child ended; set when the parent reaps it.
    ending: OnceLock<EndRecord>,
    /// The length of its result in bytes, even if the arena had no room for it.
    result_length: AtomicU32,
    /// The shared objects in the result. They live as long as this child, since it
    /// can be joined again.
    arrived: OnceLock<Vec<Result<ProcessAttachment, Error>>>,
}

/// The children of this process that have not been reaped, by whichever of its threads
/// they were started.
static CHILDREN: Mutex<Vec<Arc<Child>>> = Mutex::new(Vec::new());

/// Locked while a child is reaped, so that a thread does not miss what another one has
/// just read.
static REAPING: Mutex<()> = Mutex::new(());

impl Child {
    /// Adds a child to the list.
    pub(super) fn register(
        pid: Pid,
        name: String,
        daemon: bool,
        kind: ChildKind,
        slot: u32,
        word: Word,
    ) -> Arc<Child> {
        let child = Arc::new(Child {
            pid,
            name,
            daemon,
            kind,
            slot,
            word,
            ending: OnceLock::new(),
            result_length: AtomicU32::new(0),
            arrived: OnceLock::new(),
        });
        exit::at_exit(end_children);
        lock(&CHILDREN).push(child.clone());
        child
    }

    /// One step of waiting for the child's end: ready, or the address of its state
    /// word and the value that was seen there.
    pub(super) fn step(&self) -> Step<()> {
        if self.ending().is_some() {
            return Step::Ready(());
        }
        let at = slot_field(self.slot, slot::STATE);
        let seen = Arena.load(at);
        if self.ending().is_some() {
            Step::Ready(())
        } else {
            Step::Wait {
                at,
                seen,
                arm: Arm::Nothing,
            }
        }
    }

    /// How the child ended, if it has ended. The first such call reaps it.
    pub(super) fn ending(&self) -> Option<&EndRecord> {
        if self.ending.get().is_none() && self.reap() {
            // The lines that it printed are delivered before its end is reported.
            host::flush();
            lock(&CHILDREN).retain(|child| child.pid != self.pid);
        }
        self.ending.get()
    }

    /// Reaps the child if it has ended; returns whether this call did.
    fn reap(&self) -> bool {
        let _reaping = lock(&REAPING);
        let table = current::table();
        // The length belongs to this child only if the child can be reaped.
        let length = table.outcome_length(self.slot);
        let Some(ending) = table.reap(self.slot, self.word) else {
            return false;
        };
        self.result_length.store(length, Ordering::Relaxed);
        if let (Reason::Returned, Some(outcome)) = (ending.reason, &ending.outcome) {
            let handles = envelope::open(outcome).0;
            let arrived = attachment::arrive(&handles).into_iter();
            let arrived = arrived.map(|one| ProcessAttachment::new(&one?));
            let _ = self.arrived.set(arrived.collect());
            object_ref::release_in_flight(&handles);
        }
        self.ending.set(ending).is_ok()
    }

    /// Sends a signal to the child, unless it has ended.
    pub(super) fn signal(&self, signal: Signal) {
        if self.ending().is_none() {
            signal::send(self.slot, self.word, signal);
        }
    }

    /// The child's slot in the process table and its state word, which together
    /// identify it in a sentinel.
    pub(super) fn slot_and_word(&self) -> (u32, Word) {
        (self.slot, self.word)
    }

    /// The child's result, encoded, with the objects that are attached to it.
    ///
    /// # Errors
    /// [`Error::ValueError`] while the child runs; [`Error::ProcessError`] if it
    /// ended without a result; [`Error::MemoryError`] if the arena had no room for its
    /// result; the error of the codec if its arguments or its result could not be sent.
    pub(super) fn result(&self) -> Result<(&[u8], Arrived), Error> {
        let ending = self.ending().ok_or_else(|| {
            Error::ValueError(format!("{} is still running: join it first", self.name))
        })?;
        match (&ending.outcome, ending.reason) {
            (Some(envelope), Reason::Returned) if ending.exit_code != 0 => {
                let error = codec::decode(envelope::open(envelope).1, Vec::new());
                Err(error.unwrap_or_else(|error| error))
            }
            (Some(envelope), Reason::Returned) => {
                let arrived = self.arrived.get().into_iter().flatten();
                let arrived = arrived.map(|one| one.as_ref().map_err(Error::clone)?.get());
                Ok((envelope::open(envelope).1, arrived.collect()))
            }
            (None, Reason::Returned) => Err(current::no_room(
                self.result_length.load(Ordering::Relaxed) as usize,
            )),
            (text, reason) => Err(Error::ProcessError(ProcessError {
                pid: self.pid,
                name: self.name.clone(),
                exit_code: ending.exit_code,
                reason,
                text: String::from_utf8_lossy(text.as_deref().unwrap_or_default()).into_owned(),
            })),
        }
    }
}

/// The children that have not been reaped.
pub(super) fn children() -> Vec<Arc<Child>> {
    lock(&CHILDREN).clone()
}

/// Reaps the children that have ended, as Python does before each start; returns
/// those that still run.
pub(super) fn clean_up() -> Vec<Arc<Child>> {
    children()
        .into_iter()
        .filter(|child| child.ending().is_none())
        .collect()
}

/// When a finaliser is called: in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ExitPriority {
    /// Executors finish what they accepted.
    Executors,
    /// Managers, which the calls of executors may use until then.
    Managers,
}

/// In the order in which they are called.
type Finalisers = Vec<(ExitPriority, fn())>;

thread_local! {
    static FINALISERS: RefCell<Finalisers> = const { RefCell::new(Vec::new()) };
}

/// Registers a function that is called when this process ends by itself, before its
/// children are ended (Python's `util.Finalize` with an `exitpriority`). There is one
/// function for each priority.
pub(crate) fn register_finaliser(priority: ExitPriority, f: fn()) {
    FINALISERS.with_borrow_mut(|all| {
        if !all.iter().any(|(known, _)| *known == priority) {
            all.push((priority, f));
            all.sort_by_key(|(priority, _)| *priority);
        }
    });
    exit::at_exit(end_children);
}

/// Ends the children of a process that ends by itself: terminates its daemons and
/// joins the others (`Lib/multiprocessing/util.py`, `_exit_function`). Daemonic
/// threads are left out, since they end with their process (`Lib/threading.py`,
/// `_shutdown`). A thread that ends leaves the children of its process alone.
fn end_children() {
    for (_, finalise) in FINALISERS.take() {
        finalise();
    }
    if !is_first_thread() {
        return;
    }
    let mut left = children();
    left.retain(|child| !(child.daemon && child.kind == ChildKind::Thread));
    for child in &left {
        if child.daemon {
            child.signal(Signal::SIGTERM);
        }
    }
    for child in left {
        // This may block: it only runs in a process, never on the page.
        let _ = blocking::wait("joining children at exit", "", None, || child.step());
    }
}

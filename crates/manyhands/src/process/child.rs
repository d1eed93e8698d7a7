//! A parent's view of one child, and the list of all of them.

use crate::{
    Error, ProcessError,
    error::Reason,
    kernel::{
        arena::{Arena, Memory},
        attachment::{self, Arrived},
        blocking, current, envelope, exit, host,
        layout::{slot, slot_field},
        message::Message,
        object_ref,
        table::{Ending, Word},
        trace::Pid,
        wait::{Arm, Step},
    },
};
use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

pub(super) const SIGKILL: u32 = 9;
pub(super) const SIGTERM: u32 = 15;

/// What a child is to its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kin {
    /// A process of its own.
    Process,
    /// A thread in its parent's memory.
    Thread,
}

/// A child: shared by its handle and by its parent's list.
pub(super) struct Child {
    pub(super) pid: Pid,
    pub(super) name: String,
    pub(super) daemon: bool,
    pub(super) kin: Kin,
    slot: u32,
    word: Word,
    /// How it ended, once the parent has looked.
    ending: OnceCell<Ending>,
    /// What keeps the objects in its result for as long as it can be joined.
    arrived: OnceCell<Arrived>,
}

thread_local! {
    static CHILDREN: RefCell<Vec<Rc<Child>>> = const { RefCell::new(Vec::new()) };
}

impl Child {
    /// Enters a child into the list.
    pub(super) fn adopt(
        pid: Pid,
        name: String,
        daemon: bool,
        kin: Kin,
        slot: u32,
        word: Word,
    ) -> Rc<Child> {
        let child = Rc::new(Child {
            pid,
            name,
            daemon,
            kin,
            slot,
            word,
            ending: OnceCell::new(),
            arrived: OnceCell::new(),
        });
        exit::at_exit(leave_children);
        CHILDREN.with_borrow_mut(|children| children.push(child.clone()));
        child
    }

    /// The address of its state and what to make of it.
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

    /// How it ended, if it has; reaps it the first time.
    pub(super) fn ending(&self) -> Option<&Ending> {
        if self.ending.get().is_none() {
            let ending = current::table().reap(self.slot, self.word)?;
            // What it printed comes before the news of its end.
            host::flush();
            CHILDREN.with_borrow_mut(|children| {
                children.retain(|child| child.pid != self.pid);
            });
            if let (Reason::Returned, Some(outcome)) = (ending.reason, &ending.outcome) {
                let handles = envelope::open(outcome).0;
                let _ = self.arrived.set(attachment::arrive(&handles));
                object_ref::release_in_flight(&handles);
            }
            let _ = self.ending.set(ending);
        }
        self.ending.get()
    }

    /// Raises a signal.
    pub(super) fn signal(&self, signal: u32) {
        if self.ending().is_none() && current::table().signal(self.slot, self.word, signal) {
            host::post(Message::Kill {
                slot: self.slot,
                state: self.word.0,
            });
        }
    }

    /// Slot and state word: what a sentinel is made of.
    pub(super) fn place(&self) -> (u32, Word) {
        (self.slot, self.word)
    }

    /// Its result as bytes with what is attached to them, or how it failed.
    pub(super) fn result(&self) -> Result<(&[u8], Arrived), Error> {
        let ending = self.ending().ok_or_else(|| {
            Error::ValueError(format!("{} is still running: join it first", self.name))
        })?;
        match (&ending.outcome, ending.reason) {
            (Some(envelope), Reason::Returned) => {
                let arrived = self.arrived.get().cloned().unwrap_or_default();
                Ok((envelope::open(envelope).1, arrived))
            }
            (text, reason) => Err(Error::ProcessError(ProcessError {
                pid: self.pid,
                name: self.name.clone(),
                exit_code: ending.exit_code,
                reason,
                text: match (text, reason) {
                    (None, Reason::Returned) => "the arena had no room for its result".into(),
                    (text, _) => {
                        String::from_utf8_lossy(text.as_deref().unwrap_or_default()).into_owned()
                    }
                },
            })),
        }
    }
}

/// The children that have not been reaped.
pub(super) fn children() -> Vec<Rc<Child>> {
    CHILDREN.with_borrow(Clone::clone)
}

/// Reaps the children that have ended, as Python does before each start.
pub(super) fn clean_up() -> Vec<Rc<Child>> {
    children()
        .into_iter()
        .filter(|child| child.ending().is_none())
        .collect()
}

thread_local! {
    static FINALISERS: RefCell<Vec<fn()>> = const { RefCell::new(Vec::new()) };
}

/// What this process does before it leaves its children when it ends by itself
/// (Python's `util.Finalize` with an `exitpriority`); once, however often it is
/// asked for.
pub(crate) fn finalise_with(f: fn()) {
    FINALISERS.with_borrow_mut(|all| {
        if !all.iter().any(|one| std::ptr::fn_addr_eq(*one, f)) {
            all.push(f);
        }
    });
    exit::at_exit(leave_children);
}

/// What a process does with its children when it ends by itself: daemons are
/// terminated, the others joined (`Lib/multiprocessing/util.py`,
/// `_exit_function`). Daemonic threads end with it (`Lib/threading.py`,
/// `_shutdown`).
fn leave_children() {
    for finalise in FINALISERS.take() {
        finalise();
    }
    let mut left = children();
    left.retain(|child| !(child.daemon && child.kin == Kin::Thread));
    for child in &left {
        if child.daemon {
            child.signal(SIGTERM);
        }
    }
    for child in left {
        // A process may block; the host, which may not, never comes here.
        let _ = blocking::wait("joining children at exit", "", None, || child.step());
    }
}

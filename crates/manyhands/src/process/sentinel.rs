//! `Sentinel`: an object that becomes ready when a process ends.
//!
//! This module must not import `Process`, which hands sentinels out.

use crate::{
    Error,
    kernel::{
        arena::{Arena, Memory},
        attachment::refused,
        blocking, current, host,
        layout::{SLOT_COUNT, slot, slot_field},
        table::{State, Word},
        trace::HOST,
        wait::{Arm, Look, Step},
    },
    timeout::microseconds,
};
use serde::{Deserialize, Deserializer, Serialize};
use std::time::Duration;

/// Becomes ready when its process ends (Python's `Process.sentinel`). It is plain
/// data and can be sent to other processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "=")]
pub struct Sentinel {
    #[serde(deserialize_with = "deserialize_slot")]
    slot: u32,
    word: u32,
}

/// Reads a slot number and checks that the process table has this slot, since the
/// bytes may come from anywhere.
fn deserialize_slot<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let slot = u32::deserialize(deserializer)?;
    if slot >= SLOT_COUNT {
        let text = "what was sent is not a Sentinel";
        return Err(refused(Error::PicklingError(text.into())));
    }
    Ok(slot)
}

impl Look for Sentinel {
    fn look(&self) -> Step<()> {
        self.step()
    }
}

impl Sentinel {
    pub(super) fn new(slot: u32, word: Word) -> Sentinel {
        Sentinel { slot, word: word.0 }
    }

    /// The sentinel of the process that runs this code, which it can send to others
    /// (its children wait for it as Python's `parent_process().sentinel`). `None` on the
    /// page, which no process outlives.
    pub fn own() -> Option<Sentinel> {
        current::with(|current| {
            let current = current.filter(|current| current.pid != HOST)?;
            Some(Sentinel::new(current.slot, current.word))
        })
    }

    /// The exit code of the process, if it has ended and its parent has not reaped it
    /// yet. Afterwards only the parent knows the code.
    pub(crate) fn exit_code(self) -> Option<i32> {
        let zombie = Word(self.word).with(State::Zombie);
        let table = current::table();
        let is_zombie = || table.word(self.slot) == zombie;
        let code = is_zombie().then(|| table.get(self.slot, slot::EXIT_CODE) as i32);
        // The process is still in this slot, so the code that was read is its own.
        code.filter(|_| is_zombie())
    }

    fn step(self) -> Step<()> {
        let at = slot_field(self.slot, slot::STATE);
        let seen = Arena.load(at);
        let now = Word(seen);
        let ended = !now.same_process(Word(self.word))
            || matches!(now.state(), State::Zombie | State::Free);
        if ended {
            Step::Ready(())
        } else {
            Step::Wait {
                at,
                seen,
                arm: Arm::Nothing,
            }
        }
    }

    /// Whether the process has ended.
    pub fn is_ready(self) -> bool {
        matches!(self.step(), Step::Ready(()))
    }

    /// Waits until the process has ended.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`] on the page.
    pub fn wait(self) -> Result<(), Error> {
        blocking::wait("Sentinel::wait", "Sentinel::wait_async", None, || {
            self.step()
        })?;
        Ok(())
    }

    /// Waits for at most `timeout`; returns whether the process has ended.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`] on the page.
    pub fn wait_timeout(self, timeout: Duration) -> Result<bool, Error> {
        let time = Some(microseconds(timeout));
        let ended = blocking::wait(
            "Sentinel::wait_timeout",
            "Sentinel::wait_timeout_async",
            time,
            || self.step(),
        )?;
        Ok(ended.is_some())
    }

    /// [`Sentinel::wait`] for the page.
    pub async fn wait_async(self) {
        host::wait_async(None, || self.step()).await;
    }

    /// [`Sentinel::wait_timeout`] for the page.
    pub async fn wait_timeout_async(self, timeout: Duration) -> bool {
        let time = Some(microseconds(timeout));
        host::wait_async(time, || self.step()).await.is_some()
    }
}

//! `sentinel`: the end of a process as something to wait for.

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

/// Python's `Process.sentinel`: becomes ready when the process ends. Plain
/// data: it can be an argument of another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentinel {
    #[serde(deserialize_with = "slot_of_the_table")]
    slot: u32,
    word: u32,
}

/// The bytes may have been made up: a slot that there is not must not be looked at.
fn slot_of_the_table<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
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

    /// This process's own; the page has none, because nobody outlives it.
    pub(crate) fn own() -> Option<Sentinel> {
        current::with(|current| {
            let current = current.filter(|current| current.pid != HOST)?;
            Some(Sentinel::new(current.slot, current.word))
        })
    }

    /// The exit code of a process that has ended, until its parent has joined
    /// it: then nobody else can know any more.
    pub(crate) fn exit_code(self) -> Option<i32> {
        let zombie = Word(self.word).with(State::Zombie);
        let table = current::table();
        let is_zombie = || table.word(self.slot) == zombie;
        let code = is_zombie().then(|| table.get(self.slot, slot::EXIT_CODE) as i32);
        // Still: so it was this process's code.
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

    /// Has the process ended?
    pub fn is_ready(self) -> bool {
        matches!(self.step(), Step::Ready(()))
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`] on the page.
    pub fn wait(self) -> Result<(), Error> {
        blocking::wait("Sentinel::wait", "Sentinel::wait_async", None, || {
            self.step()
        })?;
        Ok(())
    }

    /// Waits at most so long; has it ended?
    ///
    /// # Errors
    /// [`Error::BlockingOnPage`] on the page.
    pub fn wait_timeout(self, timeout: Duration) -> Result<bool, Error> {
        let time = Some(microseconds(timeout));
        let ended = blocking::wait(
            "Sentinel::wait_timeout",
            "Sentinel::wait_async",
            time,
            || self.step(),
        )?;
        Ok(ended.is_some())
    }

    /// Waits for the end, on the page.
    pub async fn wait_async(self) {
        host::wait_async(None, || self.step()).await;
    }
}

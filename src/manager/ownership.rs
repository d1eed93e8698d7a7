//! Who has a lock, how often, and who waits for it: what locks and conditions
//! have in common.

use super::{
    desk::{Caller, Desk, Waiting},
    message::{Answer, Fault, Name},
};

/// What one who waits gets with the lock.
pub(super) struct Turn {
    /// How often it has taken it then.
    pub(super) depth: u32,
    pub(super) answer: Answer,
}

/// A lock.
#[derive(Default)]
pub(super) struct Ownership {
    owner: Option<u32>,
    depth: u32,
    waiting: Waiting<Turn>,
}

impl Ownership {
    pub(super) fn owner(&self) -> Option<u32> {
        self.owner
    }

    pub(super) fn is_owned_by(&self, pid: u32) -> bool {
        self.owner == Some(pid)
    }

    /// Takes it for the caller, at once or in its turn; `again`: its owner may
    /// take it once more.
    pub(super) fn acquire(&mut self, mut caller: Caller, again: bool, desk: &mut Desk) {
        if again && self.is_owned_by(caller.pid) {
            self.depth += 1;
            desk.answer(&caller, Answer::Flag(true));
            return;
        }
        if let Some(pid) = self.owner.filter(|pid| desk.is_dead(*pid)) {
            desk.answer(&caller, Fault::OwnerDied(pid).into());
            return;
        }
        if self.owner.is_some() && !desk.may_wait(&mut caller) {
            desk.answer(&caller, Answer::Flag(false));
            return;
        }
        let turn = Turn {
            depth: 1,
            answer: Answer::Flag(true),
        };
        self.line_up(caller, turn, desk);
    }

    /// Waits for its turn.
    pub(super) fn line_up(&mut self, caller: Caller, turn: Turn, desk: &mut Desk) {
        let object = caller.object;
        self.waiting.push(caller, turn);
        self.next(object, desk);
    }

    /// Gives the lock to who is next, if it is free. A dead one gets nothing.
    fn next(&mut self, object: Name, desk: &mut Desk) {
        while self.owner.is_none()
            && let Some((caller, turn)) = self.waiting.pop()
        {
            if desk.answer(&caller, turn.answer) {
                self.owner = Some(caller.pid);
                self.depth = turn.depth;
            }
        }
        let awaited = self.owner.filter(|_| !self.waiting.is_empty());
        desk.watch(object, awaited);
    }

    /// Gives it back, once; the caller knows that somebody has it.
    pub(super) fn release(&mut self, object: Name, desk: &mut Desk) {
        self.depth = self.depth.saturating_sub(1);
        if self.depth == 0 {
            self.release_all(object, desk);
        }
    }

    /// Gives it back entirely; how often it was taken.
    pub(super) fn release_all(&mut self, object: Name, desk: &mut Desk) -> u32 {
        self.owner = None;
        let depth = std::mem::take(&mut self.depth);
        self.next(object, desk);
        depth
    }

    /// Takes it over from a dead owner.
    pub(super) fn recover(&mut self, caller: &Caller, desk: &mut Desk) {
        let dead = self.owner.is_some_and(|pid| desk.is_dead(pid));
        if desk.answer(caller, Answer::Flag(dead)) && dead {
            self.owner = Some(caller.pid);
            self.depth = 1;
        }
    }

    /// Takes out who waits no longer.
    pub(super) fn leave(&mut self, client: Name, number: u32, desk: &mut Desk) -> Option<Caller> {
        let (caller, _) = self.waiting.remove(client, number)?;
        self.next(caller.object, desk);
        Some(caller)
    }

    /// Tells all who wait, if its owner is dead.
    pub(super) fn owner_died(&mut self, desk: &mut Desk) {
        let Some(pid) = self.owner.filter(|pid| desk.is_dead(*pid)) else {
            return;
        };
        for (caller, _) in self.waiting.take_all() {
            desk.watch(caller.object, None);
            desk.answer(&caller, Fault::OwnerDied(pid).into());
        }
    }
}

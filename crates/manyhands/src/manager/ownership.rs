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
    /// It only wants it from the dead.
    pub(super) recovers: bool,
}

/// A lock.
///
/// Whether its owner is dead can be seen at any time, but not whether it gave
/// the lock back before: its last words may not have been heard yet. So who
/// finds the owner dead waits for the server's verdict ([`owner_died`]).
///
/// [`owner_died`]: Ownership::owner_died
#[derive(Default)]
pub(super) struct Ownership {
    owner: Option<u32>,
    depth: u32,
    /// The owner died without giving it back.
    dead: bool,
    waiting: Waiting<Turn>,
}

impl Ownership {
    pub(super) fn owner(&self) -> Option<u32> {
        self.owner
    }

    pub(super) fn is_owned_by(&self, pid: u32) -> bool {
        self.owner == Some(pid)
    }

    fn own(&mut self, pid: u32, depth: u32) {
        self.owner = Some(pid);
        self.depth = depth;
        self.dead = false;
    }

    fn maybe_dead(&self, desk: &Desk) -> bool {
        self.owner.is_some_and(|pid| desk.is_dead(pid))
    }

    /// Takes it for the caller, at once or in its turn; `again`: its owner may
    /// take it once more.
    pub(super) fn acquire(&mut self, mut caller: Caller, again: bool, desk: &mut Desk) {
        if again && self.is_owned_by(caller.pid) {
            self.depth += 1;
            desk.answer(&caller, Answer::Flag(true));
            return;
        }
        if let Some(pid) = self.owner.filter(|_| self.dead) {
            desk.answer(&caller, Fault::OwnerDied(pid).into());
            return;
        }
        // The verdict on a dead owner takes no time to speak of.
        if self.owner.is_some() && !desk.may_wait(&mut caller) && !self.maybe_dead(desk) {
            desk.answer(&caller, Answer::Flag(false));
            return;
        }
        let turn = Turn {
            depth: 1,
            answer: Answer::Flag(true),
            recovers: false,
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
            if turn.recovers {
                desk.answer(&caller, Answer::Flag(false));
            } else if desk.answer(&caller, turn.answer) {
                self.own(caller.pid, turn.depth);
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
        self.dead = false;
        let depth = std::mem::take(&mut self.depth);
        self.next(object, desk);
        depth
    }

    /// Takes it over from a dead owner.
    pub(super) fn recover(&mut self, caller: Caller, desk: &mut Desk) {
        if self.dead {
            if desk.answer(&caller, Answer::Flag(true)) {
                self.own(caller.pid, 1);
            }
        } else if self.maybe_dead(desk) {
            let turn = Turn {
                depth: 1,
                answer: Answer::Flag(true),
                recovers: true,
            };
            self.line_up(caller, turn, desk);
        } else {
            desk.answer(&caller, Answer::Flag(false));
        }
    }

    /// Takes out who waits no longer.
    pub(super) fn leave(&mut self, client: Name, number: u32, desk: &mut Desk) -> Option<Caller> {
        let (caller, _) = self.waiting.remove(client, number)?;
        self.next(caller.object, desk);
        Some(caller)
    }

    /// That process died, and all that it said has been heard: if it has the
    /// lock, all who wait are told, and the first that wants to recover it has
    /// it.
    pub(super) fn owner_died(&mut self, pid: u32, desk: &mut Desk) {
        if self.owner != Some(pid) {
            return;
        }
        self.dead = true;
        for (caller, turn) in self.waiting.take_all() {
            desk.watch(caller.object, None);
            if !turn.recovers {
                desk.answer(&caller, Fault::OwnerDied(pid).into());
            } else if desk.answer(&caller, Answer::Flag(self.dead)) && self.dead {
                self.own(caller.pid, 1);
            }
        }
    }
}

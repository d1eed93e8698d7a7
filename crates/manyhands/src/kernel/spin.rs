//! How long to look before sleeping.
//!
//! To wake an idle core takes some 80 µs, and a look of a few µs saves it when
//! the answer comes from another core at once; where both sides share a core
//! the same look only keeps the answer from being made. So every waiter learns
//! for every word whether looking pays, and stops where it does not: a word
//! begins with credit, every success adds to it and every failure takes from
//! it; without credit there is a short trial now and then, ever more rarely.
//!
//! A word begins with much credit, and gets it again after long pauses,
//! because of two that share a core while another one is idle: the system moves
//! one of them only if it finds both of them wanting to run when its clock
//! ticks, every few ms. For so long both must look in vain, or they stay
//! together for good.
//!
//! Two that wait for each other must both look, or neither gains: while one
//! sleeps, the other looks in vain. So who has little credit looks longer, until
//! a sleeper may have been woken and have answered; and who finds that the word
//! changed just as it lay down has learnt that the other one looks.
//!
//! This room must not know what is waited for.

use std::cell::{Cell, RefCell};

/// What a process does first when it has to wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u32)]
pub enum Waiting {
    /// It looks for some µs whether the wait is over already, where that has
    /// proved to pay, and then sleeps.
    #[default]
    Adaptive = 0,
    /// It sleeps at once.
    Sleep = 1,
    /// It always looks first.
    Spin = 2,
}

/// Looks before giving up: about 10 µs.
pub const LOOKS: u32 = if cfg!(feature = "model") { 0 } else { 3000 };
/// Of two sides, so many failures of 10 µs each make 8 ms: two ticks.
const MOST: i16 = 400;
const TRIAL: i16 = 2;
/// How many times as long a trial's looks take.
const LONGER: u32 = 5;
const FIRST_PAUSE: u16 = 64;
const LONGEST_PAUSE: u16 = 1 << 15;
/// After a pause of so many waits a trial has all the credit there is.
const LONG_PAUSE: u16 = 4096;
/// Words that are remembered; two that share a place share what they learn.
const PLACES: usize = 64;

#[derive(Clone, Copy)]
struct Credit {
    credit: i16,
    pause: u16,
    left: u16,
}

thread_local! {
    static POLICY: Cell<u32> = const { Cell::new(Waiting::Adaptive as u32) };
    static CREDITS: RefCell<[Credit; PLACES]> = const {
        RefCell::new([Credit { credit: MOST, pause: FIRST_PAUSE, left: 0 }; PLACES])
    };
}

impl Credit {
    /// How many times as long as usual to look.
    fn times(&self) -> u32 {
        if self.credit > TRIAL { 1 } else { LONGER }
    }

    fn pays(&mut self) -> bool {
        if self.credit > 0 {
            return true;
        }
        if self.left > 0 {
            self.left -= 1;
            return false;
        }
        // The pause to come is twice the one that is over.
        self.credit = if self.pause > LONG_PAUSE { MOST } else { TRIAL };
        true
    }

    fn learn(&mut self, success: bool) {
        if success {
            self.credit = (self.credit + 1).min(MOST);
            self.pause = FIRST_PAUSE;
            return;
        }
        self.credit -= 1;
        if self.credit <= 0 {
            self.left = self.pause;
            self.pause = self.pause.saturating_mul(2).min(LONGEST_PAUSE);
        }
    }
}

/// From now on this process waits so: a [`Waiting`] as a number.
pub fn set_policy(policy: u32) {
    POLICY.set(policy);
}

/// How often to look at several words, which takes longer.
pub const LOOKS_AT_MANY: u32 = LOOKS / 10;

/// How often to look at a lock, which takes longer, too.
pub const LOOKS_AT_LOCK: u32 = LOOKS / 30;

/// Does nothing for as long as many looks, none of which touches the word.
pub fn rest() {
    for turn in 0..100 {
        std::hint::black_box(turn);
    }
}

/// Looks up to so many times whether it is so, if that tends to pay where `at`
/// is waited for.
pub fn until(at: u32, looks: u32, mut is_so: impl FnMut() -> bool) -> bool {
    let place = (at / 4) as usize % PLACES;
    let policy = POLICY.get();
    if policy == Waiting::Sleep as u32 {
        return false;
    }
    if policy == Waiting::Spin as u32 {
        return (0..looks).any(|_| is_so());
    }
    let times = CREDITS.with_borrow_mut(|credits| {
        let pays = looks != 0 && credits[place].pays();
        if pays { credits[place].times() } else { 0 }
    });
    if times == 0 {
        return false;
    }
    let changed = (0..looks * times).any(|_| is_so());
    CREDITS.with_borrow_mut(|credits| credits[place].learn(changed));
    changed
}

/// The word changed just as its waiter lay down: to look would have paid.
pub fn missed(at: u32) {
    let place = (at / 4) as usize % PLACES;
    CREDITS.with_borrow_mut(|credits| {
        let credit = &mut credits[place].credit;
        *credit = (*credit).max(TRIAL);
    });
}

#[cfg(all(test, not(feature = "model")))]
mod tests {
    use super::*;

    #[test]
    fn what_never_pays_is_hardly_tried_any_more() {
        let mut credit = CREDITS.with_borrow(|credits| credits[0]);
        let mut tries_of = |waits: u32| {
            let tries = (0..waits).filter(|_| {
                let pays = credit.pays();
                if pays {
                    credit.learn(false);
                }
                pays
            });
            tries.count() as u32
        };
        let at_first = tries_of(MOST as u32);
        assert_eq!(at_first, MOST as u32);
        // Not even one in fifty from then on.
        let later = tries_of(100_000);
        assert!((MOST as u32..2000).contains(&later), "{later}");
        // And what begins to pay is found out.
        let found = (0..20_000).filter(|_| {
            let pays = credit.pays();
            if pays {
                credit.learn(true);
            }
            pays
        });
        assert!(found.count() > 10_000);
    }
}

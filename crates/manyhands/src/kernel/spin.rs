//! How long a process reads a word again and again ("looks") before it sleeps.
//!
//! To wake an idle core takes about 80 µs. If the awaited change comes from another
//! core immediately, looking for a few µs saves this time. If both sides share a core,
//! looking only delays the change. Every process therefore learns for every word
//! whether looking succeeds, and stops looking where it does not. A word starts with
//! credit; each success adds to it and each failure takes from it. Without credit there
//! is a short trial now and then, at growing intervals.
//!
//! A word starts with much credit, and gets it again after a long interval, because two
//! processes may share a core while another core is idle. The operating system moves
//! one of them only if it finds both running when its clock ticks, every few ms. Until
//! then both must look in vain; otherwise they share the core permanently.
//!
//! If two processes wait for each other, both must look, or neither gains: while one
//! sleeps, the other looks in vain. A process with little credit therefore looks
//! longer, so that a sleeper can wake up and answer in that time. And a process that
//! finds that the word changed just before it slept learns from this that the other
//! side looks.
//!
//! This module must not know what is waited for.

use std::cell::{Cell, RefCell};

/// What a process does first when it has to wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u32)]
pub enum Waiting {
    /// It looks for a few µs whether the wait is over already, if that has tended to
    /// succeed, and then sleeps.
    #[default]
    Adaptive = 0,
    /// It sleeps immediately.
    Sleep = 1,
    /// It always looks before it sleeps.
    Spin = 2,
}

/// How often to look before sleeping: about 10 µs, if [`set_policy`] does not say more.
pub const LOOKS: u32 = if cfg!(feature = "model") { 0 } else { 3000 };
/// The largest credit. 400 failures of 10 µs each, on both sides, are 8 ms: two clock
/// ticks.
const MAX_CREDIT: i16 = 400;
/// The credit of a short trial.
const TRIAL_CREDIT: i16 = 2;
/// How many times as long as usual a trial looks.
const TRIAL_FACTOR: u32 = 5;
/// The number of waits before the first trial; it doubles with each further one.
const FIRST_INTERVAL: u16 = 64;
const MAX_INTERVAL: u16 = 1 << 15;
/// After more waits than this without looking, a trial gets the largest credit.
const LONG_INTERVAL: u16 = 4096;
/// How many words are remembered. Two words that share a place share their credit.
const PLACE_COUNT: usize = 64;

/// What this process has learnt about a word.
#[derive(Clone, Copy)]
struct Credit {
    /// How many more failures are accepted before looking stops.
    credit: i16,
    /// How many waits there are until the next trial when the credit is used up.
    interval: u16,
    /// How many of these are left.
    waits_until_trial: u16,
}

thread_local! {
    static POLICY: Cell<u32> = const { Cell::new(Waiting::Adaptive as u32) };
    /// How many times as long as [`LOOKS`] a process looks.
    static LOOK_TIMES: Cell<u16> = const { Cell::new(1) };
    static CREDITS: RefCell<[Credit; PLACE_COUNT]> = const {
        RefCell::new([Credit::FIRST; PLACE_COUNT])
    };
}

impl Credit {
    /// The credit of a word that was not waited for yet.
    const FIRST: Credit = Credit {
        credit: MAX_CREDIT,
        interval: FIRST_INTERVAL,
        waits_until_trial: 0,
    };

    /// How many times as long as usual to look.
    fn look_factor(&self) -> u32 {
        if self.credit > TRIAL_CREDIT {
            1
        } else {
            TRIAL_FACTOR
        }
    }

    /// Whether to look before sleeping; begins a trial when it is due.
    fn may_look(&mut self) -> bool {
        if self.credit > 0 {
            return true;
        }
        if self.waits_until_trial > 0 {
            self.waits_until_trial -= 1;
            return false;
        }
        // The next interval is twice the last one.
        self.credit = if self.interval > LONG_INTERVAL {
            MAX_CREDIT
        } else {
            TRIAL_CREDIT
        };
        true
    }

    /// Adjusts the credit after looking, `times` as long as [`LOOKS`], succeeded or failed.
    fn learn(&mut self, success: bool, times: u16) {
        let times = times as i16;
        if success {
            self.credit = (self.credit + times).min(MAX_CREDIT);
            self.interval = FIRST_INTERVAL;
            return;
        }
        self.credit -= times;
        if self.credit <= 0 {
            self.waits_until_trial = self.interval;
            self.interval = self.interval.saturating_mul(2).min(MAX_INTERVAL);
        }
    }
}

/// Sets how this process waits from now on: a [`Waiting`] as a number, and about how many
/// µs it looks, at most 1000.
pub fn set_policy(policy: u32, look_us: u32) {
    POLICY.set(policy);
    LOOK_TIMES.set((look_us / 10).clamp(1, 100) as u16);
}

/// How often to look at several words, because that takes longer.
pub const LOOKS_AT_MANY: u32 = LOOKS / 10;

/// How often to look at a lock, because that takes longer, too.
pub const LOOKS_AT_LOCK: u32 = LOOKS / 30;

/// Passes some time without reading the word.
pub fn pass_time() {
    for turn in 0..100 {
        std::hint::black_box(turn);
    }
}

/// Calls `is_so` up to `looks` times until it returns `true`, if that tends to succeed
/// for the word at `at`. Returns whether it did.
pub fn look_until(at: u32, looks: u32, mut is_so: impl FnMut() -> bool) -> bool {
    let place = (at / 4) as usize % PLACE_COUNT;
    let policy = POLICY.get();
    if policy == Waiting::Sleep as u32 {
        return false;
    }
    let times = LOOK_TIMES.get();
    if policy == Waiting::Spin as u32 {
        return (0..looks * u32::from(times)).any(|_| is_so());
    }
    let factor = CREDITS.with_borrow_mut(|credits| {
        let may_look = looks != 0 && credits[place].may_look();
        if may_look {
            credits[place].look_factor().max(times.into())
        } else {
            0
        }
    });
    if factor == 0 {
        return false;
    }
    let changed = (0..looks * factor).any(|_| is_so());
    CREDITS.with_borrow_mut(|credits| credits[place].learn(changed, times));
    changed
}

/// The word changed just before its waiter slept, so looking would have succeeded.
pub fn changed_before_sleep(at: u32) {
    let place = (at / 4) as usize % PLACE_COUNT;
    CREDITS.with_borrow_mut(|credits| {
        let credit = &mut credits[place].credit;
        *credit = (*credit).max(TRIAL_CREDIT);
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
                let may_look = credit.may_look();
                if may_look {
                    credit.learn(false, 1);
                }
                may_look
            });
            tries.count() as u32
        };
        let at_first = tries_of(MAX_CREDIT as u32);
        assert_eq!(at_first, MAX_CREDIT as u32);
        // From then on, less than one wait in fifty looks.
        let later = tries_of(100_000);
        assert!((MAX_CREDIT as u32..2000).contains(&later), "{later}");
        // If looking begins to succeed, the process notices.
        let found = (0..20_000).filter(|_| {
            let may_look = credit.may_look();
            if may_look {
                credit.learn(true, 1);
            }
            may_look
        });
        assert!(found.count() > 10_000);
    }
}

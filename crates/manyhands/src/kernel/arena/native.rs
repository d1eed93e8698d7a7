//! The native port: the arena as a plain array of atomics.
//!
//! For property tests and for tests on real threads without a browser. With the `model`
//! feature it is for the model checker, which then provides the atomics and the
//! sleepers.
//!
//! Word operations are sequentially consistent, as they are in the browser. Copies and
//! `store_relaxed`, which are plain accesses in the browser, are relaxed here, so that
//! a test on real threads, or under Miri, encounters the orders that the browser
//! allows. For the model checker they are sequentially consistent; `PROTOCOL.md` says
//! why.

use super::{Memory, Woken};
use std::time::Duration;

#[cfg(feature = "model")]
use loom::sync::{
    Condvar, Mutex,
    atomic::{
        AtomicU32,
        Ordering::{self, SeqCst},
    },
};
#[cfg(not(feature = "model"))]
use std::sync::{
    Condvar, Mutex,
    atomic::{
        AtomicU32,
        Ordering::{self, SeqCst},
    },
};

/// The ordering of what is a plain access in the browser.
const PLAIN: Ordering = if cfg!(feature = "model") {
    SeqCst
} else {
    Ordering::Relaxed
};

/// An arena of a fixed size in this process's own memory.
pub struct Native {
    words: Box<[AtomicU32]>,
    /// The arena's present size in bytes, which growing increases.
    limit: AtomicU32,
    /// One condition variable for all sleepers: as if it were a futex with many
    /// spurious notifications.
    sleepers: Mutex<()>,
    notified: Condvar,
}

impl Native {
    /// An arena of `size` bytes that can grow to `maximum`.
    pub fn new(size: u32, maximum: u32) -> Native {
        Native {
            words: (0..maximum.div_ceil(4))
                .map(|_| AtomicU32::new(0))
                .collect(),
            limit: AtomicU32::new(size),
            sleepers: Mutex::new(()),
            notified: Condvar::new(),
        }
    }

    fn word(&self, at: u32) -> &AtomicU32 {
        assert_eq!(at % 4, 0, "word {at} is not aligned");
        &self.words[at as usize / 4]
    }
}

impl Memory for Native {
    #[cfg(not(feature = "model"))]
    fn load(&self, at: u32) -> u32 {
        self.word(at).load(SeqCst)
    }

    /// The model checker remembers only the last access to a word. A thread's own load
    /// before its store would hide another thread's load, so that orders of these two
    /// would never be tried. It also treats a load as less than sequentially
    /// consistent. A change that leaves the value as it is has the meaning of our
    /// loads.
    #[cfg(feature = "model")]
    fn load(&self, at: u32) -> u32 {
        self.word(at).fetch_add(0, SeqCst)
    }

    #[cfg(not(feature = "model"))]
    fn store(&self, at: u32, value: u32) {
        self.word(at).store(value, SeqCst);
    }

    /// The model checker does not order a plain store and another thread's exchange, so
    /// one of our loads, which are exchanges, could undo a plain store.
    #[cfg(feature = "model")]
    fn store(&self, at: u32, value: u32) {
        self.exchange(at, value);
    }

    fn add(&self, at: u32, value: u32) -> u32 {
        self.word(at).fetch_add(value, SeqCst)
    }

    fn exchange(&self, at: u32, value: u32) -> u32 {
        self.word(at).swap(value, SeqCst)
    }

    fn compare_exchange(&self, at: u32, expected: u32, new: u32) -> u32 {
        match self
            .word(at)
            .compare_exchange(expected, new, SeqCst, SeqCst)
        {
            Ok(old) | Err(old) => old,
        }
    }

    fn wait(&self, at: u32, expected: u32, timeout: Option<f64>) -> Woken {
        let sleepers = self.sleepers.lock().unwrap();
        if self.load(at) != expected {
            return Woken::Changed;
        }
        match timeout {
            None => drop(self.notified.wait(sleepers).unwrap()),
            Some(microseconds) => {
                let time = Duration::from_nanos((microseconds.max(0.0) * 1e3) as u64);
                if self
                    .notified
                    .wait_timeout(sleepers, time)
                    .unwrap()
                    .1
                    .timed_out()
                {
                    return Woken::TimedOut;
                }
            }
        }
        Woken::Notified
    }

    fn notify(&self, _at: u32, count: u32) -> u32 {
        // Wakes all sleepers, whatever the address and the count: waiters must tolerate
        // that, and so the model checker tries it.
        let _sleepers = self.sleepers.lock().unwrap();
        self.notified.notify_all();
        count
    }

    #[cfg(not(feature = "model"))]
    fn store_relaxed(&self, at: u32, value: u32) {
        self.word(at).store(value, PLAIN);
    }

    fn read(&self, at: u32, into: &mut [u8]) {
        let mut at = at as usize;
        let mut rest = into;
        while !rest.is_empty() {
            let word = self.words[at / 4].load(PLAIN).to_le_bytes();
            let part = &word[at % 4..];
            let (piece, others) = rest.split_at_mut(part.len().min(rest.len()));
            piece.copy_from_slice(&part[..piece.len()]);
            at += piece.len();
            rest = others;
        }
    }

    fn write(&self, at: u32, from: &[u8]) {
        let mut at = at as usize;
        let mut rest = from;
        while !rest.is_empty() {
            let word = &self.words[at / 4];
            let (piece, others) = rest.split_at((4 - at % 4).min(rest.len()));
            let mut bytes = match piece.len() {
                4 => [0; 4],
                _ => word.load(PLAIN).to_le_bytes(),
            };
            bytes[at % 4..][..piece.len()].copy_from_slice(piece);
            word.store(u32::from_le_bytes(bytes), PLAIN);
            at += piece.len();
            rest = others;
        }
    }

    fn size(&self) -> u32 {
        self.limit.load(SeqCst)
    }

    fn grow(&self, size: u32) -> bool {
        let fits = size as usize <= self.words.len() * 4;
        if fits && self.size() < size {
            self.limit.store(size, SeqCst);
        }
        fits
    }

    #[cfg(feature = "model")]
    fn relax(&self) {
        loom::thread::yield_now();
    }
}

/// Tries every interleaving with at most `preemptions` preemptions, for models whose complete
/// state space is too large.
#[cfg(feature = "model")]
pub fn bounded(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

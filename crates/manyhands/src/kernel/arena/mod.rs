//! The arena: the one memory that all processes share.
//!
//! All modules above this one access it through [`Memory`]: words with atomic
//! operations, bytes that are copied in and out, and a futex. There are two
//! implementations (ports) for the browser, [`two_memory`] and [`javascript`], one of
//! which is chosen at run time. The `native` one is for tests and the model checker.
//!
//! This module must not know what the words mean.

pub(crate) mod browser;
mod javascript;
#[cfg(all(test, not(feature = "model"), not(target_arch = "wasm32")))]
pub mod killable;
#[cfg(all(test, not(target_arch = "wasm32")))]
pub mod native;
mod slots;
mod two_memory;

pub(crate) use browser::Arena;
pub use browser::Port;

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// Somebody notified the address; or nobody did, which a futex allows.
    Notified,
    /// The word was not the expected one, so the wait did not begin.
    Changed,
    /// The time has passed.
    TimedOut,
}

/// A memory of 32-bit words that several processes share.
///
/// Addresses are byte offsets. Word operations need an address divisible by 4
/// and are sequentially consistent; byte copies are plain and must be ordered
/// by word operations around them.
pub trait Memory {
    /// Reads a word.
    fn load(&self, at: u32) -> u32;
    /// Writes a word.
    fn store(&self, at: u32, value: u32);
    /// Adds, wrapping; returns the word as it was.
    fn add(&self, at: u32, value: u32) -> u32;
    /// Writes a word; returns the word as it was.
    fn exchange(&self, at: u32, value: u32) -> u32;
    /// Writes `new` if the word is `expected`; returns the word as it was.
    fn compare_exchange(&self, at: u32, expected: u32, new: u32) -> u32;
    /// Sleeps while the word is `expected`, at most `timeout` µs.
    fn wait(&self, at: u32, expected: u32, timeout: Option<f64>) -> Woken;
    /// Wakes up to `count` sleepers of an address; returns how many.
    fn notify(&self, at: u32, count: u32) -> u32;
    /// Writes a word that other processes need not see before this process's next
    /// ordered write. It is cheaper, because nothing waits for it.
    fn store_relaxed(&self, at: u32, value: u32) {
        self.store(at, value);
    }
    /// Copies bytes out of the arena.
    fn read(&self, at: u32, into: &mut [u8]);
    /// Copies bytes into the arena.
    fn write(&self, at: u32, from: &[u8]);
    /// The size in bytes.
    fn size(&self) -> u32;
    /// Grows to at least `size` bytes; `false` if the maximum does not allow it.
    fn grow(&self, size: u32) -> bool;
    /// Called in each round of a loop that waits for another core without sleeping.
    fn relax(&self) {
        std::hint::spin_loop();
    }

    /// Reads a number of 64 bits that only one process at a time may be writing.
    fn read_f64(&self, at: u32) -> f64 {
        let mut bytes = [0; 8];
        self.read(at, &mut bytes);
        f64::from_le_bytes(bytes)
    }

    /// Writes a number of 64 bits.
    fn write_f64(&self, at: u32, value: f64) {
        self.write(at, &value.to_le_bytes());
    }
}

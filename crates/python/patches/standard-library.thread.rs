
// --- Added by Manyhands --------------------------------------------------------------
// Threads of the standard library as threads of Manyhands. `crates/python/src/platform.rs`
// defines the function that starts one.

use crate::io;
use crate::sync::{Arc, Condvar, Mutex};
use crate::thread::ThreadInit;

unsafe extern "C" {
    /// Starts a thread with a stack of so many bytes, which calls `run` with `data`.
    /// Returns whether it could.
    fn manyhands_start_thread(run: extern "C" fn(*mut u8), data: *mut u8, stack: usize) -> bool;
}

/// Whether the thread has ended, and who waits for that.
type Ended = Arc<(Mutex<bool>, Condvar)>;

struct Start {
    init: Box<ThreadInit>,
    ended: Ended,
}

extern "C" fn run(data: *mut u8) {
    // SAFETY: `Thread::new` made the box, for this call alone.
    let start = unsafe { Box::from_raw(data as *mut Start) };
    (start.init.init())();
    *start.ended.0.lock().unwrap() = true;
    start.ended.1.notify_all();
}

pub struct Thread(Ended);

pub const DEFAULT_MIN_STACK_SIZE: usize = 1 << 20;

impl Thread {
    // unsafe: see thread::Builder::spawn_unchecked for safety requirements
    pub unsafe fn new(stack: usize, init: Box<ThreadInit>) -> io::Result<Thread> {
        let ended = Ended::default();
        let data = Box::into_raw(Box::new(Start { init, ended: ended.clone() }));
        // SAFETY: `run` frees what `data` points to, and is called once, if at all.
        if unsafe { manyhands_start_thread(run, data as *mut u8, stack) } {
            return Ok(Thread(ended));
        }
        // SAFETY: the thread was not started, so nothing else uses this.
        drop(unsafe { Box::from_raw(data) });
        Err(io::const_error!(io::ErrorKind::OutOfMemory, "no room for another thread"))
    }

    pub fn join(self) {
        let mut ended = self.0.0.lock().unwrap();
        while !*ended {
            ended = self.0.1.wait(ended).unwrap();
        }
    }
}

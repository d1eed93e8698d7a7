//! The end of a process.
//!
//! Whatever a process dies of, its end is told by [`tell_end`], by whoever holds the
//! [`EndClaim`]. A process that can still do so claims its own end: it returned
//! from its target ([`end`]), called for its end or panicked ([`exit`]), or found a
//! signal ([`exit_at_once`]). For one that cannot, the dispatcher does it once its
//! worker is gone.
//!
//! This room must not know why a process ends.

use super::{
    arena::Arena,
    current::{Identity, heap, objects, table, with},
    envelope,
    heap::Heap,
    message::Message,
    object::Objects,
    platform,
    record::record_for,
    table::{EndClaim, Ending, Table},
    trace::Op,
};
use crate::error::Reason;
use std::cell::Cell;

thread_local! {
    static AT_EXIT: Cell<Option<fn()>> = const { Cell::new(None) };
}

/// What a process does before it ends by itself (Python's `_exit_function`).
pub(crate) fn at_exit(f: fn()) {
    AT_EXIT.set(Some(f));
}

/// Ends this process by its own will: does what is to be done at exit and tells its
/// end. It returns, so that the worker's entry can return as well.
pub(super) fn end(ending: &Ending) {
    // Taken out first: what runs here may itself end the process.
    if let Some(at_exit) = AT_EXIT.take() {
        at_exit();
    }
    tell_own_end(ending);
}

/// Ends this process by its own will, here and now (Python's `sys.exit`).
pub(crate) fn exit(ending: &Ending) -> ! {
    end(ending);
    leave_worker()
}

/// Ends this process without what is to be done at exit (Python's `os._exit`).
pub(super) fn exit_at_once(ending: &Ending) -> ! {
    tell_own_end(ending);
    leave_worker()
}

/// The end of a process, whoever tells it, with a heap that it may use: in the
/// trace, to those who wait for what it held, and last in its slot, which may be
/// another one's at once.
pub(super) fn tell_end(heap: Heap<'static, Arena>, claim: EndClaim, ending: &Ending) {
    let table = Table::new(&Arena, heap);
    let (slot, pid) = (claim.slot(), table.pid(&claim));
    // A warm worker without a process has nothing to tell and holds nothing.
    if pid == 0 {
        return table.end(claim, ending);
    }
    let exit_code = table.keep_outcome(&claim, ending);
    record_for(table.ring(slot), pid, Op::Exit, 0, [exit_code as u32, 0]);
    Objects::new(&Arena, heap).release_all(pid, slot);
    table.end_kept(claim, ending.reason, exit_code);
}

/// Tells the end of this process, unless it was told already: in the arena, and to
/// the dispatcher.
fn tell_own_end(ending: &Ending) {
    with(|current| {
        let Some(current) = current else { return };
        // First: from now on nobody else writes how this process ended.
        let Some(claim) = table().claim_end(current.slot, current.word) else {
            return;
        };
        if let Some(outcome) = &ending.outcome
            && ending.reason == Reason::Returned
        {
            let objects = objects();
            for handle in envelope::open(outcome).0 {
                objects.retain_in_flight(handle);
            }
        }
        tell_end(heap(), claim, ending);
        let message = Message::Ended {
            worker: current.worker,
            pid: current.pid,
        };
        platform::post(&message.to_js());
    });
}

/// Closes this worker: nothing of this process runs after it.
fn leave_worker() -> ! {
    match platform::stop() {
        Err(unwind) => wasm_bindgen::throw_val(unwind),
        Ok(()) => wasm_bindgen::throw_str("this process has ended"),
    }
}

/// Where this is a thread without which its process cannot go on: ends that by
/// signal 6 (C's `abort`). This thread lives until then.
pub(super) fn abort_process_of_vital_thread() {
    const SIGABRT: u32 = 6;
    with(|current| {
        let Some(Identity {
            vital: true,
            process: Some(process),
            ..
        }) = current.map(|current| &current.identity)
        else {
            return;
        };
        let table = table();
        // Unless it is on its way out already.
        if let Some((slot, word)) = table.find(process.pid)
            && table.signal(slot, word, SIGABRT)
        {
            // Only workers have such threads, so this goes to the dispatcher.
            let state = word.0;
            platform::post(&Message::Kill { slot, state }.to_js());
        }
    });
}

//! The end of a process.
//!
//! However a process ends, [`write_end`] writes its end; whoever holds the
//! [`EndClaim`] calls it. A process that still can claims its own end: it returned from
//! its target ([`end`]), asked to exit or panicked ([`exit`]), or noticed a signal
//! ([`exit_at_once`]). For all others the dispatcher does it when their worker no
//! longer exists. A process that has threads only stores how it ended; the dispatcher
//! completes the end ([`complete_end`]) when the threads had the time to end as well,
//! because they hold what they wait for.
//!
//! This module must not know why a process ends.

use super::{
    arena::Arena,
    codec::writer,
    current::{Identity, heap, objects, table, with},
    envelope,
    heap::Heap,
    message::Message,
    object::Objects,
    platform, process_held,
    record::record_for,
    table::{EndClaim, EndRecord, Signal, Table},
    trace::Op,
};
use crate::{Error, error::Reason};
use std::{cell::Cell, sync::OnceLock};

static AT_EXIT: OnceLock<fn()> = OnceLock::new();

thread_local! {
    static ENDING: Cell<bool> = const { Cell::new(false) };
}

/// Sets what this process, and each of its threads, does before it ends by itself
/// (Python's `_exit_function`).
pub(crate) fn at_exit(f: fn()) {
    let _ = AT_EXIT.set(f);
}

/// The record of a process that has no result because of this error, which whoever joins
/// the process gets: its arguments could not be decoded, or its result could not be
/// encoded. It counts as a return with exit code 1 whose envelope has the error in it.
pub(super) fn record_of(error: &Error) -> EndRecord {
    let bytes = writer::bytes_of(error).unwrap_or_default();
    EndRecord {
        exit_code: 1,
        reason: Reason::Returned,
        outcome: Some(envelope::seal(&bytes, &[])),
    }
}

/// Ends this process by its own decision: runs the exit function, then writes its end.
/// Returns, so that the worker's entry can return as well.
pub(super) fn end(ending: &EndRecord) {
    // Once, because the exit function may itself end the process.
    if !ENDING.replace(true)
        && let Some(at_exit) = AT_EXIT.get()
    {
        at_exit();
    }
    write_own_end(ending);
}

/// Ends this process by its own decision, immediately (Python's `sys.exit`).
pub(crate) fn exit(ending: &EndRecord) -> ! {
    end(ending);
    leave_worker()
}

/// Ends this process without running the exit function (Python's `os._exit`).
pub(super) fn exit_at_once(ending: &EndRecord) -> ! {
    write_own_end(ending);
    leave_worker()
}

/// Writes the end of a process: records it in the trace, releases all that the process
/// held, which wakes those who wait for it, and finally writes it into the slot, which
/// may have its next process immediately afterwards. `heap` belongs to the caller,
/// which is the process itself or the dispatcher.
pub(super) fn write_end(heap: Heap<'static, Arena>, claim: EndClaim, ending: &EndRecord) {
    let table = Table::new(&Arena, heap);
    // A warm worker without a process has no end to record and holds nothing.
    if table.pid(&claim) == 0 {
        return table.end(claim, ending);
    }
    keep_end(&table, &claim, ending);
    complete_end(heap, claim);
}

/// Stores how a process ended, and records it in the trace. Nobody sees it in the slot
/// before [`complete_end`].
fn keep_end(table: &Table<'static, Arena>, claim: &EndClaim, ending: &EndRecord) {
    let exit_code = table.keep_outcome(claim, ending);
    let (ring, pid) = (table.ring(claim.slot()), table.pid(claim));
    record_for(ring, pid, Op::Exit, 0, [exit_code as u32, 0]);
}

/// Completes the end of a process after [`keep_end`]: releases all that it held, and
/// writes the end into its slot.
pub(super) fn complete_end(heap: Heap<'static, Arena>, claim: EndClaim) {
    let table = Table::new(&Arena, heap);
    Objects::new(&Arena, heap).release_all(table.pid(&claim), claim.slot());
    table.end_kept(claim);
}

/// Writes the end of this process, unless somebody else has done so, and tells the
/// dispatcher.
fn write_own_end(ending: &EndRecord) {
    with(|current| {
        let Some(current) = current else { return };
        // The claim comes first: from then on nobody else writes how this process
        // ended.
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
        if current.identity.process.is_none() {
            process_held::close();
        }
        let table = table();
        if table.threads(current.pid).next().is_some() {
            keep_end(&table, &claim, ending);
        } else {
            write_end(heap(), claim, ending);
        }
        let message = Message::Ended {
            worker: current.worker,
            pid: current.pid,
        };
        platform::post(&message.to_js());
    });
}

/// Closes this worker; no code of this process runs afterwards.
fn leave_worker() -> ! {
    match platform::stop() {
        Err(unwind) => wasm_bindgen::throw_val(unwind),
        Ok(()) => wasm_bindgen::throw_str("this process has ended"),
    }
}

/// If this is a thread whose panic must end its process too (`vital`), ends that
/// process by signal 6, as C's `abort` does. This thread continues until then.
pub(super) fn abort_process_of_vital_thread() {
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
        // Unless the process is ending already.
        if let Some((slot, word)) = table.find(process.pid)
            && table.signal(slot, word, Signal::SIGABRT, true)
        {
            // Only workers have such threads, so the message goes to the dispatcher.
            let state = word.0;
            platform::post(&Message::Signal { slot, state }.to_js());
        }
    });
}

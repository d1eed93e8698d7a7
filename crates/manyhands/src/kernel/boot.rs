//! A process's worker, from its first call to its last.
//!
//! This module must not know the types of a target's arguments and result: it moves
//! bytes and attachments.

use super::{
    arena::{Arena, Memory},
    attachment::{self, Arrived, Attachment},
    blocking,
    blocking::Me,
    codec,
    current::{self, Current, Identity},
    envelope, exit,
    function::{Signature, signature},
    layout::{FORCED_PORT, LOOK_US, TRACE_LEVEL, WAITING, slot, slot_field},
    message::Message,
    object_ref, panic_hook, platform, preload_data, process_held, record, spin, stack,
    table::{EndRecord, State, Word},
    trace::{Op, TextKind},
    wait::{Arm, Step, block},
};
use crate::{Error, error::Reason};
use js_sys::WebAssembly;
use std::cell::Cell;
use wasm_bindgen::prelude::*;

/// What a process runs. It gets its arguments as bytes and returns its result as bytes,
/// both with their attachments.
pub(crate) type Entry = fn(&[u8], Arrived) -> Result<(Vec<u8>, Vec<Attachment>), Error>;

signature!(2, Entry);

thread_local! {
    static PRELOAD: Cell<Option<fn()>> = const { Cell::new(None) };
}

/// Sets a function that each process calls before it is given its target (Python's
/// `set_forkserver_preload`). It is meant for preparations that take long and that every
/// process needs, such as starting an interpreter. A warm worker calls the function
/// before a process is given to it, so a start by
/// [`StartMethod::Forkserver`](crate::StartMethod::Forkserver) does not wait for it.
/// Every other process calls it when it starts.
///
/// Call `preload` in code that runs in every process: in `main`, or in a
/// `#[wasm_bindgen(start)]` function. The page does not call the function that was set.
///
/// The function runs before it is known which process it is in. So it may not make or use
/// shared objects, start processes, or ask for the current process. It may read what the
/// page has given to all processes ([`set_preload_data`](crate::set_preload_data)). What it
/// prints goes to the browser's console.
pub fn preload(function: fn()) {
    PRELOAD.set(Some(function));
}

/// Waits until a process is given to this warm worker; returns that process's state
/// word, or `None` if the worker is no longer wanted.
fn wait_for_process(slot: u32, warming: Word) -> Option<Word> {
    let table = current::table();
    if !table.advance(slot, warming, warming.with(State::Warm)) {
        return None;
    }
    let at = slot_field(slot, slot::STATE);
    let starting = warming.with(State::Starting);
    block(&Arena, &Me, None, || {
        let seen = Arena.load(at);
        if seen == starting.0 || !Word(seen).same_process(warming) {
            Step::Ready((seen == starting.0).then_some(starting))
        } else {
            Step::Wait {
                at,
                seen,
                arm: Arm::Nothing,
            }
        }
    })
    .flatten()
}

/// The entry point of a worker, for a process or a thread. It returns when the target
/// has returned, so that a thread releases what it owns itself. `stack_size` is that of
/// a thread's stack in bytes.
#[doc(hidden)]
#[wasm_bindgen]
pub fn __manyhands_process(
    arena: WebAssembly::Memory,
    slot: u32,
    state: u32,
    worker: u32,
    stack_size: u32,
) {
    Arena::bind(arena, FORCED_PORT);
    spin::set_policy(Arena.load(WAITING), Arena.load(LOOK_US));
    preload_data::find();
    let mut word = Word(state);
    if let Some(preload) = PRELOAD.take() {
        preload();
    }
    if word.state() == State::Warming {
        match wait_for_process(slot, word) {
            Some(starting) => word = starting,
            None => {
                // The worker is no longer wanted.
                platform::post(&Message::Ended { worker, pid: 0 }.to_js());
                return;
            }
        }
    }
    let running = word.with(State::Running);
    let table = current::table();
    // The dispatcher has given up the start, so this process never began.
    if !table.advance(slot, word, running) {
        platform::post(&Message::Ended { worker, pid: 0 }.to_js());
        return;
    }
    let payload = table.payload(slot);
    // SAFETY: only `Builder::spawn` writes this word, from an `Entry`, before the
    // slot's state says that a process starts in it.
    let entry = unsafe { Entry::from_index(table.get(slot, slot::ENTRY)) };
    let (handles, payload) = envelope::open(&payload);
    let Ok((identity, arguments)) = codec::decode_prefix::<Identity>(payload) else {
        wasm_bindgen::throw_str("a process was born with no identity");
    };
    let name = identity.name.clone();
    let is_thread = identity.process.is_some();
    if !is_thread {
        process_held::set_slot(slot);
    }
    current::set(Current {
        pid: table.get(slot, slot::PID),
        slot,
        word: running,
        worker,
        identity,
        ring: table.ring(slot),
        level: Arena.load(TRACE_LEVEL),
        may_block: Cell::new(true),
        children: Cell::new(0),
    });
    if is_thread {
        stack::mark_as_thread(stack_size as usize);
    } else {
        panic_hook::set();
    }
    blocking::write(TextKind::Name, &name);
    record::record(Op::Ready, 0, [0, 0]);
    // The objects are held before the arguments are made from them, so their handles
    // need not stay in flight.
    let arrived = attachment::arrive(&handles);
    drop(table.take_payload(slot));
    object_ref::release_in_flight(&handles);
    blocking::check_signal();
    record::record(Op::TargetBegin, 0, [0, 0]);
    let result = entry(arguments, arrived);
    record::record(Op::TargetEnd, 0, [0, 0]);
    let mut returned = Vec::new();
    exit::end(&match result {
        Ok((bytes, attachments)) => {
            let handles = attachment::handles(&attachments);
            returned = attachments;
            EndRecord {
                exit_code: 0,
                reason: Reason::Returned,
                outcome: Some(envelope::seal(&bytes, &handles)),
            }
        }
        Err(error) => {
            blocking::write(TextKind::Stderr, &format!("Process {name}:\n{error}"));
            exit::record_of(&error)
        }
    });
    // Writing the end of this process has released all that it held. To release each
    // object again would write into a slot that may have its next process.
    std::mem::forget(returned);
}

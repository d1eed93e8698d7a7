//! By which calls of Python's library the program makes a semaphore or a pipe: what it
//! belongs to.
//!
//! CPython's `Queue.__init__` makes a pipe, two locks and a semaphore, one after the other;
//! `Event.__init__` makes a `Condition`, and so on. So the calls that a thread is in tell
//! what it is just making a part of. Nothing in Python's library is changed for that.

use crate::{class::Class, names::MAIN};
use rustpython_vm::{
    VirtualMachine,
    frame::{InterpreterFrame, current_thread_iframe},
    vm::thread::line_in,
};
use std::{
    cell::RefCell,
    sync::atomic::{AtomicU32, Ordering::Relaxed},
};

/// What is being made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The class of what it is a part of, or its own.
    pub class: Class,
    /// What made that, if it was not the program.
    pub inside: Option<Class>,
    /// The program's line.
    pub line: u32,
    /// Counts what this process has made.
    pub serial: u32,
    /// For a part of a barrier: how many it waits for.
    pub parties: u32,
    /// The first part of the same, if it is not the first.
    first: Option<u32>,
}

/// The call in which this thread has made something, and where in it.
struct Last {
    class: Class,
    /// The address of the frame of the call.
    call: usize,
    /// The places in all calls from that one to the innermost.
    at: Vec<u32>,
    /// The number of the first part.
    first: u32,
}

thread_local! {
    static LAST: RefCell<Option<Last>> = const { RefCell::new(None) };
}

/// What this thread is making, if the program makes it. What Python's library makes for
/// itself is of no interest.
pub fn here(vm: &VirtualMachine) -> Option<Made> {
    // From the innermost call of the library to the outermost.
    let mut calls: Vec<(Option<Class>, usize, u32)> = Vec::new();
    let mut next = current_thread_iframe();
    // SAFETY: these are the frames that this thread is in, which stay until it leaves them.
    while let Some(frame) = unsafe { next.as_ref() } {
        let code = frame.code();
        if is_of_program(frame) {
            break;
        }
        let class = Class::of_call(code.qualname.as_str());
        calls.push((class, std::ptr::from_ref(frame).addr(), frame.get_lasti()));
        next = frame.previous();
    }
    if next.is_null() {
        return None;
    }
    // `Value` and `Pool` are made by the program, and have locks and queues inside them.
    let is_whole = |class: Class| class < Class::Value;
    let outermost = calls
        .iter()
        .rposition(|(class, ..)| class.is_some_and(is_whole))?;
    let (class, call, _) = calls[outermost];
    let class = class?;
    let inside = calls[outermost..]
        .iter()
        .rev()
        .find_map(|(class, ..)| *class);
    let inside = inside.filter(|class| !is_whole(*class));
    let at: Vec<u32> = calls[..=outermost]
        .iter()
        .rev()
        .map(|call| call.2)
        .collect();
    let parties = match class {
        Class::Barrier => parties(vm).unwrap_or_default(),
        _ => 0,
    };
    // The parts are made one after the other, so that within the call there is no way back.
    // (The frame of another call may be at the same address. One for the same class begins
    // before the place at which this one has ended.)
    let first = LAST.with_borrow(|last| {
        let last = last.as_ref()?;
        let same = (last.class, last.call) == (class, call) && last.at < at;
        same.then_some(last.first)
    });
    static SERIAL: AtomicU32 = AtomicU32::new(1);
    let serial = SERIAL.fetch_add(1, Relaxed);
    LAST.set(Some(Last {
        class,
        call,
        at,
        first: first.unwrap_or_default(),
    }));
    Some(Made {
        class,
        inside,
        line: line_in(MAIN),
        serial,
        parties,
        first,
    })
}

impl Made {
    /// The number of the first part of the same, where `own` is that of this part.
    pub fn group(&self, own: u32) -> u32 {
        self.first.unwrap_or_else(|| {
            LAST.with_borrow_mut(|last| {
                if let Some(last) = last {
                    last.first = own;
                }
            });
            own
        })
    }
}

/// The program's own files are the only ones that have a path.
fn is_of_program(frame: &InterpreterFrame) -> bool {
    frame.code().source_path().as_str().starts_with('/')
}

/// The argument of the innermost call of `Barrier.__init__`.
fn parties(vm: &VirtualMachine) -> Option<u32> {
    let mut next = vm.current_frame();
    while let Some(frame) = next {
        if frame.f_code().qualname.as_str() == "Barrier.__init__" {
            let locals = frame.f_locals(vm).ok()?;
            let parties = locals.get_item("parties", vm).ok()?;
            return parties.try_into_value(vm).ok();
        }
        next = frame.f_back(vm);
    }
    None
}

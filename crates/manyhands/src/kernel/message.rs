//! The messages to the dispatcher, and one from it: `[number, operand, operand, …]`.
//!
//! This module must not know who posts or reads a message.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

/// A message to the dispatcher.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Message {
    /// The slot needs a worker: for a thread one that uses this memory, and for a
    /// process (where the memory is `undefined`) one with its own memory. `stack` is
    /// the size of a thread's stack in bytes, and `reuse` whether its worker may run
    /// several threads, one after the other.
    Spawn {
        slot: u32,
        state: u32,
        memory: JsValue,
        stack: u32,
        reuse: bool,
    },
    /// The process was sent a signal; the dispatcher must make sure that it notices, and
    /// that it ends if it must.
    Signal { slot: u32, state: u32 },
    /// The worker's process has ended by itself; its slot contains the record.
    Ended { worker: u32, pid: u32 },
    /// The worker's instance trapped.
    Trapped { worker: u32, text: String },
    /// The worker could not be created.
    Failed { worker: u32, text: String },
    /// There must be enough warm workers, at least `count`; if that is 0, as soon as there
    /// are cores for them.
    Warm { count: u32 },
    /// From the dispatcher: it runs.
    Ready,
}

impl Message {
    pub(crate) fn to_js(&self) -> JsValue {
        let numbers =
            |number: u32, a: u32, b: u32| Array::of3(&number.into(), &a.into(), &b.into());
        let parts = match self {
            Message::Spawn {
                slot,
                state,
                memory,
                stack,
                reuse,
            } => {
                let number = u32::from(*reuse);
                let parts = numbers(1, *slot, *state);
                for part in [memory, &(*stack).into(), &number.into()] {
                    parts.push(part);
                }
                parts
            }
            Message::Signal { slot, state } => numbers(2, *slot, *state),
            Message::Ended { worker, pid } => numbers(3, *worker, *pid),
            Message::Trapped { worker, text } => {
                Array::of3(&4.into(), &(*worker).into(), &text.into())
            }
            Message::Failed { worker, text } => {
                Array::of3(&5.into(), &(*worker).into(), &text.into())
            }
            Message::Warm { count } => numbers(6, *count, 0),
            Message::Ready => numbers(7, 0, 0),
        };
        parts.into()
    }

    pub(crate) fn from_js(value: &JsValue) -> Option<Message> {
        // Other messages are possible, for example from something that wraps `Worker`.
        let parts: &Array = value.dyn_ref()?;
        let number = |index| parts.get(index).as_f64().map(|number| number as u32);
        let text = || parts.get(2).as_string().unwrap_or_default();
        Some(match number(0)? {
            1 => Message::Spawn {
                slot: number(1)?,
                state: number(2)?,
                memory: parts.get(3),
                stack: number(4)?,
                reuse: number(5)? != 0,
            },
            2 => Message::Signal {
                slot: number(1)?,
                state: number(2)?,
            },
            3 => Message::Ended {
                worker: number(1)?,
                pid: number(2)?,
            },
            4 => Message::Trapped {
                worker: number(1)?,
                text: text(),
            },
            5 => Message::Failed {
                worker: number(1)?,
                text: text(),
            },
            6 => Message::Warm { count: number(1)? },
            7 => Message::Ready,
            _ => return None,
        })
    }
}

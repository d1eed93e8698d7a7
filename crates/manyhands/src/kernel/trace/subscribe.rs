//! Who receives the trace's records.
//!
//! This module must not know where the records come from.

use super::{Event, Item, Pid, TextKind};
use crate::kernel::platform;
use serde::{Deserialize, Serialize};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    /// What [`crate::println!`] and [`crate::print!`] write.
    Stdout,
    /// What [`crate::eprintln!`], [`crate::eprint!`] and panics write.
    Stderr,
}

/// A printed line, or text that does not end its line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutputLine {
    /// Its sequence number, which orders records over all processes.
    pub sequence: u32,
    /// When it was printed, in µs, as [`Event::time_us`].
    pub time_us: f64,
    /// The pid of the process that printed it.
    pub pid: Pid,
    /// The stream that it was printed to.
    pub stream: Stream,
    /// The text, without the end of the line.
    pub text: String,
    /// Whether the line ends with this text: false for what [`crate::print!`] and
    /// [`crate::eprint!`] write, which the process may go on with.
    pub ends_line: bool,
}

/// One record of the trace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Record {
    /// An event.
    Event(Event),
    /// A printed line.
    Output(OutputLine),
}

type Subscriber = Rc<RefCell<dyn FnMut(&[Record])>>;

thread_local! {
    static SUBSCRIBERS: RefCell<Vec<(u32, Subscriber)>> = const { RefCell::new(Vec::new()) };
    static NAMES: RefCell<BTreeMap<Pid, String>> = const { RefCell::new(BTreeMap::new()) };
}

/// How many names are remembered; the oldest are forgotten.
const NAMES_KEPT: usize = 4096;

/// A subscription; it ends when this is dropped.
#[must_use = "the subscription ends when this is dropped"]
pub struct Subscription(u32);

impl Drop for Subscription {
    fn drop(&mut self) {
        // When the thread is ending, the list may be gone already.
        let _ = SUBSCRIBERS.try_with(|subscribers| {
            subscribers
                .borrow_mut()
                .retain(|(number, _)| *number != self.0);
        });
    }
}

/// On the host: calls `subscriber` with batches of the records of all processes, in
/// order. While there is no subscriber, printed lines go to the browser's console.
pub fn subscribe(subscriber: impl FnMut(&[Record]) + 'static) -> Subscription {
    thread_local! {
        static NUMBERS: Cell<u32> = const { Cell::new(0) };
    }
    let number = NUMBERS.get();
    NUMBERS.set(number + 1);
    let subscriber: Subscriber = Rc::new(RefCell::new(subscriber));
    SUBSCRIBERS.with_borrow_mut(|subscribers| subscribers.push((number, subscriber)));
    Subscription(number)
}

/// The name of a process that the host has heard of, also after its end. The last 4096
/// names are kept.
pub fn name_of(pid: Pid) -> Option<String> {
    NAMES.with_borrow(|names| names.get(&pid).cloned())
}

/// Gives items that were read from the rings to the subscribers.
pub(crate) fn publish(items: Vec<Item>) {
    let mut records = Vec::with_capacity(items.len());
    for item in items {
        match item {
            Item::Event(event) => records.push(Record::Event(event)),
            Item::Text {
                pid,
                kind: TextKind::Name,
                text,
                ..
            } => {
                NAMES.with_borrow_mut(|names| {
                    names.insert(pid, text);
                    if names.len() > NAMES_KEPT {
                        names.pop_first();
                    }
                });
            }
            Item::Text {
                sequence,
                time_us,
                pid,
                kind,
                text,
            } => {
                let stream = match kind {
                    TextKind::Stderr | TextKind::StderrPart => Stream::Stderr,
                    _ => Stream::Stdout,
                };
                let ends_line = matches!(kind, TextKind::Stdout | TextKind::Stderr);
                records.push(Record::Output(OutputLine {
                    sequence,
                    time_us,
                    pid,
                    stream,
                    text,
                    ends_line,
                }));
            }
        }
    }
    // A copy, because a subscriber may subscribe or unsubscribe during the call.
    let subscribers = SUBSCRIBERS.with_borrow(|subscribers| subscribers.clone());
    if subscribers.is_empty() {
        for record in &records {
            if let Record::Output(line) = record {
                platform::log(
                    line.stream == Stream::Stderr,
                    &format!("[{}] {}", line.pid, line.text),
                );
            }
        }
    }
    for (_, subscriber) in subscribers {
        // A subscriber that causes publishing itself (by flushing) is not called again.
        if let Ok(mut subscriber) = subscriber.try_borrow_mut() {
            subscriber(&records);
        }
    }
}

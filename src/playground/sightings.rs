//! What the objects of a run have shown of its waits: for which object a thread waited, and
//! who holds it while the wait goes on. It is seen where the objects of the program were told
//! during the wait: ten times a second at most.

use super::objects::Object;
use super::trace::Record;
use std::collections::VecDeque;
use yew::AttrValue;

/// How many sightings are kept: the latest.
const SIGHTINGS: usize = 4000;

/// What was seen of a thread that waited.
#[derive(Clone, Debug, PartialEq)]
pub struct Sighting {
    /// When, in ms since the page was opened.
    at: f64,
    thread: u32,
    line: Option<u32>,
    /// For what, in words.
    pub what: String,
    /// Whether a pool or an executor has made it for itself.
    pub is_of_pool: bool,
    /// The name of the process that held it, and the line at which it had acquired it.
    pub holder: Option<(AttrValue, Option<u32>)>,
}

/// What the objects of a run have shown of its waits.
#[derive(Debug, Default)]
pub struct Sightings(VecDeque<Sighting>);

impl Sightings {
    /// Takes in the objects as they are now, in ms since the page was opened.
    pub fn add(&mut self, objects: &[Object], now: f64) {
        for object in objects {
            for (place, to) in &object.waiting {
                let holder = object.holder.as_ref();
                let holder = holder.filter(|holder| holder.thread != place.thread);
                if self.0.len() == SIGHTINGS {
                    self.0.pop_front();
                }
                self.0.push_back(Sighting {
                    at: now,
                    thread: place.thread,
                    line: place.line,
                    what: what(object, to),
                    is_of_pool: matches!(
                        object.inside.as_deref(),
                        Some("Pool" | "ProcessPoolExecutor")
                    ),
                    holder: holder.map(|holder| (holder.name.clone(), holder.line)),
                });
            }
        }
    }

    /// The last that was seen of a wait.
    pub fn of(&self, record: &Record) -> Option<&Sighting> {
        self.0.iter().rfind(|seen| {
            (seen.thread, seen.line) == (record.thread, record.line)
                && record.begin <= seen.at
                && record.end.is_none_or(|end| seen.at <= end)
        })
    }
}

/// For what a thread waits, in words.
fn what(object: &Object, to: &str) -> String {
    let name = match &object.name {
        Some(name) => format!(" `{name}`"),
        None => String::new(),
    };
    let of = match &object.inside {
        Some(class) => format!(" of a {class}"),
        None => String::new(),
    };
    match (object.kind.as_str(), to) {
        ("Queue" | "JoinableQueue" | "SimpleQueue", "put") => {
            format!("for room in the queue{name}{of}")
        }
        ("Queue" | "JoinableQueue" | "SimpleQueue", "get") => {
            format!("for an item of the queue{name}{of}")
        }
        ("JoinableQueue", _) => format!("until all tasks of the queue{name} were done"),
        ("Pipe", "recv") => "for a message in a pipe".to_owned(),
        ("Pipe", _) => "for room in a pipe".to_owned(),
        ("Barrier", _) => format!("for the others at the barrier{name}"),
        ("Event", _) => format!("for the event{name}"),
        ("Condition", "wait") => format!("for the condition{name}"),
        ("Semaphore" | "BoundedSemaphore", _) => format!("for the semaphore{name}"),
        _ => format!("for the lock{name}{of}"),
    }
}

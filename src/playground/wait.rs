//! The waits of a run, in sentences: which line waited how long, for what, and for whom, as
//! far as the run has shown it.
//!
//! The trace says where a thread waited and for what kind of thing. For which object, and who
//! held it, is seen where the objects of the program were told during the wait, which they
//! are ten times a second at most. The end of a process is in the trace.

use super::objects::Object;
use super::session::Session;
use super::trace::{Record, What, reason_word};
use charts::geometry::milliseconds;
use std::collections::VecDeque;
use yew::AttrValue;

/// How many sightings are kept: the latest.
const SIGHTINGS: usize = 4000;
/// A process whose end was waited for has ended at most this long before the wait, in ms.
const WAKE_MS: f64 = 20.0;

/// What was seen of a thread that waited.
#[derive(Clone, Debug, PartialEq)]
struct Sighting {
    /// When, in ms since the page was opened.
    at: f64,
    thread: u32,
    line: Option<u32>,
    /// For what, in words.
    what: String,
    /// Whether a pool or an executor has made it for itself.
    is_of_pool: bool,
    /// The name of the process that held it, and the line at which it had acquired it.
    holder: Option<(AttrValue, Option<u32>)>,
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
                    what: what(object, place.pid, to),
                    is_of_pool: matches!(
                        object.inside.as_deref(),
                        Some("Pool" | "ProcessPoolExecutor")
                    ),
                    holder: holder.map(|holder| (holder.name.clone(), holder.line)),
                });
            }
        }
    }

    fn of(&self, record: &Record) -> Option<&Sighting> {
        self.0.iter().rfind(|seen| {
            (seen.thread, seen.line) == (record.thread, record.line)
                && record.begin <= seen.at
                && record.end.is_none_or(|end| seen.at <= end)
        })
    }
}

/// For what a thread of the process `pid` waits, in words.
fn what(object: &Object, pid: u32, to: &str) -> String {
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
        ("Pipe", "recv") => {
            // If only one other process holds the pipe, the message comes from there.
            let ends = object.ends.iter().flat_map(|end| &end.held_by);
            let mut others: Vec<_> = ends.filter(|(other, _)| *other != pid).collect();
            others.sort();
            others.dedup();
            match others[..] {
                [(_, other)] => format!("for a message from `{other}`"),
                _ => "for a message in a pipe".to_owned(),
            }
        }
        ("Pipe", _) => "for room in a pipe".to_owned(),
        ("Barrier", _) => format!("for the others at the barrier{name}"),
        ("Event", _) => format!("for the event{name}"),
        ("Condition", "wait") => format!("for the condition{name}"),
        ("Semaphore" | "BoundedSemaphore", _) => format!("for the semaphore{name}"),
        _ => format!("for the lock{name}{of}"),
    }
}

/// A wait at a line of the program.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    pub thread: u32,
    pub line: u32,
    /// In ms since the page was opened.
    pub begin: f64,
    /// `None` while it goes on.
    pub end: Option<f64>,
    /// How long it has lasted so far, in ms.
    pub length: f64,
    /// Whether it was for another process or thread, and not for some time or a line of
    /// input.
    pub is_for_others: bool,
    /// What happened, in Markdown, with a small letter at its beginning. Lines of the program
    /// are links to `#line-…`.
    pub text: String,
}

impl Wait {
    /// The text as a sentence of its own.
    pub fn sentence(&self) -> String {
        self.text.replacen("[line", "[Line", 1)
    }
}

/// The waits of a run at lines of the program, the longest first. `now` is the end of those
/// that go on.
pub fn waits(session: &Session, now: f64) -> Vec<Wait> {
    let records = session.trace.all();
    let waits = records.filter(|record| record.what == What::Waiting);
    let mut waits: Vec<(f64, u32, &Record)> = waits
        .filter_map(|record| {
            let length = record.end.unwrap_or(now) - record.begin;
            Some((length, record.line?, record))
        })
        .collect();
    waits.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
    let waits = waits.into_iter().map(|(length, line, record)| Wait {
        thread: record.thread,
        line,
        begin: record.begin,
        end: record.end,
        length,
        is_for_others: is_for_others(record, session),
        text: text(record, line, length, session),
    });
    waits.collect()
}

/// A wait for the interpreter's own threads is not one: in a pool there are many. Nor is one
/// for a lock that was not seen among those of the program.
fn is_for_others(record: &Record, session: &Session) -> bool {
    match record.reason.as_deref() {
        Some("message" | "room" | "process" | "any" | "thread") => true,
        Some("lock") => {
            let seen = session.sightings.of(record);
            seen.is_some_and(|seen| !seen.is_of_pool)
        }
        _ => false,
    }
}

fn text(record: &Record, line: u32, length: f64, session: &Session) -> String {
    let who = session.lane_name(record.pid, record.thread);
    let who = format!("[line {line}](#line-{line}) of `{}`", who.replace('`', "'"));
    let is_sleep = record.reason.as_deref() == Some("time");
    let (verb, time) = match (record.end, is_sleep) {
        (Some(_), true) => ("slept", format!(" for {}", milliseconds(length))),
        (Some(_), false) => ("waited", format!(" {}", milliseconds(length))),
        (None, true) => ("sleeps", String::new()),
        (None, false) => ("waits", String::new()),
    };
    if is_sleep {
        return format!("{who} {verb}{time}.");
    }
    let seen = session.sightings.of(record);
    let ended = (record.reason.as_deref() == Some("process"))
        .then(|| ended_by(record, session))
        .flatten();
    let what = match (seen, ended) {
        (Some(seen), _) => {
            let at = |line: &Option<u32>| match line {
                Some(line) => format!(" at [line {line}](#line-{line})"),
                None => String::new(),
            };
            let holder = match (&seen.holder, record.end) {
                (Some((name, line)), Some(_)) => {
                    format!(", which `{name}` had acquired{}", at(line))
                }
                (Some((name, line)), None) => format!(", which `{name}` acquired{}", at(line)),
                (None, _) => String::new(),
            };
            format!(" {}{holder}", seen.what)
        }
        (None, Some(name)) => format!(", until `{name}` had ended"),
        (None, None) if record.reason.as_deref() == Some("message") => {
            let from = only_other(record, session);
            let from = from
                .map(|name| format!(" from `{name}`"))
                .unwrap_or_default();
            format!(" for a message{from}")
        }
        (None, None) => match reason_word(record.reason.as_deref()) {
            "" => String::new(),
            reason => format!(" {reason}"),
        },
    };
    format!("{who} {verb}{time}{what}.")
}

/// The name of the only process that ended just before this wait for the end of a process
/// did.
fn ended_by(record: &Record, session: &Session) -> Option<String> {
    let end = record.end?;
    let from = (end - WAKE_MS).max(record.begin);
    let mut ended = session.trace.all().filter(|other| {
        other.what == What::Running
            && other.thread == other.pid
            && other.pid != record.pid
            && other.end.is_some_and(|at| from <= at && at <= end)
    });
    let one = ended.next()?;
    ended
        .next()
        .is_none()
        .then(|| session.name(one.pid).replace('`', "'"))
}

/// The name of the only other process that lived during a wait, if the one that waited has no
/// further thread: then nobody else can have sent what it waited for.
fn only_other(record: &Record, session: &Session) -> Option<String> {
    if session
        .threads
        .iter()
        .any(|thread| thread.pid == record.pid)
        || session.dropped_processes + session.dropped_threads > 0
    {
        return None;
    }
    let lived = |pid: u32| {
        let ran = session.trace.of(pid).iter();
        let mut ran = ran.filter(|other| other.what == What::Running);
        ran.any(|other| {
            other.end.is_none_or(|end| end > record.begin)
                && record.end.is_none_or(|end| other.begin < end)
        })
    };
    let pids = session.lives.iter().map(|life| life.process.pid);
    let mut others = pids.filter(|pid| *pid != record.pid && lived(*pid));
    let one = others.next()?;
    others
        .next()
        .is_none()
        .then(|| session.name(one).replace('`', "'"))
}

//! What each thread of a run did, from when to when, and a file of it.

use js_sys::{Array, JSON, Object, Reflect};
use std::collections::BTreeMap;
use wasm_bindgen::JsValue;

/// How many waits are kept of a run.
const WAITS: usize = 50_000;

/// What a thread did. Waits are within what runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Starting,
    Running,
    Waiting,
}

/// From one moment to another, in ms since the page was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub pid: u32,
    pub thread: u32,
    pub what: What,
    /// What was waited for.
    pub reason: Option<String>,
    /// The program's line.
    pub line: Option<u32>,
    pub begin: f64,
    /// `None` while it goes on.
    pub end: Option<f64>,
    /// For whom a thread has waited: the pid, and the program's line at which the process
    /// acquired the lock or sent the message.
    pub whom: Option<(u32, Option<u32>)>,
}

/// The records of a run.
#[derive(Debug, Default)]
pub struct Trace {
    /// By thread, in the order of their ends.
    threads: BTreeMap<u32, Vec<Record>>,
    waits: usize,
    /// How many waits are missing.
    pub dropped: u32,
}

/// All waits of a thread at one line, for one thing.
pub struct Waited<'a> {
    pub pid: u32,
    pub thread: u32,
    pub line: Option<u32>,
    pub reason: Option<&'a str>,
    pub times: usize,
    /// In ms.
    pub total: f64,
}

impl Trace {
    /// Takes in the records of an event.
    pub fn add(&mut self, records: Vec<Record>, dropped: u32) {
        self.dropped += dropped;
        for record in records {
            let thread = self.threads.entry(record.thread).or_default();
            // What went on when it was told is told again when it has ended.
            let same = |other: &&mut Record| {
                other.end.is_none() && (other.what, other.begin) == (record.what, record.begin)
            };
            if let Some(open) = thread.iter_mut().rev().find(same) {
                *open = record;
            } else if record.what == What::Waiting && self.waits == WAITS {
                self.dropped += 1;
            } else {
                self.waits += usize::from(record.what == What::Waiting);
                thread.push(record);
            }
        }
    }

    /// The records of a thread.
    pub fn of(&self, thread: u32) -> &[Record] {
        self.threads.get(&thread).map_or(&[], Vec::as_slice)
    }

    /// All records.
    pub fn all(&self) -> impl Iterator<Item = &Record> {
        self.threads.values().flatten()
    }

    /// The lines at which threads waited, the longest first. `now` ends what goes on.
    pub fn waits(&self, now: f64) -> Vec<Waited<'_>> {
        let mut waits: Vec<Waited> = Vec::new();
        for record in self.all().filter(|record| record.what == What::Waiting) {
            let total = record.end.unwrap_or(now) - record.begin;
            let reason = record.reason.as_deref();
            let same = |other: &&mut Waited| {
                (other.thread, other.line, other.reason) == (record.thread, record.line, reason)
            };
            match waits.iter_mut().rev().find(same) {
                Some(waited) => {
                    waited.times += 1;
                    waited.total += total;
                }
                None => waits.push(Waited {
                    pid: record.pid,
                    thread: record.thread,
                    line: record.line,
                    reason,
                    times: 1,
                    total,
                }),
            }
        }
        waits.sort_by(|one, other| other.total.total_cmp(&one.total));
        waits
    }

    /// The trace in Chrome's Trace Event Format, which Perfetto and `chrome://tracing` open.
    /// `name` is what a process (with its own number) and a thread is called; `now` ends
    /// what goes on.
    pub fn to_chrome(&self, name: impl Fn(u32, u32) -> String, now: f64) -> String {
        let events = Array::new();
        for (thread, records) in &self.threads {
            let Some(first) = records.first() else {
                continue;
            };
            let called = |what: &str| {
                let arguments = object(&[("name", name(first.pid, *thread).into())]);
                object(&[
                    ("name", what.into()),
                    ("ph", "M".into()),
                    ("pid", first.pid.into()),
                    ("tid", (*thread).into()),
                    ("args", arguments),
                ])
            };
            if first.pid == *thread {
                events.push(&called("process_name"));
            }
            events.push(&called("thread_name"));
            for record in records {
                events.push(&slice(record, now));
            }
        }
        let dropped = object(&[("dropped_waits", self.dropped.into())]);
        let file = object(&[("traceEvents", events.into()), ("otherData", dropped)]);
        JSON::stringify(&file).map_or_else(|_| String::new(), String::from)
    }
}

fn slice(record: &Record, now: f64) -> JsValue {
    let name = match (record.what, &record.reason) {
        (What::Starting, _) => "starting".to_owned(),
        (What::Running, _) => "running".to_owned(),
        (What::Waiting, reason) => format!("waits {}", reason_word(reason.as_deref())),
    };
    let category = match record.what {
        What::Waiting => "wait",
        _ => "life",
    };
    let arguments = match record.line {
        Some(line) => object(&[("line", line.into())]),
        None => Object::new().into(),
    };
    object(&[
        ("name", name.into()),
        ("cat", category.into()),
        ("ph", "X".into()),
        ("ts", (record.begin * 1e3).into()),
        (
            "dur",
            ((record.end.unwrap_or(now) - record.begin) * 1e3).into(),
        ),
        ("pid", record.pid.into()),
        ("tid", record.thread.into()),
        ("args", arguments),
    ])
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}

/// For what a thread waits, in words.
pub fn reason_word(reason: Option<&str>) -> &'static str {
    match reason {
        Some("lock") => "for a lock",
        Some("message") => "for a message",
        Some("room") => "for room in a pipe",
        Some("process") => "for the end of a process",
        Some("any") => "for a message or the end of a process",
        Some("time") => "for some time",
        Some("thread lock") => "for another thread",
        Some("thread") => "for the end of a thread",
        Some("input") => "for a line of input",
        Some("gil") => "for the GIL",
        _ => "",
    }
}

/// The records of an event.
pub fn read(event: &JsValue) -> Vec<Record> {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or_default();
    let whom = |from: &JsValue| {
        let number = |name: &str| get(from, name).as_f64().map(|number| number as u32);
        Some((number("pid")?, number("line")))
    };
    let record = |from: JsValue| {
        let number = |name: &str| get(&from, name).as_f64();
        Some(Record {
            pid: number("pid")? as u32,
            thread: number("thread")? as u32,
            what: match get(&from, "what").as_string()?.as_str() {
                "starting" => What::Starting,
                "running" => What::Running,
                "waiting" => What::Waiting,
                _ => return None,
            },
            reason: get(&from, "for").as_string(),
            line: number("line").map(|line| line as u32),
            begin: number("begin")? / 1e3,
            end: number("end").map(|end| end / 1e3),
            whom: whom(&get(&from, "whom")),
        })
    };
    let records = Array::from(&get(event, "records")).into_iter();
    records.filter_map(record).collect()
}

//! The waits of a run, in sentences: which line waited how long, for what, and for whom, as
//! far as the run has shown it.
//!
//! The trace says where a thread waited, for what kind of thing and, once the wait has ended,
//! for whom. The rest is known from [`sightings`](super::sightings).

use super::session::Session;
use super::trace::{Record, What, reason_word};
use charts::geometry::milliseconds;

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
/// for a lock that no line of the program had acquired, or that a pool made for itself.
fn is_for_others(record: &Record, session: &Session) -> bool {
    match record.reason.as_deref() {
        Some("message" | "room" | "process" | "any" | "thread") => true,
        Some("lock") => match session.sightings.of(record) {
            Some(seen) => !seen.is_of_pool,
            None => matches!(record.whom, Some((_, Some(_)))),
        },
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
    let what = match seen {
        Some(seen) => seen.what.clone(),
        None => reason_word(record.reason.as_deref()).to_owned(),
    };
    let holder = seen.and_then(|seen| seen.holder.as_ref());
    let whom = match (record.whom, holder) {
        (Some((pid, line)), _) => Some((session.name(pid), line)),
        (None, Some((name, line))) => Some((name.to_string(), *line)),
        (None, None) => None,
    };
    let what = match (whom, record.reason.as_deref()) {
        (Some((name, _)), Some("process")) => format!(", until {} had ended", code(&name)),
        (Some((name, line)), Some("message")) => {
            format!(" {what}, which {} sent{}", code(&name), at(line))
        }
        (Some((name, line)), _) if record.end.is_some() => {
            format!(" {what}, which {} had acquired{}", code(&name), at(line))
        }
        (Some((name, line)), _) => format!(" {what}, which {} acquired{}", code(&name), at(line)),
        (None, _) if what.is_empty() => what,
        (None, _) => format!(" {what}"),
    };
    format!("{who} {verb}{time}{what}.")
}

fn code(name: &str) -> String {
    format!("`{}`", name.replace('`', "'"))
}

fn at(line: Option<u32>) -> String {
    line.map(|line| format!(" at [line {line}](#line-{line})"))
        .unwrap_or_default()
}

//! The lanes: a row for each process of the run and for each further thread of it, over one
//! axis of time, drawn from the trace.

use super::super::browser;
use super::python::Thread;
use super::session::{Life, Session};
use super::shown::SharedShown;
use super::trace::{Record, What, reason_word};
use super::view::{color, exit_word, with_code};
use super::wait::Wait;
use charts::geometry::milliseconds;
use std::{cell::Cell, rc::Rc, time::Duration};
use yew::platform::spawn_local;
use yew::prelude::*;

/// How often the lanes grow while a program runs.
const TICK: Duration = Duration::from_millis(120);
/// The same where the visitor asks for less motion.
const CALM_TICK: Duration = Duration::from_secs(2);
/// The shortest axis, in ms, so that the first moment is not drawn as a whole row.
const SHORTEST_MS: f64 = 100.0;
/// The narrowest part of a lane that is drawn, in percent of the axis.
const NARROWEST: f64 = 0.5;
/// A wait that goes on is said in a word once it is this long, in ms.
const READ_MS: f64 = 200.0;
/// The exit code of a process that was terminated.
const SIGTERM: i32 = -15;
/// How many columns a lane has at most: within each, it is what it was most of the time.
const COLUMNS: usize = 240;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub shown: SharedShown,
    /// Whether time goes on.
    pub busy: bool,
    /// Changes with each event, so that the lanes are drawn again.
    pub heard: usize,
    /// A wait that is outlined.
    pub wait: Option<Wait>,
}

#[component]
pub fn Lanes(props: &Props) -> Html {
    let update = use_force_update();
    use_effect_with(props.busy, move |busy| {
        let goes_on = Rc::new(Cell::new(*busy));
        spawn_local({
            let goes_on = goes_on.clone();
            async move {
                let tick = if browser::prefers_reduced_motion() {
                    CALM_TICK
                } else {
                    TICK
                };
                while goes_on.get() {
                    browser::sleep(tick).await;
                    if goes_on.get() {
                        update.force_update();
                    }
                }
            }
        });
        move || goes_on.set(false)
    });
    let shown = props.shown.borrow();
    let session = &shown.session;
    let lives = &session.lives;
    let began = session.trace.all().map(|record| record.begin);
    let first = began
        .chain(lives.iter().map(|life| life.began))
        .fold(f64::INFINITY, f64::min);
    let last = if props.busy {
        browser::now_ms()
    } else {
        // The page may hear of an end much later than it happened.
        // What had not ended in a recorded run went on to its end.
        let end = |life: &Life| {
            let ended = trace_end(session, life.process.pid).or(life.ended);
            ended.unwrap_or(session.until(first))
        };
        lives.iter().map(end).fold(first, f64::max)
    };
    let shows_library = use_state_eq(|| false);
    let library = session
        .threads
        .iter()
        .filter(|thread| is_of_library(thread));
    let library = library.count();
    let on_library = {
        let shows = shows_library.clone();
        Callback::from(move |_: MouseEvent| shows.set(!*shows))
    };
    let axis = Axis {
        first,
        length: (last - first).max(SHORTEST_MS),
        last,
        outlined: props.wait.as_ref(),
    };
    let dropped = shown.session.dropped_processes;
    html! {
        <section class="panel playground-lanes" id="lanes" aria-labelledby="lanes-title">
            if let Some(blocked) = &shown.session.blocked {
                <p class="advice is-bad" id="blocked" role="alert"><span>{ with_code(&blocked.text) }</span></p>
            }
            <div class="lanes-head">
                <h3 class="panel-title" id="lanes-title">{ "Lanes" }</h3>
                <p class="note lanes-legend">
                    { swatch(Some("url(#hatch-3)"), "lane-part") }{ "starting" }
                    { swatch(None, "lane-part") }{ "computing" }
                    { swatch(Some("url(#hatch-7)"), "lane-wait") }{ "waiting" }
                </p>
            </div>
            // A list has items, so it is one only once there are rows.
            <div class="lanes" role={if lives.is_empty() { "group" } else { "list" }} tabindex="0"
                aria-labelledby="lanes-title">
                if lives.is_empty() {
                    <p class="note">{ "Each process gets a row here while the program runs." }</p>
                }
                { for lives.iter().map(|life| process(life, session, &axis, *shows_library)) }
            </div>
            <div class="lanes-length note">
                if library > 0 {
                    <button type="button" id="library-threads" onclick={on_library}
                        aria-expanded={shows_library.to_string()}>
                        { format!("{} of Python’s library", several(library, "thread")) }
                    </button>
                }
                <span>
                    if !lives.is_empty() {
                        { format!("0 to {}", milliseconds(last - first)) }
                    }
                    if dropped > 0 {
                        { format!("; {dropped} more processes are not shown") }
                    }
                    if session.dropped_threads > 0 {
                        { format!("; {} more threads are not shown", session.dropped_threads) }
                    }
                </span>
            </div>
        </section>
    }
}

fn several(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// When the trace says that a process ended.
fn trace_end(session: &Session, pid: u32) -> Option<f64> {
    let records = session.trace.of(pid).iter();
    let mut ran = records.filter(|record| record.what == What::Running);
    ran.next_back()?.end
}

/// Whether CPython's library has started a thread for itself: those of pools, executors,
/// queues and managers, by their names.
fn is_of_library(thread: &Thread) -> bool {
    let name = thread.name.as_deref().unwrap_or_default();
    let of_target = [
        "(_handle_workers)",
        "(_handle_tasks)",
        "(_handle_results)",
        "(accepter)",
        "(handle_request)",
        "(serve_client)",
    ];
    name == "QueueFeederThread"
        || name.starts_with("ExecutorManagerThread")
        || of_target.iter().any(|target| name.ends_with(target))
}

/// Time, in ms since the page was opened, and what is outlined on it.
struct Axis<'a> {
    first: f64,
    length: f64,
    last: f64,
    outlined: Option<&'a Wait>,
}

impl Axis<'_> {
    /// A part of a lane, in percent: where it begins, and how wide it is.
    fn part(&self, from: f64, to: f64) -> (String, String) {
        let percent = |ms: f64| ms / self.length * 100.0;
        let width = percent(to - from).max(NARROWEST);
        let x = percent(from - self.first).min(100.0 - width);
        (format!("{x:.2}%"), format!("{width:.2}%"))
    }
}

/// The lane of a process, and below it those of its other threads: of the library's own only
/// if the visitor wants to see them.
fn process(life: &Life, session: &Session, axis: &Axis, shows_library: bool) -> Html {
    let process = &life.process;
    let records = session.trace.of(process.pid);
    let state = match process.exit_code {
        Some(code) => exit_word(code),
        None if waits_now(records, axis) => "waiting".to_owned(),
        None => process.state.clone(),
    };
    let name = process.name.clone().unwrap_or_else(|| "…".into());
    let label = format!("{name}, pid {}: {state}", process.pid);
    // (A pool terminates its workers: that is no failure.)
    let failed = process
        .exit_code
        .is_some_and(|code| code != 0 && code != SIGTERM);
    let threads = session.threads.iter();
    let threads = threads
        .filter(|thread| thread.pid == process.pid && (shows_library || !is_of_library(thread)));
    html! {
        <>
            <div key={format!("{}-{}", process.pid, life.began)} role="listitem"
                class={classes!("lane", failed.then_some("lane-bad"))}
                title={label.clone()} aria-label={said(label, records, axis)}>
                <span class="lane-name"><span><bdi>{ name }</bdi></span>
                    <span class="lane-pid">{ format!("pid {}", process.pid) }</span>
                </span>
                { track((process.pid, process.pid), records, axis) }
                <span class="lane-end">{ state }</span>
            </div>
            { for threads.map(|thread| lane_of_thread(thread, session, axis)) }
        </>
    }
}

fn lane_of_thread(thread: &Thread, session: &Session, axis: &Axis) -> Html {
    let name = session
        .thread_name(thread.pid, thread.thread)
        .unwrap_or_default();
    let label = format!("{name}, a thread of {}", session.name(thread.pid));
    let records = session.trace.of(thread.thread);
    let is_over = records
        .iter()
        .any(|record| record.what == What::Running && record.end.is_some());
    html! {
        <div key={format!("thread-{}", thread.thread)} role="listitem" class="lane lane-thread"
            title={label.clone()} aria-label={said(label, records, axis)} data-thread={name.clone()}>
            <span class="lane-name"><span><bdi>{ name }</bdi></span></span>
            { track((thread.pid, thread.thread), records, axis) }
            <span class="lane-end">{ if is_over { "ended" } else { "thread" } }</span>
        </div>
    }
}

/// Whether a thread waits, and has for long enough to be read.
fn waits_now(records: &[Record], axis: &Axis) -> bool {
    records.iter().any(|record| {
        record.what == What::Waiting && record.end.is_none() && axis.last - record.begin > READ_MS
    })
}

/// What a lane shows, in words.
fn said(label: String, records: &[Record], axis: &Axis) -> String {
    let sum = |what: What| -> f64 {
        let records = records.iter().filter(|record| record.what == what);
        records
            .map(|record| record.end.unwrap_or(axis.last) - record.begin)
            .sum()
    };
    let waits = sum(What::Waiting);
    let mut text = format!("{label}; {} long", milliseconds(sum(What::Running)));
    if waits > 0.0 {
        text += &format!(", of which it waited {}", milliseconds(waits));
    }
    let now = records
        .iter()
        .rfind(|record| record.what == What::Waiting && record.end.is_none());
    if let Some(record) = now {
        text += &format!("; it {}", wait_text(record, axis));
    }
    text
}

fn wait_text(record: &Record, axis: &Axis) -> String {
    let word = if record.end.is_some() {
        "waited"
    } else {
        "waits"
    };
    let line = record
        .line
        .map(|line| format!(" at line {line}"))
        .unwrap_or_default();
    let reason = match reason_word(record.reason.as_deref()) {
        "" => String::new(),
        reason => format!(" {reason}"),
    };
    let time = milliseconds(record.end.unwrap_or(axis.last) - record.begin);
    format!("{word}{line}{reason}, {time}")
}

fn track((pid, thread): (u32, u32), records: &[Record], axis: &Axis) -> Html {
    let part = |record: &Record, fill: Option<&'static str>| {
        let (x, width) = axis.part(record.begin, record.end.unwrap_or(axis.last));
        html! {
            <>
                <rect class="lane-part" x={x.clone()} width={width.clone()} height="100%" />
                if let Some(fill) = fill { <rect {fill} {x} {width} height="100%" /> }
            </>
        }
    };
    html! {
        <svg class={classes!("lane-track", color(pid))} aria-hidden="true">
            <rect class="lane-ground" width="100%" height="100%" />
            { for records.iter().map(|record| match record.what {
                What::Starting => part(record, Some("url(#hatch-3)")),
                What::Running => part(record, None),
                What::Waiting => Html::default(),
            }) }
            { for waits(records, axis).into_iter().map(|(begin, end, longest)| {
                let (x, width) = axis.part(begin, end);
                html! {
                    <g>
                        <title>{ wait_text(longest, axis) }</title>
                        <rect class="lane-wait" x={x.clone()} width={width.clone()} height="100%" />
                        <rect fill="url(#hatch-7)" {x} {width} height="100%" />
                    </g>
                }
            }) }
            { for axis.outlined.filter(|wait| wait.thread == thread).map(|wait| {
                let (x, width) = axis.part(wait.begin, wait.end.unwrap_or(axis.last));
                html! { <rect class="lane-outline" {x} {width} height="100%" /> }
            }) }
        </svg>
    }
}

/// Where a lane waits, from when to when, each with the longest wait in it: columns in which
/// the thread waited for most of the time.
fn waits<'a>(records: &'a [Record], axis: &Axis) -> Vec<(f64, f64, &'a Record)> {
    let width = axis.length / COLUMNS as f64;
    let mut waited = [0.0; COLUMNS];
    let mut longest: [Option<&Record>; COLUMNS] = [None; COLUMNS];
    let long = |record: &Record| record.end.unwrap_or(axis.last) - record.begin;
    for record in records.iter().filter(|record| record.what == What::Waiting) {
        let column =
            |ms: f64| ((ms - axis.first) / width).clamp(0.0, COLUMNS as f64 - 1.0) as usize;
        let end = record.end.unwrap_or(axis.last);
        for at in column(record.begin)..=column(end) {
            let from = axis.first + at as f64 * width;
            waited[at] += (end.min(from + width) - record.begin.max(from)).max(0.0);
            if longest[at].is_none_or(|other| long(other) < long(record)) {
                longest[at] = Some(record);
            }
        }
    }
    let mut waits: Vec<(f64, f64, &Record)> = Vec::new();
    for (at, longest) in longest.into_iter().enumerate() {
        let Some(record) = longest.filter(|_| waited[at] > width / 2.0) else {
            continue;
        };
        let begin = axis.first + at as f64 * width;
        let end = (begin + width).min(axis.last);
        match waits.last_mut() {
            Some((_, last, other)) if *last >= begin - width / 100.0 => {
                *last = end;
                if long(other) < long(record) {
                    *other = record;
                }
            }
            _ => waits.push((begin.max(record.begin), end, record)),
        }
    }
    waits
}

fn swatch(fill: Option<&'static str>, class: &'static str) -> Html {
    html! {
        <svg class="swatch s7" aria-hidden="true">
            <rect {class} width="100%" height="100%" />
            if let Some(fill) = fill {
                <rect {fill} width="100%" height="100%" />
            }
        </svg>
    }
}

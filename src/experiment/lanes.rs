//! Lanes: what each process did when, drawn from its trace.
//!
//! A trace may have lost events and may end in the middle of everything; a lane
//! shows what is known and guesses nothing.

use crate::trace::{Event, HOST, Op, Pid};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a process does during a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpanKind {
    /// From the parent's request until the target is called.
    StartUp,
    /// The target runs.
    Computing,
    /// The target waits for a shared object or another process.
    Waiting,
    /// The target has returned, or the process has ended.
    Idle,
}

impl SpanKind {
    /// All kinds, in the order of a process's life.
    pub const ALL: [SpanKind; 4] = [
        SpanKind::StartUp,
        SpanKind::Computing,
        SpanKind::Waiting,
        SpanKind::Idle,
    ];

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            SpanKind::StartUp => "start-up",
            SpanKind::Computing => "computing",
            SpanKind::Waiting => "waiting",
            SpanKind::Idle => "idle",
        }
    }
}

/// A stretch of time in which a process does one thing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// What it does.
    pub kind: SpanKind,
    /// When that begins, on the trace's clock.
    pub start_us: f64,
    /// When it ends.
    pub end_us: f64,
}

/// One process's spans, in order and without overlaps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lane {
    /// The process.
    pub pid: Pid,
    /// Its name.
    pub name: String,
    /// What it did.
    pub spans: Vec<Span>,
    /// Its exit code, once it has ended.
    pub exit_code: Option<i32>,
}

impl Lane {
    /// How long all spans of one kind take together, in ms.
    pub fn total_ms(&self, kind: SpanKind) -> f64 {
        let of_kind = self.spans.iter().filter(|span| span.kind == kind);
        of_kind
            .map(|span| (span.end_us - span.start_us) / 1000.0)
            .sum()
    }
}

/// Where one worker's time went in one run; the parts add up to the run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Breakdown {
    /// Until its target was called.
    pub startup_ms: f64,
    /// Carrying arguments to it and results back, which no process's own trace
    /// shows: the runner fills it in.
    pub sending_ms: f64,
    /// Its target at work.
    pub computing_ms: f64,
    /// Its target blocked, or done while others were still at work.
    pub waiting_ms: f64,
}

impl Breakdown {
    /// The breakdown of one lane, without sending.
    pub fn of(lane: &Lane) -> Breakdown {
        Breakdown {
            startup_ms: lane.total_ms(SpanKind::StartUp),
            sending_ms: 0.0,
            computing_ms: lane.total_ms(SpanKind::Computing),
            waiting_ms: lane.total_ms(SpanKind::Waiting) + lane.total_ms(SpanKind::Idle),
        }
    }
}

/// The lanes of all processes that lived between two moments, by pid, from the
/// events of their whole lives in any order. What has not ended yet goes on
/// until `to_us`.
///
/// The page itself has a lane only where it ran a target of its own.
pub fn lanes(
    events: &[Event],
    names: impl Fn(Pid) -> String,
    from_us: f64,
    to_us: f64,
) -> Vec<Lane> {
    let mut sorted: Vec<&Event> = events.iter().filter(|e| e.time_us.is_finite()).collect();
    sorted.sort_by_key(|event| event.sequence);
    let mut lives: BTreeMap<Pid, Life> = BTreeMap::new();
    for event in sorted {
        // The parent records the start of its child.
        let pid = match event.op {
            Op::Start => event.object,
            _ => event.pid,
        };
        lives.entry(pid).or_default().record(event);
    }
    lives.retain(|pid, life| *pid != HOST || life.target_begin.or(life.target_end).is_some());
    lives
        .into_iter()
        .filter_map(|(pid, life)| {
            let spans = life.spans(from_us, to_us);
            (!spans.is_empty()).then(|| Lane {
                pid,
                name: names(pid),
                spans,
                exit_code: life.exit_code,
            })
        })
        .collect()
}

/// The moments of one process's life that the trace knows.
#[derive(Default)]
struct Life {
    start: Option<f64>,
    ready: Option<f64>,
    target_begin: Option<f64>,
    target_end: Option<f64>,
    exit: Option<f64>,
    exit_code: Option<i32>,
    /// Finished waits.
    blocks: Vec<(f64, f64)>,
    /// The beginning of a wait that has not ended.
    blocked_since: Option<f64>,
}

impl Life {
    fn record(&mut self, event: &Event) {
        let time = event.time_us;
        // Who calls or returns waits no longer: that wait's end was lost, and
        // with it the wait.
        if matches!(event.op, Op::Ready | Op::TargetBegin | Op::TargetEnd) {
            self.blocked_since = None;
        }
        match event.op {
            Op::Start => self.start = Some(time),
            Op::Ready => self.ready = Some(time),
            Op::TargetBegin => self.target_begin = Some(time),
            Op::TargetEnd => self.target_end = Some(time),
            Op::Exit => {
                self.exit = Some(time);
                self.exit_code = Some(event.operands[0] as i32);
            }
            // After another beginning: the same, the first wait is lost.
            Op::BlockBegin => self.blocked_since = Some(time),
            Op::BlockEnd => {
                if let Some(since) = self.blocked_since.take() {
                    self.blocks.push((since, time));
                }
            }
            // The process's own life is not concerned.
            _ => {}
        }
    }

    fn spans(&self, from_us: f64, to_us: f64) -> Vec<Span> {
        // Dead for the whole window, or not yet born.
        let end = self.target_end.or(self.exit);
        if end.is_some_and(|end| end <= from_us) {
            return Vec::new();
        }
        let mut line = Line {
            from_us,
            to_us,
            now: None,
            spans: Vec::new(),
        };
        // Where the call of the target was lost, the instance was ready just
        // before it; a process that ended too early never called it.
        let begin = self.target_begin.or(self.target_end.and(self.ready));
        let working_until = end.unwrap_or(f64::INFINITY);
        // It returned, but nothing tells when it was called: nothing to draw
        // until then.
        let call_lost = begin.is_none() && self.target_end.is_some();
        line.begin(self.start.or(self.ready).filter(|_| !call_lost));
        line.advance(SpanKind::StartUp, begin.unwrap_or(working_until));
        line.begin(begin);
        if begin.is_some() {
            let open = self.blocked_since.map(|since| (since, f64::INFINITY));
            for (since, until) in self.blocks.iter().copied().chain(open) {
                line.advance(SpanKind::Computing, since.min(working_until));
                line.advance(SpanKind::Waiting, until.min(working_until));
            }
            line.advance(SpanKind::Computing, working_until);
        }
        line.begin(end);
        line.advance(SpanKind::Idle, f64::INFINITY);
        line.spans
    }
}

/// Spans one after the other: time never runs backwards, whatever the events
/// say, and nothing leaves the window.
struct Line {
    from_us: f64,
    to_us: f64,
    /// The end of the last span; nothing before the first moment known.
    now: Option<f64>,
    spans: Vec<Span>,
}

impl Line {
    fn begin(&mut self, moment: Option<f64>) {
        self.now = self.now.or(moment);
    }

    fn advance(&mut self, kind: SpanKind, until: f64) {
        let Some(now) = self.now.filter(|now| *now < until) else {
            return;
        };
        self.now = Some(until);
        let (start_us, end_us) = (now.max(self.from_us), until.min(self.to_us));
        if start_us < end_us {
            self.spans.push(Span {
                kind,
                start_us,
                end_us,
            });
        }
    }
}

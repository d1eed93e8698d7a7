//! Lanes: what each process did when, drawn from its trace.
//!
//! A trace may have lost events and may end in the middle of everything; a lane
//! shows what is known and guesses nothing. Lanes of a run that goes on grow:
//! every event is looked at once.

use super::{
    span::{Span, SpanKind},
    spans::Spans,
};
use manyhands::trace::{Event, HOST, Op, Pid};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What one process did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lane {
    /// The process.
    pub pid: Pid,
    /// Its name.
    pub name: String,
    /// What it did when: in order and without overlaps. Where there were more
    /// than some thousand spans, short neighbours are put together: one span for
    /// each kind, so long and in about that place.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Span>"))]
    pub spans: Spans,
    /// Its exit code, once it has ended.
    pub exit_code: Option<i32>,
}

impl Lane {
    /// How long all spans of one kind take together, in ms.
    pub fn total_ms(&self, kind: SpanKind) -> f64 {
        self.spans.total_us(kind) / 1000.0
    }
}

/// What the processes of a run that goes on were heard to do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// The lanes of those that live, or did in this run.
    pub lanes: Vec<Lane>,
    /// How many events of this run were heard.
    pub events: u64,
    /// How many were lost, as nobody read them in time: lanes may lack waits.
    pub lost: u64,
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
    let mut sorted: Vec<&Event> = events.iter().collect();
    sorted.sort_by_key(|event| event.sequence);
    let mut lives = Lives {
        window: (from_us, to_us),
        ..Lives::default()
    };
    sorted.into_iter().for_each(|event| lives.record(event));
    lives.lanes(names, to_us)
}

/// The lives of all processes that were heard of, as far as they are known.
pub struct Lives {
    all: BTreeMap<Pid, Life>,
    /// From when to when they are looked at.
    window: (f64, f64),
    events: u64,
}

impl Default for Lives {
    fn default() -> Self {
        Lives {
            all: BTreeMap::new(),
            window: (f64::NEG_INFINITY, f64::INFINITY),
            events: 0,
        }
    }
}

impl Lives {
    /// Before a run begins: only how those came up that still live, and what they
    /// wait for, matters to it. As a trace with holes may lack an end, `lives`
    /// says who does.
    pub fn forget(&mut self, lives: impl Fn(Pid) -> bool) {
        self.all.retain(|pid, _| lives(*pid));
        self.all.values_mut().for_each(Life::forget);
        self.events = 0;
    }

    /// A run begins at this moment.
    pub fn begin(&mut self, from_us: f64) {
        self.window.0 = from_us;
    }

    /// One more event; those of one process come in order.
    pub fn record(&mut self, event: &Event) {
        if !event.time_us.is_finite() {
            return;
        }
        self.events += 1;
        // The parent records the start of its child.
        let pid = match event.op {
            Op::Start => event.object,
            _ => event.pid,
        };
        let life = self.all.entry(pid).or_default();
        life.record(event, self.window);
    }

    /// How many events there were since the run began.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The lanes until this moment; its cost does not depend on the events.
    pub fn lanes(&self, names: impl Fn(Pid) -> String, to_us: f64) -> Vec<Lane> {
        let window = (self.window.0, to_us.min(self.window.1));
        let worked =
            |pid: Pid, life: &Life| pid != HOST || life.target_begin.or(life.target_end).is_some();
        let lives = self.all.iter().filter(|(pid, life)| worked(**pid, life));
        lives
            .filter_map(|(pid, life)| {
                let spans = life.spans(window);
                (!spans.is_empty()).then(|| Lane {
                    pid: *pid,
                    name: names(*pid),
                    spans,
                    exit_code: life.exit_code,
                })
            })
            .collect()
    }

    /// The moments of a process's life, once all of them are known.
    pub fn moments(&self, pid: Pid) -> Option<Moments> {
        let life = self.all.get(&pid)?;
        Some(Moments {
            target_begin: life.target_begin?,
            target_end: life.target_end?,
            exit: life.exit?,
            waited: life.line.spans.total_us(SpanKind::Waiting),
        })
    }
}

/// The moments of one process's life, in µs.
pub struct Moments {
    pub target_begin: f64,
    pub target_end: f64,
    pub exit: f64,
    /// How long it waited for others while its target ran.
    pub waited: f64,
}

impl Moments {
    /// Where the time went of a process that was asked for at this moment, in a
    /// run that took so long.
    pub fn breakdown(&self, asked: f64, wall_ms: f64) -> Breakdown {
        let startup_ms = (self.target_begin - asked) / 1e3;
        let called_ms = (self.target_end - self.target_begin) / 1e3;
        let computing_ms = (called_ms - self.waited / 1e3).max(0.0);
        let sending_ms = (self.exit - self.target_end) / 1e3;
        Breakdown {
            startup_ms,
            sending_ms,
            computing_ms,
            waiting_ms: (wall_ms - startup_ms - computing_ms - sending_ms).max(0.0),
        }
    }
}

/// Finished waits that are kept of a process whose target is not known to run.
const WAITS: usize = 1_000;

/// What the trace knows of one process.
#[derive(Default)]
struct Life {
    start: Option<f64>,
    ready: Option<f64>,
    target_begin: Option<f64>,
    target_end: Option<f64>,
    exit: Option<f64>,
    exit_code: Option<i32>,
    /// Finished waits that are not in the line yet.
    waits: Vec<(f64, f64)>,
    /// The beginning of a wait that has not ended.
    blocked_since: Option<f64>,
    /// What cannot change any more.
    line: SpanList,
}

impl Life {
    fn forget(&mut self) {
        self.waits.clear();
        self.line = SpanList::default();
    }

    fn record(&mut self, event: &Event, window: (f64, f64)) {
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
                    if self.waits.len() < WAITS {
                        self.waits.push((since, time));
                    }
                    self.settle(window);
                }
            }
            // The process's own life is not concerned.
            _ => {}
        }
    }

    /// Draws what cannot change any more: all up to the last finished wait of a
    /// target that is known to run.
    fn settle(&mut self, window: (f64, f64)) {
        if self.target_begin.is_some() && self.target_end.is_none() {
            let mut line = std::mem::take(&mut self.line);
            self.draw_waits(&mut line, window);
            self.waits.clear();
            self.line = line;
        }
    }

    /// When it ended, or had nothing left to do.
    fn end(&self) -> Option<f64> {
        self.target_end.or(self.exit)
    }

    /// Draws until the last finished wait.
    fn draw_waits(&self, line: &mut SpanList, window: (f64, f64)) {
        // Where the call of the target was lost, the instance was ready just
        // before it; a process that ended too early never called it.
        let begin = self.target_begin.or(self.target_end.and(self.ready));
        let working_until = self.end().unwrap_or(f64::INFINITY);
        // It returned, but nothing tells when it was called: nothing to draw
        // until then.
        let call_lost = begin.is_none() && self.target_end.is_some();
        line.begin(self.start.or(self.ready).filter(|_| !call_lost));
        line.advance(SpanKind::StartUp, begin.unwrap_or(working_until), window);
        line.begin(begin);
        if begin.is_some() {
            for (since, until) in &self.waits {
                line.advance(SpanKind::Computing, since.min(working_until), window);
                line.advance(SpanKind::Waiting, until.min(working_until), window);
            }
        }
    }

    fn spans(&self, window: (f64, f64)) -> Spans {
        // Dead for the whole window, or not yet born.
        let end = self.end();
        if end.is_some_and(|end| end <= window.0) {
            return Spans::new();
        }
        let mut line = self.line.clone();
        self.draw_waits(&mut line, window);
        let working_until = end.unwrap_or(f64::INFINITY);
        if self
            .target_begin
            .or(self.target_end.and(self.ready))
            .is_some()
        {
            if let Some(since) = self.blocked_since {
                line.advance(SpanKind::Computing, since.min(working_until), window);
                line.advance(SpanKind::Waiting, working_until, window);
            }
            line.advance(SpanKind::Computing, working_until, window);
        }
        line.begin(end);
        line.advance(SpanKind::Idle, f64::INFINITY, window);
        line.spans
    }
}

/// Spans one after the other: time never runs backwards, whatever the events
/// say, and nothing leaves the window.
#[derive(Clone, Default)]
struct SpanList {
    /// The end of the last span; nothing before the first moment known.
    now: Option<f64>,
    spans: Spans,
}

impl SpanList {
    fn begin(&mut self, moment: Option<f64>) {
        self.now = self.now.or(moment);
    }

    fn advance(&mut self, kind: SpanKind, until: f64, (from_us, to_us): (f64, f64)) {
        let Some(now) = self.now.filter(|now| *now < until) else {
            return;
        };
        self.now = Some(until);
        let (start_us, end_us) = (now.max(from_us), until.min(to_us));
        if start_us < end_us {
            self.spans.push(Span {
                kind,
                start_us,
                end_us,
            });
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    /// Two processes that wait for each other in turns.
    fn events(turns: u32) -> Vec<Event> {
        let mut events = Vec::new();
        let mut add = |pid, op, object| {
            let sequence = events.len() as u32;
            events.push(Event {
                sequence,
                time_us: f64::from(sequence) * 10.0,
                pid,
                op,
                object,
                operands: [0, 0],
            });
        };
        for pid in [2, 3] {
            add(HOST, Op::Start, pid);
            add(pid, Op::Ready, 0);
            add(pid, Op::TargetBegin, 0);
        }
        for turn in 0..turns {
            for (pid, other) in [(2, 3), (3, 2)] {
                add(pid, Op::BlockBegin, 64);
                if turn > 0 {
                    add(other, Op::BlockEnd, 64);
                }
            }
        }
        add(2, Op::TargetEnd, 0);
        add(2, Op::Exit, 0);
        events
    }

    fn name(pid: Pid) -> String {
        format!("pid {pid}")
    }

    /// However often they are looked at meanwhile.
    #[test]
    fn lanes_that_grow_are_those_of_all_events() {
        let events = events(400);
        let mut lives = Lives::default();
        lives.begin(25.0);
        for (count, event) in (1..).zip(&events) {
            lives.record(event);
            if count % 10 == 0 || count == events.len() {
                let now = event.time_us + 3.0;
                let whole = lanes(&events[..count], name, 25.0, now);
                assert_eq!(lives.lanes(name, now), whole);
            }
        }
        assert_eq!(lives.events(), events.len() as u64);
    }

    #[test]
    fn a_new_run_begins_with_who_still_lives_and_what_they_wait_for() {
        let events = events(3);
        let end = events.last().map_or(0.0, |event| event.time_us);
        let mut lives = Lives::default();
        events.iter().for_each(|event| lives.record(event));
        assert!(lives.moments(2).is_some() && lives.moments(3).is_none());
        lives.forget(|pid| pid == 3);
        lives.begin(end + 100.0);
        assert_eq!((lives.events(), lives.moments(2).is_none()), (0, true));
        let lanes = lives.lanes(name, end + 200.0);
        assert_eq!(lanes.len(), 1);
        assert_eq!(
            (lanes[0].pid, lanes[0].total_ms(SpanKind::Waiting)),
            (3, 0.1)
        );
    }
}

//! Lanes: what each process did and when, computed from its trace.
//!
//! Events of a trace may be lost, and a trace may end at any moment. A lane shows only
//! what the remaining events prove. The lanes of a running program grow, and each event
//! is processed once.

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
    /// The process's pid.
    pub pid: Pid,
    /// The process's name.
    pub name: String,
    /// What it did, in order and without overlaps. If there were more than a few thousand
    /// spans, short neighbouring spans are merged into one span for each kind, with the same
    /// total length and at about the same time.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Span>"))]
    pub spans: Spans,
    /// The exit code, once it has ended.
    pub exit_code: Option<i32>,
}

impl Lane {
    /// The total time of all spans of one kind, in ms.
    pub fn total_ms(&self, kind: SpanKind) -> f64 {
        self.spans.total_us(kind) / 1000.0
    }
}

/// A snapshot of the lanes of a run that is still going on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveLanes {
    /// The lanes of the processes that are or were alive in this run.
    pub lanes: Vec<Lane>,
    /// The number of events of this run that were received.
    pub events: u64,
    /// The number of events that were lost because they were not read in time. Waits may
    /// be missing in the lanes then.
    pub lost: u64,
}

/// How one worker spent its time in one run, in ms. The parts add up to the run's time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Breakdown {
    /// From the start of the run until the target was called.
    pub startup_ms: f64,
    /// Sending arguments to the worker and results back. A process's own trace does not
    /// show this, so the runner of the experiment fills it in.
    pub sending_ms: f64,
    /// The target computed.
    pub computing_ms: f64,
    /// The target waited, or had returned while other workers still ran.
    pub waiting_ms: f64,
}

impl Breakdown {
    /// The breakdown of one lane, with 0 for sending.
    pub fn of(lane: &Lane) -> Breakdown {
        Breakdown {
            startup_ms: lane.total_ms(SpanKind::StartUp),
            sending_ms: 0.0,
            computing_ms: lane.total_ms(SpanKind::Computing),
            waiting_ms: lane.total_ms(SpanKind::Waiting) + lane.total_ms(SpanKind::Idle),
        }
    }
}

/// The lanes of all processes that were alive between two moments, in the order of their
/// pids. `events` are the events of the whole program, in any order. A span that has not
/// ended lasts until `to_us`.
///
/// The page has a lane only if it ran a target itself.
pub fn lanes(
    events: &[Event],
    names: impl Fn(Pid) -> String,
    from_us: f64,
    to_us: f64,
) -> Vec<Lane> {
    let mut sorted: Vec<&Event> = events.iter().collect();
    sorted.sort_by_key(|event| event.sequence);
    let mut life_cycles = LifeCycles {
        window: (from_us, to_us),
        ..LifeCycles::default()
    };
    sorted
        .into_iter()
        .for_each(|event| life_cycles.record(event));
    life_cycles.lanes(names, to_us)
}

/// The life cycles of all processes that have recorded an event, as far as they are known.
pub struct LifeCycles {
    all: BTreeMap<Pid, LifeCycle>,
    /// The period that the lanes show, in µs.
    window: (f64, f64),
    events: u64,
}

impl Default for LifeCycles {
    fn default() -> Self {
        LifeCycles {
            all: BTreeMap::new(),
            window: (f64::NEG_INFINITY, f64::INFINITY),
            events: 0,
        }
    }
}

impl LifeCycles {
    /// Prepares for a new run: forgets all processes that have ended and the past waits of
    /// the others. `is_alive` says which processes are alive, since the event of an end may
    /// have been lost.
    pub fn forget(&mut self, is_alive: impl Fn(Pid) -> bool) {
        self.all.retain(|pid, _| is_alive(*pid));
        self.all.values_mut().for_each(LifeCycle::forget);
        self.events = 0;
    }

    /// Begins a run at this moment, in µs.
    pub fn begin(&mut self, from_us: f64) {
        self.window.0 = from_us;
    }

    /// Adds an event. The events of one process must come in order.
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

    /// The number of events since the last [`LifeCycles::forget`].
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The lanes until this moment, in µs. The cost does not depend on the number of
    /// events.
    pub fn lanes(&self, names: impl Fn(Pid) -> String, to_us: f64) -> Vec<Lane> {
        let window = (self.window.0, to_us.min(self.window.1));
        let worked = |pid: Pid, life: &LifeCycle| {
            pid != HOST || life.target_begin.or(life.target_end).is_some()
        };
        let life_cycles = self.all.iter().filter(|(pid, life)| worked(**pid, life));
        life_cycles
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

    /// The moments of a process's life cycle; `None` until all of them are known.
    pub fn moments(&self, pid: Pid) -> Option<Moments> {
        let life = self.all.get(&pid)?;
        Some(Moments {
            target_begin: life.target_begin?,
            target_end: life.target_end?,
            exit: life.exit?,
            waited: life.finished.spans.total_us(SpanKind::Waiting),
        })
    }
}

/// The moments of one process's life cycle, in µs on the trace's clock.
pub struct Moments {
    /// When the target was called.
    pub target_begin: f64,
    /// When the target returned.
    pub target_end: f64,
    /// When the process ended.
    pub exit: f64,
    /// The total time that the target waited, in µs.
    pub waited: f64,
}

impl Moments {
    /// How a process spent its time that was requested at the moment `requested_us`, in a
    /// run that took `wall_ms`.
    pub fn breakdown(&self, requested_us: f64, wall_ms: f64) -> Breakdown {
        let startup_ms = (self.target_begin - requested_us) / 1e3;
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

/// The largest number of finished waits that are kept of a process whose target is not
/// known to run.
const MAX_PENDING_WAITS: usize = 1_000;

/// What the trace shows of one process.
#[derive(Default)]
struct LifeCycle {
    start: Option<f64>,
    ready: Option<f64>,
    target_begin: Option<f64>,
    target_end: Option<f64>,
    exit: Option<f64>,
    exit_code: Option<i32>,
    /// Finished waits that are not in `finished` yet: start and end in µs.
    waits: Vec<(f64, f64)>,
    /// The beginning of a wait that has not ended.
    blocked_since: Option<f64>,
    /// The spans that cannot change any more.
    finished: SpanBuilder,
}

impl LifeCycle {
    fn forget(&mut self) {
        self.waits.clear();
        self.finished = SpanBuilder::default();
    }

    fn record(&mut self, event: &Event, window: (f64, f64)) {
        let time = event.time_us;
        // A process that calls its target or returns from it is not waiting. If a wait
        // seems to be open, the event of its end was lost, and the wait is left out.
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
            // If a wait was open already, the event of its end was lost as well.
            Op::BlockBegin => self.blocked_since = Some(time),
            Op::BlockEnd => {
                if let Some(since) = self.blocked_since.take() {
                    if self.waits.len() < MAX_PENDING_WAITS {
                        self.waits.push((since, time));
                    }
                    self.keep_finished_waits(window);
                }
            }
            // The other events do not change what the process does.
            _ => {}
        }
    }

    /// Moves the spans that cannot change any more to `finished`: all up to the last
    /// finished wait of a target that is known to run.
    fn keep_finished_waits(&mut self, window: (f64, f64)) {
        if self.target_begin.is_some() && self.target_end.is_none() {
            let mut finished = std::mem::take(&mut self.finished);
            self.add_waits(&mut finished, window);
            self.waits.clear();
            self.finished = finished;
        }
    }

    /// When the target returned or, if that is not known, when the process ended.
    fn end(&self) -> Option<f64> {
        self.target_end.or(self.exit)
    }

    /// Adds the spans until the end of the last finished wait.
    fn add_waits(&self, finished: &mut SpanBuilder, window: (f64, f64)) {
        // If the event of the target's call was lost, the event just before it is taken,
        // that the instance was ready. A process that ended earlier has no call.
        let begin = self.target_begin.or(self.target_end.and(self.ready));
        let working_until = self.end().unwrap_or(f64::INFINITY);
        // If the target has returned and both events are lost, there is nothing to show
        // until it returned.
        let call_lost = begin.is_none() && self.target_end.is_some();
        finished.begin(self.start.or(self.ready).filter(|_| !call_lost));
        finished.advance(SpanKind::StartUp, begin.unwrap_or(working_until), window);
        finished.begin(begin);
        if begin.is_some() {
            for (since, until) in &self.waits {
                finished.advance(SpanKind::Computing, since.min(working_until), window);
                finished.advance(SpanKind::Waiting, until.min(working_until), window);
            }
        }
    }

    fn spans(&self, window: (f64, f64)) -> Spans {
        // The process had ended before the period began.
        let end = self.end();
        if end.is_some_and(|end| end <= window.0) {
            return Spans::new();
        }
        let mut finished = self.finished.clone();
        self.add_waits(&mut finished, window);
        let working_until = end.unwrap_or(f64::INFINITY);
        if self
            .target_begin
            .or(self.target_end.and(self.ready))
            .is_some()
        {
            if let Some(since) = self.blocked_since {
                finished.advance(SpanKind::Computing, since.min(working_until), window);
                finished.advance(SpanKind::Waiting, working_until, window);
            }
            finished.advance(SpanKind::Computing, working_until, window);
        }
        finished.begin(end);
        finished.advance(SpanKind::Idle, f64::INFINITY, window);
        finished.spans
    }
}

/// Builds the spans of a lane one after the other. They never overlap, even if times in
/// the events go backwards, and they stay within the period that is shown.
#[derive(Clone, Default)]
struct SpanBuilder {
    /// The end of the last span; `None` until the first moment is known.
    now: Option<f64>,
    spans: Spans,
}

impl SpanBuilder {
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

    /// Lanes that grow event by event are equal to the lanes of all events, also if lanes are
    /// computed in between.
    #[test]
    fn lanes_that_grow_are_those_of_all_events() {
        let events = events(400);
        let mut life_cycles = LifeCycles::default();
        life_cycles.begin(25.0);
        for (count, event) in (1..).zip(&events) {
            life_cycles.record(event);
            if count % 10 == 0 || count == events.len() {
                let now = event.time_us + 3.0;
                let expected = lanes(&events[..count], name, 25.0, now);
                assert_eq!(life_cycles.lanes(name, now), expected);
            }
        }
        assert_eq!(life_cycles.events(), events.len() as u64);
    }

    #[test]
    fn a_new_run_keeps_the_living_processes_and_their_waits() {
        let events = events(3);
        let end = events.last().map_or(0.0, |event| event.time_us);
        let mut life_cycles = LifeCycles::default();
        events.iter().for_each(|event| life_cycles.record(event));
        assert!(life_cycles.moments(2).is_some() && life_cycles.moments(3).is_none());
        life_cycles.forget(|pid| pid == 3);
        life_cycles.begin(end + 100.0);
        assert_eq!(
            (life_cycles.events(), life_cycles.moments(2).is_none()),
            (0, true)
        );
        let lanes = life_cycles.lanes(name, end + 200.0);
        assert_eq!(lanes.len(), 1);
        assert_eq!(
            (lanes[0].pid, lanes[0].total_ms(SpanKind::Waiting)),
            (3, 0.1)
        );
    }
}

//! What each thread of a program did, from when to when: the records of the trace.

use crate::waits::Kind;
use manyhands::trace::{Event, Op, Pid};
use std::collections::{BTreeMap, HashMap};

/// How many records are told at once. The others are counted.
const MOST: usize = 1000;

/// What a thread did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// It was being started.
    Starting,
    /// It ran. Its waits are within that.
    Running,
    /// It waited, for this if the program's own code or its interpreter waited, at this
    /// line; 0 for none.
    Waiting(Option<Kind>, u32),
}

/// A record: what a thread did from one moment to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// The process.
    pub process: Pid,
    /// The thread; the first thread of a process has the process's pid.
    pub thread: Pid,
    pub what: What,
    /// In µs on the trace's clock.
    pub begin: f64,
    /// `None` while it goes on.
    pub end: Option<f64>,
    /// Of a wait: the pid and the program's line, or 0, of who sent the message, or of who
    /// held the lock and where it had acquired it; or the pid of the process whose end it
    /// was, and 0.
    pub whom: Option<[u32; 2]>,
}

/// The records of a run.
#[derive(Default)]
pub struct Timeline {
    /// What goes on, from the outside in, and whether that was told.
    open: HashMap<Pid, Vec<(Span, bool)>>,
    /// What has ended and was not told.
    ended: Vec<Span>,
    dropped: u32,
}

impl Timeline {
    /// Takes in an event of a process or thread of the run; `process_of` finds the process.
    pub fn event(&mut self, event: &Event, process_of: &dyn Fn(Pid) -> Option<Pid>) {
        let thread = match event.op {
            Op::Start => event.object,
            _ => event.pid,
        };
        let Some(process) = process_of(thread) else {
            return;
        };
        let now = event.time_us;
        let begin = |what| Span {
            process,
            thread,
            what,
            begin: now,
            end: None,
            whom: None,
        };
        match event.op {
            Op::Start => {
                let spans = vec![(begin(What::Starting), false)];
                self.open.insert(thread, spans);
            }
            Op::Ready => {
                self.end(thread, 0, now);
                let spans = vec![(begin(What::Running), false)];
                self.open.insert(thread, spans);
            }
            Op::BlockBegin => {
                // If a wait was open, its end was lost, and it is not told.
                if let Some(spans) = self.open.get_mut(&thread).filter(|spans| !spans.is_empty()) {
                    let (kind, line) = Kind::of_note(event.operands[1]);
                    spans.truncate(1);
                    spans.push((begin(What::Waiting(kind, line)), false));
                }
            }
            Op::BlockEnd => self.end(thread, 1, now),
            Op::Note => self.waited_for(thread, event.operands),
            Op::Exit => {
                self.end(thread, 0, now);
                self.open.remove(&thread);
            }
            _ => {}
        }
    }

    /// Says for whom a thread has waited.
    fn waited_for(&mut self, thread: Pid, whom: [u32; 2]) {
        let mut ended = self.ended.iter_mut().rev();
        let last = ended.find(|span| span.thread == thread);
        if let Some(span) = last.filter(|span| matches!(span.what, What::Waiting(..))) {
            span.whom = Some(whom);
        }
    }

    /// Ends what goes on in a thread, from the given depth inwards.
    fn end(&mut self, thread: Pid, depth: usize, now: f64) {
        let Some(spans) = self.open.get_mut(&thread) else {
            return;
        };
        for (mut span, _) in spans.drain(depth.min(spans.len())..).rev() {
            span.end = Some(now);
            if self.ended.len() < MOST || !matches!(span.what, What::Waiting(..)) {
                self.ended.push(span);
            } else {
                self.dropped += 1;
            }
        }
    }

    /// The records since the last call, and what has begun since then and goes on; and how
    /// many waits are missing.
    pub fn take(&mut self) -> (Vec<Span>, u32) {
        let mut spans = std::mem::take(&mut self.ended);
        let open: BTreeMap<&Pid, &mut Vec<(Span, bool)>> = self.open.iter_mut().collect();
        for (span, told) in open.into_values().flatten() {
            if !std::mem::replace(told, true) {
                spans.push(span.clone());
            }
        }
        (spans, std::mem::take(&mut self.dropped))
    }
}

impl What {
    /// Its name in the events of `python.js`.
    pub fn name(self) -> &'static str {
        match self {
            What::Starting => "starting",
            What::Running => "running",
            What::Waiting(..) => "waiting",
        }
    }
}

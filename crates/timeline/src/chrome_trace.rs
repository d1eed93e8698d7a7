//! Traces as files that Perfetto and `chrome://tracing` open: the JSON object
//! form of the Trace Event Format.
//!
//! Every process has a track, and each of its threads has a track below it. A track
//! contains:
//! - slices (`X`), which show what the process was doing. They are properly nested even
//!   if events were lost;
//! - instants (`i`), which are single operations;
//! - arrows (`s` and `f`), from the request for a process to the process, and from a
//!   message's sender to its receiver;
//! - counters (`C`): the number of messages in each channel whose puts and gets were
//!   recorded, and the counters of the experiment.
//!
//! The measurements of an experiment are a row of slices of the page. Times are in µs.

use super::{Lane, SpanKind, Trace, trace::Measurement};
use manyhands::trace::{Event, HOST, Op, OutputLine, Pid, Record, Stream};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The number of the page's track of measurements; no process has this number.
const MEASURED: u32 = 0;

/// Writes a trace file of these records, which may be in any order.
pub fn chrome_trace(records: &[Record], names: impl Fn(Pid) -> String) -> String {
    let mut sorted: Vec<&Record> = records.iter().filter(|one| time(one).is_finite()).collect();
    sorted.sort_by_key(|one| sequence(one));
    let mut file = File::default();
    for record in sorted {
        file.record(record);
    }
    file.finish(names)
}

impl Trace {
    /// The trace as a file for Perfetto or `chrome://tracing`. Its `otherData` contains
    /// the numbers of dropped and of lost records.
    pub fn to_chrome(&self) -> String {
        let mut file = File {
            threads: self.threads.clone(),
            dropped: self.dropped(),
            lost: self.lost(),
            ..File::default()
        };
        let mut sorted: Vec<&Record> = self.records().collect();
        sorted.retain(|record| time(record).is_finite());
        // Sequence numbers wrap, and records arrive nearly in order.
        let first = sorted.first().map_or(0, |record| sequence(record));
        sorted.sort_by_key(|record| sequence(record).wrapping_sub(first) as i32);
        sorted.into_iter().for_each(|record| file.record(record));
        file.measurements(&self.measurements);
        for count in &self.counts {
            if count.time_us.is_finite() && count.value.is_finite() {
                file.count(&count.name, HOST, count.time_us, count.value);
            }
        }
        file.finish(|pid| match self.names.get(&pid) {
            Some(name) => name.clone(),
            None => format!("pid {pid}"),
        })
    }
}

/// Writes a trace file of lanes, as a report keeps them, with a slice for each span.
pub fn chrome_trace_of_lanes(lanes: &[Lane]) -> String {
    let mut file = File::default();
    for lane in lanes {
        for span in lane.spans.list() {
            file.track(lane.pid, span.start_us);
            let (name, category) = (span.kind.name(), category(span.kind));
            file.events.push(TraceEvent {
                dur: Some(span.end_us - span.start_us),
                ..TraceEvent::new(name, category, "X", span.start_us, lane.pid)
            });
        }
    }
    file.finish(|pid| {
        let mut found = lanes.iter().filter(|lane| lane.pid == pid);
        found
            .next()
            .map_or_else(String::new, |lane| lane.name.clone())
    })
}

fn category(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Waiting => "wait",
        _ => "life",
    }
}

fn time(record: &Record) -> f64 {
    match record {
        Record::Event(event) => event.time_us,
        Record::Output(line) => line.time_us,
    }
}

fn sequence(record: &Record) -> u32 {
    match record {
        Record::Event(event) => event.sequence,
        Record::Output(line) => line.sequence,
    }
}

/// One event of the file, with the field names of the Trace Event Format: category
/// (`cat`), phase (`ph`), time (`ts`, in µs), thread (`tid`).
#[derive(Serialize)]
struct TraceEvent {
    name: String,
    cat: &'static str,
    ph: &'static str,
    ts: f64,
    pid: Pid,
    tid: u32,
    /// For a slice: its duration in µs.
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    /// For the two ends of an arrow: the arrow's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    /// For an arrow's end: `e`, that is, it leads to the enclosing slice.
    #[serde(skip_serializing_if = "Option::is_none")]
    bp: Option<&'static str>,
    /// For an instant: `t`, that is, it belongs to its thread only.
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<&'static str>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    args: Map<String, Value>,
}

impl TraceEvent {
    fn new(name: &str, cat: &'static str, ph: &'static str, ts: f64, pid: Pid) -> TraceEvent {
        TraceEvent {
            name: name.to_owned(),
            cat,
            ph,
            ts,
            pid,
            tid: pid,
            dur: None,
            id: None,
            bp: None,
            s: None,
            args: Map::new(),
        }
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> TraceEvent {
        self.args.insert(key.to_owned(), value.into());
        self
    }
}

/// A process's track.
#[derive(Default)]
struct Track {
    /// The latest time on the track, in µs. It never goes backwards, even if the clocks
    /// of processes differ.
    now: f64,
    /// The slices that have begun, outermost first: their names, and their indices among
    /// the events.
    open: Vec<(&'static str, usize)>,
}

#[derive(Default)]
struct File {
    events: Vec<TraceEvent>,
    tracks: BTreeMap<Pid, Track>,
    /// For each channel, by its address, the arrows of the messages in it: number and
    /// start time in µs.
    in_channels: BTreeMap<u32, VecDeque<(u64, f64)>>,
    arrows: u64,
    /// The number of messages in each channel whose puts and gets were recorded.
    depths: BTreeMap<u32, i64>,
    /// For each thread, the process or thread that started it.
    threads: BTreeMap<Pid, Pid>,
    dropped: u64,
    lost: u64,
}

impl File {
    fn record(&mut self, record: &Record) {
        match record {
            Record::Event(event) => self.event(event),
            Record::Output(line) => self.output_line(line),
        }
    }

    /// Adds the measurements in a row of their own, one after the other.
    fn measurements(&mut self, measurements: &VecDeque<Measurement>) {
        let latest = self.latest();
        let mut now = 0.0;
        for measurement in measurements {
            let start = measurement.start_us.max(now);
            let end = measurement.end_us.unwrap_or(latest);
            if !(start.is_finite() && end.is_finite() && start <= end) {
                continue;
            }
            self.events.push(TraceEvent {
                tid: MEASURED,
                dur: Some(end - start),
                ..TraceEvent::new(&measurement.name, "measured", "X", start, HOST)
            });
            now = end;
            self.tracks.entry(HOST).or_default();
        }
    }

    fn count(&mut self, name: &str, pid: Pid, time: f64, value: f64) {
        self.tracks.entry(pid).or_default();
        let out = TraceEvent::new(name, "count", "C", time, pid);
        self.events.push(out.with("count", value));
    }

    /// The latest time of all tracks, in µs.
    fn latest(&self) -> f64 {
        let ends = self.tracks.values().map(|track| track.now);
        ends.fold(0.0, f64::max)
    }

    /// The process that a thread belongs to; for a process, the process itself.
    fn owner(&self, pid: Pid) -> Pid {
        let mut owner = pid;
        // A thread may have been started by a thread. The loop ends, since a starter has
        // a smaller pid.
        while let Some(starter) = self.threads.get(&owner).filter(|starter| **starter < owner) {
            owner = *starter;
        }
        owner
    }

    /// Moves the track's time forward to this time, unless it is later already; returns
    /// the track's time.
    fn track(&mut self, pid: Pid, time: f64) -> f64 {
        let track = self.tracks.entry(pid).or_default();
        track.now = track.now.max(time);
        track.now
    }

    fn begin(
        &mut self,
        pid: Pid,
        time: f64,
        name: &'static str,
        cat: &'static str,
    ) -> &mut TraceEvent {
        let at = self.track(pid, time);
        let index = self.events.len();
        let track = self.tracks.entry(pid).or_default();
        track.open.push((name, index));
        self.events.push(TraceEvent::new(name, cat, "X", at, pid));
        self.events.last_mut().expect("it was just put there")
    }

    /// Ends a slice, and also the slices in it whose ends were lost. Does nothing if the
    /// slice's beginning was lost.
    fn end(&mut self, pid: Pid, time: f64, name: &'static str) {
        let at = self.track(pid, time);
        let track = self.tracks.entry(pid).or_default();
        let Some(depth) = track.open.iter().rposition(|(open, _)| *open == name) else {
            return;
        };
        for (_, index) in track.open.drain(depth..) {
            let slice = &mut self.events[index];
            slice.dur = Some(at - slice.ts);
        }
    }

    fn instant(&mut self, pid: Pid, time: f64, name: &str, cat: &'static str) -> &mut TraceEvent {
        let at = self.track(pid, time);
        self.events.push(TraceEvent {
            s: Some("t"),
            ..TraceEvent::new(name, cat, "i", at, pid)
        });
        self.events.last_mut().expect("it was just put there")
    }

    fn arrow(&mut self, ph: &'static str, cat: &'static str, id: u64, pid: Pid, time: f64) {
        let at = self.track(pid, time);
        self.events.push(TraceEvent {
            id: Some(id),
            bp: (ph == "f").then_some("e"),
            ..TraceEvent::new(cat, cat, ph, at, pid)
        });
    }

    fn event(&mut self, event: &Event) {
        let Event {
            pid,
            time_us: time,
            object,
            operands: [first, second],
            ..
        } = *event;
        match event.op {
            Op::Start => {
                if event.is_of_thread() {
                    self.threads.insert(object, pid);
                }
                self.arrows += 1;
                let id = self.arrows;
                self.instant(pid, time, "start", "life")
                    .args
                    .insert("child".into(), object.into());
                self.arrow("s", "start", id, pid, time);
                // The clocks of two processes may differ by a step. An arrow must not
                // lead back in time.
                let time = self.track(pid, time);
                self.begin(object, time, "process", "life");
                self.begin(object, time, "start-up", "life");
                self.arrow("f", "start", id, object, time);
            }
            Op::Ready => {
                self.instant(pid, time, "ready", "life");
            }
            Op::TargetBegin => {
                self.end(pid, time, "start-up");
                self.begin(pid, time, "target", "life");
            }
            Op::TargetEnd => self.end(pid, time, "target"),
            Op::Exit => {
                let out = self.instant(pid, time, "exit", "life");
                out.args.insert("code".into(), (first as i32).into());
                self.end(pid, time, "process");
            }
            Op::BlockBegin => {
                let out = self.begin(pid, time, "waiting", "wait");
                out.args.insert("object".into(), object.into());
                if first != 0 {
                    out.args.insert("holder".into(), first.into());
                }
            }
            Op::BlockEnd => self.end(pid, time, "waiting"),
            Op::TaskBegin => {
                let out = self.begin(pid, time, "chunk", "pool");
                out.args.insert("task".into(), object.into());
                out.args.insert("first".into(), first.into());
                out.args.insert("items".into(), second.into());
            }
            Op::TaskEnd => self.end(pid, time, "chunk"),
            Op::Put | Op::Get => self.message(event),
            Op::Steal => {
                let out = self.instant(pid, time, "steal", "pool");
                out.args.insert("from".into(), object.into());
                out.args.insert("first".into(), first.into());
                out.args.insert("end".into(), second.into());
            }
            // What the numbers mean is known to the program only.
            Op::Note => {}
            Op::Acquire | Op::Release | Op::Notify | Op::Load | Op::Store => {
                let (name, cat) = match event.op {
                    Op::Acquire => ("acquire", "lock"),
                    Op::Release => ("release", "lock"),
                    Op::Notify => ("notify", "lock"),
                    Op::Load => ("load", "memory"),
                    _ => ("store", "memory"),
                };
                let out = self.instant(pid, time, name, cat);
                out.args.insert("object".into(), object.into());
                if cat == "memory" {
                    out.args.insert("bytes".into(), first.into());
                }
            }
        }
    }

    /// Adds the put or get of a message. Messages leave a channel in the order in which
    /// they were put.
    fn message(&mut self, event: &Event) {
        let (pid, time, channel) = (event.pid, event.time_us, event.object);
        let put = event.op == Op::Put;
        let out = self.instant(pid, time, if put { "put" } else { "get" }, "message");
        out.args.insert("channel".into(), channel.into());
        out.args.insert("bytes".into(), event.operands[0].into());
        let at = self.track(pid, time);
        if put {
            self.arrows += 1;
            self.arrow("s", "message", self.arrows, pid, time);
            let arrows = self.in_channels.entry(channel).or_default();
            arrows.push_back((self.arrows, at));
        } else if let Some((id, sent)) = self
            .in_channels
            .get_mut(&channel)
            .and_then(VecDeque::pop_front)
        {
            self.arrow("f", "message", id, pid, time.max(sent));
        }
        // The put of a message may be from before the trace, so the count may not become
        // negative.
        let depth = self.depths.entry(channel).or_default();
        *depth = (*depth + if put { 1 } else { -1 }).max(0);
        let depth = *depth as f64;
        self.count(&format!("channel {channel}"), HOST, at, depth);
    }

    fn output_line(&mut self, line: &OutputLine) {
        let stream = match line.stream {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        };
        let out = self.instant(line.pid, line.time_us, "print", stream);
        out.args.insert("text".into(), line.text.clone().into());
    }

    fn finish(mut self, names: impl Fn(Pid) -> String) -> String {
        let latest = self.latest();
        let pids: Vec<Pid> = self.tracks.keys().copied().collect();
        for pid in &pids {
            // A slice that has not ended lasts until the end of the trace.
            while let Some(name) = self
                .tracks
                .get(pid)
                .and_then(|track| track.open.first().map(|(name, _)| *name))
            {
                self.end(*pid, latest, name);
            }
        }
        // Arrows without an end are removed: their messages were not received.
        let ends: std::collections::BTreeSet<u64> = (self.events.iter())
            .filter(|out| out.ph == "f")
            .filter_map(|out| out.id)
            .collect();
        self.events
            .retain(|out| out.ph != "s" || out.id.is_some_and(|id| ends.contains(&id)));
        let mut events: Vec<TraceEvent> =
            Vec::with_capacity(self.events.len() + 3 * pids.len() + 1);
        let owners: BTreeMap<Pid, Pid> = pids.iter().map(|pid| (*pid, self.owner(*pid))).collect();
        let name = |pid: Pid| match pid {
            HOST => "page".to_owned(),
            _ => names(pid),
        };
        let processes: BTreeSet<Pid> = owners.values().copied().collect();
        for pid in processes {
            let about = |what: &str| TraceEvent::new(what, "__metadata", "M", 0.0, pid);
            events.push(about("process_name").with("name", name(pid)));
            events.push(about("process_sort_index").with("sort_index", pid));
        }
        let threads = owners.iter().map(|(pid, owner)| (*owner, *pid, name(*pid)));
        let measured = (HOST, MEASURED, "measured".to_owned());
        for (pid, tid, name) in threads.chain(
            [measured]
                .into_iter()
                .filter(|_| self.events.iter().any(|out| out.tid == MEASURED)),
        ) {
            let about = TraceEvent::new("thread_name", "__metadata", "M", 0.0, pid);
            events.push(TraceEvent { tid, ..about }.with("name", name));
        }
        for out in &mut self.events {
            out.pid = owners.get(&out.pid).copied().unwrap_or(out.pid);
        }
        // Sorted by time. Events of the same time stay in the order of recording.
        self.events
            .sort_by(|one, other| one.ts.total_cmp(&other.ts));
        events.append(&mut self.events);
        json!({
            "traceEvents": events,
            "displayTimeUnit": "ms",
            "otherData": {
                "made by": "Manyhands",
                "records dropped": self.dropped,
                "records lost": self.lost,
            },
        })
        .to_string()
    }
}

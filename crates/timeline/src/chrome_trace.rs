//! Traces as files that Perfetto and `chrome://tracing` open: the JSON object
//! form of the Trace Event Format.
//!
//! Every process is a track, and each of its threads one below it. On it, slices
//! (`X`) say what it was doing, properly nested whatever the trace lost;
//! instants (`i`) are single operations; arrows (`s` and `f`) lead from a request
//! to the process that it started, and from a message's sender to its receiver.
//! Counters (`C`) say how many messages were in a channel, where puts and gets
//! were recorded, and what else was counted. What was measured is a row of
//! slices of the page. Times are in µs.

use super::{Lane, SpanKind, Trace, trace::Stretch};
use manyhands::trace::{Event, HOST, Op, OutputLine, Pid, Record, Stream};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The page's track of measured stretches: no process has this number.
const MEASURED: u32 = 0;

/// The trace of these records, in any order.
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
    /// The trace as a file, for Perfetto or `chrome://tracing`. How many records
    /// there was no room for, and how many never came, is said in its `otherData`.
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
        file.stretches(&self.stretches);
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

/// The trace of lanes, as a report keeps them: a slice for each span.
pub fn chrome_trace_of_lanes(lanes: &[Lane]) -> String {
    let mut file = File::default();
    for lane in lanes {
        for span in lane.spans.list() {
            file.track(lane.pid, span.start_us);
            let (name, category) = (span.kind.name(), category(span.kind));
            file.out.push(Out {
                dur: Some(span.end_us - span.start_us),
                ..Out::new(name, category, "X", span.start_us, lane.pid)
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

/// One event of the file.
#[derive(Serialize)]
struct Out {
    name: String,
    cat: &'static str,
    ph: &'static str,
    ts: f64,
    pid: Pid,
    tid: u32,
    /// Of a complete slice, its length.
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    /// Of an arrow, which one.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u64>,
    /// Of an arrow's end: it leads to the slice around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    bp: Option<&'static str>,
    /// Of an instant: it concerns its thread only.
    #[serde(skip_serializing_if = "Option::is_none")]
    s: Option<&'static str>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    args: Map<String, Value>,
}

impl Out {
    fn new(name: &str, cat: &'static str, ph: &'static str, ts: f64, pid: Pid) -> Out {
        Out {
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

    fn with(mut self, key: &str, value: impl Into<Value>) -> Out {
        self.args.insert(key.to_owned(), value.into());
        self
    }
}

/// A process's track.
#[derive(Default)]
struct Track {
    /// Time never runs backwards on a track, whatever the clocks say.
    now: f64,
    /// Slices that have begun, outermost first: their names, and where they are
    /// among the events.
    open: Vec<(&'static str, usize)>,
}

#[derive(Default)]
struct File {
    out: Vec<Out>,
    tracks: BTreeMap<Pid, Track>,
    /// Arrows that have begun, by the channel's address, and when.
    in_channels: BTreeMap<u32, VecDeque<(u64, f64)>>,
    arrows: u64,
    /// Messages in channels whose puts and gets were recorded.
    depths: BTreeMap<u32, i64>,
    /// Of threads, who started them.
    threads: BTreeMap<Pid, Pid>,
    /// How many records are missing.
    dropped: u64,
    lost: u64,
}

impl File {
    fn record(&mut self, record: &Record) {
        match record {
            Record::Event(event) => self.event(event),
            Record::Output(line) => self.line(line),
        }
    }

    /// What was measured, in a row of its own: one stretch after the other.
    fn stretches(&mut self, stretches: &VecDeque<Stretch>) {
        let latest = self.latest();
        let mut now = 0.0;
        for stretch in stretches {
            let start = stretch.start_us.max(now);
            let end = stretch.end_us.unwrap_or(latest);
            if !(start.is_finite() && end.is_finite() && start <= end) {
                continue;
            }
            self.out.push(Out {
                tid: MEASURED,
                dur: Some(end - start),
                ..Out::new(&stretch.name, "measured", "X", start, HOST)
            });
            now = end;
            self.tracks.entry(HOST).or_default();
        }
    }

    fn count(&mut self, name: &str, pid: Pid, time: f64, value: f64) {
        self.tracks.entry(pid).or_default();
        let out = Out::new(name, "count", "C", time, pid);
        self.out.push(out.with("count", value));
    }

    /// The end of all tracks.
    fn latest(&self) -> f64 {
        let ends = self.tracks.values().map(|track| track.now);
        ends.fold(0.0, f64::max)
    }

    /// The process that a thread belongs to; a process, to itself.
    fn owner(&self, pid: Pid) -> Pid {
        let mut owner = pid;
        // A thread of a thread of a thread: never in a circle, as numbers only
        // grow.
        while let Some(above) = self.threads.get(&owner).filter(|above| **above < owner) {
            owner = *above;
        }
        owner
    }

    /// The track's time, not before this.
    fn track(&mut self, pid: Pid, time: f64) -> f64 {
        let track = self.tracks.entry(pid).or_default();
        track.now = track.now.max(time);
        track.now
    }

    fn begin(&mut self, pid: Pid, time: f64, name: &'static str, cat: &'static str) -> &mut Out {
        let at = self.track(pid, time);
        let place = self.out.len();
        let track = self.tracks.entry(pid).or_default();
        track.open.push((name, place));
        self.out.push(Out::new(name, cat, "X", at, pid));
        self.out.last_mut().expect("it was just put there")
    }

    /// Ends a slice, and those within it whose ends were lost; nothing where
    /// its beginning was.
    fn end(&mut self, pid: Pid, time: f64, name: &'static str) {
        let at = self.track(pid, time);
        let track = self.tracks.entry(pid).or_default();
        let Some(depth) = track.open.iter().rposition(|(open, _)| *open == name) else {
            return;
        };
        for (_, place) in track.open.drain(depth..) {
            let slice = &mut self.out[place];
            slice.dur = Some(at - slice.ts);
        }
    }

    fn instant(&mut self, pid: Pid, time: f64, name: &str, cat: &'static str) -> &mut Out {
        let at = self.track(pid, time);
        self.out.push(Out {
            s: Some("t"),
            ..Out::new(name, cat, "i", at, pid)
        });
        self.out.last_mut().expect("it was just put there")
    }

    fn arrow(&mut self, ph: &'static str, cat: &'static str, id: u64, pid: Pid, time: f64) {
        let at = self.track(pid, time);
        self.out.push(Out {
            id: Some(id),
            bp: (ph == "f").then_some("e"),
            ..Out::new(cat, cat, ph, at, pid)
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
                // Clocks of two processes may differ by a step: no arrow leads
                // back in time.
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
                out.args.insert("ticket".into(), object.into());
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

    /// A message put or taken: what was put first is taken first.
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
            let line = self.in_channels.entry(channel).or_default();
            line.push_back((self.arrows, at));
        } else if let Some((id, sent)) = self
            .in_channels
            .get_mut(&channel)
            .and_then(VecDeque::pop_front)
        {
            self.arrow("f", "message", id, pid, time.max(sent));
        }
        // Of a message that was there before the trace, only its end is known.
        let depth = self.depths.entry(channel).or_default();
        *depth = (*depth + if put { 1 } else { -1 }).max(0);
        let depth = *depth as f64;
        self.count(&format!("channel {channel}"), HOST, at, depth);
    }

    fn line(&mut self, line: &OutputLine) {
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
            // What has not ended goes on until the end of the trace.
            while let Some(name) = self
                .tracks
                .get(pid)
                .and_then(|track| track.open.first().map(|(name, _)| *name))
            {
                self.end(*pid, latest, name);
            }
        }
        // An arrow that nobody received leads nowhere.
        let ends: std::collections::BTreeSet<u64> = (self.out.iter())
            .filter(|out| out.ph == "f")
            .filter_map(|out| out.id)
            .collect();
        self.out
            .retain(|out| out.ph != "s" || out.id.is_some_and(|id| ends.contains(&id)));
        let mut events: Vec<Out> = Vec::with_capacity(self.out.len() + 3 * pids.len() + 1);
        let owners: BTreeMap<Pid, Pid> = pids.iter().map(|pid| (*pid, self.owner(*pid))).collect();
        let name = |pid: Pid| match pid {
            HOST => "page".to_owned(),
            _ => names(pid),
        };
        let processes: BTreeSet<Pid> = owners.values().copied().collect();
        for pid in processes {
            let about = |what: &str| Out::new(what, "__metadata", "M", 0.0, pid);
            events.push(about("process_name").with("name", name(pid)));
            events.push(about("process_sort_index").with("sort_index", pid));
        }
        let threads = owners.iter().map(|(pid, owner)| (*owner, *pid, name(*pid)));
        let measured = (HOST, MEASURED, "measured".to_owned());
        for (pid, tid, name) in threads.chain(
            [measured]
                .into_iter()
                .filter(|_| self.out.iter().any(|out| out.tid == MEASURED)),
        ) {
            let about = Out::new("thread_name", "__metadata", "M", 0.0, pid);
            events.push(Out { tid, ..about }.with("name", name));
        }
        for out in &mut self.out {
            out.pid = owners.get(&out.pid).copied().unwrap_or(out.pid);
        }
        // By time, and in the order of happening where times are the same.
        self.out.sort_by(|one, other| one.ts.total_cmp(&other.ts));
        events.append(&mut self.out);
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

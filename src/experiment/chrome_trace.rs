//! Lanes in the Trace Event Format, which Perfetto and Chrome's own viewer open.

use super::{Lane, Report};
use serde::Serialize;

/// What the viewer reads: the "JSON Object Format" of the documented Trace Event
/// Format. Times are in µs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Trace<'a> {
    display_time_unit: &'static str,
    trace_events: Vec<Event<'a>>,
}

#[derive(Serialize)]
struct Event<'a> {
    name: &'a str,
    /// `X` for a stretch with a length, `M` for a name.
    ph: &'static str,
    pid: u32,
    tid: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cat: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ts: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dur: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<Arguments<'a>>,
}

#[derive(Serialize)]
struct Arguments<'a> {
    name: &'a str,
}

impl Report {
    /// What each process did in the last run, as JSON in the Trace Event Format:
    /// for Perfetto (ui.perfetto.dev) and `chrome://tracing`. Every process has
    /// its name and one thread, whose slices are its lane's spans; the first of
    /// all begins at 0.
    pub fn to_chrome_trace(&self) -> String {
        chrome_trace(&self.lanes)
    }
}

fn chrome_trace(lanes: &[Lane]) -> String {
    let spans = lanes.iter().flat_map(|lane| &lane.spans);
    let first = spans
        .map(|span| span.start_us)
        .fold(f64::INFINITY, f64::min);
    let mut trace_events = Vec::new();
    for lane in lanes {
        trace_events.push(Event {
            name: "process_name",
            ph: "M",
            pid: lane.pid,
            tid: lane.pid,
            cat: None,
            ts: None,
            dur: None,
            args: Some(Arguments { name: &lane.name }),
        });
        trace_events.extend(lane.spans.iter().map(|span| Event {
            name: span.kind.name(),
            ph: "X",
            pid: lane.pid,
            tid: lane.pid,
            cat: Some("process"),
            ts: Some(span.start_us - first),
            dur: Some((span.end_us - span.start_us).max(0.0)),
            args: None,
        }));
    }
    let trace = Trace {
        display_time_unit: "ms",
        trace_events,
    };
    serde_json::to_string(&trace).expect("a trace has only string keys and plain values")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Span, SpanKind};
    use serde_json::{Value, json};

    #[test]
    fn lanes_become_named_processes_with_slices() {
        let span = |kind, start_us, end_us| Span {
            kind,
            start_us,
            end_us,
        };
        let lanes = [Lane {
            pid: 7,
            name: "a \"name\"".into(),
            spans: vec![
                span(SpanKind::StartUp, 1_000.5, 1_002.0),
                span(SpanKind::Computing, 1_002.0, 5_000.0),
            ],
            exit_code: Some(0),
        }];
        let trace: Value = serde_json::from_str(&chrome_trace(&lanes)).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        assert_eq!(
            events[0],
            json!({"name": "process_name", "ph": "M", "pid": 7, "tid": 7, "args": {"name": "a \"name\""}})
        );
        assert_eq!(
            events[1],
            json!({"name": "start-up", "ph": "X", "pid": 7, "tid": 7, "cat": "process", "ts": 0.0, "dur": 1.5})
        );
        assert_eq!(events[2]["ts"], json!(1.5));
        assert_eq!(
            chrome_trace(&[]),
            r#"{"displayTimeUnit":"ms","traceEvents":[]}"#
        );
    }
}

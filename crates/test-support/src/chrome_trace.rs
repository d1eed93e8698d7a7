//! Checks that a file is a valid Chrome trace in the Trace Event Format.

use serde_json::Value;
use std::collections::BTreeMap;

/// The events of a file.
pub fn parsed(text: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(text).unwrap();
    file["traceEvents"].as_array().unwrap().clone()
}

/// Asserts what the documented format requires of every file.
pub fn check(events: &[Value]) {
    let mut now: BTreeMap<(u64, u64), f64> = BTreeMap::new();
    let mut arrows: BTreeMap<u64, (Option<f64>, u32)> = BTreeMap::new();
    let mut named = Vec::new();
    let mut threads = Vec::new();
    let mut slices: BTreeMap<(u64, u64), Vec<f64>> = BTreeMap::new();
    for event in events {
        let text = |key: &str| {
            event[key]
                .as_str()
                .unwrap_or_else(|| panic!("no {key}: {event}"))
        };
        let (name, phase) = (text("name"), text("ph"));
        let number = |key: &str| {
            event[key]
                .as_u64()
                .unwrap_or_else(|| panic!("no {key}: {event}"))
        };
        let track = (number("pid"), number("tid"));
        let time = event["ts"]
            .as_f64()
            .unwrap_or_else(|| panic!("no ts: {event}"));
        assert!(time.is_finite());
        if phase == "M" {
            assert!(matches!(
                name,
                "process_name" | "thread_name" | "process_sort_index"
            ));
            if name == "thread_name" {
                threads.push(track);
                assert!(event["args"]["name"].is_string());
            }
            if name == "process_name" {
                named.push(track.0);
                assert!(event["args"]["name"].is_string());
            }
            continue;
        }
        let before = now.insert(track, time).unwrap_or(f64::NEG_INFINITY);
        assert!(before <= time, "time runs backwards: {event}");
        match phase {
            "X" => {
                let dur = event["dur"]
                    .as_f64()
                    .unwrap_or_else(|| panic!("no dur: {event}"));
                assert!(dur >= 0.0, "{event}");
                // The slice is within the enclosing one, or begins after its end.
                let around = slices.entry(track).or_default();
                while around.pop_if(|end| *end <= time + 1e-6).is_some() {}
                let end = time + dur;
                assert!(
                    around.last().is_none_or(|outer| end <= outer + 1e-6),
                    "overlaps: {event}"
                );
                around.push(end);
            }
            "C" => assert!(event["args"]["count"].as_f64().unwrap() >= 0.0),
            "i" => assert_eq!(event["s"], "t"),
            "s" => {
                let arrow = arrows.entry(number("id")).or_default();
                assert_eq!(arrow.0.replace(time), None, "begins twice: {event}");
            }
            "f" => {
                assert_eq!(event["bp"], "e");
                let arrow = arrows.entry(number("id")).or_default();
                assert!(arrow.0.is_some_and(|begin| begin <= time), "{event}");
                arrow.1 += 1;
            }
            other => panic!("unknown phase {other}"),
        }
    }
    assert!(arrows.values().all(|(_, ends)| *ends == 1), "{arrows:?}");
    assert!(
        now.keys().all(|(pid, _)| named.contains(pid)),
        "a process without a name"
    );
    assert!(
        now.keys().all(|track| threads.contains(track)),
        "a thread without a name: {threads:?}"
    );
    let once = named.iter().collect::<std::collections::BTreeSet<_>>();
    assert_eq!(once.len(), named.len(), "named twice");
}

//! Reading reports from unknown sources.

use super::{all, series, sharing, speed_up};
use experiments::{MAX_REPORT_BYTES, Machine, Provenance, Report};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

fn refusal(text: &str) -> String {
    let error = Report::read(text).expect_err("it was read").to_string();
    assert!(
        error.starts_with("This is not a report that can be read: "),
        "{error}"
    );
    assert!(
        error.ends_with('.') && error.chars().count() < 600,
        "{error}"
    );
    error
}

fn changed(pointer: &str, value: Value) -> String {
    let mut json: Value = serde_json::from_str(&sharing().to_json()).unwrap();
    *json.pointer_mut(pointer).expect(pointer) = value;
    json.to_string()
}

#[test]
fn every_report_reads_back_as_it_was() {
    for report in all() {
        assert!(
            Report::read(&report.to_json()).unwrap() == report,
            "{:?}",
            report.experiment()
        );
    }
}

#[test]
fn a_report_that_is_cut_off_anywhere_is_recognised() {
    let text = sharing().to_json();
    for end in (0..text.len())
        .step_by(97)
        .filter(|end| text.is_char_boundary(*end))
    {
        let error = refusal(&text[..end]);
        assert!(error.contains("cut off"), "{end}: {error}");
    }
    assert!(refusal("PK\u{3}\u{4}").contains("not JSON"));
    for other in ["[]", "null", "1,1,1", &"[".repeat(100_000)] {
        assert!(refusal(other).contains("not a JSON object"));
    }
    refusal("{}");
}

#[test]
fn other_versions_say_what_to_do() {
    let newer = refusal(&changed("/schema", json!("manyhands-report/3")));
    assert!(
        newer.contains("schema 3, made by a newer Manyhands"),
        "{newer}"
    );
    let older = refusal(r#"{"schema":"manyhands-report/1","experiment":"speed-up","series":[]}"#);
    assert!(older.contains("run the experiment again"), "{older}");
    assert!(refusal(&changed("/schema", json!("pytest/1"))).contains("not one of Manyhands"));
    let unknown = refusal(&changed("/experiment", json!("x".repeat(5_000))));
    assert!(unknown.contains("unknown experiment"), "{unknown}");
}

#[test]
fn excessive_sizes_are_refused() {
    let long = " ".repeat(MAX_REPORT_BYTES + 1);
    assert!(refusal(&long).contains("33 MiB") || refusal(&long).contains("32 MiB"));
    let empty = json!({"id": "a", "label": "a", "model": null, "way": null,
        "axis": {"label": "", "unit": ""}, "measure": {"label": "", "unit": ""}, "points": []});
    let many: Vec<Value> = (0..100_000).map(|_| empty.clone()).collect();
    assert!(refusal(&changed("/series", json!(many))).contains("at most 200"));
    let samples = vec![1.0; 500_001];
    let text = changed("/series/0/points/0/samples", json!(samples));
    assert!(refusal(&text).contains("more than 500000 samples"));
    let points = vec![json!({"x": 1.0, "label": null, "samples": []}); 2_001];
    assert!(refusal(&changed("/series/0/points", json!(points))).contains("more than 2000 points"));
    assert!(refusal(&changed("/series/0/label", json!("x".repeat(301)))).contains("longer than"));
    assert!(refusal(&changed("/series/1/id", json!("unlocked"))).contains("same id"));
    // Other lists and texts are limited, too.
    let ideal =
        |samples: usize| json!({"workers": 1, "speed_up": 1.0, "samples": vec![1.0; samples]});
    for all in [vec![ideal(500_001)], vec![ideal(0); 500_001]] {
        let calibration = json!({"effective_cores": 1.0, "ideal": all});
        let text = changed("/calibration", calibration);
        assert!(refusal(&text).contains("more than 500000 samples"));
    }
    for list in ["digests", "disturbed"] {
        let many = json!(vec![
            if list == "digests" {
                json!("")
            } else {
                json!(0)
            };
            500_001
        ]);
        let text = changed(&format!("/series/0/points/0/{list}"), many);
        assert!(refusal(&text).contains("more than 500000"), "{list}");
    }
    for (pointer, length) in [
        ("/environment/user_agent", 10_001),
        ("/answer", 10_001),
        ("/environment/arena_port", 301),
        ("/environment/recorded_at", 301),
        ("/series/0/axis/label", 301),
        ("/series/0/measure/unit", 301),
        ("/series/0/points/0/expected", 301),
        ("/series/0/way", 301),
    ] {
        let text = changed(pointer, json!("x".repeat(length)));
        assert!(refusal(&text).contains("longer than"), "{pointer}");
    }
    let deep = "[".repeat(100_000);
    refusal(&format!(
        r#"{{"schema":"manyhands-report/2","series":{deep}"#
    ));
}

#[test]
fn impossible_values_are_refused() {
    for (pointer, value, words) in [
        ("/plan/workers", json!(1_000_000), "its plan cannot be"),
        ("/plan/ways", json!(["telepathy"]), "its plan cannot be"),
        ("/plan/start", json!({"a": 1}), "its plan cannot be"),
        ("/series/0/points/0/samples/0", json!("1"), "invalid type"),
        ("/series/0/points/0/samples/0", Value::Null, "invalid type"),
        ("/series/0/model", json!("gpu"), "unknown execution model"),
    ] {
        let error = refusal(&changed(pointer, value));
        assert!(error.contains(words), "{pointer}: {error}");
    }
    let infinite = sharing()
        .to_json()
        .replacen("\"samples\":[0.", "\"samples\":[1e999,0.", 1);
    refusal(&infinite);
}

#[test]
fn names_are_plain_text_and_findings_are_computed_again() {
    let script = "</script><script>alert(1)</script>";
    let text = changed("/series/1/label", json!(script));
    let report = Report::read(&text).unwrap();
    assert_eq!(report.series[1].label, script);
    // The computed parts of a file are ignored.
    let mut json: Value = serde_json::from_str(&sharing().to_json()).unwrap();
    json["findings"] = json!([{"sentence": "Buy this.", "claim": null}]);
    json["sentence"] = json!("Buy this.");
    json["agree"] = json!(false);
    json["charts"] = json!("none");
    json["unknown"] = json!([1, 2, 3]);
    assert!(Report::read(&json.to_string()).unwrap() == sharing());
}

#[test]
fn csv_has_a_line_for_each_sample() {
    let report = speed_up();
    let csv = report.to_csv();
    let samples: usize = report
        .series
        .iter()
        .flat_map(|one| &one.points)
        .map(|one| one.samples.len())
        .sum();
    assert_eq!(csv.lines().count(), samples + 1);
    assert!(
        csv.contains(
            "\nspeed-up,processes,processes,processes-forkserver,,processes,,2,,time,s,0,"
        )
    );
    let columns = csv.lines().next().unwrap().split(',').count();
    assert!(csv.lines().all(|line| line.split(',').count() == columns));
    // A text becomes neither a formula nor a second column.
    let mut recording = super::recording("experiment=sharing");
    let mut odd = series("locked", ("processes", "µs"), &[(1.0, 1.0)]);
    odd.label = "=HYPERLINK(\"http://x\"),1\n2".to_owned();
    recording.series.push(odd);
    let csv = Report::new(recording).to_csv();
    assert!(
        csv.contains("\"'=HYPERLINK(\"\"http://x\"\"),1\n2\""),
        "{csv}"
    );
}

/// The texts are made once, because computing intervals takes long.
static TEXTS: LazyLock<Vec<String>> = LazyLock::new(|| all().iter().map(Report::to_json).collect());

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = Report::read(&text);
    }

    #[test]
    fn no_damage_panics(at in 0.0..1.0_f64, byte in any::<u8>(), which in 0..8_usize) {
        let mut bytes = TEXTS[which].clone().into_bytes();
        let at = (bytes.len() as f64 * at) as usize;
        bytes[at] = byte;
        if let Ok(text) = String::from_utf8(bytes)
            && let Ok(report) = Report::read(&text)
        {
            // A report that was read can be written and read again.
            prop_assert!(Report::read(&report.to_json()).unwrap() == report);
        }
    }
}

#[test]
fn the_provenance_is_kept_and_limited() {
    let mut recording = sharing().recording;
    recording.provenance = Some(Provenance {
        browser: "Chromium 150".to_owned(),
        headless: true,
        machine: Machine {
            processor: "Some CPU".to_owned(),
            cores: 2,
            memory_gib: 7.8,
            system: "Linux".to_owned(),
        },
    });
    let report = Report::new(recording.clone());
    let words = report.provenance.as_ref().unwrap().words();
    assert_eq!(
        words,
        "Chromium 150 without a window (headless), on Some CPU, 2 cores, 8 GiB, Linux"
    );
    let json = report.to_json();
    test_support::report_schema::check(
        &test_support::report_schema::validator(),
        &serde_json::from_str(&json).unwrap(),
    );
    assert!(Report::read(&json).unwrap() == report);
    // A report without provenance does not contain the key.
    assert!(!sharing().to_json().contains("provenance"));
    recording.provenance.as_mut().unwrap().machine.system = "x".repeat(301);
    let error = refusal(&Report::new(recording).to_json());
    assert!(error.contains("300 characters"), "{error}");
}

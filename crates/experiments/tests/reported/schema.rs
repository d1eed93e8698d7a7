//! The published schema describes exactly what reports contain.

use super::all;
use experiments::{Experiment, report_schema};
use serde_json::{Value, json};
use test_support::report_schema::{check, validator};
use timeline::{Lane, Span, SpanKind, Spans};

/// With `UPDATE_SCHEMA=1` in the environment, this test writes the published schema.
#[test]
fn the_published_schema_is_generated_from_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/report.schema.json");
    let generated = report_schema();
    if std::env::var_os("UPDATE_SCHEMA").is_some_and(|value| value == "1") {
        let text = serde_json::to_string_pretty(&generated).unwrap() + "\n";
        std::fs::write(path, text).unwrap();
    }
    assert!(
        test_support::report_schema::schema() == generated,
        "report.schema.json does not fit the types: run this test with UPDATE_SCHEMA=1"
    );
}

#[test]
fn every_experiment_s_report_fits_the_schema() {
    let validator = validator();
    let mut seen = Vec::new();
    for mut report in all() {
        report.recording.lanes = vec![Lane {
            pid: 2,
            name: "Process-1".to_owned(),
            spans: Spans::from_iter([Span {
                kind: SpanKind::StartUp,
                start_us: 1.0,
                end_us: 2.0,
            }]),
            exit_code: Some(-9),
        }];
        seen.push(report.experiment());
        check(
            &validator,
            &serde_json::from_str(&report.to_json()).unwrap(),
        );
    }
    assert_eq!(seen, Experiment::ALL);
}

/// The schema rejects a report with a missing key or with an invalid value.
#[test]
fn invalid_reports_do_not_fit_the_schema() {
    let validator = validator();
    let report: Value = serde_json::from_str(&super::speed_up().to_json()).unwrap();
    check(&validator, &report);
    for key in report.as_object().unwrap().keys() {
        let mut less = report.clone();
        less.as_object_mut().unwrap().remove(key);
        assert!(!validator.is_valid(&less), "without {key}");
    }
    let changes = [
        ("/schema", json!("manyhands-report/3")),
        ("/experiment", json!("messaging")),
        ("/plan/workload", json!("sleep")),
        ("/plan/repeats", json!(51)),
        ("/plan/scaling", json!([])),
        ("/series/0/model", json!("threads")),
        ("/series/0/points/0/samples/0", json!("fast")),
        ("/series/0/points/0/summary/median", Value::Null),
        ("/charts/0/lines/0/role", json!("guessed")),
        ("/findings/0/claim/outcome", json!("maybe")),
        ("/environment/hidden", json!(0)),
    ];
    for (pointer, value) in changes {
        let mut changed = report.clone();
        *changed.pointer_mut(pointer).expect(pointer) = value;
        assert!(!validator.is_valid(&changed), "{pointer}");
    }
}

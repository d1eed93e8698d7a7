//! The recorded reports that come with the page: they fit the published schema, they can be read
//! completely, and the claims have CPython's figures.
#![cfg(not(target_arch = "wasm32"))]

use experiments::{Experiment, Report};
use serde_json::Value;
use std::{fs, path::Path};

/// The largest size of a recorded report, in bytes. Visitors whose browser cannot run experiments
/// download them.
const LARGEST: usize = 200_000;

fn text(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recorded");
    let file = folder.join(format!("{name}.json"));
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn report(experiment: Experiment) -> Report {
    Report::read(&text(experiment.name())).unwrap_or_else(|error| panic!("{experiment}: {error}"))
}

/// Removes the computed parts of a report. In the schema, their descriptions begin with
/// "Computed".
fn without_computed(value: &mut Value, schema: &Value, root: &Value) {
    let schema = resolved(schema, root);
    match value {
        Value::Object(fields) => {
            fields.retain(|key, _| !is_computed(&schema["properties"][key], root));
            for (key, value) in fields {
                without_computed(value, &schema["properties"][key], root);
            }
        }
        Value::Array(all) => {
            for one in all {
                without_computed(one, &schema["items"], root);
            }
        }
        _ => {}
    }
}

fn is_computed(schema: &Value, root: &Value) -> bool {
    let said = [schema, resolved(schema, root)].map(|one| one["description"].as_str());
    (said.into_iter().flatten()).any(|text| text.starts_with("Computed"))
}

fn resolved<'a>(schema: &'a Value, root: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(path) => root.pointer(path.trim_start_matches('#')).expect(path),
        None => schema,
    }
}

#[test]
fn every_experiment_has_a_recorded_report_that_can_be_read() {
    let validator = test_support::report_schema::validator();
    let schema = test_support::report_schema::schema();
    for experiment in Experiment::ALL {
        let text = text(experiment.name());
        assert!(text.len() <= LARGEST, "{experiment}: {} bytes", text.len());
        let report = report(experiment);
        assert_eq!(report.experiment(), experiment);
        assert!(report.agree, "{experiment}: {}", report.sentence);
        let whole: Value = serde_json::from_str(&report.to_json()).unwrap();
        test_support::report_schema::check(&validator, &whole);
        // The file contains everything that was recorded, and nothing that is computed from it.
        let mut recorded = whole;
        without_computed(&mut recorded, &schema, &schema);
        let kept: Value = serde_json::from_str(&text).unwrap();
        assert!(kept == recorded, "{experiment}: something is lost or added");
        assert!(kept["series"][0]["points"][0].get("samples").is_some());
        assert!(kept["series"][0]["points"][0].get("summary").is_none());
    }
}

#[test]
fn each_report_describes_its_machine() {
    for experiment in Experiment::ALL {
        let report = report(experiment);
        let provenance = report.provenance.as_ref().expect("who recorded it");
        assert!(provenance.headless, "{experiment}");
        assert!(provenance.machine.cores >= 1 && provenance.machine.memory_gib > 0.0);
        for words in [&provenance.browser, &provenance.machine.processor] {
            assert!(!words.is_empty(), "{experiment}");
            assert!(provenance.words().contains(words.as_str()), "{experiment}");
        }
        assert!(report.environment.isolated && !report.environment.hidden);
    }
}

#[test]
fn every_claim_gets_its_verdict() {
    for experiment in Experiment::ALL {
        let report = report(experiment);
        let claims: Vec<&str> = (experiment.claims().iter()).map(|claim| claim.id).collect();
        let judged: Vec<&str> = (report.findings.iter())
            .filter_map(|finding| Some(finding.claim.as_ref()?.claim.id))
            .collect();
        assert_eq!(judged, claims, "{experiment}");
    }
}

/// The figures of CPython are the medians of the raw samples in the file.
#[test]
fn cpython_s_figures_are_the_medians_of_its_samples() {
    let recorded: Value = serde_json::from_str(&text("cpython")).unwrap();
    assert_eq!(recorded["schema"], "manyhands-cpython/1");
    let claims = recorded["claims"].as_object().expect("claims");
    let mut found = 0;
    for claim in Experiment::ALL.into_iter().flat_map(Experiment::claims) {
        let Some(figures) = claims.get(claim.id) else {
            assert_eq!(claim.reference(), None, "{}", claim.id);
            continue;
        };
        found += 1;
        let reference = claim.reference().expect(claim.id);
        let python = recorded["python"].as_str().expect("a version");
        assert!(reference.machine.starts_with(python));
        assert!(python.starts_with(&reference.who));
        let figures = figures.as_array().expect("figures");
        assert_eq!(reference.figures.len(), figures.len(), "{}", claim.id);
        for (figure, sampled) in reference.figures.iter().zip(figures) {
            let samples = sampled["samples"].as_array().expect("samples");
            let mut samples: Vec<f64> = samples.iter().filter_map(Value::as_f64).collect();
            samples.sort_by(f64::total_cmp);
            assert!(samples.len() >= 3, "{}: {}", claim.id, figure.label);
            let (low, high) = (samples[(samples.len() - 1) / 2], samples[samples.len() / 2]);
            assert!(
                (figure.value - (low + high) / 2.0).abs() < 1e-9,
                "{figure:?}"
            );
            assert!(reference.text.contains(&figure.label), "{}", reference.text);
        }
    }
    // Each entry of the file belongs to an existing claim.
    assert_eq!(found, claims.len());
}

/// The claims of the tutorials' main list have CPython's figures.
#[test]
fn the_most_common_claims_are_measured_in_cpython() {
    for id in [
        "near-linear",
        "gil-threads",
        "tiny-tasks",
        "start-up-cost",
        "memory-cost",
        "pickling-dominates",
        "pipe-faster",
        "updates-lost",
    ] {
        let mut claims = Experiment::ALL.into_iter().flat_map(Experiment::claims);
        let claim = claims.find(|claim| claim.id == id).expect(id);
        assert!(claim.reference().is_some(), "{id}");
    }
}

//! The published schema of reports.

use jsonschema::Validator;
use serde_json::Value;

/// The schema itself.
pub fn schema() -> Value {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../experiments/report.schema.json"
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Reads the schema and checks that it is a valid schema.
pub fn validator() -> Validator {
    let schema = schema();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// Checks a report against the schema; the error lists all violations.
pub fn check(validator: &Validator, report: &Value) {
    let errors: Vec<String> = (validator.iter_errors(report))
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new());
}

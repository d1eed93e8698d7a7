//! Compares this library's behaviour with CPython's, rule by rule, as a table.

use manyhands::Error;
use serde_json::{Map, Value as Json, json};

/// An intended difference: the rule, our outcome (`None` if any other outcome than CPython's
/// is right), and the reason.
pub type Difference = (&'static str, Option<Json>, &'static str);

/// Python's name of an error, which is the name of its variant.
pub fn name(error: &Error) -> String {
    let text = format!("{error:?}");
    let end = text.find(|c: char| !c.is_alphanumeric());
    text[..end.unwrap_or(text.len())].into()
}

/// An outcome in the form of the recordings; `says` is `null` where the text is not
/// Python's.
pub fn recorded_form(outcome: Result<Json, Error>) -> Json {
    match outcome {
        Ok(value) => json!({ "value": value }),
        Err(error) => {
            let says = match &error {
                Error::ValueError(text)
                | Error::AssertionError(text)
                | Error::OSError(text)
                | Error::RuntimeError(text)
                | Error::IndexError(text) => json!(text),
                _ => Json::Null,
            };
            json!({ "raises": name(&error), "says": says })
        }
    }
}

/// Whether our outcome agrees with Python's. Our error text may continue after Python's.
fn agrees(ours: &Json, pythons: &Json) -> bool {
    if ours.get("raises").is_none() {
        return ours == pythons;
    }
    let says = match (ours["says"].as_str(), pythons["says"].as_str()) {
        (Some(ours), Some(pythons)) => ours == pythons || ours.starts_with(&format!("{pythons}:")),
        _ => true,
    };
    ours["raises"] == pythons["raises"] && says
}

/// The rules of a recording, without the version of Python.
pub fn rules(recording: &str) -> Map<String, Json> {
    let recording: Json = serde_json::from_str(recording).unwrap();
    let mut rules = recording.as_object().unwrap().clone();
    rules.remove("python");
    match rules.remove("rules") {
        Some(Json::Object(rules)) => rules,
        _ => rules,
    }
}

/// Prints a table of all rules of a recording, one line each, which `script/conformance`
/// collects. Panics if a rule is missing, or differs and is not an intended difference.
pub fn check_rules(
    topic: &str,
    recorded: &Map<String, Json>,
    ours: &Map<String, Json>,
    differences: &[Difference],
) {
    let mut wrong = Vec::new();
    for (rule, pythons) in recorded {
        let Some(found) = ours.get(rule) else {
            wrong.push(format!("{rule}: recorded, but not compared"));
            continue;
        };
        let named = differences.iter().find(|(named, ..)| named == rule);
        let kept = match named {
            None => agrees(found, pythons),
            Some((_, None, _)) => !agrees(found, pythons),
            Some((_, Some(expected), _)) => found == expected,
        };
        let verdict = named.map_or("same", |(_, _, why)| why);
        let line = json!(["conformance", topic, rule, pythons, found, verdict]);
        web_log(&line.to_string());
        if !kept {
            wrong.push(format!(
                "{rule}: ours {found}, Python's {pythons}, {verdict}"
            ));
        }
    }
    for (rule, _, why) in differences {
        assert!(
            recorded.contains_key(*rule),
            "{rule} ({why}) is not recorded"
        );
    }
    for rule in ours.keys() {
        assert!(recorded.contains_key(rule), "{rule} is not recorded");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn web_log(line: &str) {
    wasm_bindgen_test::console_log!("{line}");
}

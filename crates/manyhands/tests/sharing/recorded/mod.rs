//! Compares shared objects with CPython's, as `tests/recorded/objects.py` recorded them.
//! Every rule of the recording has its counterpart here, by topic, with the intended
//! differences.

mod pipes;
mod queues;
mod shared;
mod sync;

use super::{prewarm_workers, run_in_process};
use crate::common::conformance::{check_rules, name, recorded_form, rules};
use manyhands::*;
use serde_json::{Map, Value as Json};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The outcome of a rule.
type Outcome = Result<Json, Error>;

fn soon() -> Duration {
    Duration::from_millis(10)
}

fn raises<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    name(&result.unwrap_err())
}

fn null(result: Result<(), Error>) -> Outcome {
    result.map(|()| Json::Null)
}

/// Calls a function in another process.
fn elsewhere<A, M, T>(target: T, arguments: A) -> T::Output
where
    T: Target<A, M>,
    T::Output: serde::Serialize + serde::de::DeserializeOwned + 'static,
{
    let process = Process::spawn(target, arguments).unwrap();
    process.join().unwrap()
}

/// Our outcome of each of these rules that has a counterpart, as JSON.
fn program(rules: Vec<String>) -> String {
    let halves = [
        queues::queues,
        pipes::pipes,
        sync::locks,
        sync::semaphores,
        sync::events_and_conditions,
        sync::barriers,
        shared::values,
        shared::memory,
        shared::lists,
    ];
    let ours: Map<String, Json> = rules
        .into_iter()
        .filter_map(|rule| {
            let outcome = halves.iter().find_map(|half| half(&rule))?;
            Some((rule, recorded_form(outcome)))
        })
        .collect();
    Json::from(ours).to_string()
}

#[test]
async fn every_rule_agrees_with_cpython_or_is_a_named_difference() {
    prewarm_workers().await;
    let recorded = rules(include_str!("../../recorded/objects.json"));
    let names: Vec<String> = recorded.keys().cloned().collect();
    let ours: Json = serde_json::from_str(&run_in_process(program, names).await).unwrap();
    let differences = [
        queues::DIFFERENCES,
        pipes::DIFFERENCES,
        sync::DIFFERENCES,
        shared::DIFFERENCES,
    ];
    let ours = ours.as_object().unwrap();
    check_rules("objects", &recorded, ours, &differences.concat());
}

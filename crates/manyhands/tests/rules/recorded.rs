//! Compares processes with CPython's, as `tests/recorded/process.py` recorded them.

use super::life::loop_until_killed;
use crate::{
    common::conformance::{check_rules, rules},
    setup,
};
use manyhands::*;
use serde_json::{Map, Value, json};
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

/// The exit code of a process, after it has ended in any way.
async fn code(process: Result<Process<()>, Error>) -> Value {
    let process = process.unwrap();
    let _ = process.join_async().await;
    json!(process.exit_code().unwrap())
}

fn text(error: Error) -> String {
    match error {
        Error::ValueError(text) => format!("ValueError: {text}"),
        Error::AssertionError(text) => text,
        other => panic!("{other:?}"),
    }
}

fn leave(how: String) {
    match how.as_str() {
        "None" => exit(()),
        "True" => exit(true),
        "False" => exit(false),
        "'why'" => exit("why"),
        number => exit(number.parse::<i32>().unwrap()),
    }
}

/// A program of its own, so that process names are numbered from 1 as in a script.
fn program() -> String {
    let process = Process::spawn(
        || {
            let names = || (current_process().name, parent_process().unwrap().name);
            Process::spawn(names, ()).unwrap().join().unwrap()
        },
        (),
    );
    let process = process.unwrap();
    let nested = process.join().unwrap();
    let first_name = process.name().unwrap().to_owned();
    let alive_after = process.is_alive().unwrap();
    process.close().unwrap();
    let closed = text(process.is_alive().unwrap_err());

    let forever = Process::spawn(loop_until_killed, ()).unwrap();
    let exitcode_while_alive = forever.exit_code().unwrap();
    let timed_join = forever.join_timeout(Duration::from_millis(10)).unwrap();
    let alive_before = forever.is_alive().unwrap();
    let close_while_alive = text(forever.close().unwrap_err());
    forever.kill().unwrap();
    let _ = forever.join();
    forever.kill().unwrap();

    let daemon = Process::builder()
        .daemon(true)
        .spawn(|| text(Process::spawn(|| (), ()).unwrap_err()), ());
    json!({
        "main_name": current_process().name,
        "main_parent": parent_process().map(|parent| parent.name),
        "first_name": first_name,
        "nested_names": nested,
        "alive_before": alive_before,
        "alive_after": alive_after,
        "closed": closed,
        "exitcode_while_alive": exitcode_while_alive,
        "timed_join": timed_join,
        "close_while_alive": close_while_alive,
        "exitcode_after_second_kill": forever.exit_code().unwrap(),
        "daemon_child": daemon.unwrap().join().unwrap(),
    })
    .to_string()
}

#[test]
async fn every_rule_agrees_with_cpython() {
    setup();
    let recorded = rules(include_str!("../recorded/process.json"));
    let ours: Value = serde_json::from_str(&run(program).await.unwrap()).unwrap();
    let mut ours = ours.as_object().unwrap().clone();
    let mut exits = Map::new();
    for how in recorded["exits"].as_object().unwrap().keys() {
        let found = code(Process::spawn(leave, how.clone())).await;
        exits.insert(how.clone(), found);
    }
    let mut put = |rule: &str, found| ours.insert(rule.into(), found);
    put("exits", exits.into());
    put("returned", code(Process::spawn(|| (), ())).await);
    put("raised", code(Process::spawn(|| panic!("boom"), ())).await);
    for (signal, name) in [(15, "terminated"), (9, "killed")] {
        let process = Process::spawn(loop_until_killed, ()).unwrap();
        let end = if signal == 15 {
            process.terminate()
        } else {
            process.kill()
        };
        end.unwrap();
        put(name, code(Ok(process)).await);
    }
    check_rules("processes", &recorded, &ours, &[]);
}

//! Every call that waits has an `async` form. This test reads the source files, so it
//! also covers waiting calls that are added later.

#![cfg(not(target_arch = "wasm32"))]

use std::{
    fs,
    path::{Path, PathBuf},
};

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The public functions of a source, each with its parameters.
fn public_functions(source: &str) -> Vec<(&str, &str)> {
    let begins = source.match_indices("pub fn ");
    let functions = begins.filter_map(|(at, begin)| {
        let rest = &source[at + begin.len()..];
        let (name, rest) = rest.split_once(['(', '<'])?;
        let (parameters, _) = rest.split_once('{')?;
        Some((name, parameters))
    });
    functions.collect()
}

/// Does the function wait for at most a given time? Functions that only store a time-out
/// do not count.
fn waits_for_a_time(parameters: &str) -> bool {
    let is_builder = parameters.contains("-> Self") || parameters.contains("(mut self");
    let takes_self = parameters.trim_start().starts_with("self");
    let sentinel = parameters.contains("-> Result<bool, Error>");
    // The function itself does not wait, but the iterator's `next` does.
    let is_iterator = parameters.contains("-> AsCompleted");
    parameters.contains("timeout: ")
        && parameters.contains("Duration")
        && !is_builder
        && !is_iterator
        && (!takes_self || sentinel)
}

#[test]
fn every_waiting_call_has_a_form_that_can_be_awaited() {
    let mut files = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut files,
    );
    let mut all = String::new();
    let mut missing = Vec::new();
    for file in &files {
        let source = fs::read_to_string(file).unwrap();
        for (name, parameters) in public_functions(&source) {
            let async_name = format!("{name}_async");
            if waits_for_a_time(parameters)
                && !source.contains(&format!("pub async fn {async_name}"))
            {
                missing.push(format!("{}: {name} has no {async_name}", file.display()));
            }
        }
        all.push_str(&source);
    }
    // The error of a blocking call on the page names the `async` form, which must exist.
    let named = all.split('"').skip(1).step_by(2);
    for name in named.filter(|name| name.ends_with("_async") && !name.contains(' ')) {
        let method = name.rsplit("::").next().unwrap();
        let is_there = all.contains(&format!("pub async fn {method}("))
            || all.contains(&format!("pub async fn {method}<"))
            || all.contains(&format!(" / {method} "));
        if !is_there {
            missing.push(format!("{name} is named, and there is none"));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(files.len() > 50, "the sources were not found");
}

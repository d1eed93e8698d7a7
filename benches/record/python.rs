//! CPython's results, measured by a script on this machine.

use crate::machine::machine;
use serde_json::Value;
use std::process::{Command, Stdio};

const SCRIPT: &str = "benches/python/claims.py";

/// Runs the script; returns a summary and the JSON to store.
pub fn record() -> Result<(String, String), String> {
    // Its progress messages go to this program's standard error stream.
    let output = Command::new("python3")
        .arg(SCRIPT)
        .stderr(Stdio::inherit())
        .output();
    let output = output.map_err(|error| format!("python3 could not be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("{SCRIPT} failed: {}", output.status));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut recorded: Value = serde_json::from_str(&text)
        .map_err(|error| format!("{SCRIPT} printed no JSON: {error}"))?;
    recorded["machine"] = serde_json::to_value(machine()).map_err(|error| error.to_string())?;
    let claims = recorded["claims"]
        .as_object()
        .map_or(0, |claims| claims.len());
    let python = recorded["python"].as_str().unwrap_or_default();
    let summary = format!("{python} measured {claims} claims.");
    Ok((summary, recorded.to_string()))
}

//! CPython's own figures, measured by a script on this machine.

use crate::figures::Figures;
use std::process::Command;

/// Runs a script of `benches/python/` and adds its samples.
pub fn measure(command: &[&str], repeat: usize, figures: &mut Figures) -> Result<(), String> {
    let [script, arguments @ ..] = command else {
        return Ok(());
    };
    let path = format!("benches/python/{script}");
    let output = Command::new("python3").arg(path).args(arguments).output();
    let output = output.map_err(|error| format!("python3 could not be run: {error}"))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let last = text.lines().last().unwrap_or("it said nothing");
        return Err(format!("{script} failed: {last}"));
    }
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let wrong = |error| format!("{script} said {line:?}: {error}");
        let line = serde_json::from_str(line).map_err(wrong)?;
        figures.add_line(repeat, &line);
    }
    Ok(())
}

//! The table of claims: each claim with the results of a browser and of CPython.

use experiments::{Claim, Experiment, Report};
use std::{fmt::Write, fs, path::Path};

/// The table as Markdown, from the recorded reports. CPython's results are those that were
/// compiled into this program.
pub fn table(folder: &Path) -> Result<String, String> {
    let mut rows = String::new();
    let (mut browser, mut cpython) = (String::new(), String::new());
    for experiment in Experiment::ALL {
        let report = read(folder, experiment)?;
        let day: String = report.environment.recorded_at.chars().take(10).collect();
        if let Some(provenance) = &report.provenance {
            browser = format!("{}, {day}", provenance.words());
        }
        for claim in experiment.claims() {
            let there = match claim.reference() {
                Some(reference) => {
                    cpython.clone_from(&reference.machine);
                    reference.text.clone()
                }
                None => "–".to_owned(),
            };
            let _ = writeln!(
                rows,
                "| {} | {} | {} | {} |",
                cell(claim.text),
                cell(claim.rule),
                cell(&here(&report, claim)),
                cell(&there)
            );
        }
    }
    Ok(format!(
        "Browser: {browser}.\nCPython: {cpython}.\n\n\
         | What is said | How it is judged | The browser | CPython |\n|---|---|---|---|\n{rows}"
    ))
}

fn read(folder: &Path, experiment: Experiment) -> Result<Report, String> {
    let file = folder.join(format!("{experiment}.json"));
    let text = fs::read_to_string(&file)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    Report::read(&text).map_err(|error| format!("{}: {error}", file.display()))
}

/// The report's finding for a claim.
fn here(report: &Report, claim: &Claim) -> String {
    let mut findings = report.findings.iter();
    let found = findings.find_map(|finding| {
        let verdict = finding.claim.as_ref()?;
        (verdict.claim.id == claim.id).then(|| {
            let outcome = verdict.outcome.title();
            format!("**{outcome}**: {}", finding.sentence)
        })
    });
    found.unwrap_or_else(|| "not measured".to_owned())
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

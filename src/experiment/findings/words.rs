//! Figures in words.

use crate::experiment::{
    Claim, Experiment,
    report::{Finding, Outcome, Verdict},
};

/// A number with as many digits as mean something.
pub(in crate::experiment) fn number(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude >= 1e15 {
        format!("{value:e}")
    } else if magnitude >= 99.95 || value == value.trunc() {
        let sign = if value < 0.0 { "−" } else { "" };
        format!(
            "{sign}{}",
            crate::workload::grouped(magnitude.round() as u128)
        )
    } else if magnitude >= 9.95 {
        format!("{value:.1}")
    } else if magnitude >= 0.0095 {
        format!("{value:.2}")
    } else {
        format!("{value:.1e}")
    }
}

/// A number with its unit: "3.1 ms".
pub(in crate::experiment) fn with_unit(value: f64, unit: &str) -> String {
    match unit {
        "" => number(value),
        "×" | "%" => format!(
            "{}{}{unit}",
            number(value),
            if unit == "%" { " " } else { "" }
        ),
        _ => format!("{} {unit}", number(value)),
    }
}

/// A factor with as many digits as mean something: "1.9×".
pub(in crate::experiment) fn times(factor: f64) -> String {
    match factor {
        f if f >= 99.5 => format!("{}×", crate::workload::grouped(f.round() as u128)),
        f if f >= 9.95 => format!("{f:.0}×"),
        f if f >= 1.15 => format!("{f:.1}×"),
        f => format!("{f:.2}×"),
    }
}

/// A finding about a claim of the experiment.
pub(super) fn verdict(
    experiment: Experiment,
    id: &str,
    outcome: Outcome,
    sentence: impl Into<String>,
) -> Finding {
    let claim: Option<&'static Claim> = experiment.claims().iter().find(|claim| claim.id == id);
    Finding {
        sentence: sentence.into(),
        claim: claim.map(|claim| Verdict::new(claim, outcome)),
    }
}

/// "1 process", "2 processes".
pub(super) fn processes(count: f64) -> String {
    match count {
        1.0 => "1 process".to_owned(),
        count => format!("{} processes", number(count)),
    }
}

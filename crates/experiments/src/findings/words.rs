//! Words that several findings share.

use crate::{
    catalogue::Experiment,
    claim::Claim,
    numbers::number,
    report::{Finding, Outcome, Verdict},
};

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
        claim: claim.map(|claim| Verdict {
            claim,
            reference: claim.reference(),
            outcome,
        }),
    }
}

/// "1 process", "2 processes".
pub(super) fn processes(count: f64) -> String {
    match count {
        1.0 => "1 process".to_owned(),
        count => format!("{} processes", number(count)),
    }
}

//! Which lessons the visitor has done: those whose program gave an answer. The browser keeps
//! their names.

use super::super::browser;

const KEPT: &str = "manyhands lessons done";

/// The names of the lessons that are done.
pub fn done() -> Vec<String> {
    let kept = browser::kept_text(KEPT).unwrap_or_default();
    kept.split_whitespace().map(str::to_owned).collect()
}

/// Keeps that a lesson is done.
pub fn set_done(name: &str) {
    let mut names = done();
    if !names.iter().any(|other| other == name) {
        names.push(name.to_owned());
        browser::keep_text(KEPT, &names.join(" "));
    }
}

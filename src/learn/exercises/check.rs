//! A question of a sheet, and whether a given answer is right.

use super::super::lesson::{Choice, Lesson};
use std::rc::Rc;

/// A question of a sheet.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The name of its kind: that of a lesson, or of a calculation.
    pub name: String,
    /// In Markdown.
    pub text: String,
    /// In the order in which they are shown; none if a number is to be typed.
    pub choices: Vec<Choice>,
    /// What the seed has drawn: names and values.
    pub settings: Vec<(String, String)>,
    /// How an answer is checked.
    pub check: Check,
}

/// How an answer is checked.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// The program runs, and the lesson reads the answer from the run.
    Run { lesson: Rc<Lesson>, program: String },
    /// The answer is known. A given number may differ by less than the tolerance, or not at
    /// all if it is 0.
    Known {
        answer: f64,
        tolerance: f64,
        /// Why, in Markdown.
        because: String,
    },
}

/// The number that a text gives; a comma may stand for the point.
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    let number: f64 = text.parse().ok()?;
    number.is_finite().then_some(number)
}

/// Whether a given answer is the right one: the same number, or else the same text.
pub fn is_right(given: &str, answer: &str) -> bool {
    match (number(given), number(answer)) {
        (Some(given), Some(answer)) => given == answer,
        _ => given.trim() == answer.trim(),
    }
}

/// Whether a given number is the known answer.
pub fn is_known(given: &str, answer: f64, tolerance: f64) -> bool {
    number(given).is_some_and(|given| given == answer || (given - answer).abs() < tolerance)
}

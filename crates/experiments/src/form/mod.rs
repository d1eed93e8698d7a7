//! The form of a plan: the description of its fields for the page, a URL and a stored
//! report, and the conversion of texts to values.
//!
//! [`plan!`] declares the struct of a plan together with its form; [`choices!`] declares an
//! enum for a field. This folder must not import any experiment.

mod choice;
mod field;
mod number;
mod text;

pub use choice::{Choice, Skew, YesOrNo};
pub(crate) use choice::{
    HAS_THREADS, Named, choices, computing, computing_in_rounds, runnable, waiting,
};
pub(crate) use field::{
    Choosable, FieldType, doubling, doubling_to, one_per_core, one_per_core_up_to_8, plan,
};
pub use field::{Field, Kind, Limit};
pub(crate) use number::MAX_EXACT_INTEGER;

use std::fmt;

/// Access to the fields of a plan by their names.
pub(crate) trait Form: Rules {
    /// The value of the field with this name, as text.
    fn text(&self, name: &str) -> Option<String>;

    /// Sets the field with this name from a text that has been checked. Does nothing if there
    /// is no such field.
    fn set(&mut self, name: &str, text: &str);
}

/// The rules of a plan that concern more than one field.
pub(crate) trait Rules {
    /// Reports values that are valid individually but contradict each other: a field's name
    /// and a message for each.
    fn contradictions(&self, _report: &mut dyn FnMut(&'static str, String)) {}

    /// Adapts the fields that depend on the workload after the workload was changed.
    fn adapt_to_workload(&mut self) {}

    /// Whether the field with this name has an effect.
    fn applies(&self, _name: &str) -> bool {
        true
    }
}

/// An invalid value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field's name, or `experiment`.
    pub field: &'static str,
    /// A sentence that says what is allowed.
    pub message: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Invalid {}

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
pub(crate) use field::{Choosable, FieldType, doubling, doubling_to, few, one_each, plan};
pub use field::{Field, Kind, Limit};
pub(crate) use number::MAX_EXACT_INTEGER;

use std::fmt;

/// A plan, field by field.
pub(crate) trait Form: Rules {
    /// The value of the field of this name, as text.
    fn text(&self, name: &str) -> Option<String>;

    /// Sets the field of this name from a text that was checked; nothing if there
    /// is no such field.
    fn put(&mut self, name: &str, text: &str);
}

/// The rules of a plan that concern more than one field.
pub(crate) trait Rules {
    /// Finds values that are valid each by itself but contradict each other.
    fn contradictions(&self, _say: &mut dyn FnMut(&'static str, String)) {}

    /// Adapts the fields that depend on the workload after the workload was changed.
    fn follow_workload(&mut self) {}

    /// Whether the field of this name has an effect.
    fn applies(&self, _name: &str) -> bool {
        true
    }
}

/// An invalid value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field's name, or `experiment`.
    pub field: &'static str,
    /// A sentence for people, with what is allowed.
    pub message: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Invalid {}

//! The form of a plan: what the page, a URL and a stored report know of its fields,
//! and how a text becomes a field's value.
//!
//! [`plan!`] declares a plan's struct with its form, [`choices!`] an enum that a
//! field may be of. Must not know any experiment.

mod choice;
mod field;
mod number;
mod text;

pub use choice::{Choice, Skew, YesOrNo};
pub(crate) use choice::{
    HAS_THREADS, Named, choices, computing, computing_in_rounds, runnable, waiting,
};
pub(crate) use field::{Choosable, FieldType, doubling, one_each, plan};
pub use field::{Field, Kind, Limit};
pub(crate) use number::EXACT;

use std::fmt;

/// A plan, field by field.
pub(crate) trait Form: Rules {
    /// The value of the field of this name, as text.
    fn text(&self, name: &str) -> Option<String>;

    /// Sets the field of this name from a text that was checked; nothing if there
    /// is no such field.
    fn put(&mut self, name: &str, text: &str);
}

/// What a plan knows beyond its single fields.
pub(crate) trait Rules {
    /// Says which values are possible one by one, but not together.
    fn contradictions(&self, _say: &mut dyn FnMut(&'static str, String)) {}

    /// Another workload was chosen: fields that depend on it follow.
    fn follow_workload(&mut self) {}

    /// Whether the field of this name changes anything.
    fn applies(&self, _name: &str) -> bool {
        true
    }
}

/// What no plan can have, and what to give instead.
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

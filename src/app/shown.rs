//! The report that is shown: the whole of it, and what the page draws.

use crate::experiment::{Report, SpeedUpReport};

/// A report with what is drawn of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The whole report, as it leaves the page.
    pub whole: Report,
    drawn: SpeedUpReport,
}

impl Shown {
    /// A report to be shown.
    pub fn new(whole: Report) -> Shown {
        let drawn = SpeedUpReport::of(&whole);
        Shown { whole, drawn }
    }
}

impl std::ops::Deref for Shown {
    type Target = SpeedUpReport;

    fn deref(&self) -> &SpeedUpReport {
        &self.drawn
    }
}

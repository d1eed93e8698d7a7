//! What an experiment records: each has an enum of its series.

use super::Series;

/// A series of an experiment. Samples are recorded by these, so that there is none
/// for a series that does not exist.
pub(super) trait SeriesId {
    /// The series without points: its id in reports, its label and its units.
    fn series(&self) -> Series;
}

//! What an experiment records: each has an enum of its series.

use super::Series;

/// A series of an experiment. Samples are recorded by these, so that there is none
/// for a series that does not exist.
pub(super) trait SeriesId {
    /// Its id in reports.
    fn id(&self) -> String;

    /// The series without points, with its id, its label and its units.
    fn series(&self) -> Series;
}

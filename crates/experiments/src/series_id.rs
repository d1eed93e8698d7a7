//! The ids of series. Each experiment has an enum of the series that it records.

use super::Series;

/// A series of an experiment. Samples are recorded with these ids, so a sample for a
/// series that does not exist does not compile.
pub(super) trait SeriesId {
    /// The series without points: its id in reports, its label and its units.
    fn series(&self) -> Series;
}

//! The ids of series. Each experiment has an enum of the series that it records.

use super::report::{Recording, Series};

/// A series of an experiment. Samples are recorded and findings look series up with these
/// ids, so a sample or a finding of a series that does not exist does not compile.
pub(super) trait SeriesId {
    /// The series without points: its id in reports, its label and its units.
    fn series(&self) -> Series;
}

impl Recording {
    /// The series that a runner recorded with this id.
    pub(crate) fn measured(&self, id: &dyn SeriesId) -> Option<&Series> {
        self.series_of(&id.series().id)
    }

    /// Those of these series that were recorded, in this order.
    pub(crate) fn measured_of<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a (dyn SeriesId + 'a)>,
    ) -> Vec<&Series> {
        ids.into_iter().filter_map(|id| self.measured(id)).collect()
    }
}

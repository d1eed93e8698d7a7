//! The ids of series. Each experiment has an enum of the series that it records.

use super::report::{Recording, Series};

/// The id of a series of an experiment. Runners record samples with these ids, and findings
/// look up series with them. So code that uses a series that does not exist does not compile.
pub(super) trait SeriesId {
    /// The series without points: its id in reports, its label, its axis and its measure.
    fn series(&self) -> Series;
}

impl Recording {
    /// The series that a runner recorded with this id.
    pub(crate) fn measured(&self, id: &dyn SeriesId) -> Option<&Series> {
        self.series_of(&id.series().id)
    }

    /// The recorded ones among these series, in this order.
    pub(crate) fn measured_of<'a>(
        &self,
        ids: impl IntoIterator<Item = &'a (dyn SeriesId + 'a)>,
    ) -> Vec<&Series> {
        ids.into_iter().filter_map(|id| self.measured(id)).collect()
    }
}

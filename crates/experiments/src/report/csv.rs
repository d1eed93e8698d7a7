//! Writes a report as a table of raw samples, for spreadsheets and data frames.

use super::document::Report;
use charts::csv_cell;
use std::fmt::Write;

/// The headings of the columns.
const COLUMNS: &str = "experiment,series,label,model,way,axis,axis_unit,x,x_label,measure,unit,sample,value,disturbed,outlier,correct\n";

impl Report {
    /// The report's samples as CSV (RFC 4180, but lines end in LF), with one line for each
    /// sample. A text that a spreadsheet would interpret as a formula is preceded by an
    /// apostrophe.
    pub fn to_csv(&self) -> String {
        let mut csv = COLUMNS.to_owned();
        for series in &self.series {
            let before = [
                self.experiment.name(),
                &series.id,
                &series.label,
                series.model.map_or("", |model| model.name()),
                series.way.as_deref().unwrap_or_default(),
                &series.axis.label,
                &series.axis.unit,
            ]
            .map(csv_cell)
            .join(",");
            let measure = [&*series.measure.label, &*series.measure.unit]
                .map(csv_cell)
                .join(",");
            for point in &series.points {
                let label = csv_cell(point.label.as_deref().unwrap_or_default());
                for (index, sample) in point.samples.iter().enumerate() {
                    let disturbed = point.disturbed.contains(&index);
                    let outlier = point.outliers.iter().any(|one| one.index == index);
                    // Writing to a string cannot fail.
                    let _ = writeln!(
                        csv,
                        "{before},{},{label},{measure},{index},{sample},{disturbed},{outlier},{}",
                        point.x, point.correct
                    );
                }
            }
        }
        csv
    }
}

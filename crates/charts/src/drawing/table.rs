//! The data of a chart as a table and as CSV.

use crate::csv_cell;
use crate::geometry::Unit;
use crate::model::{Chart, ChartKind};

/// A chart's data in rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The headings of the columns.
    pub heads: Vec<String>,
    /// The rows, each with one text for each column.
    pub rows: Vec<Vec<String>>,
}

impl Chart {
    /// The data as readable texts: each value with its unit.
    pub fn table(&self) -> Table {
        self.rows_of(|unit, value| unit.write(value))
    }

    /// The data as CSV (RFC 4180, but lines end in LF): numbers without units, which are
    /// in the headings of the columns. A text that a spreadsheet would evaluate as a
    /// formula is prefixed with an apostrophe.
    pub fn to_csv(&self) -> String {
        let mut table = self.rows_of(|_, value| value.to_string());
        table.heads[1] = self.x.title(self.x.unit().name());
        table.heads[2] = self.y.title(self.y.unit().name());
        let mut csv = String::new();
        for row in std::iter::once(&table.heads).chain(&table.rows) {
            let cells: Vec<String> = row.iter().map(|text| csv_cell(text)).collect();
            csv += &cells.join(",");
            csv.push('\n');
        }
        csv
    }

    fn rows_of(&self, write: impl Fn(&Unit, f64) -> String) -> Table {
        let with_samples = matches!(self.kind, ChartKind::Strip | ChartKind::Histogram);
        let (x, y) = (self.x.unit(), self.y.unit());
        let [x_head, y_head] = [&self.x, &self.y].map(|axis| axis.quantity.label.to_string());
        let mut heads = vec!["series".to_owned(), x_head, y_head];
        let dots = || self.lines.iter().flat_map(|line| &line.dots);
        let intervals = dots().any(|dot| dot.interval.is_some());
        if intervals {
            heads.extend(["low".to_owned(), "high".to_owned()]);
        }
        if with_samples {
            heads.extend(["least", "most", "n"].map(str::to_owned));
        }
        let mut rows = Vec::new();
        for line in &self.lines {
            for dot in &line.dots {
                let place = dot.label.clone().unwrap_or_else(|| write(&x, dot.x));
                let mut row = vec![line.label.clone(), place, write(&y, dot.y)];
                if intervals {
                    let ends = dot.interval.map(|(low, high)| [low, high]);
                    row.extend(ends.map_or_else(
                        || [String::new(), String::new()],
                        |ends| ends.map(|end| write(&y, end)),
                    ));
                }
                if with_samples {
                    let least = dot.samples.iter().copied().fold(f64::INFINITY, f64::min);
                    let most = dot
                        .samples
                        .iter()
                        .copied()
                        .fold(f64::NEG_INFINITY, f64::max);
                    row.extend([least, most].map(|end| write(&y, end)));
                    row.push(dot.samples.len().to_string());
                }
                rows.push(row);
            }
        }
        Table { heads, rows }
    }
}

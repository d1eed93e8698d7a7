//! A chart's data as a table, which is also its CSV.

use super::{Kind, Picture};

/// A chart's data in rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The heads of the columns.
    pub heads: Vec<String>,
    /// The rows, each as long as the heads.
    pub rows: Vec<Vec<String>>,
}

impl Picture {
    /// The chart's data for people: each value with its unit.
    pub fn table(&self) -> Table {
        self.rows_of(|unit, value| unit.write(value))
    }

    /// The chart's data for spreadsheets (RFC 4180, lines end in LF): bare
    /// numbers, with their units in the heads of the columns. A text that a
    /// spreadsheet would take for a formula gets an apostrophe before it.
    pub fn to_csv(&self) -> String {
        let mut table = self.rows_of(|_, value| value.to_string());
        table.heads[1] = self.x.title(self.x.unit.name());
        table.heads[2] = self.y.title(self.y.unit.name());
        let mut csv = String::new();
        for row in std::iter::once(&table.heads).chain(&table.rows) {
            let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
            csv += &cells.join(",");
            csv.push('\n');
        }
        csv
    }

    fn rows_of(&self, write: impl Fn(&super::Unit, f64) -> String) -> Table {
        let with_samples = matches!(self.kind, Kind::Strip | Kind::Histogram);
        let mut heads = vec!["".to_owned(), self.x.label.clone(), self.y.label.clone()];
        let dots = || self.series.iter().flat_map(|series| &series.dots);
        let intervals = dots().any(|dot| dot.interval.is_some());
        if intervals {
            heads.extend(["low".to_owned(), "high".to_owned()]);
        }
        if with_samples {
            heads.extend(["least", "most", "n"].map(str::to_owned));
        }
        heads[0] = "series".to_owned();
        let mut rows = Vec::new();
        for series in &self.series {
            for dot in &series.dots {
                let place = dot
                    .label
                    .clone()
                    .unwrap_or_else(|| write(&self.x.unit, dot.x));
                let mut row = vec![series.label.clone(), place, write(&self.y.unit, dot.y)];
                if intervals {
                    let ends = dot.interval.map(|(low, high)| [low, high]);
                    row.extend(ends.map_or_else(
                        || [String::new(), String::new()],
                        |ends| ends.map(|end| write(&self.y.unit, end)),
                    ));
                }
                if with_samples {
                    let least = dot.samples.iter().copied().fold(f64::INFINITY, f64::min);
                    let most = dot
                        .samples
                        .iter()
                        .copied()
                        .fold(f64::NEG_INFINITY, f64::max);
                    row.extend([least, most].map(|end| write(&self.y.unit, end)));
                    row.push(dot.samples.len().to_string());
                }
                rows.push(row);
            }
        }
        Table { heads, rows }
    }
}

fn cell(text: &str) -> String {
    // A number may begin with a minus sign.
    let formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    let text = if formula {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

//! Computes the figures from the samples.

use experiments::Summary;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The samples and the other reports of one group.
#[derive(Default)]
pub struct Figures {
    /// The browser and its version.
    pub engine: String,
    /// The figures in the order in which they were first reported.
    names: Vec<String>,
    units: BTreeMap<String, String>,
    /// The samples by figure, then by repeat and round.
    samples: BTreeMap<String, BTreeMap<(usize, u64), f64>>,
    derived: Vec<Derived>,
    /// The reported texts, by name.
    pub notes: Vec<(String, String)>,
}

/// A figure that is computed from others: (`of` - `minus`) / `to` × `times`.
#[derive(PartialEq)]
struct Derived {
    name: String,
    unit: String,
    of: String,
    minus: Option<String>,
    to: Option<String>,
    times: f64,
}

impl Derived {
    /// Computes the figure; `value` gives the values of the other figures.
    fn value(&self, value: impl Fn(&str) -> Option<f64>) -> Option<f64> {
        let or = |name: &Option<String>, otherwise: f64| match name {
            Some(name) => value(name),
            None => Some(otherwise),
        };
        let difference = value(&self.of)? - or(&self.minus, 0.0)?;
        Some(difference / or(&self.to, 1.0)? * self.times)
    }
}

/// A finished figure.
struct Row {
    name: String,
    unit: String,
    summary: Summary,
    /// For a figure that is computed from others: its value for their medians.
    of_medians: Option<f64>,
}

impl Figures {
    /// Adds the reports of one page.
    pub fn add(&mut self, engine: &str, repeat: usize, lines: &[Value]) -> Result<(), String> {
        self.engine = engine.into();
        for line in lines {
            let text = line.as_str().unwrap_or_default();
            let wrong = |error| format!("the page said {text:?}: {error}");
            self.add_line(repeat, &serde_json::from_str(text).map_err(wrong)?);
        }
        Ok(())
    }

    /// Adds a text, unless it was added before.
    pub fn note(&mut self, name: &str, text: &str) {
        let note = (name.to_owned(), text.to_owned());
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Adds one line of a page's or script's report.
    pub fn add_line(&mut self, repeat: usize, line: &Value) {
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        let name = text("name");
        if let Some(value) = line["value"].as_f64() {
            let round = line["round"].as_u64().unwrap_or_default();
            if !self.names.contains(&name) {
                self.names.push(name.clone());
            }
            self.units.insert(name.clone(), text("unit"));
            let samples = self.samples.entry(name).or_default();
            samples.insert((repeat, round), value);
        } else if line["of"].is_string() {
            let other = |key: &str| line[key].as_str().map(str::to_owned);
            let derived = Derived {
                name,
                unit: other("unit").unwrap_or_else(|| "x".into()),
                of: text("of"),
                minus: other("minus"),
                to: other("to"),
                times: line["times"].as_f64().unwrap_or(1.0),
            };
            if !self.derived.contains(&derived) {
                self.derived.push(derived);
            }
        } else {
            self.note(&name, &text("text"));
        }
    }

    /// The name, the unit and the median of every figure that was sampled.
    pub fn medians(&self) -> impl Iterator<Item = (String, String, f64)> {
        self.samples.iter().filter_map(|(name, samples)| {
            let samples: Vec<f64> = samples.values().copied().collect();
            let median = Summary::of(&samples)?.median;
            Some((name.clone(), self.units[name].clone(), median))
        })
    }

    fn rows(&self) -> Vec<Row> {
        let summary = |name: &str| {
            let samples: Vec<f64> = self.samples.get(name)?.values().copied().collect();
            Summary::of(&samples)
        };
        let plain = self.names.iter().filter_map(|name| {
            Some(Row {
                name: name.clone(),
                unit: self.units[name].clone(),
                summary: summary(name)?,
                of_medians: None,
            })
        });
        let derived = self.derived.iter().filter_map(|derived| {
            let rounds = self.samples.get(&derived.of)?.keys();
            let in_round =
                |round| derived.value(|name| self.samples.get(name)?.get(round).copied());
            Some(Row {
                name: derived.name.clone(),
                unit: derived.unit.clone(),
                summary: Summary::of(&rounds.filter_map(in_round).collect::<Vec<_>>())?,
                of_medians: derived.value(|name| Some(summary(name)?.median)),
            })
        });
        plain.chain(derived).collect()
    }

    /// The figures as a table of text.
    pub fn table(&self) -> String {
        let mut table = String::new();
        let rows = self.rows();
        let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
        for row in rows {
            let Summary {
                median,
                min,
                max,
                n,
                ..
            } = row.summary;
            let _ = write!(
                table,
                "  {:width$}  {:>9} {:5} [{} – {}]  n={n}",
                row.name,
                short(median),
                row.unit,
                short(min),
                short(max),
            );
            if let Some(ratio) = row.of_medians {
                let _ = write!(table, "  of medians {}", short(ratio));
            }
            table.push('\n');
        }
        for (name, text) in &self.notes {
            let _ = writeln!(table, "  {name}: {text}");
        }
        if !table.is_empty() {
            table.insert_str(0, &format!("  {}\n", self.engine));
        }
        table
    }

    /// The figures as JSON.
    pub fn json_lines(&self) -> String {
        let mut lines = String::new();
        for row in self.rows() {
            let mut line = json!({
                "name": row.name,
                "unit": row.unit,
                "median": row.summary.median,
                "min": row.summary.min,
                "max": row.summary.max,
                "n": row.summary.n,
                "engine": self.engine,
            });
            if let Some(ratio) = row.of_medians {
                line["of_medians"] = ratio.into();
            }
            let _ = writeln!(lines, "{line}");
        }
        for (name, text) in &self.notes {
            let line = json!({ "name": name, "text": text, "engine": self.engine });
            let _ = writeln!(lines, "{line}");
        }
        lines
    }
}

/// A number with three significant digits.
pub fn short(number: f64) -> String {
    let digits = match number.abs() {
        0.0 | 100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{number:.digits$}")
}

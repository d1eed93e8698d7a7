//! The texts of a chart's places and points in legends, on axes and in tooltips.

use crate::model::{Axis, Chart, ChartKind, ChartLine, Dot};

impl Chart {
    /// Whether the chart needs a legend. It does not for a single line, or if each row
    /// has its name beside it.
    pub fn has_legend(&self) -> bool {
        let rows = matches!(
            self.kind,
            ChartKind::Bars | ChartKind::Strip | ChartKind::Histogram
        );
        self.lines.len() > 1 && !(rows && self.places().len() == 1)
    }

    /// The places of all lines in order: value and name.
    pub(super) fn places(&self) -> Vec<(f64, String)> {
        let dots = self.lines.iter().flat_map(|line| &line.dots);
        let mut places: Vec<(f64, Option<&str>)> =
            dots.map(|dot| (dot.x, dot.label.as_deref())).collect();
        // Places with a name come first, so that removing duplicates keeps the name.
        places.sort_by(|a, b| a.0.total_cmp(&b.0).then(b.1.is_some().cmp(&a.1.is_some())));
        places.dedup_by(|later, earlier| later.0.total_cmp(&earlier.0).is_eq());
        let name = |(x, name): (f64, Option<&str>)| {
            (x, name.map_or_else(|| self.x.place(x), str::to_owned))
        };
        places.into_iter().map(name).collect()
    }

    /// The text of a dot in lines, of which the first is the heading.
    pub(super) fn words(&self, line: &ChartLine, dot: &Dot) -> Vec<String> {
        let unit = self.y.unit();
        let place = dot.label.clone().unwrap_or_else(|| self.x.place(dot.x));
        let value = unit.write(dot.y);
        let mut words = vec![format!("{place}: {value}")];
        if self.lines.len() > 1 {
            words.insert(0, line.label.clone());
        }
        if let Some((low, high)) = dot.interval.filter(|(low, high)| low < high) {
            let [low, high] = [low, high].map(|end| unit.write(end));
            words.push(format!("95 % interval {low} to {high}"));
        }
        match dot.samples.len() {
            0 => {}
            1 => words.push("a single sample".to_owned()),
            n => words.push(format!("n\u{a0}=\u{a0}{n} samples")),
        }
        words
    }
}

impl Axis {
    /// The text of a place: `1.2 ms`, or `4 workers` if there is no unit.
    pub(super) fn place(&self, x: f64) -> String {
        let unit = self.unit();
        let number = unit.write(x);
        if !unit.name().is_empty() {
            return number;
        }
        let label = &*self.quantity.label;
        // Only "processes" and "workers" have a singular here.
        let one = (label.strip_suffix("es"))
            .filter(|stem| stem.ends_with("ss"))
            .or_else(|| label.strip_suffix('s'));
        match one {
            Some(one) if x == 1.0 => format!("{number} {one}"),
            _ => format!("{number} {label}"),
        }
    }

    /// The heading of an axis whose ticks are in this unit.
    pub(super) fn title(&self, unit: &str) -> String {
        let label = &self.quantity.label;
        match unit {
            "" => label.to_string(),
            "/s" => format!("{label} per second"),
            unit => format!("{label} ({unit})"),
        }
    }
}

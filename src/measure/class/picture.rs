//! One chart of many reports of the same experiment: each laptop a mark, with the median of all
//! and the middle half of them.

use charts::{Axis, Chart, ChartKind, ChartLine, Dot, Role};
use experiments::outliers::outliers;
use experiments::statistics::quartiles;
use experiments::{Experiment, Report};

/// A class's reports of one experiment.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub experiment: Experiment,
    /// How many reports there are.
    pub reports: usize,
    pub chart: Chart,
    /// A sentence about the values that lie far from the others; empty if there is none.
    pub far: String,
    /// The values as a table: laptop by place.
    pub heads: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Every value as CSV.
    pub csv: String,
    /// Whether the reports have different plans.
    pub differ: bool,
}

/// A line of the class's chart.
struct Line {
    label: String,
    dots: Vec<Dot>,
}

/// The pictures of all experiments that there are reports of, in the experiments' order.
pub fn pictures(reports: &[(&str, &Report)]) -> Vec<Picture> {
    let pictures = Experiment::ALL.into_iter().filter_map(|experiment| {
        let own: Vec<(&str, &Report)> = (reports.iter().copied())
            .filter(|(_, report)| report.experiment() == experiment)
            .collect();
        picture(experiment, &own)
    });
    pictures.collect()
}

/// Whether a report was made by the script for CPython and not by a browser.
fn is_cpython(report: &Report) -> bool {
    report.environment.user_agent.starts_with("CPython")
}

fn picture(experiment: Experiment, reports: &[(&str, &Report)]) -> Option<Picture> {
    // The chart that most reports have: their first one.
    let first = reports
        .iter()
        .find_map(|(_, report)| report.charts.first())?;
    let both = reports.iter().any(|(_, report)| is_cpython(report))
        && !reports.iter().all(|(_, report)| is_cpython(report));
    let mut lines: Vec<Line> = Vec::new();
    for (name, report) in reports {
        let Some(chart) = report.chart(&first.id) else {
            continue;
        };
        for line in chart
            .lines
            .iter()
            .filter(|line| line.role == Role::Measured)
        {
            let label = match (both, is_cpython(report)) {
                (false, _) => line.label.clone(),
                (true, true) => format!("{}, CPython", line.label),
                (true, false) => format!("{}, browsers", line.label),
            };
            let at = lines
                .iter()
                .position(|one| one.label == label)
                .unwrap_or_else(|| {
                    lines.push(Line {
                        label,
                        dots: Vec::new(),
                    });
                    lines.len() - 1
                });
            for dot in &line.dots {
                lines[at].add(dot, name);
            }
        }
    }
    for dot in lines.iter_mut().flat_map(|line| &mut line.dots) {
        dot.quartiles = quartiles(&dot.samples);
        dot.y = dot.quartiles.map_or(dot.y, |[_, median, _]| median);
    }
    for line in &mut lines {
        line.dots.sort_by(|a, b| a.x.total_cmp(&b.x));
    }
    let values = || {
        lines
            .iter()
            .flat_map(|line| &line.dots)
            .flat_map(|dot| &dot.samples)
    };
    let y = Axis::of(first.y.quantity.clone(), values().copied());
    let sentence = sentence(&lines, &first.x, &y, reports.len())?;
    let far = far(&lines, &first.x, &y);
    let (heads, rows) = table(&lines, &first.x, &y);
    let csv = csv(experiment, &lines, &first.x, &y);
    let first_plan = &reports.first()?.1.plan;
    Some(Picture {
        experiment,
        reports: reports.len(),
        far,
        heads,
        rows,
        csv,
        differ: reports.iter().any(|(_, report)| report.plan != *first_plan),
        chart: Chart {
            id: format!("class-{experiment}"),
            title: first.title.clone(),
            kind: ChartKind::Strip,
            x: first.x.clone(),
            y,
            lines: (lines.into_iter())
                .map(|line| ChartLine {
                    label: line.label,
                    role: Role::Measured,
                    series: None,
                    dots: line.dots,
                })
                .collect(),
            sentence,
        },
    })
}

impl Line {
    /// Adds a laptop's value to the dot at its place.
    fn add(&mut self, dot: &Dot, name: &str) {
        let same = |one: &&mut Dot| one.x == dot.x && one.label == dot.label;
        let at = match self.dots.iter_mut().find(same) {
            Some(found) => found,
            None => {
                self.dots.push(Dot {
                    x: dot.x,
                    label: dot.label.clone(),
                    ..Dot::default()
                });
                self.dots.last_mut().expect("one was just added")
            }
        };
        at.samples.push(dot.y);
        at.names.push(name.to_owned());
    }
}

fn place(dot: &Dot, x: &Axis) -> String {
    dot.label.clone().unwrap_or_else(|| x.place(dot.x))
}

/// Says what the last of the places shows that most laptops have measured.
fn sentence(lines: &[Line], x: &Axis, y: &Axis, reports: usize) -> Option<String> {
    let dots = lines
        .iter()
        .flat_map(|line| line.dots.iter().map(move |dot| (line, dot)));
    // The last of equals is taken, which is a dot of the first line.
    let (line, dot) = dots.rev().max_by(|(_, a), (_, b)| {
        a.samples
            .len()
            .cmp(&b.samples.len())
            .then(a.x.total_cmp(&b.x))
    })?;
    let [low, median, high] = dot.quartiles?.map(|value| y.unit().write(value));
    let which = match lines.len() {
        1 => String::new(),
        _ => format!(" ({})", line.label),
    };
    let laptops = match reports {
        1 => "1 report".to_owned(),
        several => format!("{several} reports, each a mark"),
    };
    Some(format!(
        "{laptops}. {} at {}{which}: half of them lie between {low} and {high}, with the median \
         at {median}.",
        capitalised(&y.quantity.label),
        place(dot, x)
    ))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next();
    first
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(chars)
        .collect()
}

/// Names the laptops whose values lie far from the others.
fn far(lines: &[Line], x: &Axis, y: &Axis) -> String {
    let mut named = Vec::new();
    for dot in lines.iter().flat_map(|line| &line.dots) {
        for outlier in outliers(&dot.samples) {
            let name = dot.names.get(outlier.index).map_or("", String::as_str);
            let figure = y.unit().write(outlier.value);
            named.push(format!("{name} ({figure} at {})", place(dot, x)));
        }
    }
    match named.is_empty() {
        true => String::new(),
        false => format!("Far from the others: {}.", named.join(", ")),
    }
}

/// Each laptop's values: a row for each laptop, a column for each line and place.
fn table(lines: &[Line], x: &Axis, y: &Axis) -> (Vec<String>, Vec<Vec<String>>) {
    let mut heads = vec!["Laptop".to_owned()];
    let mut names: Vec<&str> = Vec::new();
    let dots: Vec<&Dot> = lines.iter().flat_map(|line| &line.dots).collect();
    for line in lines {
        for dot in &line.dots {
            heads.push(match lines.len() {
                1 => place(dot, x),
                _ => format!("{}: {}", line.label, place(dot, x)),
            });
            for name in &dot.names {
                if !names.contains(&name.as_str()) {
                    names.push(name);
                }
            }
        }
    }
    let rows = names.into_iter().map(|name| {
        let value = |dot: &&Dot| {
            let at = dot.names.iter().position(|one| one == name);
            at.map_or_else(String::new, |at| y.unit().write(dot.samples[at]))
        };
        std::iter::once(name.to_owned())
            .chain(dots.iter().map(value))
            .collect()
    });
    (heads, rows.collect())
}

/// Every value in a line of its own.
fn csv(experiment: Experiment, lines: &[Line], x: &Axis, y: &Axis) -> String {
    let mut csv = "experiment,laptop,series,place,value,unit\n".to_owned();
    for line in lines {
        for dot in &line.dots {
            for (name, value) in dot.names.iter().zip(&dot.samples) {
                let cells = [
                    experiment.name(),
                    name,
                    &line.label,
                    &place(dot, x),
                    &value.to_string(),
                    &y.quantity.unit,
                ];
                csv += &cells.map(charts::csv_cell).join(",");
                csv.push('\n');
            }
        }
    }
    csv
}

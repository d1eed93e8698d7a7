//! One field's value.

use super::{
    field::{Choice, Field, Kind, Limit},
    number::Limits,
    words::shortened,
};
use serde::Serialize;
use workloads::Workload;

/// What a field is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A chosen name.
    Name(&'static str),
    /// Chosen names, in the page's order.
    Names(Vec<&'static str>),
    /// A number.
    Number(u64),
    /// Numbers, from small to large, none twice.
    Numbers(Vec<u64>),
}

impl Value {
    /// As in a control or a URL.
    pub fn text(&self) -> String {
        match self {
            Value::Name(name) => (*name).to_owned(),
            Value::Names(names) => names.join(","),
            Value::Number(number) => number.to_string(),
            Value::Numbers(numbers) => {
                let texts: Vec<String> = numbers.iter().map(u64::to_string).collect();
                texts.join(",")
            }
        }
    }

    pub(super) fn default_of(field: &Field, workload: Option<Workload>, cores: u32) -> Value {
        let within = |number: u64, limit: Limit| {
            let range = limit.range(workload, cores);
            number.clamp(*range.start(), *range.end())
        };
        match field.kind {
            Kind::Choice(_, name) => Value::Name(name),
            Kind::Several(among, names) => {
                let all = among.choices().into_iter().filter(Choice::is_runnable);
                let all = all.map(|choice| choice.name);
                let usual: Vec<_> = all.clone().filter(|name| names.contains(name)).collect();
                // Where none of the usual ones is to be had, the first one is.
                Value::Names(match usual.is_empty() {
                    true => all.take(1).collect(),
                    false => usual,
                })
            }
            Kind::Number(limit, start) => {
                Value::Number(within(start.number(workload, cores), limit))
            }
            Kind::Numbers(limit, row, most) => {
                let numbers = row.numbers(cores).into_iter();
                Value::Numbers(in_order(
                    numbers
                        .map(|number| within(number, limit))
                        .take(most)
                        .collect(),
                ))
            }
        }
    }

    /// The value of a text, or a sentence that says what is allowed.
    pub(super) fn read(
        field: &Field,
        text: &str,
        workload: Option<Workload>,
        cores: u32,
    ) -> Result<Value, String> {
        match field.kind {
            Kind::Choice(..) => one_of(field, text).map(Value::Name),
            Kind::Several(..) => {
                let chosen: Result<Vec<&str>, String> =
                    parts(text).map(|part| one_of(field, part)).collect();
                let chosen = chosen?;
                if chosen.is_empty() {
                    return Err(format!("{}, at least one.", choose(field)));
                }
                let all = field.known().into_iter().map(|choice| choice.name);
                Ok(Value::Names(
                    all.filter(|name| chosen.contains(name)).collect(),
                ))
            }
            Kind::Number(limit, _) => limits(field, limit, workload, cores)
                .parse(text)
                .map(Value::Number),
            Kind::Numbers(limit, _, most) => {
                let limits = limits(field, limit, workload, cores);
                let numbers: Result<Vec<u64>, String> = parts(text)
                    .take(most + 1)
                    .map(|part| limits.parse(part))
                    .collect();
                let numbers = in_order(numbers?);
                if numbers.is_empty() {
                    return Err(limits.parse("").err().unwrap_or_default());
                }
                if parts(text).count() > most {
                    return Err(format!(
                        "{} may be at most {most} numbers, but more were given.",
                        field.label
                    ));
                }
                Ok(Value::Numbers(numbers))
            }
        }
    }
}

/// The parts of a list: with spaces between them, each may have separators of
/// thousands; without spaces, commas are between them.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let spaced = text
        .trim()
        .contains(|c: char| c.is_whitespace() || c == ';');
    text.split(move |c: char| c.is_whitespace() || c == ';' || (!spaced && c == ','))
        .map(|part| part.trim_matches(','))
        .filter(|part| !part.is_empty())
}

fn in_order(mut numbers: Vec<u64>) -> Vec<u64> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

fn one_of(field: &Field, text: &str) -> Result<&'static str, String> {
    let mut known = field.known().into_iter().map(|choice| choice.name);
    known.find(|name| *name == text).ok_or_else(|| {
        let given = match text {
            "" => "nothing was given".to_owned(),
            text => format!("'{}' was given", shortened(text)),
        };
        format!("{}, but {given}.", choose(field))
    })
}

fn choose(field: &Field) -> String {
    let names: Vec<&str> = field.choices().iter().map(|choice| choice.name).collect();
    format!("{}: choose among {}", field.label, names.join(", "))
}

fn limits(field: &Field, limit: Limit, workload: Option<Workload>, cores: u32) -> Limits {
    Limits {
        what: field.label.to_owned(),
        range: limit.range(workload, cores),
        unit: limit.unit(workload),
    }
}

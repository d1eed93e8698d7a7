//! A field's value as text: in a URL, in a control.

use super::{Field, Kind, Limit, Value, number::Limits, words::shortened};
use workloads::Workload;

impl Value {
    /// As in a control or a URL.
    pub fn text(&self) -> String {
        match self {
            Value::Names(names) => names.join(","),
            Value::Number(number) => number.to_string(),
            Value::Numbers(numbers) => {
                let texts: Vec<String> = numbers.iter().map(u64::to_string).collect();
                texts.join(",")
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
            Kind::Choice(..) => one_of(field, text).map(|name| Value::Names(vec![name])),
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
            Kind::Number(limit) => limits(field, limit, workload, cores)
                .parse(text)
                .map(Value::Number),
            Kind::Numbers(limit, most) => {
                let limits = limits(field, limit, workload, cores);
                let numbers: Result<Vec<u64>, String> = parts(text)
                    .take(most + 1)
                    .map(|part| limits.parse(part))
                    .collect();
                let mut numbers = numbers?;
                numbers.sort_unstable();
                numbers.dedup();
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
        what: field.label,
        range: limit.range(workload, cores),
        unit: limit.unit(workload),
    }
}

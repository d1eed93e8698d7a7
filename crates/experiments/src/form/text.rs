//! Converting the text of a control to the value of a field, or to an error message.

use super::{Field, Kind, Limit, number::NumberField};
use crate::words::shortened;
use workloads::Workload;

impl Field {
    /// Checks a text. Returns it as it is written in a URL, or a sentence that says what is
    /// allowed.
    pub(crate) fn check(
        &self,
        text: &str,
        workload: Option<Workload>,
        cores: u32,
    ) -> Result<String, String> {
        match self.kind {
            Kind::Choice(..) => one_of(self, text).map(str::to_owned),
            Kind::Several(..) => {
                let chosen: Result<Vec<&str>, String> =
                    parts(text).map(|part| one_of(self, part)).collect();
                let chosen = chosen?;
                if chosen.is_empty() {
                    return Err(format!("{}, at least one.", choose(self)));
                }
                let mut names = self.all_choices();
                names.retain(|choice| chosen.contains(&choice.name));
                Ok(listed(names.iter().map(|choice| choice.name.to_owned())))
            }
            Kind::Number(limit) => {
                let number = number_field(self, limit, workload, cores).parse(text)?;
                Ok(number.to_string())
            }
            Kind::Numbers(limit, most) => {
                let number_field = number_field(self, limit, workload, cores);
                let numbers: Result<Vec<u64>, String> = parts(text)
                    .take(most + 1)
                    .map(|part| number_field.parse(part))
                    .collect();
                let mut numbers = numbers?;
                numbers.sort_unstable();
                numbers.dedup();
                if numbers.is_empty() {
                    return Err(number_field.parse("").err().unwrap_or_default());
                }
                if parts(text).count() > most {
                    return Err(format!(
                        "{} may be at most {most} numbers, but more were given.",
                        self.label
                    ));
                }
                Ok(listed(numbers.iter().map(u64::to_string)))
            }
        }
    }
}

fn listed(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(",")
}

/// The parts of a list. If it contains spaces or semicolons, these separate the parts, and
/// commas are thousands separators. Otherwise commas separate the parts.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let spaced = text
        .trim()
        .contains(|c: char| c.is_whitespace() || c == ';');
    text.split(move |c: char| c.is_whitespace() || c == ';' || (!spaced && c == ','))
        .map(|part| part.trim_matches(','))
        .filter(|part| !part.is_empty())
}

fn one_of(field: &Field, text: &str) -> Result<&'static str, String> {
    let mut known = field.all_choices().into_iter().map(|choice| choice.name);
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

fn number_field(
    field: &Field,
    limit: Limit,
    workload: Option<Workload>,
    cores: u32,
) -> NumberField {
    NumberField {
        what: field.label,
        range: limit.range(workload, cores),
        unit: limit.unit(workload),
    }
}

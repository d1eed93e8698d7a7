//! Knobs: constants at the top of a program, with values to choose from in a comment:
//! `SIZE = 10  # knob: bytes in each message: 10, 1000, 100_000`.

/// A constant whose value can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// The constant's name.
    pub name: String,
    /// What it is.
    pub label: String,
    /// Its value, as the program says.
    pub value: String,
    pub choices: Vec<String>,
}

/// The knobs of a program.
pub fn knobs(program: &str) -> Vec<Knob> {
    program.lines().filter_map(knob).collect()
}

fn knob(line: &str) -> Option<Knob> {
    let (code, comment) = line.split_once('#')?;
    let comment = comment.trim().strip_prefix("knob:")?;
    let (label, choices) = comment.rsplit_once(": ")?;
    let (name, value) = code.split_once('=')?;
    let name = name.trim();
    let is_name = !name.is_empty()
        && name
            .chars()
            .all(|char| char.is_ascii_uppercase() || char == '_');
    is_name.then(|| Knob {
        name: name.to_owned(),
        label: label.trim().to_owned(),
        value: value.trim().to_owned(),
        choices: choices
            .split(',')
            .map(|choice| choice.trim().to_owned())
            .collect(),
    })
}

/// The program with another value of a knob.
pub fn turned(program: &str, name: &str, value: &str) -> String {
    let lines = program.split('\n').map(|line| match knob(line) {
        Some(knob) if knob.name == name => {
            let comment = line.split_once('#').map_or("", |(_, comment)| comment);
            format!("{name} = {value}  #{comment}")
        }
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The program with the values that an address gives for its knobs. Only values to choose from
/// are taken, because the program runs with them.
pub fn turned_by<'a>(program: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut turned_program = program.to_owned();
    for knob in knobs(program) {
        let given = value(&knob.name);
        let chosen = (knob.choices.iter()).find(|choice| Some(in_address(choice)) == given);
        if let Some(choice) = chosen {
            turned_program = turned(&turned_program, &knob.name, choice);
        }
    }
    turned_program
}

/// The part of an address that [`turned_by`] reads as these values of the knobs, with an `&`
/// before each: those in which the program differs from the lesson's.
pub fn link_part(program: &str, original: &str) -> String {
    let originals = knobs(original);
    let other = knobs(program).into_iter().filter(|knob| {
        let known = originals.iter().find(|one| one.name == knob.name);
        known.is_some_and(|one| one.value != knob.value && one.choices.contains(&knob.value))
    });
    other
        .map(|knob| format!("&{}={}", knob.name, in_address(&knob.value)))
        .collect()
}

/// A value as it stands in an address: without quotation marks.
fn in_address(value: &str) -> &str {
    value.trim_matches('"')
}

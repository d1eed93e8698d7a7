//! The result that is handed in, as JSON and as CSV, and what the browser keeps of it.

use super::check::Question;
use charts::csv_cell;
use std::fmt::Write;

/// The schema's name and version, the first thing in the JSON.
pub const SCHEMA: &str = "manyhands-exercises/1";

/// A given answer that was checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// What was given: a choice's value, or a number as it was typed.
    pub given: String,
    /// What is right.
    pub answer: String,
    pub right: bool,
    /// Why, in Markdown.
    pub because: String,
}

/// The names of the columns of the CSV.
const COLUMNS: &str = "name,seed,number,exercise,settings,given,answer,right";

/// What is handed in.
pub struct Result<'a> {
    /// The visitor's name; may be empty.
    pub name: &'a str,
    pub seed: u32,
    /// When it was saved, as an ISO 8601 string.
    pub saved_at: &'a str,
    pub questions: &'a [Question],
    /// The answers, in the order of the questions.
    pub answers: &'a [Option<Answered>],
}

impl Result<'_> {
    /// How many answers are right.
    pub fn score(&self) -> usize {
        let answers = self.answers.iter().flatten();
        answers.filter(|answered| answered.right).count()
    }

    /// The result as JSON. `score` is how many of the `questions` are right; a question without
    /// an answer has `null` for `given`, `answer` and `right`.
    pub fn to_json(&self) -> String {
        let mut json = format!(
            "{{\"schema\":\"{SCHEMA}\",\"name\":{},\"seed\":{},\"saved_at\":{},\"score\":{},\"of\":{},\"questions\":[",
            text(self.name),
            self.seed,
            text(self.saved_at),
            self.score(),
            self.questions.len()
        );
        for (at, (question, answered)) in self.questions.iter().zip(self.answers).enumerate() {
            if at > 0 {
                json.push(',');
            }
            let settings: Vec<String> = (question.settings.iter())
                .map(|(name, value)| format!("{}:{}", text(name), text(value)))
                .collect();
            let answered = match answered {
                None => "\"given\":null,\"answer\":null,\"right\":null".to_owned(),
                Some(answered) => format!(
                    "\"given\":{},\"answer\":{},\"right\":{}",
                    text(&answered.given),
                    text(&answered.answer),
                    answered.right
                ),
            };
            // Writing to a string cannot fail.
            let _ = write!(
                json,
                "{{\"exercise\":{},\"question\":{},\"settings\":{{{}}},{answered}}}",
                text(&question.name),
                text(&question.text),
                settings.join(",")
            );
        }
        json.push_str("]}\n");
        json
    }

    /// The result as CSV (RFC 4180, but lines end in LF), with one line for each question.
    pub fn to_csv(&self) -> String {
        let mut csv = format!("{COLUMNS}\n");
        for (at, (question, answered)) in self.questions.iter().zip(self.answers).enumerate() {
            let settings: Vec<String> = (question.settings.iter())
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            let [given, answer, right] = match answered {
                None => [String::new(), String::new(), String::new()],
                Some(answered) => [
                    answered.given.clone(),
                    answered.answer.clone(),
                    answered.right.to_string(),
                ],
            };
            let cells = [
                self.name,
                &self.seed.to_string(),
                &(at + 1).to_string(),
                &question.name,
                &settings.join(" "),
                &given,
                &answer,
                &right,
            ];
            csv += &cells.map(csv_cell).join(",");
            csv.push('\n');
        }
        csv
    }
}

/// A text of JSON, in its quotation marks.
fn text(text: &str) -> String {
    let mut json = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => json.extend(['\\', char]),
            // `<` could end a script of a page that contains the JSON.
            '<' | '\0'..='\u{1f}' => {
                let _ = write!(json, "\\u{:04x}", u32::from(char));
            }
            _ => json.push(char),
        }
    }
    json.push('"');
    json
}

/// What the browser keeps of a sheet, so that a reload loses nothing: a line for each answer.
pub fn kept(answers: &[Option<Answered>]) -> String {
    let mut kept = String::new();
    for (at, answered) in answers.iter().enumerate() {
        if let Some(Answered {
            given,
            answer,
            right,
            because,
        }) = answered
        {
            let line = [given, answer, because].map(|part| part.replace(['\t', '\n'], " "));
            let _ = writeln!(kept, "{at}\t{right}\t{}", line.join("\t"));
        }
    }
    kept
}

/// The answers that [`kept`] has written, for so many questions. A line that is not one of its
/// own is passed over.
pub fn unkept(kept: &str, questions: usize) -> Vec<Option<Answered>> {
    let mut answers = vec![None; questions];
    for line in kept.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        if let [at, right, given, answer, because] = parts[..]
            && let (Ok(at), Ok(right)) = (at.parse::<usize>(), right.parse())
            && let Some(place) = answers.get_mut(at)
        {
            *place = Some(Answered {
                given: given.to_owned(),
                answer: answer.to_owned(),
                because: because.to_owned(),
                right,
            });
        }
    }
    answers
}

//! A lesson's file, read into its parts. `lessons/README.md` says how such a file is written.

use super::answer::{Facts, Reading};
use super::knobs::knobs;
use super::waited::{Waited, worth_telling};
use crate::playground::wait::Wait;

/// A lesson, as its two files say.
#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    pub title: String,
    /// What is to be understood, in Markdown.
    pub text: String,
    /// What is asked before the program runs, in Markdown.
    pub question: String,
    pub choices: Vec<Choice>,
    /// How the answer is read from a run.
    pub answer: Reading,
    /// Why the answer is what it is, in Markdown, for all answers that `reasons_for` does not
    /// name. Both may contain, in braces, what is read from the run.
    pub reason: String,
    pub reasons_for: Vec<(String, String)>,
    /// What to look at in the lanes and the output, in Markdown.
    pub look: String,
    /// The program.
    pub program: String,
}

/// One of the answers to choose from.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// The answer that it stands for.
    pub value: String,
    /// What the visitor reads, in Markdown.
    pub text: String,
}

/// Why a run gave its answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reason {
    /// In Markdown. Lines of the program are links to `#line-…`.
    pub text: String,
    /// The wait that it tells of.
    pub wait: Option<Wait>,
}

/// An entry of the list of lessons.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name of the lesson's files, without their endings.
    pub name: String,
    pub title: String,
    /// The heading in the list that it stands under.
    pub group: String,
}

/// Reads the list of lessons: headings, and below them items such as
/// `1. [Two ends of a pipe](pipe.md)`.
///
/// # Errors
/// A sentence about what is wrong with the file.
pub fn read_index(text: &str) -> Result<Vec<Entry>, String> {
    let mut group = String::new();
    let mut entries: Vec<Entry> = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            group = heading.trim().to_owned();
        }
        let Some((_, link)) = line.split_once(". [") else {
            continue;
        };
        let wrong = || format!("index.md: “{line}” should be like “1. [Title](name.md)”.");
        let (title, file) = link.split_once("](").ok_or_else(wrong)?;
        let name = file.trim_end().strip_suffix(".md)").ok_or_else(wrong)?;
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return Err(wrong());
        }
        if entries.iter().any(|entry| entry.name == name) {
            return Err(format!("index.md: {name} stands there twice."));
        }
        entries.push(Entry {
            name: name.to_owned(),
            title: title.to_owned(),
            group: group.clone(),
        });
    }
    if entries.is_empty() {
        return Err("index.md lists no lesson.".to_owned());
    }
    Ok(entries)
}

/// A heading of the lesson's file and what stands below it, until the next heading.
struct Section<'a> {
    level: usize,
    heading: &'a str,
    body: String,
}

impl Lesson {
    /// Reads a lesson from its text and its program.
    ///
    /// # Errors
    /// A sentence about what is wrong with the file.
    pub fn read(text: &str, program: &str) -> Result<Lesson, String> {
        let sections = sections(text)?;
        let first = sections.first().filter(|section| section.level == 1);
        let first = first.ok_or("The file should begin with its title: “# Title”.")?;
        for section in &sections[1..] {
            let known = match section.level {
                2 => ["Question", "Answer", "Because", "Look at"].contains(&section.heading),
                _ => section.level == 3,
            };
            if !known {
                return Err(format!(
                    "“{}” is no heading of a lesson: there are Question, Answer, Because and \
                     Look at, and below Because one for each special answer.",
                    section.heading
                ));
            }
        }
        let section = |name: &str| {
            let found = sections.iter().find(|section| section.heading == name);
            found
                .map(|section| section.body.trim())
                .filter(|body| !body.is_empty())
                .ok_or_else(|| format!("There is nothing under the heading “## {name}”."))
        };
        let (question, choices) = choices(section("Question")?)?;
        let answer = Reading::parse(section("Answer")?)?;
        let mut reasons_for = Vec::new();
        for part in sections.iter().filter(|section| section.level == 3) {
            check_reason(&part.body)?;
            reasons_for.push((part.heading.to_owned(), part.body.trim().to_owned()));
        }
        let reason = section("Because")?.to_owned();
        check_reason(&reason)?;
        if program.trim().is_empty() {
            return Err("The program is empty.".to_owned());
        }
        if let Some(knob) = knobs(program).iter().find(|knob| knob.choices.len() < 2) {
            return Err(format!(
                "The knob {} needs two values to choose from: “{} = 1  # knob: what it is: 1, 2”.",
                knob.name, knob.name
            ));
        }
        Ok(Lesson {
            title: first.heading.to_owned(),
            text: first.body.trim().to_owned(),
            question,
            choices,
            answer,
            reason,
            reasons_for,
            look: section("Look at")?.to_owned(),
            program: program.to_owned(),
        })
    }

    /// The choice that stands for an answer.
    pub fn choice(&self, answer: &str) -> Option<&Choice> {
        self.choices.iter().find(|choice| choice.value == answer)
    }

    /// Why the answer is what it is, with values from the run, and with its longest wait if
    /// the lesson itself tells of none.
    ///
    /// # Errors
    /// A sentence about what the run does not contain.
    pub fn because(&self, answer: &str, run: &Facts) -> Result<Reason, String> {
        let special = self.reasons_for.iter().find(|(value, _)| value == answer);
        let mut wait = None;
        let mut tells_of_waits = false;
        let reason = special.map_or(&self.reason, |(_, reason)| reason);
        let mut text = fill(reason, |inside| {
            let Some(waited) = Waited::parse(inside) else {
                return Reading::parse(inside)?.of(run).map(|value| code(&value));
            };
            tells_of_waits = true;
            wait = wait.take().or_else(|| waited.of(run).cloned());
            Ok(waited.sentence(run))
        })?;
        if let Some(longest) = worth_telling(run).filter(|_| !tells_of_waits) {
            text += &format!("\n\nThe longest wait: {}", longest.text);
            wait = Some(longest.clone());
        }
        Ok(Reason { text, wait })
    }
}

fn sections(text: &str) -> Result<Vec<Section<'_>>, String> {
    let mut sections: Vec<Section> = Vec::new();
    for line in text.lines() {
        let level = line.len() - line.trim_start_matches('#').len();
        if level > 0 && line[level..].starts_with(' ') {
            sections.push(Section {
                level,
                heading: line[level..].trim(),
                body: String::new(),
            });
        } else if let Some(section) = sections.last_mut() {
            section.body.push_str(line);
            section.body.push('\n');
        } else if !line.trim().is_empty() {
            return Err("The file should begin with its title: “# Title”.".to_owned());
        }
    }
    Ok(sections)
}

/// Takes a question and the list of its choices apart.
pub(super) fn choices(text: &str) -> Result<(String, Vec<Choice>), String> {
    let (mut question, mut choices) = (String::new(), Vec::<Choice>::new());
    for line in text.lines() {
        let Some(item) = line.strip_prefix("- ") else {
            question.push_str(line);
            question.push('\n');
            continue;
        };
        let choice = choice(item.trim());
        if choices.iter().any(|other| other.value == choice.value) {
            return Err(format!("The choice “{}” stands there twice.", choice.value));
        }
        choices.push(choice);
    }
    if choices.len() < 2 {
        return Err("The question needs a list of two choices or more: “- one”.".to_owned());
    }
    Ok((question.trim().to_owned(), choices))
}

/// `value`, or `value: what the visitor reads`. A value may be in backticks.
fn choice(item: &str) -> Choice {
    let quoted = item.strip_prefix('`').and_then(|rest| rest.split_once('`'));
    let (value, rest) = match quoted {
        Some((value, rest)) => (value, rest.trim().strip_prefix(':')),
        None => match item.split_once(": ") {
            Some((value, rest)) => (value, Some(rest)),
            None => (item, None),
        },
    };
    Choice {
        value: value.to_owned(),
        text: rest.map_or(item, str::trim).to_owned(),
    }
}

fn check_reason(reason: &str) -> Result<(), String> {
    let check = |inside: &str| match Waited::parse(inside) {
        Some(_) => Ok(String::new()),
        None => Reading::parse(inside).map(|_| String::new()),
    };
    fill(reason, check).map(|_| ())
}

/// A value as code, so that nothing in it is taken for Markdown.
fn code(value: &str) -> String {
    format!("`{}`", value.replace('`', "'"))
}

/// Replaces each part in braces by what `value` makes of it.
fn fill(
    text: &str,
    mut value: impl FnMut(&str) -> Result<String, String>,
) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (inside, after) = after
            .split_once('}')
            .ok_or_else(|| format!("A brace is not closed: “{{{after}”."))?;
        filled.push_str(before);
        filled.push_str(&value(inside)?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

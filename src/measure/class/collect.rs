//! The files of a class: which there are, which could not be read and why.

use crate::learn::exercises::SCHEMA;
use experiments::Report;
use serde_json::Value;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::rc::Rc;
use yew::Reducible;

/// The largest number of files that are collected.
const MAX_FILES: usize = 500;
/// The largest number of questions of a result, and of characters of its texts.
const MAX_QUESTIONS: usize = 100;
const MAX_CHARS: usize = 200;

/// What a file contains.
#[derive(Clone, Debug)]
pub enum Content {
    /// The report of an experiment.
    Report(Rc<Report>),
    /// The result of exercises.
    Result(HandedIn),
}

/// A result of exercises, as `learn::exercises` writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct HandedIn {
    /// The name that stands in it; may be empty.
    pub name: String,
    pub seed: u64,
    /// The exercises in their order, and whether each answer is right; `None` if there is none.
    pub answers: Vec<(String, Option<bool>)>,
}

impl HandedIn {
    /// How many answers are right.
    pub fn score(&self) -> usize {
        let answers = self.answers.iter();
        answers.filter(|(_, right)| *right == Some(true)).count()
    }
}

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Item {
    /// The name that is shown, which can be changed.
    pub name: String,
    pub content: Content,
    /// What the file holds, so that the tab can keep it.
    pub text: Rc<str>,
    pub hash: u64,
}

/// All files.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    pub items: Vec<Item>,
    /// The names of files that are not used, and why.
    pub refused: Vec<(String, String)>,
    /// Counts the changes, so that the pictures are drawn only then.
    pub changes: usize,
}

/// Changes the collection.
pub enum Change {
    /// A file, by its name, and its text or why there is none.
    Add(String, Result<String, String>),
    /// Another name for the item at this place.
    Rename(usize, String),
    /// The item at this place goes.
    Remove(usize),
    /// Everything goes.
    Clear,
}

impl Reducible for Collected {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut new = (*self).clone();
        new.changes += 1;
        match change {
            Change::Add(file, text) => {
                if let Err(why) = text.and_then(|text| new.add(&file, &text)) {
                    new.refused.push((file, why));
                }
            }
            Change::Rename(at, name) => {
                if let Some(item) = new.items.get_mut(at) {
                    item.name = name.chars().take(MAX_CHARS).collect();
                }
            }
            Change::Remove(at) if at < new.items.len() => {
                new.items.remove(at);
            }
            Change::Remove(_) => {}
            Change::Clear => {
                new.items.clear();
                new.refused.clear();
            }
        }
        new.into()
    }
}

impl Collected {
    /// Files with the names that are shown.
    pub fn of(files: Vec<(String, String)>) -> Collected {
        let mut collected = Collected::default();
        for (name, text) in files {
            let all = collected.items.len();
            match collected.add(&name, &text) {
                // The name may have been changed, so it is taken as it was.
                Ok(()) => collected.items[all].name = name,
                Err(why) => collected.refused.push((name, why)),
            }
        }
        collected
    }

    fn add(&mut self, file: &str, text: &str) -> Result<(), String> {
        if self.items.len() >= MAX_FILES {
            return Err(format!(
                "{MAX_FILES} files are the most that are taken here."
            ));
        }
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let hash = hasher.finish();
        if let Some(same) = self.items.iter().find(|item| item.hash == hash) {
            return Err(format!(
                "this is the same as {}, which counts once.",
                same.name
            ));
        }
        let content = read(text)?;
        let stem = file.strip_suffix(".json").unwrap_or(file);
        let own = match &content {
            Content::Result(result) if !result.name.is_empty() => result.name.clone(),
            Content::Report(report) => {
                // The name that the page gives a report has the student's name at its end.
                let begin = format!("manyhands-{}-", report.plan.experiment());
                stem.strip_prefix(&begin).unwrap_or(stem).to_owned()
            }
            _ => stem.to_owned(),
        };
        let mut name = own.clone();
        let mut count = 1;
        while self.items.iter().any(|item| item.name == name) {
            count += 1;
            name = format!("{own} ({count})");
        }
        self.items.push(Item {
            name,
            content,
            text: text.into(),
            hash,
        });
        Ok(())
    }

    /// The reports, with the names of their items.
    pub fn reports(&self) -> Vec<(&str, &Report)> {
        let items = self.items.iter();
        let reports = items.filter_map(|item| match &item.content {
            Content::Report(report) => Some((item.name.as_str(), &**report)),
            Content::Result(_) => None,
        });
        reports.collect()
    }

    /// The results of exercises, with the names of their items.
    pub fn results(&self) -> Vec<(&str, &HandedIn)> {
        let items = self.items.iter();
        let results = items.filter_map(|item| match &item.content {
            Content::Report(_) => None,
            Content::Result(result) => Some((item.name.as_str(), result)),
        });
        results.collect()
    }
}

/// Reads a file of either kind.
fn read(text: &str) -> Result<Content, String> {
    // Programs that rewrite JSON may put the schema after everything else.
    if text.contains("\"manyhands-exercises/") {
        return result(text).map(Content::Result);
    }
    let report = Report::read(text).map_err(|error| error.to_string())?;
    Ok(Content::Report(Rc::new(report)))
}

fn result(text: &str) -> Result<HandedIn, String> {
    let json: Value = serde_json::from_str(text)
        .map_err(|_| "this result of exercises is cut off or damaged.".to_owned())?;
    let schema = json["schema"].as_str().unwrap_or_default();
    if schema != SCHEMA {
        return Err(format!(
            "this result has the schema {schema}, and this page reads {SCHEMA}: reload the page, \
             or use the one that made it."
        ));
    }
    let short = |value: &Value| -> Option<String> {
        let text = value.as_str()?;
        (text.chars().count() <= MAX_CHARS).then(|| text.to_owned())
    };
    let missing = |what: &str| format!("this result of exercises has no {what} that can be read.");
    let questions = json["questions"].as_array();
    let questions = questions.filter(|all| all.len() <= MAX_QUESTIONS);
    let questions = questions.ok_or_else(|| missing("list of questions"))?;
    let answer =
        |question: &Value| Some((short(&question["exercise"])?, question["right"].as_bool()));
    let answers = questions.iter().map(answer).collect::<Option<Vec<_>>>();
    Ok(HandedIn {
        name: short(&json["name"]).ok_or_else(|| missing("name"))?,
        seed: json["seed"].as_u64().ok_or_else(|| missing("seed"))?,
        answers: answers.ok_or_else(|| missing("exercise"))?,
    })
}

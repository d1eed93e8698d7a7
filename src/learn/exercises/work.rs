//! What the visitor has answered so far, and how an answer is checked.

use super::super::answer::Facts;
use super::check::{Check, Question, is_known, is_right, number};
use super::result::{Answered, unkept};
use crate::playground::session::{End, Session, Stage};
use std::rc::Rc;
use yew::{AttrValue, Reducible};

/// The visitor's work on a sheet. All lists are in the order of the questions.
#[derive(Clone, Debug, PartialEq)]
pub struct Work {
    /// What is chosen or typed.
    pub given: Vec<String>,
    /// The answers that were checked.
    pub answers: Vec<Option<Answered>>,
    /// Why an answer could not be checked.
    pub troubles: Vec<Option<AttrValue>>,
    /// The question whose program runs.
    pub running: Option<usize>,
}

/// Changes the work.
pub enum Change {
    /// This was chosen or typed for a question.
    Give(usize, String),
    /// The program of a question was started.
    Run(usize),
    /// An answer was checked.
    Answer(usize, Answered),
    /// An answer could not be checked.
    Fail(usize, AttrValue),
}

impl Reducible for Work {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut work = (*self).clone();
        match change {
            Change::Give(at, text) => {
                work.given[at] = text;
                work.troubles[at] = None;
            }
            Change::Run(at) => {
                work.running = Some(at);
                work.troubles[at] = None;
            }
            Change::Answer(at, answered) => {
                work.running = work.running.filter(|running| *running != at);
                // The first answer counts.
                work.answers[at].get_or_insert(answered);
            }
            Change::Fail(at, why) => {
                work.running = work.running.filter(|running| *running != at);
                work.troubles[at] = Some(why);
            }
        }
        work.into()
    }
}

impl Work {
    /// The work on so many questions, with the answers that the browser has kept.
    pub fn new(questions: usize, kept: &str) -> Work {
        let answers = unkept(kept, questions);
        let given = answers.iter().map(|answered| {
            answered
                .as_ref()
                .map_or_else(String::new, |answered| answered.given.clone())
        });
        Work {
            given: given.collect(),
            troubles: vec![None; questions],
            running: None,
            answers,
        }
    }

    /// What the visitor's answer to this question changes; `None` if its program has to run
    /// first.
    pub fn check(&self, at: usize, question: &Question) -> Option<Change> {
        let given = self.given[at].trim();
        if given.is_empty() {
            let why = match question.choices.is_empty() {
                true => "Type a number first.",
                false => "Choose an answer first.",
            };
            return Some(Change::Fail(at, why.into()));
        }
        if question.choices.is_empty() && number(given).is_none() {
            let why = format!("“{given}” is not a number. Type one such as 12 or 3.5.");
            return Some(Change::Fail(at, why.into()));
        }
        known(question, given).map(|answered| Change::Answer(at, answered))
    }
}

/// The answer that needs no run, beside what was given; `None` if its program has to run.
pub fn known(question: &Question, given: &str) -> Option<Answered> {
    match &question.check {
        Check::Run { .. } => None,
        Check::Known {
            answer,
            tolerance,
            because,
        } => Some(Answered {
            given: given.to_owned(),
            answer: shortest(*answer, *tolerance),
            right: is_known(given, *answer, *tolerance),
            because: because.clone(),
        }),
    }
}

/// A known answer with as many figures as are asked for.
fn shortest(answer: f64, tolerance: f64) -> String {
    match tolerance {
        tolerance if tolerance > 0.0 && tolerance < 1.0 => format!("{answer:.1}"),
        _ => format!("{answer:.0}"),
    }
}

/// What a run says about a given answer, at this time in ms: `None` while it goes on, an error if it gives no
/// answer.
pub fn outcome(
    question: &Question,
    given: &str,
    session: &Session,
    now: f64,
) -> Option<Result<Answered, String>> {
    let Check::Run { lesson, program } = &question.check else {
        return None;
    };
    if let Stage::Failed(why) = &session.stage {
        return Some(Err(why.clone()));
    }
    if !Facts::are_there(session) {
        return None;
    }
    let was_stopped = matches!(&session.stage, Stage::Ended { end, .. } if *end != End::Own);
    if was_stopped && !session.was_blocked {
        return Some(Err(
            "The program was stopped before it gave its answer.".to_owned()
        ));
    }
    let facts = Facts::of(session, program, now);
    Some(lesson.answer.of(&facts).map(|answer| {
        Answered {
            given: given.trim().to_owned(),
            right: is_right(given, &answer),
            because: lesson
                .because(&answer, &facts)
                .map_or_else(|_| String::new(), |reason| without_line_links(&reason.text)),
            answer,
        }
    }))
}

/// The Markdown of a reason without its links to lines, which are those of a lesson's editor.
fn without_line_links(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("](#line-") {
        let (words, bracket) = before
            .rsplit_once('[')
            .map_or((before, ""), |(a, b)| (a, b));
        plain.push_str(words);
        plain.push_str(bracket);
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    plain + rest
}

#[cfg(test)]
#[test]
fn lines_are_named_without_links() {
    let text = "The wait: [line 4](#line-4) of `A` waited, sent at [line 2](#line-2).";
    let plain = "The wait: line 4 of `A` waited, sent at line 2.";
    assert_eq!(without_line_links(text), plain);
    assert_eq!(without_line_links(plain), plain);
}

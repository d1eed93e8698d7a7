//! The answers to a sheet, for the teacher (`&key`): each program runs here, one after the other.

use super::super::address::EXERCISES;
use super::super::markdown::{inline, markdown};
use super::check::{Check, Question};
use super::result::Answered;
use super::work::{known, outcome};
use crate::browser::{self, Isolation};
use crate::playground::run;
use crate::playground::shown::SharedShown;
use std::rc::Rc;
use yew::prelude::*;

/// The part of the address.
pub const KEY: &str = "key";

/// The properties of [`Key`].
#[derive(Properties, PartialEq)]
pub struct Props {
    pub seed: u32,
    pub questions: Rc<[Question]>,
}

/// What is known of an answer: nothing yet, the answer, or why there is none.
type Answer = Option<Result<Answered, String>>;

/// The answers.
#[component]
pub fn Key(props: &Props) -> Html {
    let Props { seed, questions } = props;
    let shown = (*use_memo((), |()| SharedShown::default())).clone();
    let update = use_force_update();
    let answers = use_state_eq(|| {
        let can_run = Isolation::of_page().is_isolated();
        let answer = |question: &Question| match known(question, "") {
            None if !can_run => Some(Err("Its program cannot run on this page.".to_owned())),
            known => known.map(Ok),
        };
        questions.iter().map(answer).collect::<Vec<Answer>>()
    });
    use_effect_with((), {
        let shown = shown.clone();
        move |()| move || shown.kill()
    });
    // The first question without an answer is the one whose program runs.
    let at = answers.iter().position(Option::is_none);
    let now = shown.borrow();
    let busy = now.session.is_busy();
    let program = at.and_then(|at| match &questions[at].check {
        Check::Run { program, .. } => Some(program.clone()),
        Check::Known { .. } => None,
    });
    let is_its_run = program
        .as_ref()
        .is_some_and(|program| *program == now.source);
    let outcome = at
        .filter(|_| is_its_run)
        .and_then(|at| outcome(&questions[at], "", &now.session, browser::now_ms()));
    use_effect_with((at, busy, outcome), {
        let (shown, answers) = (shown.clone(), answers.clone());
        move |(at, busy, outcome)| match (at, outcome) {
            (Some(at), Some(outcome)) => {
                // A program that is stuck would wait for ever.
                shown.kill();
                let mut new = (*answers).clone();
                new[*at] = Some(outcome.clone());
                answers.set(new);
            }
            (Some(_), None) if !busy && !is_its_run => {
                if let Some(program) = program {
                    run::start(program, true, shown, update);
                }
            }
            _ => {}
        }
    });
    let done = answers.iter().flatten().count();
    html! {
        <div class="exercises" data-seed={seed.to_string()}>
            <section class="about">
                <h2 class="question">{ format!("Answers to sheet {seed}") }</h2>
                <p class="explanation">
                    { "For the teacher. The programs run in this browser, one after the other. Nothing \
                       locks this page: a student who looks for it finds it, too. " }
                    <a href={format!("?learn={}&seed={seed}", EXERCISES)}>{ "The sheet itself" }</a>
                </p>
                <p class="note" id="key-status" role="status">{ match done == questions.len() {
                    true => "All answers are here; the browser can print them.".to_owned(),
                    false => format!("{done} of {} answers are here…", questions.len()),
                } }</p>
            </section>
            <ol class="exercise-list">
                { for questions.iter().zip(answers.iter()).enumerate().map(|(at, (question, answer))| {
                    one(at, question, answer)
                }) }
            </ol>
        </div>
    }
}

fn one(at: usize, question: &Question, answer: &Answer) -> Html {
    let text = |value: &str| {
        let mut choices = question.choices.iter();
        match choices.find(|choice| choice.value == value) {
            Some(choice) => inline(&choice.text),
            None => html! { { value.to_owned() } },
        }
    };
    let settings: Vec<_> = (question.settings.iter())
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    let is_program = matches!(question.check, Check::Run { .. });
    html! {
        <li class="panel key-answer" key={at}
            data-answer={answer.as_ref().and_then(|one| one.as_ref().ok()).map(|one| one.answer.clone())}>
            <p><span class="exercise-number numeric">{ format!("{}. ", at + 1) }</span>{ inline(&question.text) }</p>
            if is_program {
                <p class="note">
                    { "Lesson " }<a href={format!("?learn={}", question.name)}>{ question.name.clone() }</a>
                    if !settings.is_empty() {
                        { ", with " }<code>{ settings.join(", ") }</code>
                    }
                </p>
            }
            { match answer {
                None => html! { <p class="note">{ "…" }</p> },
                Some(Err(why)) => html! { <p class="error">{ why.clone() }</p> },
                Some(Ok(answered)) => html! {
                    <>
                        <p><strong>{ text(&answered.answer) }</strong></p>
                        { markdown(&answered.because) }
                    </>
                },
            } }
        </li>
    }
}

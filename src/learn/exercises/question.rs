//! One question of a sheet, as it is drawn.

use super::super::markdown::{inline, markdown};
use super::check::{Check, Question};
use super::work::Work;
use crate::playground::session::Session;
use crate::playground::view;
use yew::prelude::*;

/// The question, and what the sheet knows of it.
pub struct Asked<'a> {
    /// Its place on the sheet, from 0.
    pub at: usize,
    pub question: &'a Question,
    pub work: &'a Work,
    /// Whether a program runs.
    pub busy: bool,
    /// Whether Python can run.
    pub isolated: bool,
    /// Whether it is not to be told what is right.
    pub is_hidden: bool,
    /// The run, which belongs to this question if it is the one that runs.
    pub session: &'a Session,
    /// The length of Python's module in bytes, if it is known.
    pub download: Option<f64>,
    pub on_give: &'a Callback<(usize, String)>,
    pub on_check: &'a Callback<usize>,
    pub on_stop: &'a Callback<()>,
}

/// A question: its text, its program if it has one, what is answered, and whether it is right.
pub fn question(asked: Asked<'_>) -> Html {
    let Asked {
        at, question, work, ..
    } = asked;
    let is_answered = work.answers[at].is_some();
    let is_running = work.running == Some(at);
    let form = html! {
        <fieldset class="field" disabled={is_answered || is_running}>
            <legend>
                <span class="exercise-number numeric">{ format!("{}. ", at + 1) }</span>
                { inline(&question.text) }
            </legend>
            { match question.choices.is_empty() {
                true => number_field(&asked),
                false => choices(&asked),
            } }
        </fieldset>
    };
    let program = match &question.check {
        Check::Run { program, .. } => Some(program),
        Check::Known { .. } => None,
    };
    html! {
        <li class="panel exercise" key={at} id={format!("exercise-{}", at + 1)}
            data-exercise={question.name.clone()} data-right={(!asked.is_hidden).then(|| {
                work.answers[at].as_ref().map(|answered| answered.right.to_string())
            }).flatten()}>
            <div class="exercise-asked">
                { form }
                if is_answered {
                    { verdict(&asked) }
                } else {
                    { buttons(&asked, program.is_some(), is_running) }
                }
                if let Some(why) = &work.troubles[at] {
                    <p class="error" role="alert">{ why.clone() }</p>
                }
            </div>
            if let Some(program) = program {
                <pre class="exercise-program" tabindex="0" aria-label={format!("Program of question {}", at + 1)}><code>{ program.clone() }</code></pre>
            }
        </li>
    }
}

fn number_field(asked: &Asked<'_>) -> Html {
    let (at, give) = (asked.at, asked.on_give.clone());
    let oninput = Callback::from(move |event: InputEvent| {
        if let Some(input) = event.target_dyn_into::<web_sys::HtmlInputElement>() {
            give.emit((at, input.value()));
        }
    });
    let check = asked.on_check.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" && !event.repeat() {
            event.prevent_default();
            check.emit(at);
        }
    });
    html! {
        <input class="exercise-given" id={format!("given-{}", at + 1)} inputmode="decimal" autocomplete="off"
            aria-label={format!("Your answer to question {}", at + 1)}
            value={asked.work.given[at].clone()} {oninput} {onkeydown} />
    }
}

fn choices(asked: &Asked<'_>) -> Html {
    let at = asked.at;
    html! {
        <div class="choices is-long">
            { for asked.question.choices.iter().map(|choice| {
                let onchange = {
                    let (give, value) = (asked.on_give.clone(), choice.value.clone());
                    Callback::from(move |_: Event| give.emit((at, value.clone())))
                };
                html! {
                    <label class="choice" key={choice.value.clone()}>
                        <input type="radio" name={format!("given-{at}")} value={choice.value.clone()}
                            checked={asked.work.given[at] == choice.value} {onchange} />
                        <span><span>{ inline(&choice.text) }</span></span>
                    </label>
                }
            }) }
        </div>
    }
}

fn buttons(asked: &Asked<'_>, has_program: bool, is_running: bool) -> Html {
    let at = asked.at;
    let onclick = {
        let check = asked.on_check.clone();
        Callback::from(move |_: MouseEvent| check.emit(at))
    };
    if is_running {
        let on_stop = asked.on_stop.reform(|_: MouseEvent| ());
        return html! {
            <div class="exercise-buttons">
                <button type="button" onclick={on_stop}>{ "Stop" }</button>
                { view::status(asked.session, asked.isolated, asked.download) }
            </div>
        };
    }
    if has_program && !asked.isolated {
        return html! {
            <p class="note">{ "Its program cannot run on this page, so it cannot be checked here." }</p>
        };
    }
    html! {
        <div class="exercise-buttons">
            <button type="button" class="check-answer" disabled={has_program && asked.busy} {onclick}>
                { if has_program { "Check: run it" } else { "Check" } }
            </button>
        </div>
    }
}

fn verdict(asked: &Asked<'_>) -> Html {
    let Some(answered) = &asked.work.answers[asked.at] else {
        return Html::default();
    };
    let text = |value: &str| {
        let mut choices = asked.question.choices.iter();
        match choices.find(|choice| choice.value == value) {
            Some(choice) => inline(&choice.text),
            None => html! { { value.to_owned() } },
        }
    };
    if asked.is_hidden {
        return html! {
            <div class="exercise-verdict" role="status">
                <p>{ "Your answer is kept: " }<strong>{ text(&answered.given) }</strong>{ "." }</p>
            </div>
        };
    }
    let (class, word) = match answered.right {
        true => ("is-right", "Right: "),
        false => ("is-wrong", "Not this time. It is: "),
    };
    html! {
        <div class={classes!("exercise-verdict", class)} role="status">
            <p><strong>{ word }{ text(&answered.answer) }</strong>{ "." }</p>
            { markdown(&answered.because) }
            if let Check::Run { lesson, .. } = &asked.question.check {
                <p class="note"><a href={format!("?learn={}", asked.question.name)}>{ format!("The lesson: {}", lesson.title) }</a></p>
            }
        </div>
    }
}

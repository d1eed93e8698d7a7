//! One control of the plan: its label, its help, its complaint.

use super::state::{Action, State};
use crate::experiment::SpeedUpField as Field;
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Ids of a control's help and complaint, for `aria-describedby`.
pub fn described_by(field: Field) -> String {
    let name = field.name();
    format!("{name}-help {name}-error")
}

/// The help under a control.
pub fn help(field: Field, text: Html) -> Html {
    html! { <p class="help" id={format!("{}-help", field.name())}>{ text }</p> }
}

/// The complaint under a control; empty while nothing is wrong.
pub fn complaint(state: &State, field: Field) -> Html {
    let name = field.name();
    html! {
        <p class="error" id={format!("{name}-error")} data-error-for={name} role="alert">
            { state.error(field).cloned().unwrap_or_default() }
        </p>
    }
}

/// `"true"` for a control whose text cannot be, nothing for one whose can.
pub fn invalid(state: &State, field: Field) -> Option<&'static str> {
    state.error(field).map(|_| "true")
}

/// Sends a control's text: while it is typed, and when it is finished.
pub fn typing(on_edit: &Callback<Action>, field: Field) -> (Callback<InputEvent>, Callback<Event>) {
    let (type_, set) = (on_edit.clone(), on_edit.clone());
    (
        Callback::from(move |event: InputEvent| {
            type_.emit(Action::Type(field, value(&event)));
        }),
        Callback::from(move |event: Event| {
            set.emit(Action::Set(field, value(&event)));
        }),
    )
}

fn value(event: &Event) -> String {
    event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
        .map(|input| input.value())
        .unwrap_or_default()
}

/// A text input for a whole number.
pub fn number_input(state: &State, on_edit: &Callback<Action>, field: Field) -> Html {
    let (oninput, onchange) = typing(on_edit, field);
    html! {
        <input
            id={field.name()}
            name={field.name()}
            type="text"
            inputmode="numeric"
            autocomplete="off"
            spellcheck="false"
            value={state.text(field).clone()}
            aria-invalid={invalid(state, field)}
            aria-describedby={described_by(field)}
            {oninput}
            {onchange}
        />
    }
}

/// A number with a button to either side: one less, one more.
pub fn stepper(
    state: &State,
    on_edit: &Callback<Action>,
    field: Field,
    label: &'static str,
    help_text: String,
) -> Html {
    let step = |by: i64, sign: &'static str, words: &'static str| {
        // From what the plan holds, so that a step mends a text that cannot be.
        let current: i64 = state.plan.text(field).parse().unwrap_or(1);
        let next = (current + by).to_string();
        let mut probe = state.plan.clone();
        let possible = probe.set(field, &next, state.cores).is_ok();
        let on_edit = on_edit.clone();
        let onclick = Callback::from(move |_| on_edit.emit(Action::Set(field, next.clone())));
        html! {
            <button class="step" type="button" disabled={!possible} {onclick}
                aria-label={format!("{words} {}", field.name())}>{ sign }</button>
        }
    };
    html! {
        <div class="field stepper">
            <div class="stepper-words">
                <label class="field-label" for={field.name()}>{ label }</label>
                { help(field, html! { help_text }) }
            </div>
            <div class="entry">
                { step(-1, "−", "one fewer:") }
                { number_input(state, on_edit, field) }
                { step(1, "+", "one more:") }
            </div>
            { complaint(state, field) }
        </div>
    }
}

/// One of several radio buttons.
pub fn choice(
    on_edit: &Callback<Action>,
    field: Field,
    value: &'static str,
    title: &'static str,
    checked: bool,
) -> Html {
    let on_edit = on_edit.clone();
    let onchange = Callback::from(move |_| on_edit.emit(Action::Set(field, value.to_owned())));
    html! {
        <label class="choice">
            <input type="radio" name={field.name()} {value} {checked} {onchange} />
            <span>{ title }</span>
        </label>
    }
}

//! One control of the plan: its label, its help, its complaint.

use super::state::{Action, State};
use experiments::{Choice, Field, Kind, Limit};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use workloads::grouped;
use yew::prelude::*;

/// More names than this are a list to open, not a block of buttons.
const BUTTONS: usize = 7;

/// Numbers of things up to this many have buttons for one more, one less.
const STEPS: u64 = 200;

/// The control of a field.
pub fn control(state: &State, on_edit: &Callback<Action>, field: &'static Field) -> Html {
    // What changes nothing is not asked for, unless its text is at fault.
    if !state.plan.applies(field) && state.error(field.name).is_none() {
        return Html::default();
    }
    let choices = field.choices();
    match field.kind {
        Kind::Choice(..) if choices.len() > BUTTONS => select(state, on_edit, field, &choices),
        Kind::Choice(..) => buttons(state, on_edit, field, &choices, false),
        Kind::Several(..) => buttons(state, on_edit, field, &choices, true),
        Kind::Number(limit) => {
            let range = state.plan.range(field, state.cores);
            let few = range.is_some_and(|range| *range.end() <= STEPS) && limit != Limit::Size;
            if few {
                stepper(state, on_edit, field)
            } else {
                number(state, on_edit, field)
            }
        }
        Kind::Numbers(..) => number(state, on_edit, field),
    }
}

fn described_by(field: &Field) -> String {
    let name = field.name;
    format!("{name}-help {name}-error")
}

fn help(field: &Field, text: impl Into<AttrValue>) -> Html {
    html! { <p class="help" id={format!("{}-help", field.name)}>{ text.into() }</p> }
}

/// The complaint under a control; empty while nothing is wrong.
fn complaint(state: &State, field: &Field) -> Html {
    let name = field.name;
    html! {
        <p class="error" id={format!("{name}-error")} data-error-for={name} role="alert">
            { state.error(name).cloned().unwrap_or_default() }
        </p>
    }
}

/// `"true"` for a control whose text cannot be, nothing for one whose can.
fn invalid(state: &State, field: &Field) -> Option<&'static str> {
    state.error(field.name).map(|_| "true")
}

/// A field's help and the numbers it may be.
fn with_range(state: &State, field: &Field) -> String {
    let unit = state.plan.unit(field);
    let space = if unit.is_empty() { "" } else { " " };
    match state.plan.range(field, state.cores) {
        Some(range) => {
            let [low, high] = [range.start(), range.end()].map(|end| grouped((*end).into()));
            let what = if matches!(field.kind, Kind::Numbers(..)) {
                "Each from"
            } else {
                "From"
            };
            format!("{} {what} {low} to {high}{space}{unit}.", field.help)
        }
        None => field.help.to_owned(),
    }
}

fn value(event: &Event) -> String {
    event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
        .map(|input| input.value())
        .unwrap_or_default()
}

fn input(state: &State, on_edit: &Callback<Action>, field: &'static Field) -> Html {
    let (type_, set) = (on_edit.clone(), on_edit.clone());
    let oninput = Callback::from(move |event: InputEvent| {
        type_.emit(Action::Type(field.name, value(&event)));
    });
    let onchange = Callback::from(move |event: Event| {
        set.emit(Action::Set(field.name, value(&event)));
    });
    // Lists are typed with commas, which keyboards for numbers may lack.
    let inputmode = match field.kind {
        Kind::Numbers(..) => "text",
        _ => "numeric",
    };
    html! {
        <input
            id={field.name}
            name={field.name}
            type="text"
            {inputmode}
            autocomplete="off"
            spellcheck="false"
            value={state.text(field.name)}
            aria-invalid={invalid(state, field)}
            aria-describedby={described_by(field)}
            {oninput}
            {onchange}
        />
    }
}

/// A number, or several, with their unit and what there is to choose from.
fn number(state: &State, on_edit: &Callback<Action>, field: &'static Field) -> Html {
    let presets = state.plan.presets(field);
    let buttons = presets.iter().map(|(name, size)| {
        let (on_edit, text) = (on_edit.clone(), size.to_string());
        let chosen = state.plan.text(field.name) == text && state.error(field.name).is_none();
        let onclick = Callback::from(move |_| on_edit.emit(Action::Set(field.name, text.clone())));
        html! {
            <button class="preset" type="button" aria-pressed={chosen.to_string()} {onclick}>{ *name }</button>
        }
    });
    let unit = state.plan.unit(field);
    // A list needs all the width that there is; its help names the unit.
    let several = matches!(field.kind, Kind::Numbers(..));
    html! {
        <div class="field" key={field.name}>
            <label class="field-label" for={field.name}>{ field.label }</label>
            <div class="entry">
                { input(state, on_edit, field) }
                if !unit.is_empty() && !several {
                    <span class="entry-unit">{ unit }</span>
                }
            </div>
            if !presets.is_empty() {
                <div class="presets" role="group" aria-label={format!("{} to choose from", field.label)}>{ for buttons }</div>
            }
            { help(field, with_range(state, field)) }
            { complaint(state, field) }
        </div>
    }
}

/// A number with a button to either side: one less, one more.
fn stepper(state: &State, on_edit: &Callback<Action>, field: &'static Field) -> Html {
    let range = state.plan.range(field, state.cores).unwrap_or(1..=1);
    // From what the plan holds, so that a step mends a text that cannot be.
    let current: u64 = state.plan.text(field.name).parse().unwrap_or_default();
    let step = |more: bool, sign: &'static str, words: &str| {
        let next = if more {
            current.checked_add(1)
        } else {
            current.checked_sub(1)
        };
        let next = next.filter(|next| range.contains(next));
        let on_edit = on_edit.clone();
        let text = next.unwrap_or(current).to_string();
        let onclick = Callback::from(move |_| on_edit.emit(Action::Set(field.name, text.clone())));
        html! {
            <button class="step" type="button" disabled={next.is_none()} {onclick}
                aria-label={format!("{words} {}", field.label)}>{ sign }</button>
        }
    };
    html! {
        <div class="field stepper" key={field.name}>
            <div class="stepper-words">
                <label class="field-label" for={field.name}>{ field.label }</label>
                { help(field, with_range(state, field)) }
            </div>
            <div class="entry">
                { step(false, "−", "one fewer:") }
                { input(state, on_edit, field) }
                { step(true, "+", "one more:") }
            </div>
            { complaint(state, field) }
        </div>
    }
}

/// One name of many.
fn select(
    state: &State,
    on_edit: &Callback<Action>,
    field: &'static Field,
    choices: &[Choice],
) -> Html {
    let chosen = state.plan.text(field.name);
    let on_edit = on_edit.clone();
    let onchange = Callback::from(move |event: Event| {
        let target = event.target();
        let select = target.and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        if let Some(select) = select {
            on_edit.emit(Action::Set(field.name, select.value()));
        }
    });
    let about = choices.iter().find(|choice| choice.name == chosen);
    html! {
        <div class="field" key={field.name}>
            <label class="field-label" for={field.name}>{ field.label }</label>
            <select id={field.name} name={field.name} aria-invalid={invalid(state, field)}
                aria-describedby={described_by(field)} {onchange}>
                { for choices.iter().map(|choice| html! {
                    <option value={choice.name} selected={choice.name == chosen}>{ choice.title }</option>
                }) }
            </select>
            { help(field, about.map_or(field.help, |choice| choice.help)) }
            { complaint(state, field) }
        </div>
    }
}

/// Whether a word in it has no room in half of the controls' width.
fn is_long(title: &str) -> bool {
    title
        .split([' ', '-'])
        .any(|word| word.chars().count() > 11)
}

/// Names as buttons: one of them or, where `several`, as many as wanted.
fn buttons(
    state: &State,
    on_edit: &Callback<Action>,
    field: &'static Field,
    choices: &[Choice],
    several: bool,
) -> Html {
    let text = state.text(field.name);
    let chosen: Vec<&str> = text.split(',').filter(|name| !name.is_empty()).collect();
    let one = |choice: &Choice| {
        let checked = chosen.contains(&choice.name);
        let wanted = if !several {
            choice.name.to_owned()
        } else if checked {
            let rest: Vec<&str> = (chosen.iter().copied())
                .filter(|name| *name != choice.name)
                .collect();
            rest.join(",")
        } else {
            chosen
                .iter()
                .copied()
                .chain([choice.name])
                .collect::<Vec<_>>()
                .join(",")
        };
        let on_edit = on_edit.clone();
        let onchange =
            Callback::from(move |_| on_edit.emit(Action::Set(field.name, wanted.clone())));
        let kind = if several { "checkbox" } else { "radio" };
        html! {
            <label class="choice" title={choice.help}>
                <input type={kind} name={field.name} value={choice.name} {checked} {onchange} />
                <span>{ choice.title }</span>
            </label>
        }
    };
    // One choice explains itself; of several, the field does.
    let words = match (several, choices.iter().find(|choice| choice.name == &*text)) {
        (false, Some(choice)) if !choice.help.is_empty() => choice.help,
        _ => field.help,
    };
    let role = if several { "group" } else { "radiogroup" };
    let long = choices.iter().any(|choice| is_long(choice.title));
    html! {
        <fieldset class="field" key={field.name} id={field.name} {role} tabindex="-1"
            aria-invalid={invalid(state, field)} aria-describedby={described_by(field)}>
            <legend>{ field.label }</legend>
            <div class={classes!("choices", long.then_some("is-long"))}>{ for choices.iter().map(one) }</div>
            { help(field, words) }
            { complaint(state, field) }
        </fieldset>
    }
}

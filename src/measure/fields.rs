//! The control of one field of the plan, with its label, help and error text.

use super::form::Form;
use super::state::Action;
use experiments::{Choice, Field, Kind, Limit};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use workloads::grouped;
use yew::prelude::*;

/// The largest number of choices that are shown as buttons; more choices are shown as a
/// list that opens.
const MAX_BUTTONS: usize = 7;

/// The help of a field that may hold this or more says that numbers may have an exponent.
const MIN_WITH_EXPONENT: u64 = 1_000_000;

/// Counts that cannot be larger than this get buttons for one more and one fewer.
const MAX_STEPPER: u64 = 200;

/// The control of a field.
pub fn control(form: &Form, on_edit: &Callback<Action>, field: &'static Field) -> Html {
    // A field that does not apply to the plan is hidden, unless it has an error.
    if !form.plan.applies(field) && form.error(field.name).is_none() {
        return Html::default();
    }
    let choices = field.choices();
    match field.kind {
        Kind::Choice(..) if choices.len() > MAX_BUTTONS => select(form, on_edit, field, &choices),
        Kind::Choice(..) => buttons(form, on_edit, field, &choices, false),
        Kind::Several(..) => buttons(form, on_edit, field, &choices, true),
        Kind::Number(limit) => {
            let range = form.plan.range(field, form.cores);
            let few =
                range.is_some_and(|range| *range.end() <= MAX_STEPPER) && limit != Limit::Size;
            if few {
                stepper(form, on_edit, field)
            } else {
                number(form, on_edit, field)
            }
        }
        Kind::Numbers(..) => number(form, on_edit, field),
    }
}

fn described_by(field: &Field) -> String {
    let name = field.name;
    format!("{name}-help {name}-error")
}

fn help(field: &Field, text: impl Into<AttrValue>) -> Html {
    html! { <p class="help" id={format!("{}-help", field.name)}>{ text.into() }</p> }
}

/// The help of a field as the settings show it for a control that has no room for it.
pub fn help_of(form: &Form, field: &'static Field) -> String {
    let text = form.text(field.name);
    let choices = field.choices();
    match choices.iter().find(|choice| choice.name == &*text) {
        Some(choice) if !choice.help.is_empty() => choice.help.to_owned(),
        _ => help_with_range(form, field),
    }
}

/// The error text below a control, which is empty if there is no error.
fn error_text(form: &Form, field: &Field) -> Html {
    let name = field.name;
    html! {
        <p class="error" id={format!("{name}-error")} data-error-for={name} role="alert">
            { form.error(name).cloned().unwrap_or_default() }
        </p>
    }
}

/// The value of `aria-invalid`: `"true"` if the field has an error.
fn aria_invalid(form: &Form, field: &Field) -> Option<&'static str> {
    form.error(field.name).map(|_| "true")
}

/// The help of a field, followed by the range of its numbers.
fn help_with_range(form: &Form, field: &Field) -> String {
    let unit = form.plan.unit(field);
    let space = if unit.is_empty() { "" } else { " " };
    match form.plan.range(field, form.cores) {
        Some(range) => {
            let [low, high] = [range.start(), range.end()].map(|end| grouped((*end).into()));
            let what = if matches!(field.kind, Kind::Numbers(..)) {
                "Each from"
            } else {
                "From"
            };
            // Only where such numbers are in reach.
            let written = match *range.end() >= MIN_WITH_EXPONENT {
                true => "; may be written 1e6",
                false => "",
            };
            format!(
                "{} {what} {low} to {high}{space}{unit}{written}.",
                field.help
            )
        }
        None => field.help.to_owned(),
    }
}

fn input_value(event: &Event) -> String {
    event
        .target()
        .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
        .map(|input| input.value())
        .unwrap_or_default()
}

fn input(form: &Form, on_edit: &Callback<Action>, field: &'static Field) -> Html {
    let (type_, set) = (on_edit.clone(), on_edit.clone());
    let oninput = Callback::from(move |event: InputEvent| {
        type_.emit(Action::Typing(field.name, input_value(&event)));
    });
    let onchange = Callback::from(move |event: Event| {
        set.emit(Action::Set(field.name, input_value(&event)));
    });
    // Lists need commas, which the numeric keyboard of a phone may lack.
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
            value={form.text(field.name)}
            aria-invalid={aria_invalid(form, field)}
            aria-describedby={described_by(field)}
            {oninput}
            {onchange}
        />
    }
}

/// The control of a number or a list of numbers, with the unit and preset values.
fn number(form: &Form, on_edit: &Callback<Action>, field: &'static Field) -> Html {
    let presets = form.plan.presets(field);
    let buttons = presets.iter().map(|(name, size)| {
        let (on_edit, text) = (on_edit.clone(), size.to_string());
        let chosen = form.plan.text(field.name) == text && form.error(field.name).is_none();
        let onclick = Callback::from(move |_| on_edit.emit(Action::Set(field.name, text.clone())));
        html! {
            <button class="preset" type="button" aria-pressed={chosen.to_string()} {onclick}>{ *name }</button>
        }
    });
    let unit = form.plan.unit(field);
    // A list needs the full width, so its unit is named in the help only.
    let several = matches!(field.kind, Kind::Numbers(..));
    html! {
        <div class="field" key={field.name}>
            <label class="field-label" for={field.name}>{ field.label }</label>
            <div class="entry">
                { input(form, on_edit, field) }
                if !unit.is_empty() && !several {
                    <span class="entry-unit">{ unit }</span>
                }
            </div>
            if !presets.is_empty() {
                <div class="presets" role="group" aria-label={format!("{} to choose from", field.label)}>{ for buttons }</div>
            }
            { help(field, help_with_range(form, field)) }
            { error_text(form, field) }
        </div>
    }
}

/// The control of a count, with a button on either side for one fewer and one more.
fn stepper(form: &Form, on_edit: &Callback<Action>, field: &'static Field) -> Html {
    let range = form.plan.range(field, form.cores).unwrap_or(1..=1);
    // A step starts from the plan's valid value, so it also replaces an invalid text.
    let current: u64 = form.plan.text(field.name).parse().unwrap_or_default();
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
                { help(field, help_with_range(form, field)) }
            </div>
            <div class="entry">
                { step(false, "−", "one fewer:") }
                { input(form, on_edit, field) }
                { step(true, "+", "one more:") }
            </div>
            { error_text(form, field) }
        </div>
    }
}

/// The control of one choice out of many: a list that opens.
fn select(
    form: &Form,
    on_edit: &Callback<Action>,
    field: &'static Field,
    choices: &[Choice],
) -> Html {
    let chosen = form.text(field.name);
    // A name that was given and is none of the choices is shown beside the error about it.
    let unknown = choices.iter().all(|choice| choice.name != &*chosen);
    let on_edit = on_edit.clone();
    let onchange = Callback::from(move |event: Event| {
        let target = event.target();
        let select = target.and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
        if let Some(select) = select {
            on_edit.emit(Action::Set(field.name, select.value()));
        }
    });
    let about = choices.iter().find(|choice| choice.name == &*chosen);
    html! {
        <div class="field" key={field.name}>
            <label class="field-label" for={field.name}>{ field.label }</label>
            <select id={field.name} name={field.name} aria-invalid={aria_invalid(form, field)}
                aria-describedby={described_by(field)} {onchange}>
                if unknown {
                    <option value={&chosen} selected=true disabled=true>{ &chosen }</option>
                }
                { for choices.iter().map(|choice| html! {
                    <option value={choice.name} selected={choice.name == &*chosen}>{ choice.title }</option>
                }) }
            </select>
            { help(field, about.map_or(field.help, |choice| choice.help)) }
            { error_text(form, field) }
        </div>
    }
}

/// Whether a word of the title is too long for half of the controls' width.
fn is_long(title: &str) -> bool {
    title
        .split([' ', '-'])
        .any(|word| word.chars().count() > 11)
}

/// The control of a few choices: radio buttons or, if `several`, checkboxes.
fn buttons(
    form: &Form,
    on_edit: &Callback<Action>,
    field: &'static Field,
    choices: &[Choice],
    several: bool,
) -> Html {
    let text = form.text(field.name);
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
    // A single choice shows its own help; several choices show the field's.
    let words = match (several, choices.iter().find(|choice| choice.name == &*text)) {
        (false, Some(choice)) if !choice.help.is_empty() => choice.help,
        _ => field.help,
    };
    let role = if several { "group" } else { "radiogroup" };
    let long = choices.iter().any(|choice| is_long(choice.title));
    html! {
        <fieldset class="field" key={field.name} id={field.name} {role} tabindex="-1"
            aria-invalid={aria_invalid(form, field)} aria-describedby={described_by(field)}>
            <legend>{ field.label }</legend>
            <div class={classes!("choices", long.then_some("is-long"))}>{ for choices.iter().map(one) }</div>
            { help(field, words) }
            { error_text(form, field) }
        </fieldset>
    }
}

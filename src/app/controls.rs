//! What to measure: the plan's controls, Run and Cancel.

use super::fields::{choice, complaint, described_by, help, invalid, number_input, stepper};
use super::state::{Action, State};
use super::url;
use crate::StartMethod;
use crate::experiment::{SpeedUpField as Field, SpeedUpPlan};
use crate::workload::{Workload, grouped};
use yew::prelude::*;

/// What the controls need.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is shown.
    pub state: State,
    /// A control was used.
    pub on_edit: Callback<Action>,
    /// A run was asked for.
    pub on_run: Callback<()>,
    /// The run should stop.
    pub on_cancel: Callback<()>,
}

/// The controls.
#[component]
pub fn Controls(props: &Props) -> Html {
    let Props {
        state,
        on_edit,
        on_run,
        on_cancel,
    } = props;
    let busy = state.stage.is_busy();
    // A button that is switched off loses the keyboard's focus: hand it on.
    use_effect_with(busy, |&busy| {
        let (from, to) = if busy {
            ("run", "cancel")
        } else {
            ("cancel", "run")
        };
        let focused = url::document().and_then(|document| document.active_element());
        if focused.is_some_and(|element| element.id() == from) {
            url::focus(to);
        }
    });
    let onsubmit = {
        let on_run = on_run.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            on_run.emit(());
        })
    };
    let cancel = {
        let on_cancel = on_cancel.clone();
        Callback::from(move |_| on_cancel.emit(()))
    };
    let most = SpeedUpPlan::max_workers(state.cores);
    html! {
        <form class="panel controls" aria-label="What to measure" novalidate=true {onsubmit}>
            { workload(state, on_edit) }
            { size(state, on_edit) }
            { seed(state, on_edit) }
            { stepper(state, on_edit, Field::Workers, "Workers", format!("1 to {most} processes, each number in turn")) }
            { stepper(state, on_edit, Field::Repeats, "Repeats", "1 to 50; more repeats, less doubt".to_owned()) }
            { start_method(state, on_edit) }
            <div class="actions">
                <button id="run" class="run" type="submit" disabled={busy || !state.isolation.is_isolated()}>
                    { "Run" }
                </button>
                <button id="cancel" class="cancel" type="button" disabled={!busy} onclick={cancel}>
                    { "Cancel" }
                </button>
            </div>
        </form>
    }
}

fn workload(state: &State, on_edit: &Callback<Action>) -> Html {
    let field = Field::Workload;
    let chosen = state.plan.workload;
    html! {
        <fieldset class="field" id={field.name()} role="radiogroup"
            aria-invalid={invalid(state, field)} aria-describedby={described_by(field)}>
            <legend>{ "Work" }</legend>
            <div class="choices">
                { for Workload::COMPUTE.map(|one| choice(on_edit, field, one.name(), one.title(), one == chosen)) }
            </div>
            { help(field, html! { chosen.description() }) }
            { complaint(state, field) }
        </fieldset>
    }
}

fn size(state: &State, on_edit: &Callback<Action>) -> Html {
    let field = Field::Size;
    let workload = state.plan.workload;
    let sizes = workload.sizes();
    let presets = workload.presets().map(|(name, size)| {
        let on_edit = on_edit.clone();
        let onclick = Callback::from(move |_| on_edit.emit(Action::Set(field, size.to_string())));
        let pressed = (state.plan.size == size && state.error(field).is_none()).to_string();
        html! {
            <button class="preset" type="button" aria-pressed={pressed} {onclick}>{ name }</button>
        }
    });
    html! {
        <div class="field">
            <label class="field-label" for={field.name()}>{ "Size" }</label>
            <div class="entry">
                { number_input(state, on_edit, field) }
                <span class="entry-unit">{ workload.unit() }</span>
            </div>
            <div class="presets" role="group" aria-label="Sizes to choose from">{ for presets }</div>
            { help(field, html! { format!(
                "{} to {}, or as 5e8",
                grouped((*sizes.start()).into()),
                grouped((*sizes.end()).into()),
            ) }) }
            { complaint(state, field) }
        </div>
    }
}

/// Only random work has a seed; an address may have a fault in it all the same.
fn seed(state: &State, on_edit: &Callback<Action>) -> Html {
    let field = Field::Seed;
    if !state.plan.workload.is_seeded() && state.error(field).is_none() {
        return Html::default();
    }
    html! {
        <div class="field">
            <label class="field-label" for={field.name()}>{ "Seed" }</label>
            <div class="entry">{ number_input(state, on_edit, field) }</div>
            { help(field, html! { "The same seed makes the same random numbers." }) }
            { complaint(state, field) }
        </div>
    }
}

fn start_method(state: &State, on_edit: &Callback<Action>) -> Html {
    let field = Field::StartMethod;
    let chosen = state.plan.start_method;
    let words = match chosen {
        StartMethod::Spawn => "Every process gets a fresh worker, made when it is asked for.",
        StartMethod::Forkserver => {
            "Processes come from warm workers that wait for their first target: a faster start."
        }
    };
    html! {
        <fieldset class="field" id={field.name()} role="radiogroup"
            aria-invalid={invalid(state, field)} aria-describedby={described_by(field)}>
            <legend>{ "Start method" }</legend>
            <div class="choices">
                { for StartMethod::ALL.map(|one| choice(on_edit, field, one.name(), one.name(), one == chosen)) }
            </div>
            { help(field, html! { words }) }
            { complaint(state, field) }
        </fieldset>
    }
}

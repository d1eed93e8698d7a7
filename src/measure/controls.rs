//! The bar below the card: Run and Cancel, the two most important fields of the plan, how long
//! it takes, and the other fields, which a button opens.

use super::browser;
use super::fields::{control, help_of};
use super::stage_panel::status;
use super::state::{Action, State};
use experiments::{Experiment, Field, Plan};
use std::time::Duration;
use yew::prelude::*;

/// The properties of [`Controls`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The state of the page.
    pub state: State,
    /// Called when a control was used.
    pub on_edit: Callback<Action>,
    /// Called when Run was pressed.
    pub on_run: Callback<()>,
    /// Called when Cancel was pressed.
    pub on_cancel: Callback<()>,
}

/// The two fields of the plan that are always shown.
fn main_fields(experiment: Experiment) -> [&'static str; 2] {
    match experiment {
        Experiment::SpeedUp | Experiment::Granularity => ["workload", "workers"],
        Experiment::IoBound => ["workload", "workers"],
        Experiment::Messaging => ["sizes", "repeats"],
        Experiment::StartUp => ["counts", "repeats"],
        Experiment::Sharing => ["workers", "increments"],
        Experiment::Pipelines => ["transformers", "items"],
        Experiment::PoolMethods => ["workers", "items"],
    }
}

/// The form.
#[component]
pub fn Controls(props: &Props) -> Html {
    let Props {
        state,
        on_edit,
        on_run,
        on_cancel,
    } = props;
    let opened = use_state_eq(|| false);
    let busy = state.stage.is_busy();
    // A button that becomes disabled loses the keyboard focus, so the focus moves to the
    // button that becomes enabled.
    use_effect_with(busy, |&busy| {
        let (from, to) = if busy {
            ("run", "cancel")
        } else {
            ("cancel", "run")
        };
        let focused = browser::document().and_then(|document| document.active_element());
        if focused.is_some_and(|element| element.id() == from) {
            browser::focus(to);
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
    let main = main_fields(state.experiment());
    let (shown, others): (Vec<&'static Field>, Vec<&'static Field>) =
        (state.form.plan.fields().iter()).partition(|field| main.contains(&field.name));
    // An error must be seen.
    let is_open = *opened
        || others
            .iter()
            .any(|field| state.form.error(field.name).is_some());
    let toggle = Callback::from(move |_: MouseEvent| opened.set(!is_open));
    let isolated = state.isolation.is_isolated();
    html! {
        <form class="plan" aria-label="What to measure" novalidate=true {onsubmit}>
            <div class="bar-run">
                <div class="bar-buttons">
                    <button id="run" class="run" type="submit" disabled={busy || !isolated}>
                        { if state.own_report().is_some() { "Run again" } else { "Run" } }
                    </button>
                    <button id="cancel" class="cancel" type="button" disabled={!busy} onclick={cancel}>
                        { "Cancel" }
                    </button>
                </div>
                // While `aria-busy` is true, screen readers announce nothing; they
                // announce the end of the run and not each of many short steps.
                <p class="status" id="status" role="status" aria-live="polite"
                    aria-busy={busy.to_string()} data-state={state.stage.name()}>
                    { status(state) }
                </p>
                <p class="help" id="estimate">
                    { match isolated {
                        true => format!("about {}", estimate(state, &state.form.plan)),
                        false => "Nothing can run here: why is said at the top of this page.".to_owned(),
                    } }
                </p>
            </div>
            <div class="bar-fields">
                { for shown.iter().map(|field| control(&state.form, on_edit, field)) }
                <button id="more" type="button" aria-expanded={is_open.to_string()} aria-controls="settings"
                    onclick={toggle}>{ if is_open { "Fewer settings" } else { "More settings" } }</button>
            </div>
            <div class="panel settings" id="settings" hidden={!is_open}>
                <div class="settings-fields">
                    { for others.iter().map(|field| control(&state.form, on_edit, field)) }
                </div>
                <dl class="settings-help">
                    { for shown.iter().map(|field| html! {
                        <div key={field.name}><dt>{ field.label }</dt><dd>{ help_of(&state.form, field) }</dd></div>
                    }) }
                </dl>
                if isolated {
                    { extent(state, on_edit) }
                }
            </div>
        </form>
    }
}

/// How long a run of the plan takes, about.
fn estimate(state: &State, plan: &Plan) -> String {
    seconds(plan.estimate(state.form.cores, state.clock_step_us))
}

/// The button that chooses a longer or a shorter plan.
fn extent(state: &State, on_edit: &Callback<Action>) -> Html {
    let (words, plan) = state.other_extent();
    let time = estimate(state, &plan);
    let on_edit = on_edit.clone();
    let onclick = Callback::from(move |_| on_edit.emit(Action::ChoosePlan(plan.clone())));
    html! {
        <p><button id="extent" class="preset" type="button" {onclick}>
            { format!("{words} (about {time})") }
        </button></p>
    }
}

/// A rough time: whole seconds, then fives, then minutes.
fn seconds(time: Duration) -> String {
    match time.as_secs_f64() {
        s if s < 20.0 => format!("{} s", s.ceil().max(1.0)),
        s if s < 90.0 => format!("{} s", (s / 5.0).round() * 5.0),
        s => format!("{} min", (s / 60.0).round()),
    }
}

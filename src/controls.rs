//! The form with the controls of the plan and the buttons Run and Cancel.

use super::browser;
use super::fields::control;
use super::state::{Action, State};
use experiments::Plan;
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

/// The form.
#[component]
pub fn Controls(props: &Props) -> Html {
    let Props {
        state,
        on_edit,
        on_run,
        on_cancel,
    } = props;
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
    html! {
        <form class="panel controls" aria-label="What to measure" novalidate=true {onsubmit}>
            { for state.plan.fields().iter().map(|field| control(state, on_edit, field)) }
            <div class="actions">
                <button id="run" class="run" type="submit" disabled={busy || !state.isolation.is_isolated()}>
                    { "Run" }
                </button>
                <button id="cancel" class="cancel" type="button" disabled={!busy} onclick={cancel}>
                    { "Cancel" }
                </button>
                if state.isolation.is_isolated() {
                    { extent(state, on_edit) }
                }
                if !state.isolation.is_isolated() {
                    <p class="help">{ "Nothing can run here: why is said at the top of this page." }</p>
                }
            </div>
        </form>
    }
}

/// How long the run takes, and the button that chooses a longer or a shorter plan.
fn extent(state: &State, on_edit: &Callback<Action>) -> Html {
    let estimate = |plan: &Plan| seconds(plan.estimate(state.cores, state.clock_step_us));
    let (words, plan) = state.other_extent();
    let time = estimate(&plan);
    let on_edit = on_edit.clone();
    let onclick = Callback::from(move |_| on_edit.emit(Action::ChoosePlan(plan.clone())));
    html! {
        <>
            <p class="help" id="estimate">{ format!("Takes about {}.", estimate(&state.plan)) }</p>
            <button id="extent" class="preset" type="button" {onclick}>
                { format!("{words} (about {time})") }
            </button>
        </>
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

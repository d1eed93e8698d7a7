//! The links to the experiments.

use super::state::{Action, State};
use experiments::Experiment;
use yew::prelude::*;

/// The list of links. Each experiment has its own address; a click changes the state
/// instead of loading the page again.
pub fn navigation(state: &State, on_edit: &Callback<Action>) -> Html {
    let shown = state.experiment();
    let link = |experiment: Experiment| {
        let on_edit = on_edit.clone();
        let onclick = Callback::from(move |event: MouseEvent| {
            // Clicks that open a new tab or window are left to the browser.
            if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
                return;
            }
            event.prevent_default();
            on_edit.emit(Action::ChooseExperiment(experiment));
        });
        let here = (experiment == shown).then_some("page");
        html! {
            <li key={experiment.name()}>
                <a href={format!("?experiment={experiment}")} aria-current={here}
                    {onclick}>{ experiment.title() }</a>
            </li>
        }
    };
    html! {
        <nav class="experiments" aria-label="Experiments">
            <ul>
                { for Experiment::ALL.map(link) }
                <li><a href="?faults">{ "What if a process fails?" }</a></li>
            </ul>
            if let Some(why) = &state.form.experiment_error {
                <p class="error" data-error-for="experiment" role="alert">{ why.clone() }</p>
            }
            // The style sheet keeps space for this below the links, so nothing moves.
            if let Some(other) = state.measured_elsewhere() {
                <p class="note experiments-note">
                    { format!("“{}” is being measured meanwhile.", other.title()) }
                </p>
            }
        </nav>
    }
}

//! From experiment to experiment.

use super::state::{Action, State};
use experiments::Experiment;
use yew::prelude::*;

/// The experiments as links: each is an address of its own, and a visit to it
/// needs no new page.
pub fn navigation(state: &State, on_edit: &Callback<Action>) -> Html {
    let shown = state.experiment();
    let busy = state.stage.is_busy();
    let link = |experiment: Experiment| {
        let on_edit = on_edit.clone();
        let onclick = Callback::from(move |event: MouseEvent| {
            // A new tab is the reader's to open.
            if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
                return;
            }
            event.prevent_default();
            on_edit.emit(Action::Choose(experiment));
        });
        let here = (experiment == shown).then_some("page");
        let off = busy && experiment != shown;
        html! {
            <li key={experiment.name()}>
                <a href={format!("?experiment={experiment}")} aria-current={here} aria-disabled={off.then_some("true")}
                    {onclick}>{ experiment.title() }</a>
            </li>
        }
    };
    html! {
        <nav class="experiments" aria-label="Experiments">
            <ul>{ for Experiment::ALL.map(link) }</ul>
            if let Some(why) = &state.unknown {
                <p class="error" data-error-for="experiment" role="alert">{ why.clone() }</p>
            }
            // Below the links, in the room before the question: nothing moves.
            if busy {
                <p class="note experiments-off">{ "Cancel the run to go to another." }</p>
            }
        </nav>
    }
}

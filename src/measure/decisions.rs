//! The table "Which model should I use?", with the figures measured in this browser.

use super::state::State;
use experiments::{Decision, decide};
use yew::prelude::*;

/// The table. It gives general advice at first; each row gets figures when its
/// experiment has been run.
pub fn decisions(state: &State) -> Html {
    let runnable = state.isolation.is_isolated();
    html! {
        <div id="decisions">
            <div class="scroll" role="region" aria-label="Which model should I use?" tabindex="0">
                // The roles are explicit because the style sheet lays the table out as
                // blocks in narrow windows, and it would lose its implicit roles.
                <table class="words" role="table">
                    <thead>
                        <tr role="row">
                            <th scope="col" role="columnheader">{ "You have" }</th>
                            <th scope="col" role="columnheader">{ "Use" }</th>
                            <th scope="col" role="columnheader">{ "Because, measured here" }</th>
                        </tr>
                    </thead>
                    <tbody>{ for decide(&state.reports()).iter().map(|one| row(one, runnable)) }</tbody>
                </table>
            </div>
        </div>
    }
}

fn row(decision: &Decision, runnable: bool) -> Html {
    let experiment = decision.experiment;
    let because = match &decision.because {
        Some(because) => html! { because.clone() },
        None => {
            let what = if runnable {
                "not yet: run"
            } else {
                "not here: see"
            };
            html! {
                <a href={format!("?experiment={experiment}")}>{ format!("{what} “{}”", experiment.title()) }</a>
            }
        }
    };
    html! {
        <tr role="row" data-measured={decision.because.is_some().to_string()}>
            <th scope="row" role="rowheader">{ decision.situation }</th>
            <td role="cell">{ &decision.advice }</td>
            <td role="cell">{ because }</td>
        </tr>
    }
}

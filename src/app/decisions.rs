//! Which model should I use? The answer, with this browser's own figures.

use super::state::State;
use crate::experiment::{Decision, decide};
use yew::prelude::*;

/// The table: general advice at first, measured as experiments are run.
pub fn decisions(state: &State) -> Html {
    html! {
        <section id="decisions">
            <h2 class="section-title" id="decisions-title">{ "Which model should I use?" }</h2>
            <div class="panel scroll" role="region" aria-labelledby="decisions-title" tabindex="0">
                <table class="words">
                    <thead>
                        <tr>
                            <th scope="col">{ "You have" }</th>
                            <th scope="col">{ "Use" }</th>
                            <th scope="col">{ "Because, measured here" }</th>
                        </tr>
                    </thead>
                    <tbody>{ for decide(&state.reports()).iter().map(row) }</tbody>
                </table>
            </div>
        </section>
    }
}

fn row(decision: &Decision) -> Html {
    let experiment = decision.experiment;
    let because = match &decision.because {
        Some(because) => html! { because.clone() },
        None => html! {
            <a href={format!("?experiment={experiment}")}>{ format!("not yet: run “{}”", experiment.title()) }</a>
        },
    };
    html! {
        <tr data-measured={decision.because.is_some().to_string()}>
            <th scope="row">{ decision.situation }</th>
            <td>{ &decision.advice }</td>
            <td>{ because }</td>
        </tr>
    }
}

//! Which model should I use? The answer, with this browser's own figures.

use super::state::State;
use experiments::{Decision, decide};
use yew::prelude::*;

/// The table: general advice at first, measured as experiments are run.
pub fn decisions(state: &State) -> Html {
    let runnable = state.isolation.is_isolated();
    html! {
        <section id="decisions">
            <h2 class="section-title" id="decisions-title">{ "Which model should I use?" }</h2>
            <div class="panel scroll" role="region" aria-labelledby="decisions-title" tabindex="0">
                // Said in so many words, since narrow windows lay it out as
                // blocks, which would take its meaning away.
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
        </section>
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

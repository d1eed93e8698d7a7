//! What tutorials claim about the question of an experiment, and what CPython showed.

use experiments::{Claim, Experiment};
use yew::prelude::*;

/// The claims that the experiment tests, before there is a report that judges them.
pub fn claims(experiment: Experiment) -> Html {
    html! {
        <>
            <ul class="verdicts">{ for experiment.claims().iter().map(claim) }</ul>
            { recorded_on(experiment.claims()) }
        </>
    }
}

fn claim(claim: &Claim) -> Html {
    html! {
        <li key={claim.id}>
            <p><q>{ claim.text }</q>{ " " }<span class="note">{ format!("({})", claim.source.title()) }</span></p>
            { rule(claim) }
            { reference(claim) }
        </li>
    }
}

/// The rule by which the claim is judged.
pub fn rule(claim: &Claim) -> Html {
    html! { <p class="note">{ "How this is judged: " }{ claim.rule }</p> }
}

/// What CPython showed about the claim, if that was measured.
pub fn reference(claim: &Claim) -> Html {
    html! { { for claim.reference().map(|reference| html! {
        <p class="beside">
            <strong>{ &reference.who }</strong>{ " on the machine of the recordings: " }{ &reference.text }
        </p>
    }) } }
}

/// The machine of the CPython measurements, once for a list of claims.
pub fn recorded_on(claims: &[Claim]) -> Html {
    let reference = claims.iter().find_map(Claim::reference);
    html! { { for reference.map(|reference| html! {
        <p class="note">{ format!("The machine of the recordings: {}.", reference.machine) }</p>
    }) } }
}

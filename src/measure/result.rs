//! The result in words: how it was measured, warnings, and the findings about the tutorials'
//! claims. The answer itself is in `card.rs`.

use super::question::{recorded_on, reference, rule};
use super::recorded::when_and_where;
use experiments::{Field, Finding, Kind, Outcome, Report};
use workloads::grouped;
use yew::prelude::*;

/// How the report was measured: what was done, with which plan, on which machine, and what
/// the work's result is.
pub fn how_measured(report: &Report) -> Html {
    html! {
        <>
            <p>{ report.experiment().explanation() }</p>
            <p>{ plan_in_words(report) }{ format!(" This was {}", when_and_where(report)) }</p>
            if let Some(answer) = &report.answer {
                <p class="result-line">
                    { "The result of the work: " }<strong id="answer">{ answer }</strong>{ "." }
                    if report.agree {
                        <span class="agreed">{ " ✓ The same in every run." }</span>
                    }
                </p>
            }
        </>
    }
}

/// The plan of the report in words, so that a screenshot contains it.
fn plan_in_words(report: &Report) -> String {
    let plan = &report.plan;
    let fields = plan.fields().iter().filter(|field| plan.applies(field));
    let parts: Vec<String> = fields
        .map(|field| {
            let text = plan.text(field.name);
            let value = match field.kind {
                Kind::Number(..) => {
                    let number = text.parse().map_or(text, grouped);
                    format!("{number} {}", plan.unit(field))
                        .trim_end()
                        .to_owned()
                }
                Kind::Numbers(..) => text.replace(',', ", "),
                Kind::Choice(..) | Kind::Several(..) => titles(field, &text),
            };
            format!("{} {value}", field.label.to_lowercase())
        })
        .collect();
    format!("Measured with: {}.", parts.join("; "))
}

/// The titles of the chosen values, as the control shows them.
fn titles(field: &Field, names: &str) -> String {
    let choices = field.choices();
    let title = |name| {
        let choice = choices.iter().find(|choice| choice.name == name);
        choice.map_or(name, |choice| choice.title)
    };
    let titles: Vec<&str> = names.split(',').map(title).collect();
    titles.join(", ")
}

/// The alert that results differ; nothing if all results agree.
pub fn wrong_results(report: Option<&Report>) -> Html {
    if report.is_none_or(|report| report.agree) {
        return Html::default();
    }
    html! {
        <div class="alarm" role="alert" id="alarm">
            <strong>{ "⚠ Wrong results" }</strong>
            <p>
                { "Not every run of this work gave the same result, so no figure below may be \
                   trusted. The table shows which ones differ. Run it again; if it stays so, this \
                   is a fault of Manyhands or of this browser, and worth reporting." }
            </p>
        </div>
    }
}

/// The warning that the page was hidden or slowed down during the measurement.
pub fn disturbance(report: &Report) -> Html {
    let environment = &report.environment;
    let why = match (environment.hidden, environment.throttled) {
        (false, false) => return Html::default(),
        (true, false) => "This page was out of sight for a while",
        (false, true) => "The browser slowed this page’s timers down for a while",
        (true, true) => "This page was out of sight and slowed down for a while",
    };
    let points = report.series.iter().flat_map(|series| &series.points);
    let marked: usize = points.map(|point| point.disturbed.len()).sum();
    let samples = match marked {
        0 => "but not while anything was measured".to_owned(),
        1 => "1 sample of that time is marked in the report".to_owned(),
        _ => format!("{marked} samples of that time are marked in the report"),
    };
    let advice = match (marked, environment.hidden) {
        (0, _) => "",
        (_, true) => " Run it again with the page in sight.",
        (_, false) => " Run it again when the machine has less to do.",
    };
    html! {
        <p class="warning" id="disturbance" role="status">{ format!("⚠ {why}: {samples}.{advice}") }</p>
    }
}

/// An outcome in words. `own` is whether this page measured it: a report of another machine
/// says nothing about this one.
pub fn outcome_in_words(outcome: Outcome, own: bool) -> &'static str {
    match (outcome, own) {
        (Outcome::Holds, false) => "True on the machine of this run",
        (Outcome::DoesNotHold, false) => "Not on the machine of this run",
        (Outcome::CannotBeSaid, false) => "Cannot be said from this run",
        _ => outcome.title(),
    }
}

/// The class and the sign of an outcome.
pub fn mark(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Holds => ("is-true", "✓"),
        Outcome::DoesNotHold => ("is-false", "✗"),
        Outcome::TooClose => ("is-open", "≈"),
        Outcome::CannotBeSaid => ("is-open", "?"),
    }
}

/// The findings, each with its verdict about a claim.
pub fn findings(report: &Report, own: bool) -> Html {
    html! {
        <>
            <ul class="verdicts" id="findings">
                { for report.findings.iter().map(|one| finding(one, own)) }
            </ul>
            { recorded_on(report.experiment().claims()) }
        </>
    }
}

fn finding(finding: &Finding, own: bool) -> Html {
    let Some(verdict) = &finding.claim else {
        return html! { <li><p>{ &finding.sentence }</p></li> };
    };
    let (class, sign) = mark(verdict.outcome);
    html! {
        <li data-claim={verdict.claim.id} data-outcome={verdict.outcome.title()}>
            <p class={classes!("verdict", class)}>
                { outcome_in_words(verdict.outcome, own) }
                <span class="verdict-mark" aria-hidden="true">{ sign }</span>
            </p>
            <p class="claim">{ verdict.claim.source.title() }{ ": " }<q>{ verdict.claim.text }</q></p>
            <p>{ &finding.sentence }</p>
            { rule(verdict.claim) }
            { reference(verdict.claim) }
        </li>
    }
}

//! The result in words: the answer with its uncertainty, warnings, and the findings about
//! the tutorials' claims.

use super::question::{recorded_on, reference, rule};
use charts::geometry::{plural, times};
use experiments::{Experiment, Field, Finding, Kind, Outcome, Report, SpeedUp, speed_ups};
use workloads::grouped;
use yew::prelude::*;

/// The answer of a report, or a placeholder while there is no report.
pub fn answer(report: Option<&Report>, busy: bool) -> Html {
    let Some(report) = report else {
        return html! {
            <div class="panel answer is-empty">
                <p class="sentence">
                    if busy {
                        { "Measuring: what comes out, and how sure that is, will stand here." }
                    } else {
                        { "Press Run: what was measured, and how sure that is, will stand here." }
                    }
                </p>
            </div>
        };
    };
    html! {
        <div class="panel answer">
            { headline(report) }
            <div class="findings">
                <p class="sentence" id="sentence">{ &report.sentence }</p>
                if let Some(answer) = &report.answer {
                    <p class="result-line">
                        { "The answer: " }<strong id="answer">{ answer }</strong>{ "." }
                        if report.agree {
                            <span class="agreed">{ " ✓ The same in every run." }</span>
                        }
                    </p>
                }
                <p class="note">{ plan_in_words(report) }</p>
            </div>
        </div>
    }
}

/// The large figure of the experiment "speed-up"; other experiments have none.
fn headline(report: &Report) -> Html {
    if report.experiment() != Experiment::SpeedUp {
        return Html::default();
    }
    let rows = speed_ups(report);
    html! { { for SpeedUp::best(&rows).map(|best| speed_up_figure(best, report.agree)) } }
}

fn speed_up_figure(best: &SpeedUp, trusted: bool) -> Html {
    let summary = &best.summary;
    // The colour depends on the interval: faster or slower only if it excludes 1.
    let look = match trusted {
        false => Some("is-void"),
        true if summary.high < 1.0 => Some("is-slower"),
        true if summary.low <= 1.0 => Some("is-open"),
        true => None,
    };
    let spread = if summary.n == 1 {
        "one run only: no spread can be told".to_owned()
    } else {
        format!(
            "95 % interval {} to {}, n\u{a0}=\u{a0}{}",
            times(summary.low),
            times(summary.high),
            summary.n
        )
    };
    html! {
        <div class="figure-block">
            <p class={classes!("figure-number", look)} id="speed-up-figure">{ times(summary.median) }</p>
            <p class="figure-caption">
                { format!("as fast as the main thread, with {}", plural(best.workers.into(), "process", "processes")) }
            </p>
            <p class="note numeric">{ spread }</p>
            if let Some(share) = best.share {
                <p class="note numeric">{ share.words() }</p>
            }
        </div>
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

/// The findings, each with its verdict about a claim.
pub fn findings(report: &Report) -> Html {
    if report.findings.is_empty() {
        return Html::default();
    }
    html! {
        <section class="panel" aria-labelledby="findings-title">
            <h3 class="panel-title" id="findings-title">{ "What was found" }</h3>
            <ul class="verdicts" id="findings">{ for report.findings.iter().map(finding) }</ul>
            { recorded_on(report.experiment().claims()) }
        </section>
    }
}

fn finding(finding: &Finding) -> Html {
    let Some(verdict) = &finding.claim else {
        return html! { <li><p>{ &finding.sentence }</p></li> };
    };
    let (class, mark) = match verdict.outcome {
        Outcome::Holds => ("is-true", "✓"),
        Outcome::DoesNotHold => ("is-false", "✗"),
        Outcome::TooClose => ("is-open", "≈"),
        Outcome::CannotBeSaid => ("is-open", "?"),
    };
    html! {
        <li data-claim={verdict.claim.id} data-outcome={verdict.outcome.title()}>
            <p class={classes!("verdict", class)}>
                <span class="verdict-mark" aria-hidden="true">{ mark }</span>
                { verdict.outcome.title() }
            </p>
            <p class="claim">{ verdict.claim.source.title() }{ ": " }<q>{ verdict.claim.text }</q></p>
            <p>{ "Here: " }{ &finding.sentence }</p>
            { rule(verdict.claim) }
            { reference(verdict.claim) }
        </li>
    }
}

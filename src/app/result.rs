//! The answer: how much faster, how sure, and the same in words.

use super::geometry::{plural, times};
use crate::experiment::{SpeedUp, SpeedUpReport as Report};
use yew::prelude::*;

/// The answer of a report, or what will be there.
pub fn answer(report: Option<&Report>) -> Html {
    let Some(report) = report else {
        return html! {
            <div class="panel answer is-empty">
                <div class="empty-results">
                    <p class="question">{ "How much faster are many hands?" }</p>
                    <p class="sentence">
                        { "Press Run: the same work is done by this page’s own thread, then by one \
                           process, by two, and so on. How much faster they were, and how sure that \
                           is, will stand here." }
                    </p>
                </div>
            </div>
        };
    };
    html! {
        <div class="panel answer">
            { for report.best().map(|best| figure(best, report.agree)) }
            <div class="findings">
                <p class="sentence" id="sentence">{ &report.sentence }</p>
                <p class="result-line">
                    { "The answer: " }<strong id="answer">{ &report.answer }</strong>{ "." }
                    if report.agree {
                        <span class="agreed">{ " ✓ The same in every run." }</span>
                    }
                </p>
                <p class="note">{ what(report) }</p>
            </div>
        </div>
    }
}

fn figure(best: &SpeedUp, trusted: bool) -> Html {
    let summary = &best.summary;
    // The colour says no more than the interval allows.
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
                { format!("the main thread’s speed, with {}", plural(best.workers.into(), "process", "processes")) }
            </p>
            <p class="note numeric">{ spread }</p>
            if let (Some(ideal), Some(efficiency)) = (best.ideal, best.efficiency) {
                <p class="note numeric">
                    { format!("{:.0} % of the ideal {}, calibrated here", efficiency * 100.0, times(ideal)) }
                </p>
            }
        </div>
    }
}

/// What was measured, so that a screenshot says it too.
fn what(report: &Report) -> String {
    let plan = &report.plan;
    format!(
        "{}, {} {}; {} a row; start method {}.",
        plan.workload.title(),
        crate::workload::grouped(plan.size.into()),
        plan.workload.unit(),
        plural(plan.repeats.into(), "run", "runs"),
        plan.start_method,
    )
}

/// The loud error of wrong results; nothing while they agree.
pub fn alarm(report: Option<&Report>) -> Html {
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

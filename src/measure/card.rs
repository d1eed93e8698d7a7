//! The card: the question and its answer or, while an experiment is running, the stage with
//! the live lanes in the same place.

use super::browser;
use super::frame_monitor::FrameMonitor;
use super::presenter::Presenter;
use super::recorded::recorded_notice;
use super::result::{mark, outcome_in_words, wrong_results};
use super::stage_panel::stage_panel;
use super::state::State;
use charts::geometry::unbroken;
use experiments::{Finding, Headline, Outcome, Report, Trend, Verdict};
use yew::prelude::*;

/// The card. The answer keeps its room while the stage lies over it, so that nothing moves
/// when a run begins.
pub fn card(state: &State, monitor: &FrameMonitor, presenter: &Presenter) -> Html {
    let measuring = state.is_measuring();
    let shown = match (state.own_report(), state.shown_recorded()) {
        (Some(_), _) => "own",
        (None, Some(_)) => "recorded",
        (None, None) if state.report().is_some() => "file",
        (None, None) => "none",
    };
    let report = state.report().map(|report| &**report);
    html! {
        <section class="panel card" id="card" data-answer={shown} data-measuring={measuring.to_string()}
            aria-labelledby="question">
            <h2 class="question" id="question">{ state.experiment().question() }</h2>
            <div class="card-body">
                <div class={classes!("answer", (measuring || presenter.covered).then_some("is-behind"))}>
                    { recorded_notice(state) }
                    { wrong_results(report) }
                    { match report {
                        Some(report) => answer(report, shown == "own"),
                        None => placeholder(state),
                    } }
                </div>
                if measuring {
                    { stage_panel(state, monitor) }
                } else if presenter.covered {
                    <div class="cover" id="cover">
                        <p class="sentence">{ state.experiment().explanation() }</p>
                        <p class="sentence"><strong>{ "What do you expect?" }</strong></p>
                        <p><button type="button" id="reveal" onclick={presenter.reveal.clone()}>{ "Reveal the answer" }</button></p>
                    </div>
                }
            </div>
        </section>
    }
}

fn placeholder(state: &State) -> Html {
    html! {
        <>
            <p class="sentence">{ state.experiment().explanation() }</p>
            if state.isolation.is_isolated() {
                <p class="note">{ "Press Run: the answer will stand here." }</p>
            }
        </>
    }
}

fn answer(report: &Report, own: bool) -> Html {
    html! {
        <div class="answer-main">
            { for report.headline.as_ref().map(headline) }
            <div class="findings">
                <p class="sentence" id="sentence">{ unbroken(&report.sentence) }</p>
                { claim(report, own) }
            </div>
        </div>
    }
}

fn headline(headline: &Headline) -> Html {
    let look = match headline.trend {
        Trend::Plain => None,
        Trend::Loss => Some("is-slower"),
        Trend::Open => Some("is-open"),
    };
    // A great figure would say what the samples do not: there the words are great.
    let (figure, caption) = match (headline.trend, headline.figure.ends_with('×')) {
        (Trend::Open, true) => (
            "No difference shown",
            format!("{} {}", headline.figure, headline.caption),
        ),
        _ => (headline.figure.as_str(), headline.caption.clone()),
    };
    let long = (figure.chars().count() > 6).then_some("is-long");
    html! {
        <div class="figure-block">
            <p class={classes!("figure-number", look, long)} id="answer-figure">{ figure }</p>
            <p class="figure-caption">{ unbroken(&caption) }</p>
            { for headline.notes.iter().map(|note| html! { <p class="note numeric">{ unbroken(note) }</p> }) }
        </div>
    }
}

/// The verdict on the first claim that could be judged or, if none could, on the first one,
/// and how many more there are.
fn claim(report: &Report, own: bool) -> Html {
    let judged: Vec<(&Finding, &Verdict)> = (report.findings.iter())
        .filter_map(|finding| Some((finding, finding.claim.as_ref()?)))
        .collect();
    let decided = |(_, verdict): &&(&Finding, &Verdict)| {
        matches!(verdict.outcome, Outcome::Holds | Outcome::DoesNotHold)
    };
    let chosen = judged.iter().find(decided).or_else(|| judged.first());
    let Some((finding, verdict)) = chosen else {
        return Html::default();
    };
    let (class, sign) = mark(verdict.outcome);
    let why = finding.sentence.strip_prefix("This cannot be said here: ");
    let onclick = Callback::from(|_: MouseEvent| browser::open_details("section-claims"));
    html! {
        <div class="card-claim" data-claim={verdict.claim.id} data-outcome={verdict.outcome.title()}>
            <p class="claim">{ verdict.claim.source.title() }{ ": " }<q>{ verdict.claim.text }</q></p>
            <p>
                <span class={classes!("verdict-mark", class)} aria-hidden="true">{ sign }</span>
                <strong class={classes!("verdict", class)}>{ outcome_in_words(verdict.outcome, own) }</strong>
                { ": " }{ unbroken(why.unwrap_or(&finding.sentence)) }
            </p>
            <p><button type="button" class="link" {onclick}>
                { match judged.len() {
                    1 => "How this is judged".to_owned(),
                    all => format!("How this is judged, and {} more", all - 1),
                } }
            </button></p>
        </div>
    }
}

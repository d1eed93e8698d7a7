//! What is going on now: the hand that stops when the page is frozen, how far
//! the run is, and how long the page stood still.

use super::forecast;
use super::frame_monitor::{FrameMonitor, WINDOW_MS};
use super::state::{Moment, Stage, State};
use charts::geometry::{coordinate, milliseconds};
use yew::prelude::*;

/// The panel; the monitor turns its hand.
pub fn now(state: &State, monitor: &FrameMonitor) -> Html {
    let Moment { done, total, .. } = state.moment;
    let frozen = &state.frozen;
    // Without a maximum the bar says "something is going on".
    let (value, max) = match (&state.stage, total) {
        (Stage::Running | Stage::Stopping, 0) => (None, None),
        (Stage::Running | Stage::Stopping, _) => (Some(done.min(total)), Some(total)),
        (Stage::Done, _) => (Some(1), Some(1)),
        _ => (Some(0), Some(1)),
    };
    html! {
        <div class="panel now" id="now">
            <Hand monitor={monitor.clone()} resting={!state.stage.is_busy()} />
            <div class="progress">
                // Busy: the end is announced, not each of many short steps.
                <p class="status" id="status" role="status" aria-live="polite"
                    aria-busy={state.stage.is_busy().to_string()} data-state={state.stage.name()}>
                    { status(state) }
                </p>
                <progress id="progress" aria-label="Progress of the run"
                    value={value.map(|value| value.to_string())}
                    max={max.map(|max| max.to_string())} />
                <p class="time-left" id="time-left">{ time_left(state) }</p>
                if state.hidden {
                    <p class="note" id="hidden">{ "⚠ This page was out of sight: what was measured then is marked." }</p>
                }
            </div>
            <div class="freezes">
                <p class="freezes-title">
                    { format!("This page’s longest freeze; below, a line for each frame ({:.1} s)", WINDOW_MS / 1000.0) }
                </p>
                if forecast::on_main_thread(&state.plan) {
                    { freeze("freeze-main", "Main thread", frozen.main_ms, &frozen.main_comb) }
                }
                { freeze("freeze-processes", "Processes", frozen.processes_ms, &frozen.processes_comb) }
            </div>
        </div>
    }
}

fn status(state: &State) -> AttrValue {
    let has_report = state.own().is_some();
    match &state.stage {
        Stage::Ready if state.has_complaint() => {
            "Nothing was started: see what is marked ⚠.".into()
        }
        Stage::Ready => "Ready. Press Run and watch the hand.".into(),
        Stage::Running if state.moment.phase.is_empty() => "Starting…".into(),
        Stage::Running => state.moment.phase.clone(),
        Stage::Stopping => "Stopping…".into(),
        Stage::Done => "Done.".into(),
        Stage::Cancelled if has_report => {
            "Cancelled. The results are those of the run before.".into()
        }
        Stage::Cancelled => "Cancelled.".into(),
        Stage::Failed(why) if has_report => {
            format!("The run failed: {why} The results are those of the run before.").into()
        }
        Stage::Failed(why) => format!("The run failed: {why}").into(),
    }
}

fn time_left(state: &State) -> String {
    match state
        .moment
        .seconds_left
        .filter(|_| state.stage == Stage::Running)
    {
        // A guess: whole seconds are all it is worth.
        Some(seconds) if seconds.is_finite() && seconds >= 60.0 => {
            format!("about {} min left", (seconds / 60.0).ceil() as u64)
        }
        Some(seconds) if seconds.is_finite() => {
            format!("about {} s left", seconds.max(0.0).ceil() as u64)
        }
        _ if state.stage == Stage::Ready && !state.has_complaint() => {
            "It turns only while this page is alive.".to_owned()
        }
        _ => String::new(),
    }
}

fn freeze(class: &'static str, name: &'static str, longest: Option<f64>, comb: &[f64]) -> Html {
    let figure = longest.map_or_else(|| "–".to_owned(), milliseconds);
    html! {
        <div class={classes!("freeze", class)}>
            <span class="freeze-name">{ name }</span>
            <span class="freeze-figure" id={class}>{ figure }</span>
            <svg class="comb" aria-hidden="true" focusable="false">
                { for comb.iter().map(|part| {
                    let x = percent(*part);
                    html! { <line x1={&x} x2={&x} y1="0" y2="100%" /> }
                }) }
            </svg>
        </div>
    }
}

/// A part of the whole as a percentage.
fn percent(part: f64) -> AttrValue {
    format!("{}%", coordinate(part * 100.0)).into()
}

/// What the hand needs.
#[derive(Properties, PartialEq)]
struct HandProps {
    monitor: FrameMonitor,
    resting: bool,
}

/// The hand: turned by every frame the page draws, and by nothing else.
#[component]
fn Hand(props: &HandProps) -> Html {
    let arm = use_node_ref();
    use_effect_with((arm.clone(), props.monitor.clone()), |(arm, monitor)| {
        monitor.turns(arm.cast::<web_sys::Element>());
        let monitor = monitor.clone();
        move || monitor.turns(None)
    });
    let ticks = (0..12).map(|hour| {
        html! { <line class="hand-tick" x1="50" y1="9" x2="50" y2="14" transform={format!("rotate({} 50 50)", hour * 30)} /> }
    });
    html! {
        <svg class={classes!("hand", props.resting.then_some("hand-resting"))} viewBox="0 0 100 100"
            role="img" aria-label="A clock hand that turns with every frame this page draws and stops while the page is frozen">
            <circle class="hand-face" cx="50" cy="50" r="46" />
            { for ticks }
            // The group's transform is the watch's alone; Yew never sets it.
            <g ref={arm}>
                <line class="hand-arm" x1="50" y1="50" x2="50" y2="19" />
            </g>
            <circle class="hand-pin" cx="50" cy="50" r="6" />
        </svg>
    }
}

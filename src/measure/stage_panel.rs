//! The stage: what is shown in the card while an experiment is running. The clock hand stops
//! while the page is frozen; beside it are the progress, the longest freezes and the live lanes.

use super::forecast;
use super::frame_monitor::{FrameMonitor, WINDOW_MS};
use super::lanes::RunLanes;
use super::state::{RunProgress, Stage, State};
use charts::geometry::{coordinate, milliseconds};
use yew::prelude::*;

/// The stage. The monitor turns its clock hand.
pub fn stage_panel(state: &State, monitor: &FrameMonitor) -> Html {
    let RunProgress { done, total, .. } = state.run_progress;
    // A progress bar without a maximum shows that something is going on.
    let (value, max) = match total {
        0 => (None, None),
        _ => (Some(done.min(total)), Some(total)),
    };
    html! {
        <div class="stage">
            <div class="now" id="now">
                <Hand monitor={monitor.clone()} resting={false} />
                <div class="progress">
                    <progress id="progress" aria-label="Progress of the run"
                        value={value.map(|value| value.to_string())}
                        max={max.map(|max| max.to_string())} />
                    <p class="time-left" id="time-left">{ time_left(state) }</p>
                    if state.hidden {
                        <p class="note" id="hidden">{ "⚠ This page was out of sight: what was measured then is marked." }</p>
                    }
                </div>
                { freezes(state) }
            </div>
            <RunLanes live={state.shown_live()} report={None} own=true busy=true
                expected={forecast::lane_count(&state.form.plan)} />
        </div>
    }
}

/// The longest freezes of the page in the run that is going on or in the last one.
pub fn freezes(state: &State) -> Html {
    let freezes = &state.freezes;
    html! {
        <div class="freezes">
            <p class="freezes-title">
                { format!("This page’s longest freeze; below, a line for each frame ({:.1} s)", WINDOW_MS / 1000.0) }
            </p>
            if forecast::uses_main_thread(state.measured_plan()) {
                { freeze_row("freeze-main", "Main thread", freezes.main_ms, &freezes.main_frames) }
            }
            { freeze_row("freeze-processes", "Processes", freezes.processes_ms, &freezes.processes_frames) }
        </div>
    }
}

/// What the page is doing, in one line.
pub fn status(state: &State) -> AttrValue {
    let has_report = state.own_report().is_some();
    match &state.stage {
        Stage::Ready if state.form.has_errors() => {
            "Nothing was started: see what is marked ⚠.".into()
        }
        Stage::Ready => "".into(),
        Stage::Running if state.run_progress.phase.is_empty() => "Starting…".into(),
        Stage::Running => match state.measured_elsewhere() {
            Some(other) => format!("{}: {}", other.title(), state.run_progress.phase).into(),
            None => state.run_progress.phase.clone(),
        },
        Stage::Stopping => "Stopping…".into(),
        Stage::Done => "Done.".into(),
        Stage::Cancelled if has_report => {
            "Cancelled. The results are those of the run before.".into()
        }
        Stage::Cancelled => "Cancelled.".into(),
        Stage::Failed(_) if state.site_updated => {
            "The run failed, because this site was updated: see the top of this page.".into()
        }
        Stage::Failed(why) if has_report => {
            format!("The run failed: {why} The results are those of the run before.").into()
        }
        Stage::Failed(why) => format!("The run failed: {why}").into(),
    }
}

fn time_left(state: &State) -> String {
    match state
        .run_progress
        .seconds_left
        .filter(|_| state.stage == Stage::Running)
    {
        // The estimate is no better than whole seconds.
        Some(seconds) if seconds.is_finite() && seconds >= 60.0 => {
            format!("about {} min left", (seconds / 60.0).ceil() as u64)
        }
        Some(seconds) if seconds.is_finite() => {
            format!("about {} s left", seconds.max(0.0).ceil() as u64)
        }
        _ => String::new(),
    }
}

fn freeze_row(
    class: &'static str,
    name: &'static str,
    longest: Option<f64>,
    frames: &[f64],
) -> Html {
    let figure = longest.map_or_else(|| "–".to_owned(), milliseconds);
    html! {
        <div class={classes!("freeze", class)}>
            <span class="freeze-name">{ name }</span>
            <span class="freeze-figure" id={class}>{ figure }</span>
            <svg class="comb" aria-hidden="true" focusable="false">
                { for frames.iter().map(|part| {
                    let x = percent(*part);
                    html! { <line x1={&x} x2={&x} y1="0" y2="100%" /> }
                }) }
            </svg>
        </div>
    }
}

/// A fraction as a percentage.
fn percent(part: f64) -> AttrValue {
    format!("{}%", coordinate(part * 100.0)).into()
}

/// The properties of [`Hand`].
#[derive(Properties, PartialEq)]
struct HandProps {
    monitor: FrameMonitor,
    resting: bool,
}

/// The clock hand, which the monitor turns with each frame that the page draws.
#[component]
fn Hand(props: &HandProps) -> Html {
    let arm = use_node_ref();
    use_effect_with((arm.clone(), props.monitor.clone()), |(arm, monitor)| {
        monitor.set_hand(arm.cast::<web_sys::Element>());
        let monitor = monitor.clone();
        move || monitor.set_hand(None)
    });
    let ticks = (0..12).map(|hour| {
        html! { <line class="hand-tick" x1="50" y1="9" x2="50" y2="14" transform={format!("rotate({} 50 50)", hour * 30)} /> }
    });
    html! {
        <svg class={classes!("hand", props.resting.then_some("hand-resting"))} viewBox="0 0 100 100"
            role="img" aria-label="A clock hand that turns with every frame this page draws and stops while the page is frozen">
            <circle class="hand-face" cx="50" cy="50" r="46" />
            { for ticks }
            // Only the monitor sets the group's transform; Yew must not.
            <g ref={arm}>
                <line class="hand-arm" x1="50" y1="50" x2="50" y2="19" />
            </g>
            <circle class="hand-pin" cx="50" cy="50" r="6" />
        </svg>
    }
}

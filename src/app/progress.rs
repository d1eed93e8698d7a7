//! What is going on now: the hand that stops when the page is frozen, how far
//! the run is, and how long the page stood still.

use super::frame_monitor::{FrameMonitor, Frozen};
use super::geometry::{coordinate, milliseconds};
use super::state::{Moment, Stage};
use yew::prelude::*;

/// What is going on.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What the page is doing.
    pub stage: Stage,
    /// How far it is.
    pub moment: Moment,
    /// How long the page was frozen.
    pub frozen: Frozen,
    /// Whether processes can run here.
    pub runnable: bool,
    /// Whether there are results.
    pub has_report: bool,
    /// The watch over the page's frames, which turns the hand.
    pub monitor: FrameMonitor,
}

/// The panel.
#[component]
pub fn Now(props: &Props) -> Html {
    let Moment { done, total, .. } = props.moment;
    let busy = props.stage.is_busy();
    // Without a maximum the bar says "something is going on".
    let (value, max) = match (&props.stage, total) {
        (Stage::Running | Stage::Stopping, 0) => (None, None),
        (Stage::Running | Stage::Stopping, _) => (Some(done.min(total)), Some(total)),
        (Stage::Done, _) => (Some(1), Some(1)),
        _ => (Some(0), Some(1)),
    };
    html! {
        <div class="panel now" id="now">
            <Hand monitor={props.monitor.clone()} resting={!busy} />
            <div class="progress">
                <p class="status" id="status" role="status" aria-live="polite" data-state={props.stage.name()}>
                    { status(props) }
                </p>
                <progress id="progress" aria-label="Progress of the run"
                    value={value.map(|value| value.to_string())}
                    max={max.map(|max| max.to_string())} />
                <p class="time-left" id="time-left">{ time_left(props) }</p>
            </div>
            <div class="freezes">
                <p class="freezes-title">
                    { "This page’s longest freeze; below, a line for every frame it drew" }
                </p>
                { freeze("freeze-main", "Main thread", props.frozen.main_ms, &props.frozen.main_comb) }
                { freeze("freeze-processes", "Processes", props.frozen.processes_ms, &props.frozen.processes_comb) }
            </div>
        </div>
    }
}

fn status(props: &Props) -> AttrValue {
    match &props.stage {
        Stage::Ready if props.runnable => "Ready. Press Run and watch the hand.".into(),
        Stage::Ready => "This page cannot run processes here; the reason is said above.".into(),
        Stage::Running if props.moment.phase.is_empty() => "Starting…".into(),
        Stage::Running => props.moment.phase.clone(),
        Stage::Stopping => "Stopping…".into(),
        Stage::Done => "Done.".into(),
        Stage::Cancelled if props.has_report => {
            "Cancelled. The results are those of the run before.".into()
        }
        Stage::Cancelled => "Cancelled.".into(),
        Stage::Failed(why) if props.has_report => {
            format!("The run failed: {why} The results are those of the run before.").into()
        }
        Stage::Failed(why) => format!("The run failed: {why}").into(),
    }
}

fn time_left(props: &Props) -> String {
    match props
        .moment
        .seconds_left
        .filter(|_| props.stage == Stage::Running)
    {
        // A guess: whole seconds are all it is worth.
        Some(seconds) if seconds.is_finite() && seconds >= 60.0 => {
            format!("about {} min left", (seconds / 60.0).ceil())
        }
        Some(seconds) if seconds.is_finite() => format!("about {} s left", seconds.max(0.0).ceil()),
        _ if props.stage == Stage::Ready && props.runnable => {
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
                    let x = format!("{}%", coordinate(part * 100.0));
                    html! { <line x1={x.clone()} x2={x} y1="0" y2="100%" /> }
                }) }
            </svg>
        </div>
    }
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

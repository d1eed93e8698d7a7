//! The lanes: a row for each process of the run, over one axis of time.

use super::super::browser;
use super::session::Life;
use super::shown::SharedShown;
use super::view::{color, exit_word};
use charts::geometry::milliseconds;
use std::{cell::Cell, rc::Rc, time::Duration};
use yew::platform::spawn_local;
use yew::prelude::*;

/// How often the lanes grow while a program runs.
const TICK: Duration = Duration::from_millis(120);
/// The same where the visitor asks for less motion.
const CALM_TICK: Duration = Duration::from_secs(2);
/// The shortest axis, in ms, so that the first moment is not drawn as a whole row.
const SHORTEST_MS: f64 = 100.0;
/// The narrowest part of a lane that is drawn, in percent of the axis.
const NARROWEST: f64 = 0.5;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub shown: SharedShown,
    /// Whether time goes on.
    pub busy: bool,
    /// Changes with each event, so that the lanes are drawn again.
    pub heard: usize,
}

#[component]
pub fn Lanes(props: &Props) -> Html {
    let update = use_force_update();
    use_effect_with(props.busy, move |busy| {
        let goes_on = Rc::new(Cell::new(*busy));
        spawn_local({
            let goes_on = goes_on.clone();
            async move {
                let tick = if browser::prefers_reduced_motion() {
                    CALM_TICK
                } else {
                    TICK
                };
                while goes_on.get() {
                    browser::sleep(tick).await;
                    if goes_on.get() {
                        update.force_update();
                    }
                }
            }
        });
        move || goes_on.set(false)
    });
    let shown = props.shown.borrow();
    let lives = &shown.session.lives;
    let first = lives
        .iter()
        .map(|life| life.began)
        .fold(f64::INFINITY, f64::min);
    let last = if props.busy {
        browser::now_ms()
    } else {
        let ends = lives.iter().filter_map(|life| life.ended);
        ends.fold(first, f64::max)
    };
    let axis = Axis {
        first,
        length: (last - first).max(SHORTEST_MS),
        last,
    };
    let dropped = shown.session.dropped_processes;
    html! {
        <section class="panel playground-lanes" id="lanes" aria-labelledby="lanes-title">
            if let Some(blocked) = &shown.session.blocked {
                <p class="advice is-bad" id="blocked" role="alert"><span>{ blocked.text.clone() }</span></p>
            }
            <div class="lanes-head">
                <h3 class="panel-title" id="lanes-title">{ "Lanes" }</h3>
                <p class="note lanes-legend">
                    { swatch(true) }{ "starting" }{ swatch(false) }{ "running" }
                </p>
            </div>
            <div class="lanes" role="list" tabindex="0" aria-labelledby="lanes-title">
                if lives.is_empty() {
                    <p class="note">{ "Each process gets a row here while the program runs." }</p>
                }
                { for lives.iter().map(|life| lane(life, &axis)) }
            </div>
            <p class="lanes-length note">
                if !lives.is_empty() {
                    { format!("0 to {}", milliseconds(last - first)) }
                }
                if dropped > 0 {
                    { format!("; {dropped} more processes are not shown") }
                }
            </p>
        </section>
    }
}

/// Time, in ms since the page was opened.
struct Axis {
    first: f64,
    length: f64,
    last: f64,
}

impl Axis {
    /// A part of a lane, in percent: where it begins, and how wide it is.
    fn part(&self, from: f64, to: f64) -> (String, String) {
        let percent = |ms: f64| ms / self.length * 100.0;
        let width = percent(to - from).max(NARROWEST);
        let x = percent(from - self.first).min(100.0 - width);
        (format!("{x:.2}%"), format!("{width:.2}%"))
    }
}

fn lane(life: &Life, axis: &Axis) -> Html {
    let process = &life.process;
    let end = life.ended.unwrap_or(axis.last);
    let ran = life.running.unwrap_or(end);
    let (start_x, start_width) = axis.part(life.began, ran);
    let run = life.running.map(|from| axis.part(from, end));
    let state = match process.exit_code {
        Some(code) => exit_word(code),
        None => process.state.clone(),
    };
    let failed = process.exit_code.is_some_and(|code| code != 0);
    let name = process.name.clone().unwrap_or_else(|| "…".into());
    let label = format!(
        "{name}, pid {}: {state}, began after {}, {} long",
        process.pid,
        milliseconds(life.began - axis.first),
        milliseconds(end - life.began),
    );
    html! {
        <div key={format!("{}-{}", process.pid, life.began)} role="listitem"
            class={classes!("lane", failed.then_some("lane-bad"))} title={label}>
            <span class="lane-name"><span>{ name }</span>
                <span class="lane-pid">{ format!("pid {}", process.pid) }</span>
            </span>
            <svg class={classes!("lane-track", color(process.pid))} aria-hidden="true">
                <rect class="lane-ground" width="100%" height="100%" />
                <rect class="lane-part" x={start_x.clone()} width={start_width.clone()} height="100%" />
                <rect fill="url(#hatch-3)" x={start_x} width={start_width} height="100%" />
                if let Some((x, width)) = run {
                    <rect class="lane-part" {x} {width} height="100%" />
                }
            </svg>
            <span class="lane-end">{ state }</span>
        </div>
    }
}

fn swatch(hatched: bool) -> Html {
    html! {
        <svg class="swatch s7" aria-hidden="true">
            <rect class="lane-part" width="100%" height="100%" />
            if hatched {
                <rect fill="url(#hatch-3)" width="100%" height="100%" />
            }
        </svg>
    }
}

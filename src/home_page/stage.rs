//! The lanes: the same work by one process and by several, over the same scale of time; and
//! the dot that shows whether this page is frozen.

use super::super::browser;
use super::run::Shared;
use super::timeline::{Life, Span, Timeline};
use std::{cell::Cell, rc::Rc, time::Duration};
use yew::platform::spawn_local;
use yew::prelude::*;

/// How often the lanes grow where the visitor asks for less motion.
const CALM_TICK: Duration = Duration::from_secs(1);
/// The shortest axis, in ms, so that the first moment is not drawn as a whole row.
const SHORTEST_MS: f64 = 1000.0;
/// How long the dot takes from one end to the other, in ms.
const DOT_MS: f64 = 1200.0;
/// How many lanes are drawn; a computer with more cores has more processes.
const MOST_LANES: usize = 16;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub shared: Shared,
    pub recorded: Timeline,
    /// Changes with each event, so that the lanes are drawn again.
    pub changes: usize,
    /// Whether the visitor's run is shown.
    pub is_own: bool,
    pub is_busy: bool,
    /// How many lanes to keep room for.
    pub cores: u32,
}

/// The lanes of the visitor's run, or of the recorded one.
#[component]
pub fn Lanes(props: &Props) -> Html {
    let update = use_force_update();
    use_effect_with(props.is_busy, move |is_busy| {
        let goes_on = Rc::new(Cell::new(*is_busy));
        spawn_local({
            let goes_on = goes_on.clone();
            async move {
                while goes_on.get() {
                    if browser::prefers_reduced_motion() {
                        gloo_timers::future::sleep(CALM_TICK).await;
                    } else {
                        browser::next_frame().await;
                    }
                    if goes_on.get() {
                        update.force_update();
                    }
                }
            }
        });
        move || goes_on.set(false)
    });
    let own = props.shared.borrow();
    let timeline = if props.is_own {
        &own.timeline
    } else {
        &props.recorded
    };
    let now = props.is_busy.then(browser::now_ms);
    let (alone, together) = (timeline.alone(), timeline.together());
    let length =
        |span: Option<Span>| span.and_then(|span| Some(end(span, now, timeline)? - span.from));
    // While one process works, nobody knows how long it will take: there is room for as long
    // as in the recorded run, or for a little more than it took so far.
    let room = match alone {
        Some(span) if span.to.is_some() => 0.0,
        Some(span) => now.map_or(0.0, |now| (now - span.from) * 1.2),
        None => SHORTEST_MS,
    };
    let expected = match alone.map(|span| span.to) {
        Some(None) if props.is_busy => length(props.recorded.alone()),
        _ => None,
    };
    let axis_ms = [length(alone), length(together), Some(room), expected]
        .into_iter()
        .flatten()
        .fold(SHORTEST_MS, f64::max);
    let shown = (props.cores as usize).clamp(1, MOST_LANES);
    let workers = timeline.workers();
    let title = match workers.len() {
        0 => format!("{} processes", props.cores.max(1)),
        1 => "1 process".to_owned(),
        several => format!("{several} processes"),
    };
    html! {
        <>
            { group_head("One process", "alone", length(alone)) }
            { lane(0, "", alone.map(|span| {
                let to = end(span, now, timeline).unwrap_or(span.from);
                Parts { axis_ms, starting: None, running: Some((0.0, to - span.from)) }
            })) }
            { group_head(&title, "together", length(together)) }
            <div class={classes!("home-lanes", (shown > 8).then_some("is-many"))}>
                { for (0..shown).map(|at| {
                    let parts = together.zip(workers.get(at)).map(|(span, life)| {
                        worker(life, span, end(span, now, timeline).unwrap_or(span.from), axis_ms)
                    });
                    lane(at + 1, &(at + 1).to_string(), parts)
                }) }
            </div>
            if workers.len() > shown {
                <p class="note">{ format!("and {} more", workers.len() - shown) }</p>
            }
            { now.map_or_else(legend, dot) }
        </>
    }
}

/// The end of a span: of one that goes on, now, or when the program ended.
fn end(span: Span, now: Option<f64>, timeline: &Timeline) -> Option<f64> {
    let program = timeline.lives.first().and_then(|life| life.ended);
    span.to.or(program).or(now)
}

/// What a lane shows, in ms from the left end: from when to when.
struct Parts {
    axis_ms: f64,
    starting: Option<(f64, f64)>,
    running: Option<(f64, f64)>,
}

fn worker(life: &Life, span: Span, until: f64, axis_ms: f64) -> Parts {
    let until = life.ended.unwrap_or(until).min(until);
    let at = |ms: f64| (ms - span.from).max(0.0);
    Parts {
        axis_ms,
        starting: Some((at(life.began), at(life.running.unwrap_or(until).min(until)))),
        running: life.running.map(|from| (at(from), at(until))),
    }
}

fn group_head(title: &str, id: &'static str, ms: Option<f64>) -> Html {
    html! {
        <p class="home-group">
            <span>{ title.to_owned() }</span>
            <span class="home-time" id={format!("home-{id}")}>
                { ms.map_or_else(String::new, |ms| format!("{:.1} s", ms / 1000.0)) }
            </span>
        </p>
    }
}

/// A lane. A process keeps its colour; the grey one of the eight is left out, since grey is
/// for what waits.
fn lane(number: usize, name: &str, parts: Option<Parts>) -> Html {
    let part = |axis_ms: f64, (from, to): (f64, f64), fill: Option<&'static str>| {
        let percent = |ms: f64| format!("{:.2}%", (ms / axis_ms * 100.0).clamp(0.0, 100.0));
        html! {
            <rect class={classes!(fill.is_none().then_some("lane-part"))} {fill} x={percent(from)}
                width={percent(to - from)} height="100%" />
        }
    };
    html! {
        <div class="home-lane" aria-hidden="true">
            <span class="home-lane-name">{ name.to_owned() }</span>
            <svg class={format!("lane-track s{}", number % 7)}>
                <rect class="lane-ground" width="100%" height="100%" />
                if let Some(parts) = parts {
                    if let Some(starting) = parts.starting {
                        { part(parts.axis_ms, starting, None) }
                        { part(parts.axis_ms, starting, Some("url(#hatch-3)")) }
                    }
                    if let Some(running) = parts.running {
                        { part(parts.axis_ms, running, None) }
                    }
                }
            </svg>
        </div>
    }
}

/// What the looks of the lanes mean.
fn legend() -> Html {
    let swatch = |is_hatched: bool| {
        html! {
            <svg class="swatch s7" aria-hidden="true">
                <rect class="lane-part" width="100%" height="100%" />
                if is_hatched {
                    <rect fill="url(#hatch-3)" width="100%" height="100%" />
                }
            </svg>
        }
    };
    html! {
        <p class="home-note">{ swatch(true) }{ "starting" }{ swatch(false) }{ "computing" }</p>
    }
}

/// A dot that this page's own thread moves: it would stand still if the page were frozen.
fn dot(now: f64) -> Html {
    let turn = now / DOT_MS % 2.0;
    let x = 5.0 + 90.0 * if turn > 1.0 { 2.0 - turn } else { turn };
    html! {
        <p class="home-note">
            <svg class="home-dot" aria-hidden="true">
                <line x1="5%" x2="95%" y1="50%" y2="50%" />
                <circle cx={format!("{x:.2}%")} cy="50%" r="4" />
            </svg>
            { "stands still if this page freezes" }
        </p>
    }
}

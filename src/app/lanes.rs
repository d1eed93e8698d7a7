//! Lanes: one line per process, with what it does and when.

use super::chart::{Part, Track, many, part_legend};
use super::forecast;
use super::geometry::{Coverage, Stretch, milliseconds};
use super::state::State;
use crate::experiment::{Lane, Report, SpanKind};
use std::rc::Rc;
use yew::prelude::*;

/// The exit code of a process that was told to end, as a pool tells its workers.
const TERMINATED: i32 = -15;

/// More lines than this are not kept free for processes that are to come.
const AWAITED: usize = 8;

/// The lanes of the run that is going on or, when none are live, of the last
/// report's last run; before that, room for those of the plan.
pub fn run_lanes(state: &State, report: Option<&Report>) -> Html {
    let live: &[Lane] = &state.live_lanes;
    let lanes: &[Lane] = match (live, report) {
        ([], Some(report)) => &report.lanes,
        _ => live,
    };
    let awaited = match (live, report) {
        ([], Some(_)) => 0,
        _ => forecast::lanes(&state.plan).clamp(1, AWAITED),
    };
    let words = if !live.is_empty() {
        "The processes that are at work now."
    } else if !lanes.is_empty() && state.own().is_none() {
        "The processes of its last run."
    } else if !lanes.is_empty() {
        "The processes of the last run."
    } else if report.is_some() {
        "No process was traced in the last run."
    } else {
        "Every process gets a line here while it runs."
    };
    html! {
        <figure class="panel chart" id="lanes">
            <figcaption><h3 class="panel-title">{ "Processes" }</h3></figcaption>
            <p class="note">{ words }</p>
            { part_legend() }
            { lane_list(&rows(lanes), awaited.saturating_sub(lanes.len())) }
        </figure>
    }
}

/// A lane with what else there is to say of its process.
pub struct Row<'a> {
    /// The lane.
    pub lane: &'a Lane,
    /// Why it failed, where it said so.
    pub says: Option<&'a str>,
    /// What can be done to it.
    pub action: Html,
}

fn rows(lanes: &[Lane]) -> Vec<Row<'_>> {
    (lanes.iter())
        .map(|lane| Row {
            lane,
            says: None,
            action: Html::default(),
        })
        .collect()
}

/// The lanes over one common stretch of time, and room for some more.
pub fn lane_list(rows: &[Row<'_>], missing: usize) -> Html {
    let drawn: Vec<Rc<Coverage>> = rows.iter().map(|row| Rc::new(coverage(row.lane))).collect();
    let (start, end) = (drawn.iter().filter_map(|lane| lane.span()))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |all, one| {
            (all.0.min(one.0), all.1.max(one.1))
        });
    let all_ms = (end - start) / 1000.0;
    html! {
        <>
            <div class={classes!("lanes", many(rows.len() + missing))} role="list">
                { for rows.iter().zip(drawn).map(|(row, drawn)| one(row, drawn, (start, end))) }
                { for (0..missing).map(|number| html! {
                    <div key={format!("missing-{number}")} class="lane" aria-hidden="true">
                        <span class="lane-name lane-pid">{ "not started" }</span>
                        <span class="lane-track lane-ground" />
                        <span class="lane-end" />
                    </div>
                }) }
            </div>
            <p class="lanes-length note">
                if all_ms.is_finite() && all_ms > 0.0 {
                    { format!("over {}", milliseconds(all_ms)) }
                }
            </p>
        </>
    }
}

fn coverage(lane: &Lane) -> Coverage {
    Coverage::new(lane.spans.iter().map(|span| Stretch {
        start: span.start_us,
        end: span.end_us,
        kind: part(span.kind) as u8,
    }))
}

fn one(row: &Row<'_>, drawn: Rc<Coverage>, (from, to): (f64, f64)) -> Html {
    let lane = row.lane;
    let failed = lane
        .exit_code
        .is_some_and(|code| code != 0 && code != TERMINATED);
    html! {
        <div key={lane.pid} class={classes!("lane", "has-tip", failed.then_some("lane-bad"))} role="listitem"
            tabindex="0" aria-label={in_words(lane)}>
            <span class="lane-name">
                { &lane.name }
                <span class="lane-pid">{ format!("pid {}", lane.pid) }</span>
            </span>
            <Track lane={drawn} {from} {to} />
            <span class="lane-end">{ ending(lane) }{ row.action.clone() }</span>
            if let Some(says) = row.says {
                <p class="lane-says">{ says.to_owned() }</p>
            }
            <div class="tip" aria-hidden="true">
                { for SpanKind::ALL.map(|kind| html! {
                    <div class="tip-line"><span>{ kind.name() }</span><span>{ milliseconds(lane.total_ms(kind)) }</span></div>
                }) }
            </div>
        </div>
    }
}

fn ending(lane: &Lane) -> String {
    match lane.exit_code {
        None => String::new(),
        Some(0) => "done".to_owned(),
        Some(TERMINATED) => "terminated".to_owned(),
        Some(code) => format!("⚠ exit {}", minus(code)),
    }
}

/// With a real minus sign, which is read as one.
fn minus(code: i32) -> String {
    code.to_string().replace('-', "−")
}

fn in_words(lane: &Lane) -> String {
    let parts: Vec<String> = SpanKind::ALL
        .into_iter()
        .map(|kind| (kind, lane.total_ms(kind)))
        .filter(|(_, ms)| *ms > 0.0)
        .map(|(kind, ms)| format!("{} {}", kind.name(), milliseconds(ms)))
        .collect();
    let end = match lane.exit_code {
        None => "still alive".to_owned(),
        Some(code) => format!("exit code {}", minus(code)),
    };
    format!(
        "{}, pid {}: {}; {end}",
        lane.name,
        lane.pid,
        parts.join(", ")
    )
}

fn part(kind: SpanKind) -> Part {
    match kind {
        SpanKind::StartUp => Part::StartUp,
        SpanKind::Computing => Part::Computing,
        SpanKind::Waiting => Part::Waiting,
        SpanKind::Idle => Part::Idle,
    }
}

//! Lanes: one line per process, with what it does and when.

use super::chart::{Part, many, part_legend, part_rect};
use super::geometry::{Scale, milliseconds, slices};
use super::svg::percent;
use crate::experiment::{Lane, SpanKind, SpeedUpReport as Report};
use yew::prelude::*;

/// What lanes are made of.
pub const LANE_PARTS: [Part; 4] = [Part::StartUp, Part::Computing, Part::Waiting, Part::Idle];

/// The lanes of the run that is going on or, when `live` is empty, of the last
/// report's last run; before that, room for those of so many workers.
pub fn run_lanes(live: &[Lane], report: Option<&Report>, workers: u32) -> Html {
    let lanes: &[Lane] = match (live, report) {
        ([], Some(report)) => &report.lanes,
        _ => live,
    };
    let awaited = match (live, report) {
        ([], Some(_)) => 0,
        _ => workers as usize,
    };
    let state = if !live.is_empty() {
        "The processes that are at work now."
    } else if lanes.is_empty() {
        "Every process gets a line here while it runs."
    } else {
        "The processes of the last run."
    };
    html! {
        <figure class="panel chart" id="lanes">
            <figcaption><h2 class="panel-title">{ "Processes" }</h2></figcaption>
            <p class="note">{ state }</p>
            { part_legend(&LANE_PARTS) }
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
    let spans = || rows.iter().flat_map(|row| &row.lane.spans);
    let start = spans()
        .map(|span| span.start_us)
        .fold(f64::INFINITY, f64::min);
    let end = spans().map(|span| span.end_us).fold(start, f64::max);
    let scale = Scale::linear((start, end), (0.0, 1.0));
    let all_ms = (end - start) / 1000.0;
    html! {
        <>
            <div class={classes!("lanes", many(rows.len() + missing))} role="list">
                { for rows.iter().map(|row| one(row, &scale)) }
                { for (0..missing).map(|number| html! {
                    <div key={format!("missing-{number}")} class="lane" aria-hidden="true">
                        <span class="lane-name lane-pid">{ "not started" }</span>
                        <svg class="lane-track" focusable="false">
                            <rect class="bar-ground" width="100%" height="100%" />
                        </svg>
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

fn one(row: &Row<'_>, scale: &Scale) -> Html {
    let lane = row.lane;
    let failed = lane.exit_code.is_some_and(|code| code != 0);
    let spans = lane.spans.iter().map(|span| (span.start_us, span.end_us));
    let drawn = slices(spans, scale, 0.004);
    html! {
        <div key={lane.pid} class={classes!("lane", "has-tip", failed.then_some("lane-bad"))} role="listitem"
            tabindex="0" aria-label={in_words(lane)}>
            <span class="lane-name">
                { &lane.name }
                <span class="lane-pid">{ format!("pid {}", lane.pid) }</span>
            </span>
            <svg class="lane-track" aria-hidden="true" focusable="false">
                { for drawn.iter().zip(&lane.spans).filter_map(|(slice, span)| slice.map(|slice| {
                    part_rect(part(span.kind), percent(slice.x), percent(slice.width))
                })) }
            </svg>
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

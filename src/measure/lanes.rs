//! The lanes: one row for each process, which shows what it did at each time.

use super::chart::{LaneCanvas, lane_legend, scroll_class};
use super::state::SharedReport;
use charts::geometry::milliseconds;
use std::rc::Rc;
use timeline::{Lane, LiveLanes, SpanKind};
use workloads::grouped;
use yew::prelude::*;

/// The exit code of a process that was terminated, as a pool terminates its workers.
const TERMINATED: i32 = -15;

/// The largest number of empty rows that are kept for processes not started yet.
const MAX_EMPTY_ROWS: usize = 8;

/// The properties of [`RunLanes`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The live lanes of the run that is going on, or of the last run.
    pub live: Rc<LiveLanes>,
    /// The report that is shown.
    pub report: Option<SharedReport>,
    /// Whether this page measured that report.
    pub own: bool,
    /// Whether a run is going on.
    pub busy: bool,
    /// The number of lanes to expect from the plan.
    pub expected: usize,
}

/// The lanes of the run that is going on or of the last run. Before the first run, empty
/// rows for the processes of the plan.
#[component]
pub fn RunLanes(props: &Props) -> Html {
    let Props {
        live,
        report,
        own,
        busy,
        expected,
    } = props;
    let lanes: &[Lane] = match (live.lanes.is_empty(), report) {
        (true, Some(report)) => &report.lanes,
        _ => &live.lanes,
    };
    let expected_rows = match (busy, report) {
        (false, Some(_)) => 0,
        _ => (*expected).clamp(1, MAX_EMPTY_ROWS),
    };
    let words = match (busy, lanes.is_empty()) {
        (true, false) if !live.lanes.is_empty() => "The processes that are at work now.",
        (_, false) if *own || !live.lanes.is_empty() => "The processes of the last run.",
        (_, false) => "The processes of its last run.",
        (_, true) if report.is_some() => "No process was traced in the last run.",
        (_, true) => "Every process gets a line here while it runs.",
    };
    html! {
        <figure class="chart" id="lanes" aria-label="The processes and what they did">
            <p class="note">{ words }</p>
            { lane_legend() }
            { lane_list(&rows(lanes), expected_rows.saturating_sub(lanes.len()), event_count(live).as_deref()) }
        </figure>
    }
}

/// Describes how many events the lanes are drawn from, and how many were lost.
fn event_count(live: &LiveLanes) -> Option<String> {
    let [events, lost] = [live.events, live.lost].map(|count| grouped(count.into()));
    match (live.events, live.lost) {
        (0, _) => None,
        (_, 0) => Some(format!("{events} events")),
        _ => Some(format!(
            "{events} events; {lost} more came faster than the page could read them, so some waits are not drawn"
        )),
    }
}

/// A lane, with an error and a button of its process.
pub struct Row<'a> {
    /// The lane.
    pub lane: &'a Lane,
    /// The error that the process ended with, if there is one.
    pub error: Option<&'a str>,
    /// A button for the process, or nothing.
    pub action: Html,
}

fn rows(lanes: &[Lane]) -> Vec<Row<'_>> {
    (lanes.iter())
        .map(|lane| Row {
            lane,
            error: None,
            action: Html::default(),
        })
        .collect()
}

/// The rows on one common time axis, then `empty_rows` empty ones, then the length of the
/// axis and a note.
pub fn lane_list(rows: &[Row<'_>], empty_rows: usize, note: Option<&str>) -> Html {
    let (start, end) = (rows.iter().filter_map(|row| row.lane.spans.ends()))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |all, one| {
            (all.0.min(one.0), all.1.max(one.1))
        });
    let all_ms = (end - start) / 1000.0;
    html! {
        <>
            <div class={classes!("lanes", scroll_class(rows.len() + empty_rows))} role="list">
                { for rows.iter().map(|row| lane_row(row, (start, end))) }
                // A process takes the place of an empty row, and the others stay where they are.
                { for (rows.len()..rows.len() + empty_rows).map(|number| html! {
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
                    { for note.map(|note| format!("; {note}")) }
                }
            </p>
        </>
    }
}

fn lane_row(row: &Row<'_>, (from, to): (f64, f64)) -> Html {
    let lane = row.lane;
    let failed = lane
        .exit_code
        .is_some_and(|code| code != 0 && code != TERMINATED);
    html! {
        <div key={lane.pid} class={classes!("lane", "has-tip", failed.then_some("lane-bad"))} role="listitem"
            tabindex="0" aria-label={lane_label(lane)}>
            <span class="lane-name">
                { &lane.name }
                <span class="lane-pid">{ format!("pid {}", lane.pid) }</span>
            </span>
            <LaneCanvas lane={lane.spans.clone()} {from} {to} />
            <span class="lane-end">{ exit_status(lane) }{ row.action.clone() }</span>
            if let Some(error) = row.error {
                <p class="lane-says">{ error.to_owned() }</p>
            }
            <div class="tip" aria-hidden="true">
                { for SpanKind::ALL.map(|kind| html! {
                    <div class="tip-line"><span>{ kind.name() }</span><span>{ milliseconds(lane.total_ms(kind)) }</span></div>
                }) }
            </div>
        </div>
    }
}

fn exit_status(lane: &Lane) -> String {
    match lane.exit_code {
        None => String::new(),
        Some(0) => "done".to_owned(),
        Some(TERMINATED) => "terminated".to_owned(),
        Some(code) => format!("⚠ exit {}", minus(code)),
    }
}

/// An exit code with a minus sign instead of a hyphen, so that screen readers read it.
fn minus(code: i32) -> String {
    code.to_string().replace('-', "−")
}

fn lane_label(lane: &Lane) -> String {
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

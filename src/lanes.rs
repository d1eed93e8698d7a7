//! Lanes: one line per process, with what it does and when.

use super::chart::{Track, many, part_legend};
use super::state::Shared;
use charts::geometry::milliseconds;
use std::rc::Rc;
use timeline::{Lane, Live, SpanKind};
use workloads::grouped;
use yew::prelude::*;

/// The exit code of a process that was told to end, as a pool tells its workers.
const TERMINATED: i32 = -15;

/// More lines than this are not kept free for processes that are to come.
const AWAITED: usize = 8;

/// What the lanes of an experiment are drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What was heard of the run that is going on, or of the last one.
    pub live: Rc<Live>,
    /// The report that is shown.
    pub report: Option<Shared>,
    /// Whether it is this page's own.
    pub own: bool,
    /// Whether a run is going on.
    pub busy: bool,
    /// How many processes its plan lets expect.
    pub expected: usize,
}

/// The lanes of the run that is going on, or of the last one; before that, room
/// for those of the plan.
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
    let awaited = match (busy, report) {
        (false, Some(_)) => 0,
        _ => (*expected).clamp(1, AWAITED),
    };
    let words = match (busy, lanes.is_empty()) {
        (true, false) if !live.lanes.is_empty() => "The processes that are at work now.",
        (_, false) if *own || !live.lanes.is_empty() => "The processes of the last run.",
        (_, false) => "The processes of its last run.",
        (_, true) if report.is_some() => "No process was traced in the last run.",
        (_, true) => "Every process gets a line here while it runs.",
    };
    html! {
        <figure class="panel chart" id="lanes">
            <figcaption><h3 class="panel-title">{ "Processes" }</h3></figcaption>
            <p class="note">{ words }</p>
            { part_legend() }
            { lane_list(&rows(lanes), awaited.saturating_sub(lanes.len()), heard(live).as_deref()) }
        </figure>
    }
}

/// How many events the lanes are drawn from, and what they may lack.
fn heard(live: &Live) -> Option<String> {
    let [events, lost] = [live.events, live.lost].map(|count| grouped(count.into()));
    match (live.events, live.lost) {
        (0, _) => None,
        (_, 0) => Some(format!("{events} events")),
        _ => Some(format!(
            "{events} events; {lost} more came faster than the page could read them, so some waits are not drawn"
        )),
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

/// The lanes over one common stretch of time, room for some more, and what else
/// there is to say of them.
pub fn lane_list(rows: &[Row<'_>], missing: usize, note: Option<&str>) -> Html {
    let (start, end) = (rows.iter().filter_map(|row| row.lane.spans.ends()))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |all, one| {
            (all.0.min(one.0), all.1.max(one.1))
        });
    let all_ms = (end - start) / 1000.0;
    html! {
        <>
            <div class={classes!("lanes", many(rows.len() + missing))} role="list">
                { for rows.iter().map(|row| one(row, (start, end))) }
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
                    { for note.map(|note| format!("; {note}")) }
                }
            </p>
        </>
    }
}

fn one(row: &Row<'_>, (from, to): (f64, f64)) -> Html {
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
            <Track lane={lane.spans.clone()} {from} {to} />
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

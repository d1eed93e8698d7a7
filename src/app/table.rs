//! The report as a table, and as a file to take away.

use super::chart::many;
use super::geometry::{milliseconds, plural, times};
use super::report_script::Download;
use super::shown::Shown;
use crate::experiment::statistics::median;
use crate::experiment::{Model, SpeedUpReport as Report, SpeedUpSeries as Series, Summary};
use std::rc::Rc;
use yew::prelude::*;

/// What the table shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The report.
    pub report: Rc<Shown>,
}

/// The table: a component, so that its intervals are not computed again while
/// the next run is going on.
#[component]
pub fn Table(props: &Props) -> Html {
    let report = &props.report;
    let columns = [
        "Who",
        "n",
        "Time",
        "Speed-up",
        "Ideal",
        "Start-up",
        "Sending",
        "Computing",
        "Waiting",
        "Digest",
    ];
    html! {
        <section class="panel chart" id="table">
            <div class="table-head">
                <h2 class="panel-title" id="table-title">{ "The same as a table" }</h2>
                <Download report={report.clone()} />
            </div>
            <div class={classes!("scroll", many(report.series.len()))} role="region" aria-labelledby="table-title" tabindex="0">
                <table>
                    <caption>
                        { "Medians of n runs, with 95 % intervals below. Time is from the first request \
                           to the last result; its parts are those of one worker." }
                    </caption>
                    <thead>
                        <tr>{ for columns.map(|column| html! { <th scope="col">{ column }</th> }) }</tr>
                    </thead>
                    <tbody>{ for report.series.iter().map(|series| row(report, series)) }</tbody>
                </table>
            </div>
            <p class="note">{ environment(report) }</p>
        </section>
    }
}

fn row(report: &Report, series: &Series) -> Html {
    let first = report.series.first();
    let right =
        !series.digest.contains(',') && first.is_some_and(|one| one.digest == series.digest);
    let time = Summary::of(&series.seconds);
    let speed_up = (report.speed_up.iter())
        .find(|row| series.model != Model::Main && row.workers == series.workers);
    let seconds = |seconds: f64| milliseconds(seconds * 1000.0);
    let parts = &series.breakdown;
    let parts = match series.model {
        Model::Main => [None, None, time.map(|time| time.median * 1000.0), None],
        _ => [
            median(&series.startup_ms),
            Some(parts.sending_ms),
            Some(parts.computing_ms),
            Some(parts.waiting_ms),
        ],
    };
    html! {
        <tr class={(!right).then_some("is-wrong")}>
            <th scope="row">{ name(series) }</th>
            <td>{ series.seconds.len() }</td>
            { figure(time, seconds) }
            { figure(speed_up.map(|row| row.summary), times) }
            { cell(speed_up.and_then(|row| row.ideal).map(times)) }
            { for parts.map(|part| cell(part.map(milliseconds))) }
            <td><code>{ short(&series.digest) }</code>{ if right { "" } else { " ⚠ differs" } }</td>
        </tr>
    }
}

fn cell(text: Option<String>) -> Html {
    html! { <td>{ text.unwrap_or_else(|| "–".to_owned()) }</td> }
}

/// A median over its interval.
fn figure(summary: Option<Summary>, write: impl Fn(f64) -> String) -> Html {
    let Some(summary) = summary else {
        return cell(None);
    };
    let (low, high) = (write(summary.low), write(summary.high));
    html! {
        <td>
            { write(summary.median) }
            <small class="interval">{ format!("{low} to {high}") }</small>
        </td>
    }
}

fn name(series: &Series) -> String {
    match series.model {
        Model::Main => "main thread".to_owned(),
        _ => plural(series.workers.into(), "process", "processes"),
    }
}

/// The first digits of each digest: enough to see that two differ.
fn short(digest: &str) -> String {
    let digests: Vec<String> = (digest.split(','))
        .map(|one| one.chars().take(8).collect())
        .collect();
    digests.join(", ")
}

fn environment(report: &Report) -> String {
    let environment = &report.environment;
    // Minutes are enough for people; the JSON has the rest.
    let minute: String = environment.recorded_at.chars().take(16).collect();
    format!(
        "{} logical cores, {} effective in this session’s calibration; clock step {:.1} µs; shared \
         memory by the {} port; measured {} UTC.",
        environment.logical_cores,
        times(report.calibration.effective_cores).trim_end_matches('×'),
        environment.clock_step_us,
        environment.arena_port,
        minute.replace('T', " "),
    )
}

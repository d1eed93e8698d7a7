//! The report as a table, and as a file to take away.

use super::geometry::{milliseconds, times};
use super::report_script::Download;
use crate::experiment::statistics::median;
use crate::experiment::{Model, Report, Series, SpeedUp, Summary};
use std::rc::Rc;
use yew::prelude::*;

/// The table.
pub fn table(report: &Rc<Report>) -> Html {
    html! {
        <section class="panel chart" id="table">
            <div class="table-head">
                <h2 class="panel-title" id="table-title">{ "The same as a table" }</h2>
                <Download report={report.clone()} />
            </div>
            <div class="scroll" role="region" aria-labelledby="table-title" tabindex="0">
                <table>
                    <caption>
                        { "Time from the first request to the last result, start-up included: the median, \
                           its 95 % interval, and n runs." }
                    </caption>
                    <thead>
                        <tr>
                            <th scope="col">{ "Who" }</th>
                            <th scope="col">{ "Time" }</th>
                            <th scope="col">{ "95 % interval" }</th>
                            <th scope="col">{ "n" }</th>
                            <th scope="col">{ "Speed-up" }</th>
                            <th scope="col">{ "95 % interval" }</th>
                            <th scope="col">{ "Ideal" }</th>
                            <th scope="col">{ "Start-up" }</th>
                            <th scope="col">{ "Digest" }</th>
                        </tr>
                    </thead>
                    <tbody>{ for report.series.iter().map(|series| row(report, series)) }</tbody>
                </table>
            </div>
            <p class="note">{ environment(report) }</p>
        </section>
    }
}

fn row(report: &Report, series: &Series) -> Html {
    let right = report
        .series
        .first()
        .is_some_and(|first| first.digest == series.digest)
        && !series.digest.contains(',');
    let time = Summary::of(&series.seconds);
    let speed_up = (report.speed_up.iter())
        .find(|row| series.model == Model::Processes && row.workers == series.workers);
    let seconds = |seconds: f64| milliseconds(seconds * 1000.0);
    let cell = |text: Option<String>| html! { <td>{ text.unwrap_or_else(|| "–".to_owned()) }</td> };
    html! {
        <tr class={(!right).then_some("is-wrong")}>
            <th scope="row">{ name(series) }</th>
            { cell(time.map(|time| seconds(time.median))) }
            { cell(time.map(|time| format!("{} to {}", seconds(time.low), seconds(time.high)))) }
            <td>{ series.seconds.len() }</td>
            { cell(speed_up.map(|row| times(row.summary.median))) }
            { cell(speed_up.map(interval)) }
            { cell(speed_up.and_then(|row| row.ideal).map(times)) }
            { cell(median(&series.startup_ms).map(milliseconds)) }
            <td><code>{ short(&series.digest) }</code>{ if right { "" } else { " ⚠ differs" } }</td>
        </tr>
    }
}

fn interval(row: &SpeedUp) -> String {
    format!("{} to {}", times(row.summary.low), times(row.summary.high))
}

fn name(series: &Series) -> String {
    match series.model {
        Model::Main => "main thread".to_owned(),
        Model::Processes => super::geometry::plural(series.workers.into(), "process", "processes"),
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

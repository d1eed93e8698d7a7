//! All charts and tables of a report.

use super::chart::{ChartFigure, table_view};
use super::state::{Loaded, SharedReport};
use charts::geometry::plural;
use experiments::{Report, Table, every_sample};
use std::rc::Rc;
use yew::prelude::*;

/// What the charts are made from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The report.
    pub report: SharedReport,
    /// The loaded report that is drawn beside it.
    pub other: Option<Loaded>,
}

/// The charts. This is a component so that they are not drawn again at every progress of the
/// next run.
#[component]
pub fn Charts(props: &Props) -> Html {
    let report = &props.report;
    html! {
        <div class="two">
            { for (0..report.charts.len()).map(|number| html! {
                <OneChart key={number} report={report.clone()} other={props.other.clone()} {number} />
            }) }
        </div>
    }
}

/// The properties of [`Tables`].
#[derive(Properties, PartialEq)]
pub struct TablesProps {
    /// The report.
    pub report: SharedReport,
}

/// The tables, and where they were measured.
#[component]
pub fn Tables(props: &TablesProps) -> Html {
    html! {
        <>
            { for props.report.tables.iter().map(table) }
            <p class="note" id="environment">{ environment(&props.report) }</p>
        </>
    }
}

#[derive(Properties, PartialEq)]
struct OneChartProps {
    report: SharedReport,
    other: Option<Loaded>,
    number: usize,
}

/// One chart of medians, with a button that shows every sample instead.
#[component]
fn OneChart(props: &OneChartProps) -> Html {
    let show_samples = use_state_eq(|| false);
    let charts = use_memo(
        (props.report.clone(), props.other.clone(), props.number),
        |(report, other, number)| {
            let chart = report.charts.get(*number)?;
            let theirs = other
                .as_ref()
                .and_then(|other| other.report.chart(&chart.id));
            let samples = every_sample(report, chart).map(Rc::new);
            let chart = theirs.map_or_else(|| chart.clone(), |theirs| chart.beside(theirs));
            Some((Rc::new(chart), samples))
        },
    );
    let Some((chart, samples)) = &*charts else {
        return Html::default();
    };
    let shown = samples.as_ref().filter(|_| *show_samples).unwrap_or(chart);
    let toggle = samples.is_some().then(|| {
        let words = if *show_samples {
            "Medians"
        } else {
            "Every sample"
        };
        let show_samples = show_samples.clone();
        let onclick = Callback::from(move |_: MouseEvent| show_samples.set(!*show_samples));
        html! { <button type="button" class="tool" {onclick}>{ words }</button> }
    });
    html! { <ChartFigure chart={shown.clone()} more={toggle} /> }
}

fn table(table: &Table) -> Html {
    let title = format!("table-{}-title", table.id);
    html! {
        <section class="panel" key={table.id.clone()} id={format!("table-{}", table.id)}>
            <h3 class="panel-title" id={title.clone()}>{ &table.title }</h3>
            <div class="scroll many" role="region" aria-labelledby={title} tabindex="0">
                { table_view(&table.columns, &table.rows) }
            </div>
        </section>
    }
}

/// Describes in one sentence where and when the report was measured.
fn environment(report: &Report) -> String {
    let environment = &report.environment;
    // Cut after the minutes; the JSON contains the full time.
    let minute: String = environment.recorded_at.chars().take(16).collect();
    let effective = report
        .calibration
        .as_ref()
        .map_or_else(String::new, |calibration| {
            format!(
                ", {:.2} effective in this session’s calibration",
                calibration.effective_cores
            )
        });
    format!(
        "Measured {} UTC on {}{effective}; clock step {:.1} µs; shared memory by the {} \
         port; in {}.",
        minute.replace('T', " "),
        plural(
            environment.logical_cores.into(),
            "logical core",
            "logical cores"
        ),
        environment.clock_step_us,
        environment.arena_port,
        environment.user_agent,
    )
}

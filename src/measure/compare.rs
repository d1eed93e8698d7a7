//! The comparison of two reports of the same experiment, point by point.

use super::chart::table_view;
use super::recorded::when_and_where;
use super::state::Loaded;
use charts::geometry::{Unit, times};
use experiments::statistics::{Difference, difference};
use experiments::{Point, Report, Series};
use yew::prelude::*;

/// The panel that compares this page's own report with the loaded one.
pub fn comparison(report: &Report, other: &Loaded) -> Html {
    let rows: Vec<Vec<String>> = (report.series.iter())
        .filter_map(|ours| Some((ours, other.report.series_of(&ours.id)?)))
        .flat_map(|(ours, theirs)| rows(ours, theirs))
        .collect();
    let heads = [
        "Series",
        "At",
        "Here",
        "There",
        "Here ÷ there",
        "Difference",
    ]
    .map(str::to_owned);
    let same = report.plan == other.report.plan;
    html! {
        <section class="panel" id="comparison" aria-labelledby="comparison-title">
            <h3 class="panel-title" id="comparison-title">{ format!("Compared with {}", other.name) }</h3>
            <p class="sentence-small">{ format!("There it says: {}", other.report.sentence) }</p>
            <p class="note">
                { format!("Measured {}", when_and_where(&other.report)) }
                if !same {
                    { " Its plan is another one: only what both measured is compared." }
                }
            </p>
            if rows.is_empty() {
                <p class="note">{ "The two have no place in common." }</p>
            } else {
                <div class="scroll many" role="region" aria-label="Both, value by value" tabindex="0">
                    { table_view(&heads, &rows) }
                </div>
            }
        </section>
    }
}

fn rows(ours: &Series, theirs: &Series) -> Vec<Vec<String>> {
    if ours.measure != theirs.measure {
        return Vec::new();
    }
    let unit = Unit::named(&ours.measure.unit);
    let places = Unit::named(&ours.axis.unit);
    let row = |point: &Point| {
        let other = theirs.at(point.x)?;
        let (here, there) = (point.summary?, other.summary?);
        let what = match difference(&here, &there) {
            Difference::Less => "less here",
            Difference::Greater => "more here",
            Difference::NotShown => "no difference shown",
            Difference::TooFewRuns => "too few runs to tell",
        };
        Some(vec![
            ours.label.clone(),
            point.label.clone().unwrap_or_else(|| places.write(point.x)),
            unit.write(here.median),
            unit.write(there.median),
            times(here.median / there.median),
            what.to_owned(),
        ])
    };
    ours.points.iter().filter_map(row).collect()
}

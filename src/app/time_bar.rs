//! Where the time went: one bar for every row of the report, in parts.

use super::chart::{Part, many, part_legend, part_rect};
use super::geometry::{Axis, milliseconds, nice_ticks, plural, stack};
use super::svg::percent;
use crate::experiment::statistics::median;
use crate::experiment::{Model, SpeedUpReport as Report, SpeedUpSeries as Series};
use yew::prelude::*;

const PARTS: [Part; 5] = [
    Part::MainThread,
    Part::StartUp,
    Part::Sending,
    Part::Computing,
    Part::Waiting,
];

/// The bars of a report; before there is one, room for those of so many workers.
pub fn time_bars(report: Option<&Report>, workers: u32) -> Html {
    let bars: Vec<Bar> = report
        .map(|report| report.series.iter().filter_map(Bar::of).collect())
        .unwrap_or_else(|| (0..=workers).map(Bar::empty).collect());
    let most = bars.iter().map(Bar::length).fold(0.0, f64::max);
    let ruler = Ruler::to(most);
    let sentence = sentence(&bars);
    html! {
        <figure class="panel chart" id="time-bars">
            <figcaption><h2 class="panel-title" id="time-bars-title">{ "Where the time went" }</h2></figcaption>
            <p class="chart-sentence">{ sentence }</p>
            { part_legend(&PARTS) }
            <div class={classes!("bars", many(bars.len()))} role="list" aria-labelledby="time-bars-title">
                { for bars.iter().map(|bar| row(bar, &ruler)) }
                { ruler.view() }
            </div>
        </figure>
    }
}

/// One row: the median wall time of a series, and the median of each part.
struct Bar {
    name: String,
    total_ms: f64,
    parts: Vec<(Part, f64)>,
}

/// What a row of so many processes is called; 0 is the main thread.
fn name(workers: u32) -> String {
    match workers {
        0 => "main thread".to_owned(),
        _ => plural(workers.into(), "process", "processes"),
    }
}

impl Bar {
    /// A row that waits for its figures.
    fn empty(workers: u32) -> Bar {
        Bar {
            name: name(workers),
            total_ms: f64::NAN,
            parts: Vec::new(),
        }
    }

    fn of(series: &Series) -> Option<Bar> {
        let total_ms = median(&series.seconds)? * 1000.0;
        let breakdown = &series.breakdown;
        Some(match series.model {
            // The main thread starts nothing, sends nothing and waits for nobody.
            Model::Main => Bar {
                name: name(0),
                total_ms,
                parts: vec![(Part::MainThread, total_ms)],
            },
            _ => Bar {
                name: name(series.workers),
                total_ms,
                parts: vec![
                    (Part::StartUp, breakdown.startup_ms),
                    (Part::Sending, breakdown.sending_ms),
                    (Part::Computing, breakdown.computing_ms),
                    (Part::Waiting, breakdown.waiting_ms),
                ],
            },
        })
    }

    /// Medians of parts need not add up to the median of the whole.
    fn length(&self) -> f64 {
        let parts: f64 = self.parts.iter().map(|(_, ms)| ms).sum();
        parts.max(self.total_ms)
    }

    fn in_words(&self) -> String {
        if self.parts.is_empty() {
            return format!("{}: not measured yet", self.name);
        }
        let parts: Vec<String> = (self.parts.iter())
            .map(|(part, ms)| format!("{} {}", part.name(), milliseconds(*ms)))
            .collect();
        format!(
            "{}: {} in all; {}",
            self.name,
            milliseconds(self.total_ms),
            parts.join(", ")
        )
    }
}

fn sentence(bars: &[Bar]) -> String {
    let Some(bar) = bars.iter().rfind(|bar| bar.parts.len() > 1) else {
        return "The median time of each row, from the first request to the last result."
            .to_owned();
    };
    let computing = bar
        .parts
        .iter()
        .find(|(part, _)| *part == Part::Computing)
        .map_or(0.0, |(_, ms)| *ms);
    let share = computing / bar.length() * 100.0;
    format!(
        "Of {} with {}, a worker spent {share:.0} % on the work itself.",
        milliseconds(bar.total_ms),
        bar.name
    )
}

fn row(bar: &Bar, ruler: &Ruler) -> Html {
    let lengths: Vec<f64> = bar.parts.iter().map(|(_, ms)| *ms).collect();
    let words = bar.in_words();
    html! {
        <div class="bar-row has-tip" role="listitem" tabindex="0" aria-label={words}>
            <span class="bar-name">{ &bar.name }</span>
            <svg class="bar-track" aria-hidden="true" focusable="false">
                <rect class="bar-ground" width="100%" height="100%" />
                { for stack(&lengths).iter().zip(&bar.parts).filter(|((start, end), _)| end > start).map(
                    |(&(start, end), &(part, _))| part_rect(part, ruler.percent(start), ruler.percent(end - start))
                ) }
            </svg>
            <span class="bar-total">{ milliseconds(bar.total_ms) }</span>
            if !bar.parts.is_empty() {
            <div class="tip" aria-hidden="true">
                { for bar.parts.iter().map(|(part, ms)| html! {
                    <div class="tip-line"><span>{ part.name() }</span><span>{ milliseconds(*ms) }</span></div>
                }) }
            </div>
            }
        </div>
    }
}

/// The axis below the bars.
struct Ruler {
    axis: Axis,
    unit: &'static str,
    unit_ms: f64,
}

impl Ruler {
    /// For bars of up to so many ms; from a second on in seconds, as the totals
    /// beside the bars.
    fn to(most_ms: f64) -> Ruler {
        let (unit, unit_ms) = if most_ms >= 1000.0 {
            ("s", 1000.0)
        } else {
            ("ms", 1.0)
        };
        Ruler {
            axis: nice_ticks(most_ms / unit_ms, 4),
            unit,
            unit_ms,
        }
    }

    /// So many ms as a percentage of the ruler.
    fn percent(&self, ms: f64) -> AttrValue {
        percent(ms / self.unit_ms / self.axis.end())
    }

    fn view(&self) -> Html {
        let ticks = self.axis.ticks.iter().map(|&tick| {
            let x = self.percent(tick * self.unit_ms);
            html! {
                <>
                    <line class="axis-line" x1={&x} x2={&x} y1="0" y2="5" />
                    <text {x} y="1.5em" text-anchor="middle">{ self.axis.label(tick) }</text>
                </>
            }
        });
        html! {
            <div class="bar-row bar-ruler" aria-hidden="true">
                <span class="bar-name" />
                <svg class="bar-track bar-axis" focusable="false">{ for ticks }</svg>
                <span class="bar-total note">{ self.unit }</span>
            </div>
        }
    }
}

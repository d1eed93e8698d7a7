//! Speed-up against workers, over the ideal that the calibration found.

use super::chart::{Size, tooltip, use_size};
use super::geometry::{
    Linear, Marker, Plot, coordinate, error_bar, integer_ticks, line, marker, nice_ticks, plural,
    spread_labels, times, translate,
};
use crate::experiment::{Report, SpeedUp};
use std::rc::Rc;
use yew::prelude::*;

/// What the chart is drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The last report.
    pub report: Option<Rc<Report>>,
    /// The workers of the plan, for the axes of a chart without data.
    pub workers: u32,
}

/// The chart.
#[component]
pub fn SpeedUpChart(props: &Props) -> Html {
    let box_ref = use_node_ref();
    let size = use_size(box_ref.clone());
    let pointed = use_state_eq(|| None::<usize>);
    html! {
        <figure class="panel chart" id="speed-up-chart">
            <figcaption class="panel-title" id="speed-up-title">{ "Speed-up against workers" }</figcaption>
            <p class="chart-sentence" id="speed-up-sentence">
                { props.report.as_deref().map_or_else(|| "Nothing was measured yet.".to_owned(), sentence) }
            </p>
            { legend() }
            <div class="chart-box" ref={box_ref}>
                if size.width > 0.0 {
                    { drawing(props, size, &pointed) }
                }
            </div>
        </figure>
    }
}

fn legend() -> Html {
    let sample = |class: &'static str, mark: &'static str, shape| {
        html! {
            <svg viewBox="0 0 30 16" aria-hidden="true" focusable="false">
                <line class={class} x1="0" y1="8" x2="30" y2="8" />
                <path class={mark} d={marker(shape, 10.0)} transform="translate(15 8)" />
            </svg>
        }
    };
    html! {
        <ul class="legend">
            <li>{ sample("line-measured", "mark-measured", Marker::Disc) }{ "measured (95 % interval)" }</li>
            <li>{ sample("line-ideal", "mark-ideal", Marker::Diamond) }{ "ideal here" }</li>
            <li>{ sample("line-one", "mark-main", Marker::Square) }{ "main thread" }</li>
        </ul>
    }
}

/// The chart in one sentence, from the last row, which has the most workers.
fn sentence(report: &Report) -> String {
    let Some(row) = report.speed_up.last() else {
        return "No speed-up could be measured.".to_owned();
    };
    format!("With {}.", in_words(row))
}

fn in_words(row: &SpeedUp) -> String {
    let summary = &row.summary;
    let mut words = format!(
        "{}: {}",
        plural(row.workers.into(), "process", "processes"),
        times(summary.median)
    );
    if summary.n > 1 {
        let (low, high) = (times(summary.low), times(summary.high));
        words += &format!(
            " (95 % interval {low} to {high}, n\u{a0}=\u{a0}{})",
            summary.n
        );
    }
    if let (Some(ideal), Some(efficiency)) = (row.ideal, row.efficiency) {
        let percent = (efficiency * 100.0).round();
        words += &format!(", {percent} % of the ideal {}", times(ideal));
    }
    words
}

/// Where everything goes.
struct Scales {
    plot: Plot,
    x: Linear,
    y: Linear,
    workers: Vec<f64>,
    heights: super::geometry::Axis,
}

fn scales(props: &Props, size: Size) -> Scales {
    let report = props.report.as_deref();
    let em = size.em;
    let plot = Plot::within(
        size.width,
        size.height,
        [em * 0.8, em * 1.2, em * 3.2, em * 4.0],
    );
    let rows = report.map_or(&[][..], |report| &report.speed_up);
    let ideal = report.map_or(&[][..], |report| &report.calibration.ideal);
    let last = rows
        .iter()
        .map(|row| row.workers)
        .max()
        .unwrap_or(props.workers);
    let highs = rows
        .iter()
        .map(|row| row.summary.high.max(row.summary.median));
    // The ideal may have been measured further out than the plan went.
    let ideals = ideal.iter().filter(|one| one.workers <= last);
    let most = highs.chain(ideals.map(|one| one.speed_up)).fold(
        if report.is_none() {
            f64::from(last)
        } else {
            1.0
        },
        f64::max,
    );
    let inset = plot.width.min(em * 8.0) * 0.12;
    Scales {
        plot,
        x: Linear::new(
            (1.0, f64::from(last)),
            (plot.left + inset, plot.right() - inset),
        ),
        y: plot.y((0.0, nice_ticks(most, 5).end())),
        workers: integer_ticks(1, last, (plot.width / (em * 2.2)) as usize).ticks,
        heights: nice_ticks(most, 5),
    }
}

fn drawing(props: &Props, size: Size, pointed: &UseStateHandle<Option<usize>>) -> Html {
    let report = props.report.as_deref();
    let scales = scales(props, size);
    let em = size.em;
    let rows = report.map_or(&[][..], |report| &report.speed_up);
    let label = report.map_or_else(|| "Nothing was measured yet.".to_owned(), sentence);
    let tip = (**pointed).and_then(|index| rows.get(index)).map(|row| {
        let at = (
            scales.x.at(row.workers.into()),
            scales.y.at(row.summary.median),
        );
        tooltip(&lines(row), at, size)
    });
    html! {
        <svg role="group" aria-labelledby="speed-up-title" width={coordinate(size.width)} height={coordinate(size.height)}>
            <g role="img" aria-label={format!("Chart of speed-up against workers. {label}")}>
                <desc>{ label }</desc>
                { axes(&scales, size) }
                { for report.map(|report| curves(report, &scales, em)) }
            </g>
            // In groups of their own: a tooltip that comes must not shift the points
            // under the keyboard's focus.
            <g>{ for rows.iter().enumerate().map(|(index, row)| point(row, index, &scales, em, pointed)) }</g>
            <g>{ for tip }</g>
        </svg>
    }
}

fn axes(scales: &Scales, size: Size) -> Html {
    let (plot, em) = (scales.plot, size.em);
    let [left, right, bottom] = [plot.left, plot.right(), plot.bottom()].map(coordinate);
    let middle = plot.top + plot.height / 2.0;
    html! {
        <>
            { for scales.heights.ticks.iter().map(|&tick| {
                let y = coordinate(scales.y.at(tick));
                html! {
                    <>
                        <line class="grid-line" x1={left.clone()} x2={right.clone()} y1={y.clone()} y2={y} />
                        <text x={coordinate(plot.left - em * 0.5)} y={coordinate(scales.y.at(tick) + em * 0.3)} text-anchor="end">
                            { scales.heights.label(tick) }
                        </text>
                    </>
                }
            }) }
            <line class="axis-line" x1={left} x2={right} y1={bottom.clone()} y2={bottom} />
            { for scales.workers.iter().map(|&tick| html! {
                <text x={coordinate(scales.x.at(tick))} y={coordinate(plot.bottom() + em * 1.25)} text-anchor="middle">
                    { tick.to_string() }
                </text>
            }) }
            <text x={coordinate(plot.left + plot.width / 2.0)} y={coordinate(size.height - em * 0.5)} text-anchor="middle">
                { "workers (processes)" }
            </text>
            <text text-anchor="middle" transform={format!("translate({} {}) rotate(-90)", coordinate(em), coordinate(middle))}>
                { "speed-up (×)" }
            </text>
        </>
    }
}

/// The lines, which are drawn below the points.
fn curves(report: &Report, scales: &Scales, em: f64) -> Html {
    let (x, y) = (scales.x, scales.y);
    let last = x.domain().1;
    let ideal: Vec<(f64, f64)> = (report.calibration.ideal.iter())
        .filter(|one| f64::from(one.workers) <= last)
        .map(|one| (x.at(one.workers.into()), y.at(one.speed_up)))
        .collect();
    let measured = report
        .speed_up
        .iter()
        .map(|row| (x.at(row.workers.into()), y.at(row.summary.median)));
    let bars = report.speed_up.iter().map(|row| {
        let (low, high) = (y.at(row.summary.low), y.at(row.summary.high));
        html! { <path class="bar-error" d={error_bar(x.at(row.workers.into()), low, high, em * 0.35)} /> }
    });
    let one = coordinate(y.at(1.0));
    html! {
        <>
            <line class="line-one" x1={coordinate(scales.plot.left)} x2={coordinate(scales.plot.right())}
                y1={one.clone()} y2={one.clone()} />
            <path class="mark-main" d={marker(Marker::Square, em * 0.6)}
                transform={translate(scales.plot.left, y.at(1.0))} />
            <path class="line-ideal" d={line(ideal.iter().copied())} />
            { for ideal.iter().map(|&(x, y)| html! {
                <path class="mark-ideal" d={marker(Marker::Diamond, em * 0.62)} transform={translate(x, y)} />
            }) }
            { for bars }
            <path class="line-measured" d={line(measured)} />
            { best_label(report, scales, em) }
        </>
    }
}

/// The best figure, written next to its point: the one to be read from the back
/// of a room.
fn best_label(report: &Report, scales: &Scales, em: f64) -> Html {
    let Some(best) = report.best() else {
        return Html::default();
    };
    let (x, y) = (
        scales.x.at(best.workers.into()),
        scales.y.at(best.summary.median),
    );
    // Below the point, where no error bar and no ideal line is in the way, but
    // above the axis.
    let under = y.max(scales.y.at(best.summary.low)) + em * 1.3;
    let place = spread_labels(
        &[under],
        0.0,
        scales.plot.top,
        scales.plot.bottom() - em * 0.4,
    );
    // Away from the edge.
    let (first, last) = scales.x.domain();
    let anchor = match f64::from(best.workers) {
        workers if workers == last && last > first => "end",
        workers if workers == first => "start",
        _ => "middle",
    };
    let aside = match anchor {
        "end" => x + em * 0.5,
        "start" => x - em * 0.5,
        _ => x,
    };
    html! {
        <text class="strong" x={coordinate(aside)} y={coordinate(place[0])} text-anchor={anchor}>
            { times(best.summary.median) }
        </text>
    }
}

fn lines(row: &SpeedUp) -> Vec<String> {
    let summary = &row.summary;
    let mut lines = vec![
        format!(
            "{}: {}",
            plural(row.workers.into(), "process", "processes"),
            times(summary.median)
        ),
        format!(
            "95 % interval {} to {}",
            times(summary.low),
            times(summary.high)
        ),
        format!("n\u{a0}=\u{a0}{}", plural(summary.n.into(), "run", "runs")),
    ];
    if let (Some(ideal), Some(efficiency)) = (row.ideal, row.efficiency) {
        let percent = (efficiency * 100.0).round();
        lines.push(format!("ideal {}, reached {percent} %", times(ideal)));
    }
    lines
}

fn point(
    row: &SpeedUp,
    index: usize,
    scales: &Scales,
    em: f64,
    pointed: &UseStateHandle<Option<usize>>,
) -> Html {
    let show = {
        let pointed = pointed.clone();
        move || pointed.set(Some(index))
    };
    let hide = {
        let pointed = pointed.clone();
        move || pointed.set(None)
    };
    let (onfocus, onmouseenter) = (show.clone(), show);
    let (onblur, onmouseleave, escape) = (hide.clone(), hide.clone(), hide);
    let place = translate(
        scales.x.at(row.workers.into()),
        scales.y.at(row.summary.median),
    );
    html! {
        <g class="point" transform={place} tabindex="0" role="img" aria-label={in_words(row)}
            onfocus={Callback::from(move |_: FocusEvent| onfocus())}
            onblur={Callback::from(move |_: FocusEvent| onblur())}
            onmouseenter={Callback::from(move |_: MouseEvent| onmouseenter())}
            onmouseleave={Callback::from(move |_: MouseEvent| onmouseleave())}
            onkeydown={Callback::from(move |event: KeyboardEvent| if event.key() == "Escape" { escape() })}>
            <circle class="reach" r={coordinate(em * 1.1)} />
            <circle class="halo" r={coordinate(em * 0.7)} />
            <path class="mark-measured" d={marker(Marker::Disc, em * 0.72)} />
        </g>
    }
}

//! Speed-up against workers, over the ideal that the calibration found.

use super::chart::{Size, tooltip, use_size};
use super::geometry::{
    Axis, Marker, Plot, Scale, coordinate, error_bar, integer_ticks, line, marker, nice_ticks,
    plural, times, translate,
};
use super::shown::Shown;
use super::svg::{path, segment, text};
use crate::experiment::{SpeedUp, SpeedUpReport as Report};
use std::rc::Rc;
use yew::prelude::*;

/// What the chart is drawn from.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The last report.
    pub report: Option<Rc<Shown>>,
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
            <figcaption><h2 class="panel-title" id="speed-up-title">{ "Speed-up against workers" }</h2></figcaption>
            <p class="chart-sentence" id="speed-up-sentence">
                { props.report.as_deref().map_or_else(|| "Nothing was measured yet.".to_owned(), |report| sentence(report)) }
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
        let percent = efficiency * 100.0;
        words += &format!(", {percent:.0} % of the ideal {}", times(ideal));
    }
    words
}

/// Where everything goes.
struct Scales {
    plot: Plot,
    x: Scale,
    y: Scale,
    workers: Vec<f64>,
    heights: Axis,
    /// How wide a measured point is drawn: less where many stand close.
    point: f64,
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
    let x = Scale::linear(
        (1.0, f64::from(last)),
        (plot.left + inset, plot.right() - inset),
    );
    let apart = x.at(2.0) - x.at(1.0);
    Scales {
        plot,
        x,
        y: plot.y((0.0, nice_ticks(most, 5).end())),
        point: (apart * 0.6).clamp(em * 0.3, em * 0.72),
        workers: integer_ticks(1, last, (plot.width / (em * 2.2)) as usize).ticks,
        heights: nice_ticks(most, 5),
    }
}

fn drawing(props: &Props, size: Size, pointed: &UseStateHandle<Option<usize>>) -> Html {
    let report = props.report.as_deref();
    let scales = scales(props, size);
    let em = size.em;
    let rows = report.map_or(&[][..], |report| &report.speed_up);
    let label = report.map_or_else(
        || "Nothing was measured yet.".to_owned(),
        |report| sentence(report),
    );
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
    let middle = plot.top + plot.height / 2.0;
    let rows = scales.heights.ticks.iter().map(|&tick| {
        let y = scales.y.at(tick);
        let class = if tick == 0.0 {
            "axis-line"
        } else {
            "grid-line"
        };
        let words = scales.heights.label(tick);
        html! {
            <>
                { segment(class, (plot.left, y), (plot.right(), y)) }
                { text("", (plot.left - em * 0.5, y + em * 0.3), "end", words) }
            </>
        }
    });
    let columns = scales.workers.iter().map(|&tick| {
        let at = (scales.x.at(tick), plot.bottom() + em * 1.25);
        text("", at, "middle", coordinate(tick))
    });
    let below = (plot.left + plot.width / 2.0, size.height - em * 0.5);
    html! {
        <>
            { for rows }
            { for columns }
            { text("", below, "middle", "workers (processes)".to_owned()) }
            <g transform={format!("translate({} {}) rotate(-90)", coordinate(em), coordinate(middle))}>
                { text("", (0.0, 0.0), "middle", "speed-up (×)".to_owned()) }
            </g>
        </>
    }
}

/// The lines, which are drawn below the points.
fn curves(report: &Report, scales: &Scales, em: f64) -> Html {
    let (x, y, plot) = (scales.x, scales.y, scales.plot);
    let last = x.domain().1;
    let ideal: Vec<(f64, f64)> = (report.calibration.ideal.iter())
        .filter(|one| f64::from(one.workers) <= last)
        .map(|one| (x.at(one.workers.into()), y.at(one.speed_up)))
        .collect();
    let marks = ideal.iter().map(|&(x, y)| {
        let shape = marker(Marker::Diamond, scales.point * 0.86);
        path("mark-ideal", shape, Some(translate(x, y)))
    });
    let measured = report
        .speed_up
        .iter()
        .map(|row| (x.at(row.workers.into()), y.at(row.summary.median)));
    let bars = report.speed_up.iter().map(|row| {
        let (low, high) = (y.at(row.summary.low), y.at(row.summary.high));
        let bar = error_bar(x.at(row.workers.into()), low, high, scales.point * 0.5);
        path("bar-error", bar, None)
    });
    let one = y.at(1.0);
    let square = marker(Marker::Square, em * 0.6);
    html! {
        <>
            { segment("line-one", (plot.left, one), (plot.right(), one)) }
            { path("mark-main", square, Some(translate(plot.left, one))) }
            { path("line-ideal", line(ideal.iter().copied()), None) }
            { for marks }
            { for bars }
            { path("line-measured", line(measured), None) }
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
    let (top, bottom) = (scales.plot.top, scales.plot.bottom() - em * 0.4);
    let under = under.clamp(top, bottom.max(top));
    // Away from the edges.
    let (first, last) = scales.x.domain();
    let (anchor, aside) = match f64::from(best.workers) {
        workers if workers == last && last > first => ("end", x + em * 0.5),
        workers if workers == first => ("start", x - em * 0.5),
        _ => ("middle", x),
    };
    text("strong", (aside, under), anchor, times(best.summary.median))
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
        let percent = efficiency * 100.0;
        lines.push(format!("ideal {}, reached {percent:.0} %", times(ideal)));
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
    let point_at = |at: Option<usize>| {
        let pointed = pointed.clone();
        move || pointed.set(at)
    };
    let (show, hide) = (point_at(Some(index)), point_at(None));
    let (enter, leave, escape) = (show.clone(), hide.clone(), hide.clone());
    // Without their white rims, where those would hide the line.
    let dense = (scales.point < em * 0.5).then_some("mark-dense");
    let place = translate(
        scales.x.at(row.workers.into()),
        scales.y.at(row.summary.median),
    );
    html! {
        <g class="point" transform={place} tabindex="0" role="img" aria-label={in_words(row)}
            onfocus={Callback::from(move |_: FocusEvent| show())}
            onblur={Callback::from(move |_: FocusEvent| hide())}
            onmouseenter={Callback::from(move |_: MouseEvent| enter())}
            onmouseleave={Callback::from(move |_: MouseEvent| leave())}
            onkeydown={Callback::from(move |event: KeyboardEvent| if event.key() == "Escape" { escape() })}>
            <circle class="reach" r={coordinate(em * 1.1)} />
            <circle class="halo" r={coordinate(em * 0.7)} />
            <path class={classes!("mark-measured", dense)} d={marker(Marker::Disc, scales.point)} />
        </g>
    }
}

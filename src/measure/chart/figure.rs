//! A chart as a `<figure>` of the page.

use super::super::save::save;
use super::export;
use super::points::Points;
use super::size::use_size;
use charts::{Chart, drawing, geometry::coordinate};
use std::rc::Rc;
use yew::platform::spawn_local;
use yew::prelude::*;

/// The properties of [`ChartFigure`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The chart.
    pub chart: Rc<Chart>,
    /// A button to add to the chart's buttons.
    #[prop_or_default]
    pub more: Option<Html>,
}

/// The figure: heading, sentence, legend, drawing, table, and buttons to save the chart.
#[component]
pub fn ChartFigure(props: &Props) -> Html {
    let chart = &props.chart;
    let container = use_node_ref();
    let size = use_size(container.clone());
    let scene = use_memo((chart.clone(), size), |(chart, size)| {
        (size.width > 0.0).then(|| Rc::new(chart.scene(size.width, size.em)))
    });
    let drawing = use_memo(scene.clone(), |scene| {
        scene.as_ref().as_ref().map(|scene| {
            let [width, height] = [scene.width, scene.height].map(coordinate);
            AttrValue::from(format!(
                "<svg class=\"drawing\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
                 aria-hidden=\"true\" focusable=\"false\">{}</svg>",
                scene.to_svg()
            ))
        })
    });
    let (id, title) = (element_id(chart), &chart.title);
    html! {
        <figure class="panel chart" id={id.clone()} aria-labelledby={format!("{id}-title")}>
            <figcaption>
                <h3 class="panel-title" id={format!("{id}-title")}>{ title }</h3>
                <p class="chart-sentence">{ &chart.sentence }</p>
            </figcaption>
            if !(*scene).as_ref().is_some_and(|scene| scene.named) {
                { legend(chart) }
            }
            <div class="chart-box" ref={container}>
                // `charts::drawing` escapes the texts in this SVG.
                { for (*drawing).clone().map(Html::from_html_unchecked) }
                if let Some(scene) = (*scene).clone() {
                    <Points id={id.clone()} {scene} em={size.em} />
                }
            </div>
            <Tools chart={chart.clone()} more={props.more.clone()} />
        </figure>
    }
}

/// The id of the chart's element.
fn element_id(chart: &Chart) -> String {
    format!("chart-{}", chart.id)
}

fn legend(chart: &Chart) -> Html {
    if !chart.has_legend() {
        return Html::default();
    }
    let sign = |number| {
        let svg = format!(
            "<svg viewBox=\"0 0 30 16\" aria-hidden=\"true\" focusable=\"false\">{}</svg>",
            drawing::legend_entry(chart, number)
        );
        Html::from_html_unchecked(svg.into())
    };
    html! {
        <ul class="legend">
            { for chart.lines.iter().enumerate().map(|(number, line)| html! {
                <li>{ sign(number) }<span>{ &line.label }</span></li>
            }) }
        </ul>
    }
}

/// The table of the chart, which a button opens, and the buttons to save the chart.
#[component]
fn Tools(props: &Props) -> Html {
    let chart = &props.chart;
    let open = use_state_eq(|| false);
    let refusal = use_state_eq(|| None::<AttrValue>);
    let table = use_memo((chart.clone(), *open), |(chart, open)| {
        open.then(|| chart.table())
    });
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let export = |kind: Export| {
        let label = format!("Save the chart “{}” as {}", chart.title, kind.name());
        let (chart, refusal) = (chart.clone(), refusal.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            let (chart, refusal) = (chart.clone(), refusal.clone());
            spawn_local(async move {
                refusal.set(kind.run(&chart).await.err().map(AttrValue::from));
            });
        });
        html! {
            <button type="button" class="tool" data-export={kind.name()} aria-label={label.clone()} title={label} {onclick}>{ kind.name() }</button>
        }
    };
    let table_id = format!("{}-table", element_id(chart));
    html! {
        <>
            <div class="chart-tools">
                <button type="button" class="tool" aria-expanded={open.to_string()} aria-controls={table_id.clone()}
                    onclick={toggle}>{ if *open { "Hide the table" } else { "Table" } }</button>
                { for props.more.clone() }
                <span class="tools-save">
                    { for [Export::Svg, Export::Png, Export::Csv].map(export) }
                </span>
            </div>
            if let Some(why) = &*refusal {
                <p class="error" role="alert">{ why.clone() }</p>
            }
            <div id={table_id} class="scroll many" role="region" aria-label={format!("Table of “{}”", chart.title)}
                tabindex={open.then_some("0")} hidden={!*open}>
                if let Some(table) = &*table {
                    { table_view(&table.heads, &table.rows) }
                }
            </div>
        </>
    }
}

/// The largest number of rows that are shown; more would slow the page down.
const MAX_ROWS: usize = 1_000;

/// A table of texts.
pub fn table_view(heads: &[String], rows: &[Vec<String>]) -> Html {
    let rest = rows.len().saturating_sub(MAX_ROWS);
    html! {
        <>
            <table>
                <thead><tr>{ for heads.iter().map(|head| html! { <th scope="col">{ head }</th> }) }</tr></thead>
                <tbody>
                    { for rows.iter().take(MAX_ROWS).map(|row| html! {
                        <tr>{ for row.iter().enumerate().map(|(column, text)| match column {
                            0 => html! { <th scope="row">{ text }</th> },
                            _ => html! { <td>{ text }</td> },
                        }) }</tr>
                    }) }
                </tbody>
            </table>
            if rest > 0 {
                <p class="note">{ format!("{rest} more rows are in the CSV.") }</p>
            }
        </>
    }
}

/// The formats that a chart can be saved in.
#[derive(Clone, Copy)]
enum Export {
    Svg,
    Png,
    Csv,
}

impl Export {
    fn name(self) -> &'static str {
        match self {
            Export::Svg => "SVG",
            Export::Png => "PNG",
            Export::Csv => "CSV",
        }
    }

    async fn run(self, chart: &Chart) -> Result<(), String> {
        let file = |ending: &str| format!("manyhands-{}.{ending}", element_id(chart));
        match self {
            Export::Svg => save(&file("svg"), "image/svg+xml", &export::svg(chart)?),
            Export::Csv => save(&file("csv"), "text/csv", &chart.to_csv()),
            Export::Png => export::png(chart, &file("png")).await,
        }
    }
}

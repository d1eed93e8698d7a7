//! The points of a chart, of which the pointer or the arrow keys select one at a time to
//! show its tooltip.

use super::super::browser;
use charts::drawing::{Scene, Spot, Step};
use charts::geometry::{coordinate, place_tooltip, text_width, translate};
use std::rc::Rc;
use yew::prelude::*;

/// The properties of [`Points`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The id of the chart's element.
    pub id: String,
    /// The drawn chart.
    pub scene: Rc<Scene>,
    /// The chart's font size in px.
    pub em: f64,
}

/// The points, as a transparent layer above the drawing. The chart is one stop of the Tab
/// key; the arrow keys move between its points, and each point has a label.
#[component]
pub fn Points(props: &Props) -> Html {
    let Props { id, scene, em } = props;
    // `current` is the point that has or last had the keyboard focus; `shown` is the
    // point whose tooltip is shown.
    let current = use_state_eq(|| 0_usize);
    let shown = use_state_eq(|| None::<usize>);
    let overlay = use_node_ref();
    let point_id = |number: usize| format!("{id}-point-{number}");

    let onpointermove = {
        let (shown, scene, overlay, em) = (shown.clone(), scene.clone(), overlay.clone(), *em);
        Callback::from(move |event: PointerEvent| {
            let Some(element) = overlay.cast::<web_sys::Element>() else {
                return;
            };
            let place = element.get_bounding_client_rect();
            let at = (
                f64::from(event.client_x()) - place.left(),
                f64::from(event.client_y()) - place.top(),
            );
            shown.set(scene.nearest(at, em * 2.5));
        })
    };
    let onpointerleave = {
        let shown = shown.clone();
        Callback::from(move |_| shown.set(None))
    };
    let onkeydown = {
        let (current, shown, scene, id) =
            (current.clone(), shown.clone(), scene.clone(), id.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                shown.set(None);
                return;
            }
            let Some(step) = Step::of_key(&event.key()) else {
                return;
            };
            event.prevent_default();
            let to = scene.step(*current, step);
            browser::focus(&format!("{id}-point-{to}"));
        })
    };
    let current_now = (*current).min(scene.spots.len().saturating_sub(1));
    let spots = scene.spots.iter().enumerate().map(|(number, spot)| {
        let looked_at = (*shown == Some(number)).then_some("is-shown");
        let (current, shown, hide) = (current.clone(), shown.clone(), shown.clone());
        let onfocus = Callback::from(move |_| {
            current.set(number);
            shown.set(Some(number));
        });
        let onblur = Callback::from(move |_| hide.set(None));
        let tabindex = if number == current_now { "0" } else { "-1" };
        html! {
            <g key={number} id={point_id(number)} class={classes!("point", looked_at)} role="img" {tabindex}
                transform={translate(spot.at.0, spot.at.1)} aria-label={spot.label()} {onfocus} {onblur}>
                <circle r={coordinate(em * 0.5)} />
            </g>
        }
    });
    let looked_at = (*shown).and_then(|number| scene.spots.get(number));
    // In a narrow window a tooltip would cover half of the chart, so it has a place below it.
    let narrow = scene.width < em * NARROW;
    let tip = looked_at
        .filter(|_| !narrow)
        .map(|spot| tooltip(spot, *em, scene));
    html! {
        <>
            <svg ref={overlay} class="points" width={coordinate(scene.width)} height={coordinate(scene.height)} role="group"
                aria-label="The points of this chart: arrow keys lead from one to the next"
                {onpointermove} {onpointerleave} {onkeydown}>
                // The points have their own group. Otherwise a new tooltip would shift the
                // elements, and the focused point would change.
                <g>{ for spots }</g>
                <g>{ for tip }</g>
            </svg>
            if narrow {
                <p class="tip-below" aria-hidden="true">
                    { looked_at.map_or("Touch a point for its figures.".to_owned(), Spot::label) }
                </p>
            }
        </>
    }
}

/// A chart of fewer em than this has its tooltip below it.
const NARROW: f64 = 34.0;

fn tooltip(spot: &Spot, em: f64, scene: &Scene) -> Html {
    let letter = em * 0.85;
    let widths = spot.words.iter().map(|line| text_width(line, letter));
    let width = widths.fold(0.0, f64::max) + em * 1.4;
    let line_height = letter * 1.45;
    let height = spot.words.len() as f64 * line_height + em * 0.6;
    let place = place_tooltip(spot.at, (width, height), em, (scene.width, scene.height));
    html! {
        <g class="tooltip" transform={translate(place.x, place.y)} aria-hidden="true">
            <rect width={coordinate(place.width)} height={coordinate(place.height)} rx="6" />
            { for spot.words.iter().enumerate().map(|(number, line)| html! {
                <text class={(number == 0).then_some("strong")} x={coordinate(em * 0.7)}
                    y={coordinate(em * 0.3 + (number as f64 + 0.74) * line_height)}>{ line }</text>
            }) }
        </g>
    }
}

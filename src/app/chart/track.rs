//! A lane on a canvas: as many events as there may be, drawn in as many
//! rectangles as can be seen.

use super::super::geometry::Coverage;
use super::super::url;
use super::Part;
use super::size::use_size;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasPattern, CanvasRenderingContext2d, HtmlCanvasElement};
use yew::prelude::*;

/// What a track shows.
#[derive(Properties)]
pub struct Props {
    /// Its class.
    #[prop_or("lane-track")]
    pub class: &'static str,
    /// The lane.
    pub lane: Rc<Coverage>,
    /// The moment at the left edge.
    pub from: f64,
    /// The moment at the right edge.
    pub to: f64,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        // The same lane, not one with the same hundred thousand events.
        Rc::ptr_eq(&self.lane, &other.lane)
            && (self.class, self.from, self.to) == (other.class, other.from, other.to)
    }
}

/// The track. It is drawn anew when it, its size or the colour scheme changes.
#[component]
pub fn Track(props: &Props) -> Html {
    let canvas = use_node_ref();
    let size = use_size(canvas.clone());
    let dark = use_dark();
    let (lane, from, to) = (props.lane.clone(), props.from, props.to);
    use_effect_with(
        (Rc::as_ptr(&lane), from.to_bits(), to.to_bits(), size, dark),
        {
            let canvas = canvas.clone();
            move |_| {
                if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
                    // A canvas that cannot be drawn on stays empty; the same
                    // is said in words beside it.
                    let _ = draw(&canvas, &lane, from, to);
                }
            }
        },
    );
    html! { <canvas ref={canvas} class={props.class} aria-hidden="true" /> }
}

/// Whether the page is dark, now and after the reader changed their mind.
#[hook]
fn use_dark() -> bool {
    let dark = use_state_eq(url::prefers_dark);
    use_effect_with((), {
        let dark = dark.clone();
        move |()| {
            let watch = url::on_scheme_change(move || dark.set(url::prefers_dark()));
            move || drop(watch)
        }
    });
    *dark
}

fn draw(canvas: &HtmlCanvasElement, lane: &Coverage, from: f64, to: f64) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let ratio = window.device_pixel_ratio().clamp(1.0, 4.0);
    let [width, height] = [canvas.client_width(), canvas.client_height()]
        .map(|side| (f64::from(side) * ratio).round().clamp(0.0, 16_384.0));
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = canvas
        .get_context("2d")?
        .ok_or(JsValue::NULL)?
        .dyn_into::<CanvasRenderingContext2d>()?;
    let style = window.get_computed_style(canvas)?.ok_or(JsValue::NULL)?;
    let colour = |name: &str| style.get_property_value(name).unwrap_or_default();
    let colours = Part::ALL.map(|part| colour(part.colour()));
    let surface = colour("--surface");
    let runs = lane.runs(from, to, width as u32);
    // What shares a pixel's time shares its height, from the ground up: how much
    // of it is taken already.
    let mut taken = vec![0.0; runs.len()];
    for part in [Part::Computing, Part::StartUp, Part::Waiting, Part::Idle] {
        // A colour for many rectangles, and not one for each: setting it takes
        // longer than filling.
        context.set_fill_style_str(&colours[part as usize]);
        let mut hatched: Vec<[f64; 4]> = Vec::new();
        for (run, taken) in runs.iter().zip(&mut taken) {
            let share = run.shares[part as usize];
            if share == 0.0 {
                continue;
            }
            // Whole pixels, which are filled at once.
            let bottom = ((1.0 - *taken) * height).round();
            *taken += share;
            let top = ((1.0 - *taken) * height).round();
            let (x, wide, high) = (
                f64::from(run.from),
                f64::from(run.to - run.from),
                bottom - top,
            );
            context.fill_rect(x, top, wide, high);
            // Where there is room for it to be seen.
            if !part.lines().is_empty() && wide >= 4.0 && high >= 4.0 {
                hatched.push([x, top, wide, high]);
            }
        }
        if !hatched.is_empty() {
            context.set_fill_style_canvas_pattern(&hatch(part, &surface, ratio)?);
            for [x, y, wide, high] in hatched {
                context.fill_rect(x, y, wide, high);
            }
        }
    }
    Ok(())
}

/// A part's lines, to be repeated.
fn hatch(part: Part, colour: &str, ratio: f64) -> Result<CanvasPattern, JsValue> {
    let canvas = url::document()
        .ok_or(JsValue::NULL)?
        .create_element("canvas")?
        .dyn_into::<HtmlCanvasElement>()?;
    let side = (8.0 * ratio).round();
    canvas.set_width(side as u32);
    canvas.set_height(side as u32);
    let context = canvas
        .get_context("2d")?
        .ok_or(JsValue::NULL)?
        .dyn_into::<CanvasRenderingContext2d>()?;
    let scale = side / 8.0;
    context.scale(scale, scale)?;
    context.set_stroke_style_str(colour);
    context.set_line_width(2.0);
    for [x1, y1, x2, y2] in part.lines() {
        context.begin_path();
        context.move_to(*x1, *y1);
        context.line_to(*x2, *y2);
        context.stroke();
    }
    context
        .create_pattern_with_html_canvas_element(&canvas, "repeat")?
        .ok_or(JsValue::NULL)
}

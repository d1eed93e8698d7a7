//! A lane drawn on a canvas. However many events it has, it is drawn as at most a few
//! rectangles for each column of pixels.

use super::super::browser;
use super::size::use_measured;
use super::span_style::{colour, lines};
use std::{cell::RefCell, rc::Rc};
use timeline::{SpanKind, Spans};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasPattern, CanvasRenderingContext2d, HtmlCanvasElement};
use yew::prelude::*;

/// The properties of [`LaneCanvas`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The CSS class of the canvas.
    #[prop_or("lane-track")]
    pub class: &'static str,
    /// The lane.
    pub lane: Spans,
    /// The time at the left edge, in µs.
    pub from: f64,
    /// The time at the right edge, in µs.
    pub to: f64,
}

/// The order in which the kinds are stacked, from the bottom up.
const ORDER: [SpanKind; SpanKind::ALL.len()] = [
    SpanKind::Computing,
    SpanKind::StartUp,
    SpanKind::Waiting,
    SpanKind::Idle,
];

/// The canvas. It is drawn again when the lane, the size or the colour scheme changes.
#[component]
pub fn LaneCanvas(props: &Props) -> Html {
    let canvas = use_node_ref();
    let size = use_measured(canvas.clone(), |canvas| {
        [canvas.client_width(), canvas.client_height()]
    });
    let dark = use_dark();
    let (lane, from, to) = (props.lane.clone(), props.from, props.to);
    use_effect_with((lane, from, to, size, dark), {
        let canvas = canvas.clone();
        move |(lane, from, to, size, dark)| {
            if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
                // If drawing fails the canvas stays empty; the text beside it contains the
                // same information.
                let _ = draw(&canvas, *size, *dark, lane, (*from, *to));
            }
        }
    });
    html! { <canvas ref={canvas} class={props.class} aria-hidden="true" /> }
}

/// Whether the page is dark; updated when the visitor's setting changes.
#[hook]
fn use_dark() -> bool {
    let dark = use_state_eq(browser::prefers_dark);
    use_effect_with((), {
        let dark = dark.clone();
        move |()| {
            let listener = browser::on_scheme_change(move || dark.set(browser::prefers_dark()));
            move || drop(listener)
        }
    });
    *dark
}

/// The colours and patterns of all lanes. They are cached, because asking the browser for
/// them takes longer than drawing.
struct Paints {
    dark: bool,
    ratio: f64,
    /// The CSS colours in the order of [`SpanKind::ALL`].
    colours: [String; SpanKind::ALL.len()],
    hatches: [Option<CanvasPattern>; SpanKind::ALL.len()],
}

impl Paints {
    fn new(canvas: &HtmlCanvasElement, dark: bool, ratio: f64) -> Result<Paints, JsValue> {
        let window = web_sys::window().ok_or(JsValue::NULL)?;
        let style = window.get_computed_style(canvas)?.ok_or(JsValue::NULL)?;
        let named = |name: &str| style.get_property_value(name).unwrap_or_default();
        let surface = named("--surface");
        let mut hatches = [const { None }; SpanKind::ALL.len()];
        for (kind, pattern) in SpanKind::ALL.into_iter().zip(&mut hatches) {
            if !lines(kind).is_empty() {
                *pattern = Some(hatch(kind, &surface, ratio)?);
            }
        }
        Ok(Paints {
            dark,
            ratio,
            colours: SpanKind::ALL.map(|kind| named(colour(kind))),
            hatches,
        })
    }

    /// The cached paints, which are the same for all lanes of the page. They are read again
    /// when the colour scheme or the pixel ratio has changed.
    fn of_page(canvas: &HtmlCanvasElement, dark: bool, ratio: f64) -> Result<Rc<Paints>, JsValue> {
        thread_local! {
            static CACHE: RefCell<Option<Rc<Paints>>> = const { RefCell::new(None) };
        }
        let cached = CACHE.with_borrow(Clone::clone);
        let cached = cached.filter(|paints| paints.dark == dark && paints.ratio == ratio);
        cached.map_or_else(
            || {
                let paints = Rc::new(Paints::new(canvas, dark, ratio)?);
                CACHE.set(Some(paints.clone()));
                Ok(paints)
            },
            Ok,
        )
    }
}

fn draw(
    canvas: &HtmlCanvasElement,
    size: [i32; 2],
    dark: bool,
    lane: &Spans,
    (from, to): (f64, f64),
) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let ratio = window.device_pixel_ratio().clamp(1.0, 4.0);
    let [width, height] = size.map(|side| (f64::from(side) * ratio).round().clamp(0.0, 16_384.0));
    // The canvas has not been laid out yet.
    if width * height == 0.0 {
        return Ok(());
    }
    let paints = Paints::of_page(canvas, dark, ratio)?;
    let context = canvas.get_context("2d")?.ok_or(JsValue::NULL)?;
    let context = context.dyn_into::<CanvasRenderingContext2d>()?;
    // Setting the size clears the canvas but also causes a new layout, so it is set only
    // when it changed.
    if [canvas.width(), canvas.height()] == [width as u32, height as u32] {
        context.clear_rect(0.0, 0.0, width, height);
    } else {
        canvas.set_width(width as u32);
        canvas.set_height(height as u32);
    }
    let runs = lane.runs(from, to, width as u32);
    // Kinds that share the time of a column share its height, from the bottom up. This
    // is the share of the height that is filled already.
    let mut taken = vec![0.0; runs.len()];
    for kind in ORDER {
        // The colour is set once for all rectangles of a kind, because setting it takes
        // longer than filling a rectangle.
        context.set_fill_style_str(&paints.colours[kind as usize]);
        let mut hatched: Vec<[f64; 4]> = Vec::new();
        for (run, taken) in runs.iter().zip(&mut taken) {
            let share = run.shares[kind as usize];
            if share == 0.0 {
                continue;
            }
            // Whole pixels are filled faster than fractions of pixels.
            let bottom = ((1.0 - *taken) * height).round();
            *taken += share;
            let top = ((1.0 - *taken) * height).round();
            let (x, wide, high) = (
                f64::from(run.from),
                f64::from(run.to - run.from),
                bottom - top,
            );
            context.fill_rect(x, top, wide, high);
            // Smaller rectangles are not hatched: the lines would not be visible.
            if wide >= 4.0 && high >= 4.0 {
                hatched.push([x, top, wide, high]);
            }
        }
        if let Some(pattern) = &paints.hatches[kind as usize] {
            context.set_fill_style_canvas_pattern(pattern);
            for [x, y, wide, high] in hatched {
                context.fill_rect(x, y, wide, high);
            }
        }
    }
    Ok(())
}

/// The repeated pattern of a kind's lines.
fn hatch(kind: SpanKind, colour: &str, ratio: f64) -> Result<CanvasPattern, JsValue> {
    let canvas = browser::document()
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
    for [x1, y1, x2, y2] in lines(kind) {
        context.begin_path();
        context.move_to(*x1, *y1);
        context.line_to(*x2, *y2);
        context.stroke();
    }
    context
        .create_pattern_with_html_canvas_element(&canvas, "repeat")?
        .ok_or(JsValue::NULL)
}

//! A chart as a file: SVG with its colours and fonts written into it, and PNG
//! drawn from that.

use super::super::save::{object_url, save_url};
use super::super::url;
use charts::{Chart, drawing::sheet};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlImageElement, Window};

/// The sheet's width and its text, in pixels: fit for a page of a document.
const WIDTH: f64 = 960.0;
const EM: f64 = 16.0;

/// Pixels of a PNG for one of the sheet, so that it can be printed.
const SHARPNESS: f64 = 2.0;

/// What style sheets say that a file has to say itself.
const PROPERTIES: [&str; 11] = [
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-opacity",
    "font-family",
    "font-size",
    "font-weight",
];

const NO_DRAWING: &str = "This browser did not draw the chart: try again, or take the SVG.";

/// The chart as an SVG file, in the page's present colours.
///
/// # Errors
/// A sentence for people, where the browser does not play along.
pub fn svg(chart: &Chart) -> Result<String, String> {
    styled(chart).ok_or_else(|| NO_DRAWING.to_owned())
}

/// The sheet gets its styles where the page's style sheet reaches it: in the
/// page, out of sight, for a moment.
fn styled(chart: &Chart) -> Option<String> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let room = document.create_element("div").ok()?;
    room.set_class_name("chart sheet-room");
    room.set_attribute("aria-hidden", "true").ok()?;
    room.set_inner_html(&sheet(chart, WIDTH, EM));
    let svg = room.first_element_child()?;
    // The patterns are the page's; the file needs its own.
    if let Some(patterns) = document.query_selector("#hatches defs").ok()? {
        svg.prepend_with_node_1(&patterns.clone_node_with_deep(true).ok()?)
            .ok()?;
    }
    document.body()?.append_child(&room).ok()?;
    inline(&window, &svg);
    room.remove();
    let text = svg.outer_html();
    // The one entity of HTML that XML does not know.
    Some(text.replace("&nbsp;", "\u{a0}"))
}

fn inline(window: &Window, element: &Element) {
    if let Ok(Some(style)) = window.get_computed_style(element) {
        for property in PROPERTIES {
            let value = style.get_property_value(property).unwrap_or_default();
            // Patterns are attributes already.
            if !value.is_empty() && !value.starts_with("url") {
                let _ = element.set_attribute(property, &value);
            }
        }
    }
    let children = element.children();
    for index in 0..children.length() {
        if let Some(child) = children.item(index) {
            inline(window, &child);
        }
    }
    let _ = element.remove_attribute("class");
}

/// Saves the chart as a PNG file.
///
/// # Errors
/// A sentence for people, where the browser does not play along.
pub async fn png(chart: &Chart, name: &str) -> Result<(), String> {
    let svg = svg(chart)?;
    let source = object_url("image/svg+xml", &svg)?;
    let canvas = drawn(&source).await;
    let _ = web_sys::Url::revoke_object_url(&source);
    let address = canvas
        .and_then(|canvas| canvas.to_data_url_with_type("image/png"))
        .map_err(|_| NO_DRAWING.to_owned())?;
    save_url(name, &address)
}

async fn drawn(source: &str) -> Result<HtmlCanvasElement, JsValue> {
    let document = url::document().ok_or(JsValue::NULL)?;
    let image = HtmlImageElement::new()?;
    image.set_src(source);
    JsFuture::from(image.decode()).await?;
    let canvas = document
        .create_element("canvas")?
        .dyn_into::<HtmlCanvasElement>()?;
    let [width, height] =
        [image.natural_width(), image.natural_height()].map(|side| f64::from(side) * SHARPNESS);
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = canvas
        .get_context("2d")?
        .ok_or(JsValue::NULL)?
        .dyn_into::<CanvasRenderingContext2d>()?;
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)?;
    Ok(canvas)
}

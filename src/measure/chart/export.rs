//! Exports of a chart: SVG with its colours and fonts as attributes, and PNG drawn from
//! that SVG.

use super::super::browser;
use super::super::save::{object_url, save_url};
use charts::{Chart, drawing::sheet};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlImageElement, Window};

/// The width of the exported drawing and its font size, in px, which fit a page of a
/// document.
const WIDTH: f64 = 960.0;
const EM: f64 = 16.0;

/// The number of pixels of the PNG for one px of the drawing, so that it can be printed.
const PNG_SCALE: f64 = 2.0;

/// The CSS properties that are copied into the file as attributes.
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

/// The chart as the text of an SVG file, in the current colours of the page.
///
/// # Errors
/// A sentence for the visitor, if the browser could not draw.
pub fn svg(chart: &Chart) -> Result<String, String> {
    svg_with_styles(chart).ok_or_else(|| NO_DRAWING.to_owned())
}

/// Adds the drawing to the page for a short time, invisibly, so that the page's style
/// sheet applies to it, and copies the computed styles into its elements.
fn svg_with_styles(chart: &Chart) -> Option<String> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let container = document.create_element("div").ok()?;
    container.set_class_name("chart sheet-room");
    container.set_attribute("aria-hidden", "true").ok()?;
    container.set_inner_html(&sheet(chart, WIDTH, EM));
    let svg = container.first_element_child()?;
    // The drawing refers to patterns of the page, so the file gets a copy of them.
    if let Some(patterns) = document.query_selector("#hatches defs").ok()? {
        svg.prepend_with_node_1(&patterns.clone_node_with_deep(true).ok()?)
            .ok()?;
    }
    document.body()?.append_child(&container).ok()?;
    inline_styles(&window, &svg);
    container.remove();
    let text = svg.outer_html();
    // `&nbsp;` is an entity of HTML that XML does not define.
    Some(text.replace("&nbsp;", "\u{a0}"))
}

fn inline_styles(window: &Window, element: &Element) {
    if let Ok(Some(style)) = window.get_computed_style(element) {
        for property in PROPERTIES {
            let value = style.get_property_value(property).unwrap_or_default();
            // References to patterns are attributes already.
            if !value.is_empty() && !value.starts_with("url") {
                let _ = element.set_attribute(property, &value);
            }
        }
    }
    let children = element.children();
    for index in 0..children.length() {
        if let Some(child) = children.item(index) {
            inline_styles(window, &child);
        }
    }
    let _ = element.remove_attribute("class");
}

/// Saves the chart as a PNG file.
///
/// # Errors
/// A sentence for the visitor, if the browser could not draw.
pub async fn png(chart: &Chart, name: &str) -> Result<(), String> {
    let svg = svg(chart)?;
    let source = object_url("image/svg+xml", &svg)?;
    let canvas = draw_on_canvas(&source).await;
    let _ = web_sys::Url::revoke_object_url(&source);
    let address = canvas
        .and_then(|canvas| canvas.to_data_url_with_type("image/png"))
        .map_err(|_| NO_DRAWING.to_owned())?;
    save_url(name, &address)
}

async fn draw_on_canvas(source: &str) -> Result<HtmlCanvasElement, JsValue> {
    let document = browser::document().ok_or(JsValue::NULL)?;
    let image = HtmlImageElement::new()?;
    image.set_src(source);
    JsFuture::from(image.decode()).await?;
    let canvas = document
        .create_element("canvas")?
        .dyn_into::<HtmlCanvasElement>()?;
    let [width, height] =
        [image.natural_width(), image.natural_height()].map(|side| f64::from(side) * PNG_SCALE);
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = canvas
        .get_context("2d")?
        .ok_or(JsValue::NULL)?
        .dyn_into::<CanvasRenderingContext2d>()?;
    context.draw_image_with_html_image_element_and_dw_and_dh(&image, 0.0, 0.0, width, height)?;
    Ok(canvas)
}

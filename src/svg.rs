//! The few SVG elements that charts are made of, by attributes only.

use charts::geometry::coordinate;
use yew::prelude::*;

/// A line from one point to another.
pub fn segment(class: &'static str, from: (f64, f64), to: (f64, f64)) -> Html {
    let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(coordinate);
    html! { <line {class} {x1} {y1} {x2} {y2} /> }
}

/// A path, moved by a `transform` or not.
pub fn path(class: &'static str, d: String, transform: Option<String>) -> Html {
    html! { <path {class} {d} {transform} /> }
}

/// A text beside, after or above a point, as `anchor` says.
pub fn text(class: &'static str, at: (f64, f64), anchor: &'static str, words: String) -> Html {
    let (x, y) = (coordinate(at.0), coordinate(at.1));
    html! { <text {class} {x} {y} text-anchor={anchor}>{ words }</text> }
}

/// A rectangle as high as its drawing, placed by lengths or percentages.
pub fn column(class: &'static str, x: AttrValue, width: AttrValue, fill: Option<String>) -> Html {
    html! { <rect {class} {x} y="0" {width} height="100%" {fill} /> }
}

/// A part of the whole as a percentage.
pub fn percent(part: f64) -> AttrValue {
    format!("{}%", coordinate(part * 100.0)).into()
}

//! A drawing as data: shapes in px, and the points that have a tooltip.

use crate::geometry::{coordinate, translate};
use std::fmt::Write;

/// A drawn chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// The width in px.
    pub width: f64,
    /// The height in px.
    pub height: f64,
    /// The shapes, in the order in which they are painted.
    pub shapes: Vec<Shape>,
    /// The points with tooltips, series by series, each from left to right.
    pub spots: Vec<Spot>,
    /// Whether each line has its name beside its marks, so that no legend is needed.
    pub named: bool,
}

/// A shape. The style sheet sets its colours by its CSS classes.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A path, translated to a point.
    Path {
        /// Its CSS classes.
        class: String,
        /// The attribute `d` of the path.
        d: String,
        /// The position of its origin.
        at: (f64, f64),
        /// The number of the pattern that is drawn over it.
        pattern: Option<usize>,
    },
    /// A rectangle.
    Rectangle {
        /// Its CSS classes.
        class: String,
        /// Its upper left corner.
        at: (f64, f64),
        /// Width and height.
        size: (f64, f64),
        /// The number of the pattern that is drawn over it.
        pattern: Option<usize>,
    },
    /// A line of text.
    Text {
        /// Its CSS classes.
        class: &'static str,
        /// The point it begins at, ends at or is centred on.
        at: (f64, f64),
        /// The attribute `text-anchor`: `start`, `end` or `middle`.
        anchor: &'static str,
        /// The text.
        words: String,
    },
}

/// A point that has a tooltip.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// The position in px.
    pub at: (f64, f64),
    /// The number of its series.
    pub series: usize,
    /// The lines of the tooltip, the heading first.
    pub words: Vec<String>,
}

impl Spot {
    /// The tooltip as one text, for screen readers.
    pub fn label(&self) -> String {
        self.words.join(", ")
    }
}

impl Scene {
    pub(super) fn path(&mut self, class: impl Into<String>, d: String) {
        self.path_at(class, d, (0.0, 0.0));
    }

    pub(super) fn path_at(&mut self, class: impl Into<String>, d: String, at: (f64, f64)) {
        if !d.is_empty() {
            self.shapes.push(Shape::Path {
                class: class.into(),
                d,
                at,
                pattern: None,
            });
        }
    }

    pub(super) fn area(&mut self, class: String, d: String, pattern: Option<usize>) {
        if !d.is_empty() {
            self.shapes.push(Shape::Path {
                class,
                d,
                at: (0.0, 0.0),
                pattern,
            });
        }
    }

    pub(super) fn segment(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        self.path(class, crate::geometry::line([from, to]));
    }

    pub(super) fn text(
        &mut self,
        class: &'static str,
        at: (f64, f64),
        anchor: &'static str,
        words: impl Into<String>,
    ) {
        self.shapes.push(Shape::Text {
            class,
            at,
            anchor,
            words: words.into(),
        });
    }

    pub(super) fn rectangle(
        &mut self,
        class: String,
        at: (f64, f64),
        size: (f64, f64),
        pattern: Option<usize>,
    ) {
        self.shapes.push(Shape::Rectangle {
            class,
            at,
            size,
            pattern,
        });
    }

    /// The shapes as SVG elements, without the enclosing `svg`. All texts are escaped,
    /// because names may come from files of unknown origin.
    pub fn to_svg(&self) -> String {
        let mut svg = String::new();
        for shape in &self.shapes {
            write_shape(&mut svg, shape);
        }
        svg
    }
}

// Writing to a string cannot fail.
fn write_shape(svg: &mut String, shape: &Shape) {
    match shape {
        Shape::Path {
            class,
            d,
            at,
            pattern,
        } => {
            let _ = write!(svg, "<path class=\"{class}\" d=\"{d}\"");
            if *at != (0.0, 0.0) {
                let _ = write!(svg, " transform=\"{}\"", translate(at.0, at.1));
            }
            svg.push_str("/>");
            if let Some(pattern) = pattern {
                let _ = write!(
                    svg,
                    "<path class=\"over\" d=\"{d}\" fill=\"url(#hatch-{pattern})\"/>"
                );
            }
        }
        Shape::Rectangle {
            class,
            at,
            size,
            pattern,
        } => {
            let place = format!(
                "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
                coordinate(at.0),
                coordinate(at.1),
                coordinate(size.0.max(0.0)),
                coordinate(size.1.max(0.0))
            );
            let _ = write!(svg, "<rect class=\"{class}\" {place}/>");
            if let Some(pattern) = pattern {
                let _ = write!(
                    svg,
                    "<rect class=\"over\" {place} fill=\"url(#hatch-{pattern})\"/>"
                );
            }
        }
        Shape::Text {
            class,
            at,
            anchor,
            words,
        } => {
            let _ = write!(
                svg,
                "<text class=\"{class}\" x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\">{}</text>",
                coordinate(at.0),
                coordinate(at.1),
                escaped(words)
            );
        }
    }
}

/// Writes a text, escaped for an element or a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            // Other control characters are not allowed in XML.
            letter if letter.is_control() => safe.push(' '),
            letter => safe.push(letter),
        }
    }
    safe
}

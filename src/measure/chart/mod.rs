//! Charts on the page: a [`Chart`](charts::Chart) as a figure with tooltips, keyboard
//! control, table and exports; and lanes on a canvas.
//!
//! The crate `charts` computes all positions ([`drawing`](charts::drawing),
//! [`geometry`](charts::geometry)). This folder must not import `experiments`: it is
//! given charts and spans.

mod export;
mod figure;
mod lane_canvas;
mod legend;
mod points;
mod size;
mod span_style;

pub use figure::{ChartFigure, table_view};
pub use lane_canvas::LaneCanvas;
pub use legend::lane_legend;
pub use size::scroll_class;

//! Charts on the page: a [`Chart`](charts::Chart) as a figure with tooltips,
//! keyboard, table and exports, and lanes on a canvas.
//!
//! What goes where is computed by [`drawing`](charts::drawing) and
//! [`geometry`](charts::geometry). This room must not know experiments: it is given
//! charts and spans.

mod export;
mod figure;
mod hatch;
mod part;
mod points;
mod size;
mod span_look;
mod track;

pub use figure::{ChartFigure, table_view};
pub use hatch::hatches;
pub use part::part_legend;
pub use size::many;
pub use track::Track;

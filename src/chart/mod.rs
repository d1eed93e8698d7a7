//! Charts on the page: a [`Picture`](charts::picture::Picture) as a figure with
//! tooltips, keyboard, table and exports, and lanes on a canvas.
//!
//! What goes where is computed by the rooms [`picture`](charts::picture) and
//! [`geometry`](charts::geometry). Of experiments, this room must know nothing but
//! what a process's time was spent on: it is given pictures and spans.

mod export;
mod figure;
mod hatch;
mod part;
mod points;
mod size;
mod track;

pub use figure::{Chart, table_view};
pub use hatch::hatches;
pub use part::part_legend;
pub use size::many;
pub use track::Track;

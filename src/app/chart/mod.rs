//! Charts on the page: a [`Picture`](super::picture::Picture) as a figure with
//! tooltips, keyboard, table and exports, and lanes on a canvas.
//!
//! What goes where is computed by the rooms [`picture`](super::picture) and
//! [`geometry`](super::geometry). This room must not know experiments: it is
//! given pictures and stretches of time.

mod export;
mod figure;
mod hatch;
mod part;
mod points;
mod size;
mod track;

pub use figure::{Chart, table_view};
pub use hatch::hatches;
pub use part::{Part, part_legend};
pub use size::many;
pub use track::Track;

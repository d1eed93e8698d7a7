//! Charts drawn: where everything goes, how the points are walked with the
//! keyboard, and the same as SVG text and as a table.
//!
//! In reading order: [`Look`] tells lines apart, a [`Scene`] is what is drawn,
//! `layout` chooses among rows, lines and areas, and [`sheet`](fn@sheet) is a
//! drawing that stands alone. Uses the [`model`](crate::model) and
//! [`geometry`](crate::geometry) only.

mod area;
mod axes;
mod layout;
mod lines;
mod look;
mod rows;
mod scene;
mod sheet;
mod table;
mod walk;
mod words;

pub use look::Look;
pub use scene::{Scene, Spot};
pub use sheet::{legend_entry, sheet};
pub use table::Table;
pub use walk::Step;

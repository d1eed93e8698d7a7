//! Drawings of charts: the position of everything, the moves between points by keyboard,
//! and the output as SVG and as a table.
//!
//! In reading order: a [`Look`] is how a line looks, a [`Scene`] is a drawing as data,
//! `layout` chooses among rows, lines and areas, and [`sheet`](fn@sheet) is a complete
//! drawing for a file. This folder must import only [`model`](crate::model) and
//! [`geometry`](crate::geometry).

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

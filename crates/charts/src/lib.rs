//! Charts as data, and their drawings as SVG.
//!
//! In reading order: the [`model`] is what a chart shows, [`geometry`] computes
//! positions from numbers, and [`drawing`] makes SVG and tables from both. [`csv_cell`]
//! writes what is in a table.
//!
//! This crate only computes and is tested natively. It must not import any other crate
//! of the workspace, the browser or Yew.

mod csv;
pub mod drawing;
pub mod geometry;
pub mod model;

pub use csv::csv_cell;
pub use model::{Axis, Chart, ChartKind, ChartLine, Dot, Quantity, Role, ScaleKind};

//! Charts as data, and their drawings as SVG.
//!
//! In reading order: the [`model`] is what a chart shows, [`geometry`] computes
//! positions from numbers, and [`drawing`] makes SVG and tables from both.
//!
//! This crate only computes and is tested natively. It must not import any other crate
//! of the workspace, the browser or Yew.

pub mod drawing;
pub mod geometry;
pub mod model;

pub use model::{Axis, Chart, ChartKind, ChartLine, Dot, Quantity, Role, ScaleKind};

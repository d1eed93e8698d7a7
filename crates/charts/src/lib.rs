//! Charts: the [`model`] says what a chart shows, [`geometry`] where numbers go,
//! and [`drawing`] makes SVG of both.
//!
//! This crate is pure and tested natively. It knows nobody: it must not import
//! experiments, the browser or Yew.

pub mod drawing;
pub mod geometry;
pub mod model;

pub use model::{Axis, Chart, ChartKind, ChartLine, Dot, Quantity, Role, ScaleKind};

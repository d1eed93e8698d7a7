//! Where things go on a chart: scales, ticks, paths, stacked bars, lanes,
//! tooltips, and how numbers read beside them.
//!
//! Pure arithmetic and text, so that it is tested natively and every chart can
//! be trusted by looking at its data alone. Must not import Yew, web-sys or any
//! other room of the crate.

mod axis;
mod label;
mod path;
mod scale;
mod stack;

pub use axis::{Axis, integer_ticks, nice_ticks};
pub use label::{milliseconds, place_tooltip, plural, times};
pub use path::{Marker, coordinate, error_bar, line, marker, translate};
pub use scale::{Linear, Plot};
pub use stack::{comb, slices, stack};

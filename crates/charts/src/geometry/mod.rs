//! Where things go on a chart: scales, ticks, units, paths, stacked bars,
//! distributions, tooltips, and how numbers read beside them.
//!
//! Pure arithmetic and text, so that it is tested natively and every chart can
//! be trusted by looking at its data alone. Must not import Yew, web-sys or any
//! other room of the crate.

pub mod distribution;
mod label;
mod path;
mod scale;
mod stack;
pub mod ticks;
mod unit;

pub use distribution::{beeswarm, bins, thinned};
pub use label::{milliseconds, place_tooltip, plural, text_width, times};
pub use path::{
    Marker, area, coordinate, error_bar, error_bar_across, line, marker, outline, steps, translate,
};
pub use scale::{Plot, Scale};
pub use stack::{comb, layers, stack};
pub use ticks::{Ticks, integer_ticks, log_label, log_ticks, nice_ticks_in};
pub use unit::Unit;

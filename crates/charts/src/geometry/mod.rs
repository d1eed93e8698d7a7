//! Positions and texts on a chart: scales, ticks, units, paths, stacked bars,
//! distributions and tooltips.
//!
//! Only arithmetic and text, so that all of it is tested natively. This folder must not
//! import any other module of the crate.

pub mod distribution;
mod label;
mod path;
mod scale;
mod stack;
pub mod ticks;
mod unit;

pub use distribution::{beeswarm, bins, thinned};
pub use label::{milliseconds, place_tooltip, plural, text_width, times, unbroken};
pub use path::{
    Marker, area, coordinate, error_bar, error_bar_across, line, marker, outline, steps, translate,
};
pub use scale::{Plot, Scale};
pub use stack::{frame_positions, layers};
pub use ticks::{Ticks, integer_ticks, log_label, log_ticks, nice_ticks_in};
pub use unit::Unit;

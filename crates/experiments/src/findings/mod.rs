//! What the findings of all experiments are made from: charts, tables and words that any
//! series can have, and the way from samples to a verdict.
//!
//! The findings of an experiment stand in its own folder. They depend only on the recording.
//! This folder must not import any experiment.

mod analysis;
mod every_sample;
pub(crate) mod overview;
mod rule;
mod words;

pub(crate) use analysis::Analysis;
pub use every_sample::every_sample;
pub(crate) use rule::{CannotBeSaid, Judgement, Limit, Place, Reached};
pub(crate) use words::{
    as_long_as_planned, below_clock, clock_step, is_below_clock, median_in_words, processes,
    written,
};

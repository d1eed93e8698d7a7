//! What the findings of all experiments share: charts, tables and phrases for any series, and
//! the steps from samples to a verdict.
//!
//! The findings of each experiment are in its own folder. They depend only on the recording.
//! This folder must not import any experiment.

mod analysis;
mod every_sample;
pub(crate) mod overview;
mod rule;
mod words;

pub(crate) use analysis::Analysis;
pub use every_sample::every_sample;
pub(crate) use rule::{CannotBeSaid, Judgement, PointRef, Threshold};
pub(crate) use words::{
    as_long_as_planned, below_clock_in_words, clock_step, headline_of, is_below_clock,
    list_in_words, median_in_words, processes_in_words, sentence_case, spread_in_words,
    value_in_words,
};

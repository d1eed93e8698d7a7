//! Workloads: the computations and simulated waits that the experiments measure.
//!
//! Each workload is pure, seeded and deterministic, and gives the same bits natively
//! and in WebAssembly. So a digest shows whether two execution models did the same work.
//! A workload consists of *items* that do not depend on each other.
//!
//! In reading order:
//! - [`Workload`] lists the workloads, with their names, sizes and units;
//! - a [`Job`] is a workload with a size and a seed. It is divided into chunks of items;
//! - a [`Tally`] is the result of some of the items; tallies are merged;
//! - a [`Host`] is what a workload calls while it runs: for checkpoints and for waiting;
//! - `definition` is the trait that each workload implements, in a file of its own. The
//!   files whose stages can be run separately, or whose inputs can be shown, are public;
//! - [`random`] contains the random numbers and the hash that all of them use.
//!
//! This crate must not import the browser, the library, or anything else of this
//! repository.

mod add_one;
mod corpus;
mod definition;
mod digits;
mod factorial;
pub mod group_by;
mod host;
pub mod image_filter;
mod job;
pub mod k_means;
pub mod mandelbrot;
pub mod matrix_product;
mod monte_carlo_pi;
pub mod n_body;
pub mod option_price;
pub mod pipeline;
mod prime_count;
pub mod random;
pub mod scrape;
pub mod server;
pub mod sha256_chain;
pub mod sleep;
mod sum_of_squares;
mod tally;
pub mod word_count;
mod workload;

pub use definition::{Bound, Waits};
pub use digits::grouped;
pub use host::{CountingHost, Host, NullHost};
pub use job::{Job, Prepared, SizeOutOfRange};
pub use tally::Tally;
pub use workload::{UnknownWorkload, Workload};

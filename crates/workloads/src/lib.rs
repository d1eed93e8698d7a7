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

pub use definition::{Bound, Waits};
pub use digits::grouped;
pub use host::{CountingHost, Host, NullHost};
pub use job::{Job, Prepared, SizeOutOfRange};
pub use tally::Tally;

use definition::{About, Definition};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::RangeInclusive, str::FromStr};

/// The number of chunks of one run. It is large enough that even 2 × 64 workers get equal
/// shares of an uneven workload, and small enough that the cost of sending chunks does not
/// matter.
const CHUNKS: u64 = 256;

/// A workload; the same one is measured on different execution models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// The sum of the squares of all numbers below the size.
    SumOfSquares,
    /// `x + 1` for every number below the size.
    AddOne,
    /// The factorial of the size.
    Factorial,
    /// The number of primes below the size.
    PrimeCount,
    /// π from random points in a square.
    MonteCarloPi,
    /// The price of an option, by simulation.
    OptionPrice,
    /// The product of two square matrices.
    MatrixProduct,
    /// The Mandelbrot set on a square of pixels.
    Mandelbrot,
    /// The change of the energy of simulated solar systems.
    NBody,
    /// A filter over a batch of pictures.
    ImageFilter,
    /// Chains of SHA-256.
    Sha256Chain,
    /// Word count over a generated corpus.
    WordCount,
    /// Sums by group over a generated table.
    GroupBy,
    /// k-means: groups of points, found in rounds.
    KMeans,
    /// Sleep: simulated I/O without any compute.
    Sleep,
    /// Simulated requests to many slow web addresses.
    Scrape,
    /// Fast and slow requests to a server.
    Server,
    /// A pipeline of three stages: read, transform, write.
    Pipeline,
}

impl Workload {
    /// All workloads, in the order in which the page lists them.
    pub const ALL: [Workload; 18] = [
        Workload::SumOfSquares,
        Workload::AddOne,
        Workload::Factorial,
        Workload::PrimeCount,
        Workload::MonteCarloPi,
        Workload::OptionPrice,
        Workload::MatrixProduct,
        Workload::Mandelbrot,
        Workload::NBody,
        Workload::ImageFilter,
        Workload::Sha256Chain,
        Workload::WordCount,
        Workload::GroupBy,
        Workload::KMeans,
        Workload::Sleep,
        Workload::Scrape,
        Workload::Server,
        Workload::Pipeline,
    ];

    /// The workloads that only compute, in a single round. Every execution model can run them
    /// without waiting, even the page's own thread.
    pub const COMPUTE: [Workload; 13] = [
        Workload::SumOfSquares,
        Workload::AddOne,
        Workload::Factorial,
        Workload::PrimeCount,
        Workload::MonteCarloPi,
        Workload::OptionPrice,
        Workload::MatrixProduct,
        Workload::Mandelbrot,
        Workload::NBody,
        Workload::ImageFilter,
        Workload::Sha256Chain,
        Workload::WordCount,
        Workload::GroupBy,
    ];

    fn definition(self) -> &'static dyn Definition {
        match self {
            Workload::SumOfSquares => &sum_of_squares::SumOfSquares,
            Workload::AddOne => &add_one::AddOne,
            Workload::Factorial => &factorial::Factorial,
            Workload::PrimeCount => &prime_count::PrimeCount,
            Workload::MonteCarloPi => &monte_carlo_pi::MonteCarloPi,
            Workload::OptionPrice => &option_price::OptionPrice,
            Workload::MatrixProduct => &matrix_product::MatrixProduct,
            Workload::Mandelbrot => &mandelbrot::Mandelbrot,
            Workload::NBody => &n_body::NBody,
            Workload::ImageFilter => &image_filter::ImageFilter,
            Workload::Sha256Chain => &sha256_chain::Sha256Chain,
            Workload::WordCount => &word_count::WordCount,
            Workload::GroupBy => &group_by::GroupBy,
            Workload::KMeans => &k_means::KMeans,
            Workload::Sleep => &sleep::Sleep,
            Workload::Scrape => &scrape::Scrape,
            Workload::Server => &server::Server,
            Workload::Pipeline => &pipeline::Pipeline,
        }
    }

    fn about(self) -> &'static About {
        self.definition().about()
    }

    /// The name in URLs and reports.
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// The name as it is shown.
    pub fn title(self) -> &'static str {
        self.about().title
    }

    /// What it does, in one sentence.
    pub fn description(self) -> &'static str {
        self.about().description
    }

    /// What `size` counts.
    pub fn unit(self) -> &'static str {
        self.about().unit
    }

    /// What one item is, with its article: "a row of pixels".
    pub fn item(self) -> &'static str {
        self.about().item
    }

    /// What the workload spends its time on.
    pub fn bound(self) -> Bound {
        self.about().bound
    }

    /// Whether the workload uses random numbers, so that the seed matters.
    pub fn is_seeded(self) -> bool {
        self.about().seeded
    }

    /// Whether the items wait; see [`Job::waits`].
    pub fn waits(self) -> bool {
        matches!(self.bound(), Bound::Io | Bound::Mixed)
    }

    /// Whether the workload goes over its items in several rounds; see
    /// [`Job::next_round`].
    pub fn has_rounds(self) -> bool {
        self == Workload::KMeans
    }

    /// The sizes that are allowed.
    pub fn sizes(self) -> RangeInclusive<u64> {
        let (smallest, largest) = self.about().sizes;
        smallest..=largest
    }

    /// The default size: half a second to a second of compute on one core, or of waiting.
    /// [`Workload::Scrape`] takes somewhat longer.
    pub fn default_size(self) -> u64 {
        self.presets()[1].1
    }

    /// Three sizes with names, from small to large.
    pub fn presets(self) -> [(&'static str, u64); 3] {
        let [small, medium, large] = self.about().presets;
        [("small", small), ("medium", medium), ("large", large)]
    }

    /// The default number of chunks for this size. Chunks are numbered from 0.
    pub fn chunks(self, size: u64) -> u64 {
        Job::within(self, size, 0).items().clamp(1, CHUNKS)
    }

    /// Computes one chunk. The result depends only on the arguments, not on where or in
    /// which order chunks run. A chunk that does not exist gives an empty tally.
    ///
    /// The size should be one of [`sizes`](Self::sizes); a larger one counts as the
    /// largest. The items' waits are left out, and only the first round is done.
    pub fn compute(self, size: u64, seed: u64, chunk: u64) -> Tally {
        self.compute_chunks(size, seed, std::iter::once(chunk))
    }

    /// Computes the share of one worker of `workers`: every `workers`-th chunk. Neighbouring
    /// chunks cost about the same, so all workers get equal shares of uneven work.
    ///
    /// `share(size, seed, 0, 1)` computes everything. As with
    /// [`compute`](Self::compute), waits are left out, and only the first round is done.
    pub fn share(self, size: u64, seed: u64, worker: u32, workers: u32) -> Tally {
        let from_worker = u64::from(worker)..self.chunks(size);
        self.compute_chunks(size, seed, from_worker.step_by(workers.max(1) as usize))
    }

    fn compute_chunks(self, size: u64, seed: u64, chunks: impl Iterator<Item = u64>) -> Tally {
        let job = Job::within(self, size, seed);
        let (prepared, shared) = (job.prepare(&mut NullHost), job.first_round());
        let all = self.chunks(size);
        Tally::merge_all(
            chunks.map(|chunk| prepared.compute(&shared, job.chunk(chunk, all), &mut NullHost)),
        )
    }

    /// The merged result of all chunks, as it is shown.
    pub fn answer(self, size: u64, tally: &Tally) -> String {
        Job::within(self, size, 0).answer(tally)
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The error for a name that no workload has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWorkload(String);

impl fmt::Display for UnknownWorkload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Workload::ALL.map(Workload::name).join(", ");
        write!(f, "unknown workload '{}': choose one of {names}", self.0)
    }
}

impl std::error::Error for UnknownWorkload {}

impl FromStr for Workload {
    type Err = UnknownWorkload;

    fn from_str(text: &str) -> Result<Self, UnknownWorkload> {
        Workload::ALL
            .into_iter()
            .find(|workload| workload.name() == text)
            .ok_or_else(|| UnknownWorkload(text.to_owned()))
    }
}

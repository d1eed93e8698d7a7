//! `Workload`: the list of the workloads, with their names, sizes and units. A job is made of
//! one of them, so this file must not import `job`.

use super::{
    Bound, add_one,
    definition::{About, Definition},
    factorial, group_by, image_filter, k_means, mandelbrot, matrix_product, monte_carlo_pi, n_body,
    option_price, pipeline, prime_count, scrape, server, sha256_chain, sleep, sum_of_squares,
    word_count,
};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::RangeInclusive, str::FromStr};

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

    pub(super) fn definition(self) -> &'static dyn Definition {
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

    /// Whether the items wait; see [`Job::waits`](super::Job::waits).
    pub fn waits(self) -> bool {
        matches!(self.bound(), Bound::Io | Bound::Mixed)
    }

    /// Whether the workload goes over its items in several rounds; see
    /// [`Job::next_round`](super::Job::next_round).
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

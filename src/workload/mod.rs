//! Workloads: the compute that the experiments measure.
//!
//! Each one is pure, seeded and deterministic, splits into chunks that know
//! nothing of each other, and gives the same bits natively and in WebAssembly,
//! so a digest tells whether two execution models did the same work. One file
//! each; [`Workload`] lists them.
//!
//! This room must not import the browser, processes or anything above it.

mod digits;
pub mod mandelbrot;
mod monte_carlo_pi;
mod prime_count;
pub(crate) mod random;
mod sum_of_squares;
mod tally;

pub(crate) use digits::grouped;
pub use tally::Tally;

use serde::{Deserialize, Serialize};
use std::{fmt, ops::Range, ops::RangeInclusive, str::FromStr};

/// Chunks of one run: enough that even 2 × 64 workers get equal shares of an
/// uneven workload, few enough that their overhead does not show.
const CHUNKS: u64 = 256;

/// Real compute, to be measured on one execution model and another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Workload {
    /// The sum of the squares of all numbers below the size.
    SumOfSquares,
    /// π from random points in a square.
    MonteCarloPi,
    /// The number of primes below the size.
    PrimeCount,
    /// The Mandelbrot set on a square of pixels.
    Mandelbrot,
}

impl Workload {
    /// All workloads, in the order of the page.
    pub const ALL: [Workload; 4] = [
        Workload::SumOfSquares,
        Workload::MonteCarloPi,
        Workload::PrimeCount,
        Workload::Mandelbrot,
    ];

    /// The name in URLs and reports.
    pub fn name(self) -> &'static str {
        match self {
            Workload::SumOfSquares => "sum-of-squares",
            Workload::MonteCarloPi => "monte-carlo-pi",
            Workload::PrimeCount => "prime-count",
            Workload::Mandelbrot => "mandelbrot",
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Workload::SumOfSquares => "Sum of squares",
            Workload::MonteCarloPi => "Monte-Carlo π",
            Workload::PrimeCount => "Prime counting",
            Workload::Mandelbrot => "Mandelbrot set",
        }
    }

    /// What it does, in one sentence.
    pub fn description(self) -> &'static str {
        match self {
            Workload::SumOfSquares => {
                "Adds up the squares of all numbers below the size: every chunk costs the same."
            }
            Workload::MonteCarloPi => {
                "Throws random points into a square and counts those inside the circle: every chunk has its own random numbers."
            }
            Workload::PrimeCount => {
                "Counts the primes below the size with a sieve, piece by piece: it works on memory as much as on numbers."
            }
            Workload::Mandelbrot => {
                "Iterates z² + c for every pixel of a square picture: some rows cost far more than others."
            }
        }
    }

    /// What `size` counts.
    pub fn unit(self) -> &'static str {
        match self {
            Workload::SumOfSquares | Workload::PrimeCount => "numbers",
            Workload::MonteCarloPi => "points",
            Workload::Mandelbrot => "pixels per side",
        }
    }

    /// The sizes a plan may ask for.
    pub fn sizes(self) -> RangeInclusive<u64> {
        match self {
            // Below 2³², so that no square leaves 64 bits.
            Workload::SumOfSquares => 1_000..=4_000_000_000,
            Workload::MonteCarloPi => 1_000..=4_000_000_000,
            Workload::PrimeCount => 1_000..=4_000_000_000,
            Workload::Mandelbrot => 16..=8_192,
        }
    }

    /// The size to begin with: half a second to a second of work for one core.
    pub fn default_size(self) -> u64 {
        self.presets()[1].1
    }

    /// Three sizes with names, from small to large.
    pub fn presets(self) -> [(&'static str, u64); 3] {
        let [small, medium, large] = match self {
            Workload::SumOfSquares => [60_000_000, 600_000_000, 2_400_000_000],
            Workload::MonteCarloPi => [30_000_000, 300_000_000, 1_200_000_000],
            Workload::PrimeCount => [80_000_000, 800_000_000, 3_200_000_000],
            Workload::Mandelbrot => [300, 1_000, 2_000],
        };
        [("small", small), ("medium", medium), ("large", large)]
    }

    /// How many chunks the work has; they are numbered from 0.
    pub fn chunks(self, size: u64) -> u64 {
        size.clamp(1, CHUNKS)
    }

    /// Computes one chunk: always the same result for the same arguments,
    /// wherever and in whatever order chunks run. A chunk that does not exist
    /// gives an empty tally. The size should be one of [`sizes`](Self::sizes):
    /// a larger one may take for ever.
    ///
    /// Only [`Workload::MonteCarloPi`] draws random numbers; the others ignore
    /// the seed.
    pub fn compute(self, size: u64, seed: u64, chunk: u64) -> Tally {
        let chunks = self.chunks(size);
        if chunk >= chunks {
            return Tally::default();
        }
        let part = part(size, chunks, chunk);
        match self {
            Workload::SumOfSquares => Tally::of(chunk, sum_of_squares::sum(part), 0),
            Workload::MonteCarloPi => {
                let points = part.end - part.start;
                Tally::of(chunk, monte_carlo_pi::hits(points, seed, chunk).into(), 0)
            }
            Workload::PrimeCount => Tally::of(chunk, prime_count::count(part).into(), 0),
            Workload::Mandelbrot => {
                let (inside, hash) = mandelbrot::rows(size, part);
                Tally::of(chunk, inside.into(), hash)
            }
        }
    }

    /// Computes one worker's share when `workers` divide the work: every
    /// `workers`-th chunk. Neighbouring chunks cost about the same, so dealing
    /// them out like cards gives equal shares of uneven work.
    ///
    /// `share(size, seed, 0, 1)` is the whole.
    pub fn share(self, size: u64, seed: u64, worker: u32, workers: u32) -> Tally {
        (u64::from(worker)..self.chunks(size))
            .step_by(workers.max(1) as usize)
            .map(|chunk| self.compute(size, seed, chunk))
            .fold(Tally::default(), Tally::merge)
    }

    /// The merged result of all chunks, for people.
    pub fn answer(self, size: u64, tally: &Tally) -> String {
        let size_text = grouped(size.into());
        let value = tally.value();
        match self {
            Workload::SumOfSquares => {
                format!(
                    "the squares of the numbers below {size_text} add up to {}",
                    grouped(value)
                )
            }
            Workload::MonteCarloPi => {
                let pi = 4.0 * value as f64 / size.max(1) as f64;
                format!("π ≈ {pi:.5}")
            }
            Workload::PrimeCount => format!("{} primes below {size_text}", grouped(value)),
            Workload::Mandelbrot => format!(
                "{} of {} pixels are in the set, an area of {:.3}",
                grouped(value),
                grouped(u128::from(size) * u128::from(size)),
                mandelbrot::area(size, value),
            ),
        }
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no workload has.
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

/// Part `index` of `0..total` cut into `parts` that differ by at most one.
fn part(total: u64, parts: u64, index: u64) -> Range<u64> {
    let (base, longer) = (total / parts, total % parts);
    let start = base * index + index.min(longer);
    start..start + base + u64::from(index < longer)
}

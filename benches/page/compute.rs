//! The loops of the workloads, one after another in one process, while nothing else runs: ns
//! per item, including the inputs that are generated from the seed.
//!
//! Only the public API of the workloads is used, and the sizes are constants of this file. So
//! the same figures can be measured on trees of different age.

use crate::{Outcome, report};
use manyhands::{Process, trace};
use workloads::Workload;

/// The number of measured rounds.
const ROUNDS: u32 = 7;
/// The number of rounds before them, in which the engine optimises the loops.
const UNMEASURED: u32 = 3;

/// The shortest time of a sample, in µs: ten thousand steps of the clock.
const SAMPLE_US: f64 = 50_000.0;

const SEED: u64 = 1;

/// Every workload that computes, with a size that takes a few ms. Workloads that also wait
/// are measured without their waits.
const LOOPS: [(Workload, u64); 17] = [
    (Workload::SumOfSquares, 10_000_000),
    (Workload::AddOne, 2_000_000),
    (Workload::Factorial, 20_000),
    (Workload::PrimeCount, 10_000_000),
    (Workload::MonteCarloPi, 5_000_000),
    (Workload::OptionPrice, 400_000),
    (Workload::MatrixProduct, 200),
    (Workload::Mandelbrot, 150),
    (Workload::NBody, 80),
    (Workload::ImageFilter, 3),
    (Workload::Sha256Chain, 40),
    (Workload::WordCount, 400),
    (Workload::GroupBy, 2_000_000),
    (Workload::KMeans, 100_000),
    (Workload::Scrape, 100),
    (Workload::Server, 20),
    (Workload::Pipeline, 10),
];

/// Runs one of the loops until the sample is long enough; returns ns per item and the digest
/// of a pass over the items, which is the same for every pass.
fn sample(number: u32) -> (f64, String) {
    let (workload, size) = LOOPS[number as usize];
    let pass = || workload.share(size, SEED, 0, 1);
    let expected = pass();
    let (begin, mut passes, mut took) = (trace::now_us(), 0.0, 0.0);
    while took < SAMPLE_US {
        assert_eq!(pass().digest(), expected.digest(), "{workload}");
        passes += 1.0;
        took = trace::now_us() - begin;
    }
    let items = expected.items() as f64;
    (1e3 * took / (passes * items), expected.digest())
}

/// One sample of each loop.
fn samples() -> Vec<(f64, String)> {
    (0..LOOPS.len() as u32).map(sample).collect()
}

pub async fn measure() -> Outcome {
    let mut digests = String::new();
    for round in 0..UNMEASURED + ROUNDS {
        let samples = Process::spawn(samples, ())?.join_async().await?;
        for ((workload, _), (ns, digest)) in LOOPS.iter().zip(samples) {
            let name = format!("compute_{}", workload.name().replace('-', "_"));
            if round == 0 {
                // The first digits are enough to tell results apart.
                digests.push_str(&digest[..4]);
            }
            if round >= UNMEASURED {
                report::sample(&name, "ns", round, ns);
            }
        }
    }
    // Two trees whose loops compute the same have the same digest.
    report::note("compute_digest", &digests);
    Ok(())
}

//! Prime counting: a sieve of Eratosthenes over odd numbers, in segments that
//! stay in a core's first-level cache.
//!
//! The odd number `2k + 1` has index `k`.
//!
//! In Python: `sum(is_prime(n) for n in range(size))`.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Inputs, Task, block},
    digits::grouped,
};
use std::ops::Range;

/// Odd numbers per segment, one byte each.
const SEGMENT: usize = 1 << 15;

/// Numbers of one item: a segment.
const BLOCK: u64 = 2 * SEGMENT as u64;

pub(super) struct PrimeCount;

impl Definition for PrimeCount {
    fn about(&self) -> &'static About {
        &About {
            name: "prime-count",
            title: "Prime counting",
            description: "Counts the primes below the size with a sieve, piece by piece: it works on memory as much as on numbers.",
            unit: "numbers",
            item: "a block of 65,536 numbers",
            bound: Bound::Cpu,
            seeded: false,
            sizes: (1_000, 4_000_000_000),
            presets: [80_000_000, 800_000_000, 3_200_000_000],
        }
    }

    fn items(&self, size: u64) -> u64 {
        size.div_ceil(BLOCK)
    }

    fn prepare(&self, size: u64, _: u64, _: &mut dyn Host) -> Inputs {
        Inputs::Primes(odd_primes_to(size.isqrt()))
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        let Inputs::Primes(primes) = task.inputs else {
            return tally;
        };
        let mut sieve = Sieve::new(primes, block(task.size, BLOCK, items.start).start / 2);
        for item in items {
            host.checkpoint();
            let numbers = block(task.size, BLOCK, item);
            let odd = sieve.count((numbers.end / 2 - numbers.start / 2) as usize);
            tally.add(item, u128::from(odd) + u128::from(numbers.contains(&2)), 0);
        }
        tally
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        let primes = grouped(tally.value());
        format!("{primes} primes below {}", grouped(size.into()))
    }
}

/// A sieve that goes through the segments in ascending order.
struct Sieve {
    /// The index of the next segment's first odd number.
    segment: u64,
    /// Each sieving prime with the index of its next multiple, counted from the beginning
    /// of the segment.
    next_multiples: Vec<(usize, usize)>,
    /// For each odd number of the segment, whether it is a multiple of a sieving prime.
    composite: Vec<bool>,
}

impl Sieve {
    /// A sieve that begins at the odd number with this index.
    fn new(primes: &[u64], first: u64) -> Sieve {
        let next_multiples = primes.iter().map(|&prime| {
            let multiple = (2 * first + 1).div_ceil(prime).max(prime) | 1;
            (prime as usize, (multiple * prime / 2 - first) as usize)
        });
        Sieve {
            segment: first,
            next_multiples: next_multiples.collect(),
            composite: vec![false; SEGMENT],
        }
    }

    /// How many of the next `len` odd numbers are prime; `len` is at most a segment.
    fn count(&mut self, len: usize) -> u64 {
        let odds = &mut self.composite[..len];
        odds.fill(false);
        if let (0, Some(one)) = (self.segment, odds.first_mut()) {
            // 1 is not a prime.
            *one = true;
        }
        for (prime, next) in &mut self.next_multiples {
            while let Some(odd) = odds.get_mut(*next) {
                *odd = true;
                *next += *prime;
            }
            *next -= len;
        }
        self.segment += len as u64;
        odds.iter().map(|&composite| u64::from(!composite)).sum()
    }
}

/// The odd primes up to and including `limit`.
fn odd_primes_to(limit: u64) -> Vec<u64> {
    let mut composite = vec![false; limit.div_ceil(2) as usize];
    let mut primes = Vec::new();
    for index in 1..composite.len() {
        if composite[index] {
            continue;
        }
        let prime = 2 * index + 1;
        primes.push(prime as u64);
        for multiple in (prime * prime / 2..composite.len()).step_by(prime) {
            composite[multiple] = true;
        }
    }
    primes
}

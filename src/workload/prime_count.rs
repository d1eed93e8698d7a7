//! Prime counting: a sieve of Eratosthenes over odd numbers, in segments that
//! stay in a core's first-level cache.
//!
//! The odd number `2k + 1` has index `k`.

use std::ops::Range;

/// Odd numbers per segment, one byte each.
const SEGMENT: usize = 1 << 15;

/// The number of primes in the range.
pub(super) fn count(numbers: Range<u64>) -> u64 {
    let (first, last) = (numbers.start / 2, numbers.end / 2);
    // Each sieving prime with the index of its next multiple to strike out,
    // counted from the segment's beginning.
    let mut strikes: Vec<(usize, usize)> = odd_primes_to(numbers.end.isqrt())
        .into_iter()
        .map(|prime| {
            let multiple = (2 * first + 1).div_ceil(prime).max(prime) | 1;
            (prime as usize, (multiple * prime / 2 - first) as usize)
        })
        .collect();
    let mut composite = vec![false; SEGMENT];
    let mut count = u64::from(numbers.contains(&2));
    let mut segment = first;
    while segment < last {
        let len = (last - segment).min(SEGMENT as u64) as usize;
        let odds = &mut composite[..len];
        odds.fill(false);
        // 1 is no prime.
        odds[0] = segment == 0;
        for (prime, next) in &mut strikes {
            while let Some(odd) = odds.get_mut(*next) {
                *odd = true;
                *next += *prime;
            }
            *next -= len;
        }
        count += odds.iter().map(|&struck| u64::from(!struck)).sum::<u64>();
        segment += len as u64;
    }
    count
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

//! The factorial of the size, a number of very many digits.
//!
//! Every chunk of factors gives one big product, and these products are multiplied. The
//! chunks are fast, but their results are large, and a single process does the last
//! multiplications, which are the largest.
//!
//! In Python: `reduce(operator.mul, pool.map(math.prod, chunks))`.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Task},
    digits::grouped,
};
use num_bigint::BigUint;
use std::{
    f64::consts::{LN_10, LOG10_2, LOG10_E},
    ops::Range,
};

/// The largest number of factors that are multiplied one by one.
const DIRECT_FACTORS: u64 = 32;

/// The largest number of bits of factors that are multiplied without a checkpoint (about
/// 50 µs).
const DIRECT_BITS: u64 = 1 << 14;

pub(super) struct Factorial;

impl Definition for Factorial {
    fn about(&self) -> &'static About {
        &About {
            name: "factorial",
            title: "Factorial",
            description: "Multiplies all numbers up to the size into one of very many digits: chunks are quick, but their results are large and have to be multiplied too.",
            unit: "factors",
            item: "one factor",
            bound: Bound::Cpu,
            seeded: false,
            sizes: (1, 1_000_000),
            presets: [50_000, 200_000, 500_000],
        }
    }

    fn compute(&self, _: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        if items.is_empty() {
            return tally;
        }
        for item in items.clone() {
            tally.add(item, 0, 0);
        }
        tally.set_product(product(items, host));
        tally
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        let (digits, leading) = magnitude(&tally.product());
        // Every 5th factor adds a zero at the end, every 25th a second one, and so on.
        let zeros: u64 = std::iter::successors(Some(size / 5), |n| Some(n / 5))
            .take_while(|n| *n > 0)
            .sum();
        format!(
            "{}! has {} digits, begins with {leading} and ends with {} zeros",
            grouped(size.into()),
            grouped(digits.into()),
            grouped(zeros.into())
        )
    }
}

/// The product of `item + 1` over the range. The range is halved recursively, since numbers
/// of about the same length are multiplied fastest.
fn product(items: Range<u64>, host: &mut dyn Host) -> BigUint {
    let len = items.end - items.start;
    if len <= DIRECT_FACTORS {
        host.checkpoint();
        return items.map(|item| item + 1).product();
    }
    let middle = items.start + len / 2;
    let (low, high) = (
        product(items.start..middle, host),
        product(middle..items.end, host),
    );
    multiply(&low, &high, host)
}

/// The product of two numbers, with checkpoints. Long factors are split (Karatsuba, 1962)
/// and only the parts are multiplied by the library.
fn multiply(a: &BigUint, b: &BigUint, host: &mut dyn Host) -> BigUint {
    let (a, b) = if a.bits() < b.bits() { (b, a) } else { (a, b) };
    if a.bits() <= DIRECT_BITS {
        host.checkpoint();
        return a * b;
    }
    let half = a.bits() / 2;
    let split = |n: &BigUint| {
        let high = n >> half;
        let low = n - (&high << half);
        (high, low)
    };
    let (a_high, a_low) = split(a);
    if b.bits() <= half {
        return (multiply(&a_high, b, host) << half) + multiply(&a_low, b, host);
    }
    let (b_high, b_low) = split(b);
    let high = multiply(&a_high, &b_high, host);
    let low = multiply(&a_low, &b_low, host);
    let middle = multiply(&(a_high + a_low), &(b_high + b_low), host) - &high - &low;
    (high << (2 * half)) + (middle << half) + low
}

/// The number of decimal digits, and the first few digits. They are exact for small numbers
/// and computed from the logarithm otherwise, since writing a million digits takes longer
/// than multiplying them.
fn magnitude(number: &BigUint) -> (u64, String) {
    let shift = number.bits().saturating_sub(64);
    // The upper 64 bits times a power of two.
    let upper = (number >> shift).iter_u64_digits().next().unwrap_or(0);
    if shift == 0 {
        let digits = upper.to_string();
        return (digits.len() as u64, digits.chars().take(6).collect());
    }
    let log = libm::log(upper as f64) * LOG10_E + shift as f64 * LOG10_2;
    let leading = libm::exp((log - log.floor() + 5.0) * LN_10);
    (log.floor() as u64 + 1, format!("{leading:.0}"))
}

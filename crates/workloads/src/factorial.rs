//! The factorial of the size, a number of very many digits.
//!
//! Every chunk of factors gives one big product, and the products are
//! multiplied: chunks are quick, but what they give back is large, and the last
//! multiplications, the largest, are done by one alone.
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

/// Factors that are multiplied one by one.
const LEAF: u64 = 32;

/// Factors of so many bits are multiplied without a checkpoint: some 50 µs.
const BITS: u64 = 1 << 14;

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
        // Every fifth factor brings a zero, every 25th another one, and so on.
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

/// The product of `item + 1` over the range, by halves: numbers of about the
/// same length are multiplied fastest.
fn product(items: Range<u64>, host: &mut dyn Host) -> BigUint {
    let len = items.end - items.start;
    if len <= LEAF {
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

/// The product, with checkpoints: long factors are split (Karatsuba, 1962)
/// before the library gets them.
fn multiply(a: &BigUint, b: &BigUint, host: &mut dyn Host) -> BigUint {
    let (a, b) = if a.bits() < b.bits() { (b, a) } else { (a, b) };
    if a.bits() <= BITS {
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

/// How many decimal digits a number has, and the first few of them; exact for
/// small numbers, and otherwise from the logarithm, since writing a million
/// digits takes longer than multiplying them.
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

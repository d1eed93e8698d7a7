//! The price of a call option by simulation: the average payoff of the option in many
//! random price paths, discounted to today.
//!
//! The model is that of Black and Scholes (1973). Their closed formula
//! ([`closed_formula`]) shows how good the simulation is. Logarithm and exponential come
//! from a library, so that browsers and native programs round them alike. Payoffs are
//! added as integers, so that the order does not matter.
//!
//! In Python: `exp(-r) * mean(max(s * exp(r - v * v / 2 + v * gauss(0, 1)) - k, 0) for _ in range(size))`.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Task, block},
    random::Random,
};
use std::ops::Range;

/// Price paths of one item. Each item has its own stream of random numbers.
const BLOCK: u64 = 1024;

/// Today's price of the share, and the price for which the option allows buying it.
const SPOT: f64 = 100.0;
const STRIKE: f64 = 100.0;
/// Interest rate and volatility of the option's term, which is one year.
const RATE: f64 = 0.05;
const VOLATILITY: f64 = 0.2;

/// Payoffs are counted in 2⁻²⁰ of the currency's unit.
const PARTS: f64 = (1 << 20) as f64;

pub(super) struct OptionPrice;

impl Definition for OptionPrice {
    fn about(&self) -> &'static About {
        &About {
            name: "option-price",
            title: "Option price",
            description: "Prices a call option by simulating random futures of a share: logarithms, roots and exponentials without end.",
            unit: "futures",
            item: "a block of 1,024 futures",
            bound: Bound::Cpu,
            seeded: true,
            sizes: (1_000, 1_000_000_000),
            presets: [2_000_000, 20_000_000, 80_000_000],
        }
    }

    fn items(&self, size: u64) -> u64 {
        size.div_ceil(BLOCK)
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            host.checkpoint();
            let futures = block(task.size, BLOCK, item);
            let mut normal = Normal::new(Random::new(task.seed, item));
            let paid: u64 = futures.map(|_| payoff(normal.next())).sum();
            tally.add(item, paid.into(), 0);
        }
        tally
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        let mean = tally.value() as f64 / PARTS / size.max(1) as f64;
        format!(
            "the option is worth {:.4} (the closed formula says {:.4})",
            libm::exp(-RATE) * mean,
            closed_formula()
        )
    }
}

/// The payoff, in [`PARTS`] of the currency's unit, for a normally distributed number that
/// determines the share's price at the end of the year.
fn payoff(normal: f64) -> u64 {
    let drift = RATE - VOLATILITY * VOLATILITY / 2.0;
    let price = SPOT * libm::exp(drift + VOLATILITY * normal);
    ((price - STRIKE).max(0.0) * PARTS) as u64
}

/// The option's price by the formula of Black and Scholes: 10.4506.
pub fn closed_formula() -> f64 {
    let d1 = (libm::log(SPOT / STRIKE) + RATE + VOLATILITY * VOLATILITY / 2.0) / VOLATILITY;
    let d2 = d1 - VOLATILITY;
    let below = |x: f64| libm::erfc(-x / std::f64::consts::SQRT_2) / 2.0;
    SPOT * below(d1) - STRIKE * libm::exp(-RATE) * below(d2)
}

/// Normally distributed numbers, two at a time (Marsaglia's polar method).
struct Normal {
    random: Random,
    spare: Option<f64>,
}

impl Normal {
    fn new(random: Random) -> Normal {
        Normal {
            random,
            spare: None,
        }
    }

    fn next(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (
                2.0 * self.random.unit() - 1.0,
                2.0 * self.random.unit() - 1.0,
            );
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let scale = (-2.0 * libm::log(square) / square).sqrt();
                self.spare = Some(y * scale);
                return x * scale;
            }
        }
    }
}

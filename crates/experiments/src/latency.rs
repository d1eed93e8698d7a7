//! Percentiles and histograms of latencies. Percentiles show the few slow requests that a
//! mean would hide.
//!
//! A latency is measured from the *arrival* of a request, not from the time when its
//! processing begins. Otherwise the time in a queue would be missing ("coordinated
//! omission", Tene 2013).

use serde::{Deserialize, Serialize};

/// Percentiles of latencies by the nearest-rank method: each is one of the measured latencies.
/// All are in the unit of the samples.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Percentiles {
    /// The median: half of the latencies are at most this.
    pub p50: f64,
    /// 90 % of the latencies are at most this.
    pub p90: f64,
    /// 99 % of the latencies are at most this.
    pub p99: f64,
    /// 99.9 % of the latencies are at most this.
    pub p999: f64,
    /// The longest latency.
    pub max: f64,
    /// The mean of the latencies.
    pub mean: f64,
    /// The number of latencies. With fewer than 100, `p99` is the longest latency; with fewer
    /// than 1,000, `p999` is.
    pub n: u32,
}

impl Percentiles {
    /// The percentiles of latencies. `None` if there are no latencies, or if one is negative
    /// or not finite.
    pub fn of(latencies: &[f64]) -> Option<Percentiles> {
        let sorted = sorted(latencies)?;
        let rank = |per_mille: usize| sorted[(sorted.len() * per_mille).div_ceil(1000) - 1];
        Some(Percentiles {
            p50: rank(500),
            p90: rank(900),
            p99: rank(990),
            p999: rank(999),
            max: sorted[sorted.len() - 1],
            mean: sorted.iter().sum::<f64>() / sorted.len() as f64,
            n: sorted.len() as u32,
        })
    }
}

/// The smallest value of `least`. Smaller powers of ten are not exact enough.
const SMALLEST: f64 = 1e-300;

/// A bar of a histogram: latencies of at least `from` and less than `to`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// The lower edge, which belongs to the bar.
    pub from: f64,
    /// The upper edge, which does not belong to the bar.
    pub to: f64,
    /// The number of latencies in the bar.
    pub count: u32,
}

/// A histogram of latencies with the edges 1, 2, 5, 10, 20, 50, … units, so that all bars are
/// about equally wide on a logarithmic axis. The bars cover the range from the smallest to the
/// greatest latency without a gap. Latencies below about `least` are counted in a first bar
/// that begins at 0.
///
/// `None` if there are no latencies, if one is negative or not finite, or if `least` is not a
/// positive number.
pub fn histogram(latencies: &[f64], least: f64) -> Option<Vec<Bar>> {
    let sorted = sorted(latencies)?;
    if !(least.is_finite() && least >= SMALLEST) {
        return None;
    }
    let (smallest, greatest) = (sorted[0].max(least), sorted[sorted.len() - 1]);
    // The edges start well below the smallest latency, because the logarithm may be rounded.
    let mut edges = (smallest.log10().floor() as i32 - 1..)
        .flat_map(|exponent| [1.0, 2.0, 5.0].map(|step| step * ten_to(exponent)))
        .peekable();
    let mut edge = 0.0;
    while let Some(next) = edges.next_if(|next| *next <= smallest) {
        edge = next;
    }
    let mut bars = Vec::new();
    let mut rest = sorted.as_slice();
    let mut bar = |from: f64, to: f64| {
        let (inside, above) = rest.split_at(rest.partition_point(|latency| *latency < to));
        rest = above;
        bars.push(Bar {
            from,
            to,
            count: inside.len() as u32,
        });
    };
    if sorted[0] < edge {
        bar(0.0, edge);
    }
    while edge <= greatest {
        let Some(next) = edges.next() else { break };
        bar(edge, next);
        edge = next;
    }
    Some(bars)
}

/// A power of ten, rounded as if it were written as a literal.
fn ten_to(exponent: i32) -> f64 {
    if exponent < 0 {
        1.0 / 10_f64.powi(-exponent)
    } else {
        10_f64.powi(exponent)
    }
}

fn sorted(latencies: &[f64]) -> Option<Vec<f64>> {
    let usable = (latencies.iter()).all(|latency| latency.is_finite() && *latency >= 0.0);
    (usable && !latencies.is_empty()).then(|| {
        let mut sorted = latencies.to_vec();
        sorted.sort_by(f64::total_cmp);
        sorted
    })
}

//! Laws of speed-up that are fitted to running times with 1, 2, … workers.
//!
//! All fits use the median time at each number of workers and minimise the relative
//! deviations. Confidence intervals come from resampling the runs at each number of workers
//! 2,000 times (a stratified percentile bootstrap, Efron 1979). With a single run for each
//! number, the intervals have no length, because there is no spread. A fit describes what was
//! measured; beyond the largest number of workers it is an extrapolation.

use super::{
    least_squares::relative_fit,
    samples::{Estimate, Samples, ValidSamples},
};
use serde::{Deserialize, Serialize};

/// The share of an ideal speed-up that is reached: `speed-up / workers`.
pub fn efficiency(speed_up: f64, workers: u32) -> Option<f64> {
    (speed_up.is_finite() && speed_up > 0.0 && workers > 0).then(|| speed_up / f64::from(workers))
}

/// The serial fraction that corresponds to a measured speed-up `ψ` with `p` workers. It
/// includes the overhead of parallel execution (Karp and Flatt, 1990):
///
/// `e = (1/ψ − 1/p) / (1 − 1/p)`
///
/// It increases with `p` if the overhead does, and it is negative if the speed-up is greater
/// than `p`. `None` for a single worker.
pub fn karp_flatt(speed_up: f64, workers: u32) -> Option<f64> {
    let ideal = 1.0 / f64::from(workers.max(1));
    (speed_up.is_finite() && speed_up > 0.0 && workers > 1)
        .then(|| (1.0 / speed_up - ideal) / (1.0 - ideal))
}

/// Amdahl's law (1967): a fraction `s` of the work is serial, and the rest is divided among `p`
/// workers:
///
/// `T(p) = T₁ · (s + (1 − s) / p)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Amdahl {
    /// The serial fraction `s`, from 0 to 1.
    pub serial: Estimate,
    /// The time of one worker according to the law (`T₁`), in seconds.
    pub one_worker_seconds: f64,
    /// The root mean square of the relative deviations of the law from the medians. 0.05
    /// means 5 %.
    pub deviation: f64,
}

impl Amdahl {
    /// Fits the law to times in seconds at several numbers of workers. `None` unless there are
    /// two different numbers of workers and all numbers are positive.
    pub fn fit(samples: &[Samples]) -> Option<Amdahl> {
        let valid = ValidSamples::new(samples)?;
        let medians = valid.medians();
        let [serial, one] = amdahl(&medians)?;
        let [interval, _] = valid.intervals(amdahl);
        let law = Amdahl {
            serial: Estimate::new(serial, interval),
            one_worker_seconds: one,
            deviation: 0.0,
        };
        Some(Amdahl {
            deviation: deviation(&medians, |workers| law.seconds(workers)),
            ..law
        })
    }

    /// The time of this number of workers according to the law, in seconds.
    pub fn seconds(&self, workers: f64) -> f64 {
        let serial = self.serial.value;
        self.one_worker_seconds * (serial + (1.0 - serial) / workers)
    }

    /// The speed-up of this number of workers over one, according to the law.
    pub fn speed_up(&self, workers: f64) -> f64 {
        self.one_worker_seconds / self.seconds(workers)
    }

    /// The limit of the speed-up with infinitely many workers, `1 / s`; `None` if `s` is 0.
    pub fn limit(&self) -> Option<f64> {
        (self.serial.value > 0.0).then(|| 1.0 / self.serial.value)
    }
}

/// Fits `T = a + b/p` with non-negative `a` and `b`. Returns `s = a / (a + b)` and `T₁ = a + b`.
fn amdahl(medians: &[(f64, f64)]) -> Option<[f64; 2]> {
    let rows: Vec<_> = (medians.iter())
        .map(|(workers, seconds)| (*seconds, [1.0, 1.0 / workers]))
        .collect();
    let [serial, parallel] = relative_fit(&rows)?;
    // If one part is negative, it is set to 0 and the other part is fitted alone.
    let alone = |column: usize| {
        let rows: Vec<_> = (rows.iter())
            .map(|(seconds, columns)| (*seconds, [columns[column]]))
            .collect();
        relative_fit(&rows).map(|[part]| part)
    };
    match (serial >= 0.0, parallel >= 0.0) {
        (true, true) => Some([serial / (serial + parallel), serial + parallel]),
        (false, _) => Some([0.0, alone(1)?]),
        (true, false) => Some([1.0, alone(0)?]),
    }
}

/// The universal scalability law (Gunther, *Guerrilla Capacity Planning*, 2007). Workers wait
/// for each other (contention `σ`), and each pair of workers exchanges data to stay consistent
/// (coherence `κ`):
///
/// `T(p) = T₁ · (1 + σ (p − 1) + κ p (p − 1)) / p`.
///
/// With `κ = 0` it is Amdahl's law. With a greater `κ` there is a number of workers beyond
/// which the work becomes slower.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct UniversalScalability {
    /// Contention `σ`, at least 0.
    pub contention: Estimate,
    /// Coherence `κ`, at least 0.
    pub coherence: Estimate,
    /// The time of one worker according to the law (`T₁`), in seconds.
    pub one_worker_seconds: f64,
    /// The number of workers with the greatest speed-up.
    pub peak: Peak,
    /// The root mean square of the relative deviations of the law from the medians.
    pub deviation: f64,
}

/// The number of workers with the greatest speed-up, `√((1 − σ) / κ)` but at least 1, with its
/// 95 % confidence interval. `None` means infinity: more workers always help.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    /// The number of workers, not rounded.
    pub workers: Option<f64>,
    /// The lower end of the interval.
    pub low: Option<f64>,
    /// The upper end of the interval.
    pub high: Option<f64>,
}

impl UniversalScalability {
    /// Fits the law to times in seconds at several numbers of workers. `None` unless there are
    /// three different numbers of workers and all numbers are positive.
    pub fn fit(samples: &[Samples]) -> Option<UniversalScalability> {
        let valid = ValidSamples::new(samples)?;
        let medians = valid.medians();
        let [contention, coherence, one] = universal(&medians)?;
        let figures = |medians: &[(f64, f64)]| {
            let [contention, coherence, _] = universal(medians)?;
            Some([contention, coherence, peak(contention, coherence)])
        };
        let [of_contention, of_coherence, of_peak] = valid.intervals(figures);
        let finite = |workers: f64| workers.is_finite().then_some(workers);
        let workers = peak(contention, coherence);
        let law = UniversalScalability {
            contention: Estimate::new(contention, of_contention),
            coherence: Estimate::new(coherence, of_coherence),
            one_worker_seconds: one,
            peak: Peak {
                workers: finite(workers),
                low: finite(of_peak.0.min(workers)),
                high: finite(of_peak.1.max(workers)),
            },
            deviation: 0.0,
        };
        Some(UniversalScalability {
            deviation: deviation(&medians, |workers| law.seconds(workers)),
            ..law
        })
    }

    /// The time of this number of workers according to the law, in seconds.
    pub fn seconds(&self, workers: f64) -> f64 {
        let (contention, coherence) = (self.contention.value, self.coherence.value);
        let others = workers - 1.0;
        self.one_worker_seconds * (1.0 + contention * others + coherence * workers * others)
            / workers
    }

    /// The speed-up of this number of workers over one, according to the law.
    pub fn speed_up(&self, workers: f64) -> f64 {
        self.one_worker_seconds / self.seconds(workers)
    }
}

/// Fits `p·T = T₁ + T₁σ·(p − 1) + T₁κ·p·(p − 1)` with non-negative parameters, and returns `σ`,
/// `κ` and `T₁`. Of the fits with and without contention and coherence, it is the best one
/// without a negative parameter.
fn universal(medians: &[(f64, f64)]) -> Option<[f64; 3]> {
    let rows: Vec<(f64, [f64; 3])> = (medians.iter())
        .map(|(workers, seconds)| {
            let others = workers - 1.0;
            (workers * seconds, [1.0, others, workers * others])
        })
        .collect();
    // The rows must determine all three parameters, even if the best fit does not use all.
    let full = relative_fit(&rows)?;
    let with = |column: usize| {
        let rows: Vec<_> = (rows.iter())
            .map(|(y, columns)| (*y, [columns[0], columns[column]]))
            .collect();
        relative_fit(&rows)
    };
    let without: Vec<_> = rows.iter().map(|(y, columns)| (*y, [columns[0]])).collect();
    let candidates = [
        Some(full),
        with(1).map(|[one, contention]| [one, contention, 0.0]),
        with(2).map(|[one, coherence]| [one, 0.0, coherence]),
        relative_fit(&without).map(|[one]| [one, 0.0, 0.0]),
    ];
    let misfit = |parameters: &[f64; 3]| -> f64 {
        let deviations = rows.iter().map(|(y, columns)| {
            let fitted: f64 = parameters.iter().zip(columns).map(|(x, c)| x * c).sum();
            (fitted / y - 1.0).powi(2)
        });
        deviations.sum()
    };
    let allowed = candidates.into_iter().flatten().filter(|parameters| {
        parameters[0] > 0.0 && parameters.iter().all(|parameter| *parameter >= 0.0)
    });
    let [one, contention, coherence] = allowed.min_by(|a, b| misfit(a).total_cmp(&misfit(b)))?;
    Some([contention / one, coherence / one, one])
}

fn peak(contention: f64, coherence: f64) -> f64 {
    // Without coherence the quotient is infinite. If all work is serial, more workers never
    // help.
    if contention >= 1.0 {
        1.0
    } else {
        ((1.0 - contention) / coherence).sqrt().max(1.0)
    }
}

/// The root mean square of the relative deviations of a law from medians.
fn deviation(medians: &[(f64, f64)], law: impl Fn(f64) -> f64) -> f64 {
    let squares = medians.iter().map(|(at, y)| (law(*at) / y - 1.0).powi(2));
    (squares.sum::<f64>() / medians.len() as f64).sqrt()
}

//! What limits a speed-up: laws fitted to running times with 1, 2, … workers.
//!
//! All fits take the median time at each number of workers and minimise
//! relative deviations; intervals come from resampling the runs at each number
//! of workers 2,000 times (a stratified bootstrap, Efron 1979, percentiles). With
//! a single run each, intervals are empty: they show no spread. A fit describes
//! what was measured; beyond the largest number of workers it is a guess.

use super::{
    least_squares::relative_fit,
    samples::{Checked, Estimate, Samples},
};
use serde::{Deserialize, Serialize};

/// The share of an ideal speed-up that is reached: `speed-up / workers`.
pub fn efficiency(speed_up: f64, workers: u32) -> Option<f64> {
    (speed_up.is_finite() && speed_up > 0.0 && workers > 0).then(|| speed_up / f64::from(workers))
}

/// The serial fraction that one measured speed-up `ψ` with `p` workers amounts
/// to, the overhead of being parallel included (Karp and Flatt, 1990):
///
/// `e = (1/ψ − 1/p) / (1 − 1/p)`
///
/// It grows with `p` where overhead grows; it is negative where the speed-up is
/// more than ideal. Nothing for a single worker.
pub fn karp_flatt(speed_up: f64, workers: u32) -> Option<f64> {
    let ideal = 1.0 / f64::from(workers.max(1));
    (speed_up.is_finite() && speed_up > 0.0 && workers > 1)
        .then(|| (1.0 / speed_up - ideal) / (1.0 - ideal))
}

/// Amdahl's law (1967): a part `s` of the work is serial, the rest is divided
/// among `p` workers,
///
/// `T(p) = T₁ · (s + (1 − s) / p)`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Amdahl {
    /// The serial fraction `s`, from 0 to 1.
    pub serial: Estimate,
    /// What the law says that one worker takes (`T₁`), in seconds.
    pub one_worker_seconds: f64,
    /// How far the law is from the medians: the root mean square of the
    /// relative deviations. 0.05 means 5 %.
    pub deviation: f64,
}

impl Amdahl {
    /// Fits the law to seconds at numbers of workers. Nothing unless there are
    /// two different numbers of workers, and all numbers are positive.
    pub fn fit(samples: &[Samples]) -> Option<Amdahl> {
        let checked = Checked::new(samples)?;
        let medians = checked.medians();
        let [serial, one] = amdahl(&medians)?;
        let [interval, _] = checked.intervals(amdahl);
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

    /// The seconds that the law gives so many workers.
    pub fn seconds(&self, workers: f64) -> f64 {
        let serial = self.serial.value;
        self.one_worker_seconds * (serial + (1.0 - serial) / workers)
    }

    /// The speed-up that the law gives so many workers.
    pub fn speed_up(&self, workers: f64) -> f64 {
        self.one_worker_seconds / self.seconds(workers)
    }

    /// The speed-up that no number of workers exceeds, `1 / s`; nothing when no
    /// serial part was found.
    pub fn limit(&self) -> Option<f64> {
        (self.serial.value > 0.0).then(|| 1.0 / self.serial.value)
    }
}

/// `s` and `T₁` of `T = a + b/p`, neither part negative.
fn amdahl(medians: &[(f64, f64)]) -> Option<[f64; 2]> {
    let rows: Vec<_> = (medians.iter())
        .map(|(workers, seconds)| (*seconds, [1.0, 1.0 / workers]))
        .collect();
    let [serial, parallel] = relative_fit(&rows)?;
    // A negative part is none; the other then explains everything.
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

/// The universal scalability law (Gunther, *Guerrilla Capacity Planning*, 2007):
/// besides waiting for each other (contention `σ`), workers have to keep up with
/// what others do (coherence `κ`), each with each,
///
/// `T(p) = T₁ · (1 + σ (p − 1) + κ p (p − 1)) / p`.
///
/// With `κ = 0` it is Amdahl's law. With more, there is a number of workers
/// beyond which everything becomes slower.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct UniversalScalability {
    /// Contention `σ`, at least 0.
    pub contention: Estimate,
    /// Coherence `κ`, at least 0.
    pub coherence: Estimate,
    /// What the law says that one worker takes (`T₁`), in seconds.
    pub one_worker_seconds: f64,
    /// Where the law has its greatest speed-up.
    pub peak: Peak,
    /// How far the law is from the medians: the root mean square of the
    /// relative deviations.
    pub deviation: f64,
}

/// The number of workers with the greatest speed-up, `√((1 − σ) / κ)` and at
/// least 1, with its 95 % interval. Nothing means that no end is in sight.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Peak {
    /// The number of workers, not rounded.
    pub workers: Option<f64>,
    /// Lower end of its interval.
    pub low: Option<f64>,
    /// Upper end of its interval.
    pub high: Option<f64>,
}

impl UniversalScalability {
    /// Fits the law to seconds at numbers of workers. Nothing unless there are
    /// three different numbers of workers, and all numbers are positive.
    pub fn fit(samples: &[Samples]) -> Option<UniversalScalability> {
        let checked = Checked::new(samples)?;
        let medians = checked.medians();
        let [contention, coherence, one] = universal(&medians)?;
        let figures = |medians: &[(f64, f64)]| {
            let [contention, coherence, _] = universal(medians)?;
            Some([contention, coherence, peak(contention, coherence)])
        };
        let [of_contention, of_coherence, of_peak] = checked.intervals(figures);
        let in_sight = |workers: f64| workers.is_finite().then_some(workers);
        let workers = peak(contention, coherence);
        let law = UniversalScalability {
            contention: Estimate::new(contention, of_contention),
            coherence: Estimate::new(coherence, of_coherence),
            one_worker_seconds: one,
            peak: Peak {
                workers: in_sight(workers),
                low: in_sight(of_peak.0.min(workers)),
                high: in_sight(of_peak.1.max(workers)),
            },
            deviation: 0.0,
        };
        Some(UniversalScalability {
            deviation: deviation(&medians, |workers| law.seconds(workers)),
            ..law
        })
    }

    /// The seconds that the law gives so many workers.
    pub fn seconds(&self, workers: f64) -> f64 {
        let (contention, coherence) = (self.contention.value, self.coherence.value);
        let others = workers - 1.0;
        self.one_worker_seconds * (1.0 + contention * others + coherence * workers * others)
            / workers
    }

    /// The speed-up that the law gives so many workers.
    pub fn speed_up(&self, workers: f64) -> f64 {
        self.one_worker_seconds / self.seconds(workers)
    }
}

/// `σ`, `κ` and `T₁` of `p·T = T₁ + T₁σ·(p − 1) + T₁κ·p·(p − 1)`, none of them
/// negative: of the fits with and without contention and coherence, the best of
/// those that are allowed.
fn universal(medians: &[(f64, f64)]) -> Option<[f64; 3]> {
    let rows: Vec<(f64, [f64; 3])> = (medians.iter())
        .map(|(workers, seconds)| {
            let others = workers - 1.0;
            (workers * seconds, [1.0, others, workers * others])
        })
        .collect();
    // All three have to be determined, even if one turns out to be 0.
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
    // Without coherence the quotient is infinite, with all work serial it is
    // nothing: then more workers never help.
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

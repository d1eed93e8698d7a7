//! Calibration: how many cores the page really gets.
//!
//! For each number of processes, independent processes each do the same amount of the
//! plan's work. The ideal speed-up is the work that they do together, divided by the work that a
//! single process does in the same time. `hardwareConcurrency` is not enough, because it
//! ignores other programs, shared cores and thermal throttling.

use super::{Calibration, observe::RunError};
use manyhands::{Process, StartMethod, prewarm, trace};
use workloads::{Job, Workload};

/// The time that the work of one process should take, in seconds.
const SHARE_SECONDS: f64 = 0.1;

/// The approximate number of rounds of a workload that runs in rounds.
const ROUNDS: f64 = 10.0;

/// The calibration, which is measured in several rounds.
pub(super) struct Calibrator {
    workload: Workload,
    size: u64,
    seed: u64,
    /// The number of shares that the work is divided into; each process does one share.
    shares: u32,
    /// This round's numbers of processes, each with its time in seconds.
    round: Vec<(u32, f64)>,
    /// A round in which a single process takes no longer than this, in seconds, is too short
    /// for the clock.
    least_seconds: f64,
    /// The speed-ups of all rounds, by the number of processes.
    samples: Vec<(u32, Vec<f64>)>,
}

/// Computes the first of this number of shares of the work. Returns its start and end in µs
/// on the trace's clock, and the digest of its result.
fn timed_share(workload: Workload, size: u64, seed: u64, shares: u32) -> (f64, f64, String) {
    let begin = trace::now_us();
    let tally = workload.share(size, seed, 0, shares);
    (begin, trace::now_us(), tally.digest())
}

impl Calibrator {
    /// A calibrator that divides the work of a job. `numbers` are the numbers of processes to
    /// measure, `serial_seconds` is the time that the whole job takes one thread, and
    /// `step_us` is the step of the clock in µs.
    pub(super) fn new(job: &Job, numbers: &[u32], serial_seconds: f64, step_us: f64) -> Self {
        // A share is computed in the first round only. The number of rounds is not known
        // beforehand, but it is rarely smaller than `ROUNDS`.
        let seconds = match job.workload().has_rounds() {
            true => serial_seconds / ROUNDS,
            false => serial_seconds,
        };
        let least_seconds = step_us * 5e-6;
        let shares = (seconds / SHARE_SECONDS.max(2.0 * least_seconds)).round();
        let chunks = job.workload().chunks(job.size());
        Calibrator {
            workload: job.workload(),
            size: job.size(),
            seed: job.seed(),
            shares: shares.clamp(1.0, chunks as f64) as u32,
            round: Vec::new(),
            least_seconds,
            samples: numbers
                .iter()
                .map(|workers| (*workers, Vec::new()))
                .collect(),
        }
    }

    /// Measures this number of processes that work at the same time.
    pub(super) async fn measure(&mut self, workers: u32) -> Result<(), RunError> {
        prewarm(workers).await?;
        let mut processes = Vec::new();
        for _ in 0..workers {
            let builder = Process::builder().start_method(StartMethod::Forkserver);
            let arguments = (self.workload, self.size, self.seed, self.shares);
            processes.push(builder.spawn(timed_share, arguments)?);
        }
        let (mut begin, mut end) = (f64::INFINITY, 0.0_f64);
        for process in processes {
            let (began, ended, _) = process.join_async().await?;
            begin = begin.min(began);
            end = end.max(ended);
        }
        self.round.push((workers, (end - begin) / 1e6));
        Ok(())
    }

    /// Ends a round: computes the speed-ups relative to the single process of the round. A
    /// round that was too short for the clock is discarded.
    pub(super) fn end_round(&mut self) {
        let round = std::mem::take(&mut self.round);
        let alone = round.iter().find(|(workers, _)| *workers == 1);
        let Some(&(_, alone)) = alone.filter(|(_, seconds)| *seconds > self.least_seconds) else {
            return;
        };
        for ((workers, seconds), (_, samples)) in round.iter().zip(&mut self.samples) {
            if *seconds > 0.0 {
                samples.push(f64::from(*workers) * alone / seconds);
            }
        }
    }

    /// The result of all rounds.
    pub(super) fn finish(self) -> Calibration {
        Calibration::new(self.samples)
    }
}

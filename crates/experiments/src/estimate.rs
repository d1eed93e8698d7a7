//! How long a plan takes, roughly, before it is run.
//!
//! The figures are those of a machine with 2 cores. Another machine may take half of that or
//! twice as long: an estimate says whether there is time for a run in a lesson, and no more.

use super::{
    Plan, YesOrNo, granularity, io_bound, messaging, pipelines, pool_methods, sharing, speed_up,
    start_up,
};
use io_bound::IoModel;
use pool_methods::Skew;
use speed_up::{Scaling, Threads};
use std::time::Duration;
use workloads::Workload;

/// The time of a step apart from its measurement: pauses until the machine is idle.
const STEP_SECONDS: f64 = 0.06;
/// The time to make a worker.
const WORKER_SECONDS: f64 = 0.012;
/// The time that the default size of a workload takes one core.
const DEFAULT_WORK_SECONDS: f64 = 0.55;
/// The mean wait for a request of the workload `Scrape`.
const REQUEST_SECONDS: f64 = 0.074;

impl Plan {
    /// The approximate time that the plan takes on a machine with this number of cores and a
    /// clock with this step in µs.
    pub fn estimate(&self, cores: u32, clock_step_us: f64) -> Duration {
        let cores = f64::from(cores.max(1));
        // A batch of calls takes a hundred steps of the clock, within limits, and is measured
        // twice.
        let batch = 2.0 * (clock_step_us * 1e-4).clamp(0.001, 0.3);
        let seconds = match self {
            Plan::SpeedUp(plan) => speed_up(plan, cores),
            Plan::Messaging(plan) => messaging(plan, batch),
            Plan::Granularity(plan) => granularity(plan, cores),
            Plan::StartUp(plan) => start_up(plan),
            Plan::Sharing(plan) => sharing(plan, cores),
            Plan::Pipelines(plan) => pipelines(plan),
            Plan::PoolMethods(plan) => pool_methods(plan, cores),
            Plan::IoBound(plan) => io_bound(plan, cores),
        };
        Duration::from_secs_f64(seconds)
    }
}

/// The time that work of this size takes one core, in seconds.
fn work(workload: Workload, size: u64) -> f64 {
    DEFAULT_WORK_SECONDS * size as f64 / workload.default_size() as f64
}

/// The time of `work` seconds of work that this number of processes share.
fn shared(work: f64, workers: u32, cores: f64) -> f64 {
    work / f64::from(workers).min(cores)
}

fn speed_up(plan: &speed_up::Plan, cores: f64) -> f64 {
    let work = work(plan.workload, plan.size);
    let over_numbers = |each: &dyn Fn(u32) -> f64| -> f64 {
        let numbers = plan.numbers().into_iter();
        numbers.map(|workers| STEP_SECONDS + each(workers)).sum()
    };
    let start = |workers: u32| WORKER_SECONDS * f64::from(workers);
    let divided = |workers: u32| start(workers) + shared(work, workers, cores);
    let processes_per_core = |workers: u32| (f64::from(workers) / cores).max(1.0);
    let calibration = over_numbers(&|workers| start(workers) + 0.1 * processes_per_core(workers));
    let threads = plan.threads.iter().map(|threads| match threads {
        Threads::None => 0.0,
        Threads::Gil => over_numbers(&|workers| start(workers) + 1.15 * work),
        Threads::Released | Threads::Free => over_numbers(&divided),
    });
    let weak = match plan.scaling.contains(&Scaling::Weak) {
        true => over_numbers(&|workers| start(workers) + work * processes_per_core(workers)),
        false => 0.0,
    };
    let repeat =
        STEP_SECONDS + work + over_numbers(&divided) + threads.sum::<f64>() + weak + calibration;
    work + 0.5 + calibration + f64::from(plan.repeats) * repeat
}

fn messaging(plan: &messaging::Plan, batch: f64) -> f64 {
    // Two warm-ups, four measured batches, and the calls with large payloads.
    let call = |bytes: u64| 0.15 + 4.0 * batch + 0.6e-6 * bytes as f64;
    let mut cases = 0.0;
    for payload in &plan.payloads {
        let sizes = match payload.is_sized() {
            true => &plan.sizes[..],
            false => &[0],
        };
        let methods = plan
            .methods
            .iter()
            .filter(|method| method.can_carry(*payload));
        let each: f64 = sizes.iter().map(|bytes| STEP_SECONDS + call(*bytes)).sum();
        cases += methods.count() as f64 * each;
    }
    let routes =
        2.0 * (STEP_SECONDS + 0.1 + 5.0 * batch + plan.sizes.len() as f64 * (STEP_SECONDS + 0.04));
    f64::from(plan.repeats) * (cases + routes)
}

fn granularity(plan: &granularity::Plan, cores: f64) -> f64 {
    let work = work(plan.workload, plan.size);
    let pool = STEP_SECONDS + shared(work, plan.workers, cores);
    let (chunks, policies) = (plan.chunks.len() as f64, plan.policies.len() as f64);
    let skew = chunks * (STEP_SECONDS + work + pool) + policies * pool;
    let tiny = 2.0 * STEP_SECONDS + 0.1;
    work + 0.5 + f64::from(plan.repeats) * (plan.skew.len() as f64 * skew + tiny)
}

fn start_up(plan: &start_up::Plan) -> f64 {
    let counts = plan.counts.iter().map(|count| f64::from(*count));
    let starts: f64 = counts
        .map(|count| STEP_SECONDS + 0.05 + WORKER_SECONDS * count)
        .sum();
    let browser = match plan.browser_memory {
        YesOrNo::Yes => 20.0,
        YesOrNo::No => 0.0,
    };
    (f64::from(plan.repeats) + 1.0) * plan.methods.len() as f64 * starts + browser
}

fn sharing(plan: &sharing::Plan, cores: f64) -> f64 {
    let counts = |workers: u32| {
        let additions = plan.increments as f64 * f64::from(workers);
        let processes_per_core = (f64::from(workers) / cores).max(1.0);
        let each = plan.methods.iter().map(|method| {
            let count = match method {
                sharing::CountMethod::Manager => {
                    40e-6 * additions.min(2_000.0 * f64::from(workers))
                }
                sharing::CountMethod::Locked => 0.2e-6 * additions * processes_per_core,
                _ => 0.03e-6 * additions,
            };
            STEP_SECONDS + WORKER_SECONDS * f64::from(workers) + count
        });
        each.sum::<f64>()
    };
    (f64::from(plan.repeats) + 1.0) * (counts(1) + counts(plan.workers))
}

fn pipelines(plan: &pipelines::Plan) -> f64 {
    let (items, capacities) = (f64::from(plan.items), plan.capacities.len() as f64);
    let runs = plan.transformers.iter().map(|&smoothers| {
        let workers = plan.readers + smoothers + plan.writers;
        // The milliseconds that a recording takes at each stage, with the number of workers.
        let stages = [(4.2, plan.readers), (1.2, smoothers), (3.2, plan.writers)];
        let slowest = stages.map(|(ms, workers)| ms / f64::from(workers));
        let slowest = slowest.into_iter().fold(1.0, f64::max);
        2.0 * STEP_SECONDS + WORKER_SECONDS * f64::from(workers) + items * slowest / 1e3
    });
    0.5 + f64::from(plan.repeats) * capacities * runs.sum::<f64>()
}

fn pool_methods(plan: &pool_methods::Plan, cores: f64) -> f64 {
    let long = match plan.skew {
        Skew::Skewed => 2.125,
        Skew::Uniform => 1.0,
    };
    let work = f64::from(plan.items * plan.task) / 1e3 * long;
    let run = STEP_SECONDS + shared(work, plan.workers, cores);
    let start = 1.0 + WORKER_SECONDS * f64::from(plan.workers);
    start + f64::from(plan.repeats) * plan.methods.len() as f64 * run
}

fn io_bound(plan: &io_bound::Plan, cores: f64) -> f64 {
    let waits = plan.size as f64
        * match plan.workload {
            Workload::Sleep => workloads::sleep::SLEEP_TIME.as_secs_f64(),
            Workload::Server => 0.01,
            _ => REQUEST_SECONDS,
        };
    let at_once = |workers: u32| {
        let slowest = REQUEST_SECONDS * 5.0;
        STEP_SECONDS
            + WORKER_SECONDS * f64::from(workers)
            + (waits / f64::from(workers)).max(slowest.min(waits))
    };
    let each: f64 = plan.workers.iter().map(|workers| at_once(*workers)).sum();
    let models = plan.models.iter().map(|io_model| match io_model {
        IoModel::Main => STEP_SECONDS + waits,
        IoModel::EventLoop => each + STEP_SECONDS + (REQUEST_SECONDS * 5.0).min(waits),
        IoModel::Processes | IoModel::Threads => each,
    });
    let sleep_as_work = match plan.sleep_as_work {
        YesOrNo::Yes => 4.0 * STEP_SECONDS + 0.4 + 0.13 + 0.4 + 0.4 / cores.min(4.0),
        YesOrNo::No => 0.0,
    };
    0.5 + f64::from(plan.repeats) * (models.sum::<f64>() + sleep_as_work)
}

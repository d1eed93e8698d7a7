//! The runner of the pipeline experiment: read → smooth → write, with queues of limited
//! length between the stages, and sentinels that announce the end.

use super::{Measured, Metric, Plan, Stage, StageQueue};
use crate::{
    Model, RunError,
    execute::{self, BlockingHost, must},
    session::Session,
};
use manyhands::{Process, Queue, RawValue, StartMethod, prewarm, trace};
use serde::{Deserialize, Serialize};
use workloads::{Host, Job, Tally, Workload, pipeline};

/// A recording with its number, or the sentinel `None`, after which no recording follows.
type QueueItem = Option<(u64, Vec<u16>)>;

/// The result of one worker of a stage.
#[derive(Default, Serialize, Deserialize)]
struct WorkerReport {
    tally: Tally,
    /// The time at work, in µs.
    busy: f64,
    /// The time of waiting for a recording, in µs.
    starved: f64,
    /// The time of waiting for room in the next queue, in µs.
    blocked: f64,
    /// The lengths of the next queue after each put, with the time on the trace's clock.
    depths: Vec<(f64, u32)>,
}

impl WorkerReport {
    /// Runs a function and adds its duration to `time`.
    fn timed<T>(time: &mut f64, act: impl FnOnce() -> T) -> T {
        let begin = trace::now_us();
        let result = act();
        *time += trace::now_us() - begin;
        result
    }

    fn put(&mut self, queue: &Queue<QueueItem>, item: u64, recording: Vec<u16>) {
        let entry = Some((item, recording));
        WorkerReport::timed(&mut self.blocked, || must(queue.put(&entry)));
        self.depths.push((trace::now_us(), queue.qsize()));
    }
}

fn read(job: Job, next: RawValue<u64>, out: Queue<QueueItem>) -> WorkerReport {
    let (mut report, mut host) = (WorkerReport::default(), BlockingHost::new());
    loop {
        let item = next.fetch_add(1);
        if item >= job.items() {
            return report;
        }
        let recording = WorkerReport::timed(&mut report.busy, || {
            host.sleep(job.waits(item).before);
            pipeline::read(job.seed(), item, &mut host)
        });
        report.put(&out, item, recording);
    }
}

fn smooth(from: Queue<QueueItem>, out: Queue<QueueItem>) -> WorkerReport {
    let (mut report, mut host) = (WorkerReport::default(), BlockingHost::new());
    while let Some((item, recording)) =
        WorkerReport::timed(&mut report.starved, || must(from.get()))
    {
        let smooth = WorkerReport::timed(&mut report.busy, || {
            pipeline::transform(&recording, &mut host)
        });
        report.put(&out, item, smooth);
    }
    report
}

fn write(job: Job, from: Queue<QueueItem>) -> WorkerReport {
    let (mut report, mut host) = (WorkerReport::default(), BlockingHost::new());
    while let Some((item, recording)) =
        WorkerReport::timed(&mut report.starved, || must(from.get()))
    {
        let written = WorkerReport::timed(&mut report.busy, || {
            let written = pipeline::write(item, &recording);
            host.sleep(job.waits(item).after);
            written
        });
        report.tally = std::mem::take(&mut report.tally).merge(written);
    }
    report
}

/// The numbers of workers of the three stages, the capacity of the queues, and the start
/// method of the processes.
#[derive(Clone, Copy)]
struct Setup {
    workers: [u32; 3],
    capacity: u32,
    method: StartMethod,
}

pub(crate) async fn run(session: &mut Session<'_>, plan: &Plan) -> Result<(), RunError> {
    let job = execute::job(Workload::Pipeline, plan.items.into(), plan.seed)?;
    let (smoothers, capacities, repeats) = (&plan.transformers, &plan.capacities, plan.repeats);
    for capacity in capacities {
        for metric in Metric::all() {
            session.add_series(&Measured(metric, *capacity));
        }
    }
    session.set_total_steps(1 + repeats * (smoothers.len() * capacities.len()) as u32);
    session
        .begin_step("Working out what is to come out")
        .await?;
    let (whole, _) = execute::expected(session, &job).await?;
    session.answer = Some(job.answer(&whole));
    let expected = whole.digest();
    let last = smoothers.last().copied();
    for round in 1..=repeats {
        for &smoothers in smoothers {
            for &capacity in capacities {
                session
                    .begin_step(format!("{smoothers} smoothing, queues of {capacity}"))
                    .await?;
                let setup = Setup {
                    workers: [plan.readers, smoothers, plan.writers],
                    capacity,
                    method: plan.start,
                };
                let over_time = round == repeats && Some(smoothers) == last;
                measure(session, &job, setup, &expected, over_time).await?;
            }
        }
    }
    Ok(())
}

async fn measure(
    session: &mut Session<'_>,
    job: &Job,
    setup: Setup,
    expected: &str,
    over_time: bool,
) -> Result<(), RunError> {
    let (begin, end, stages) = run_pipeline(session, job, setup).await?;
    let (x, capacity) = (f64::from(setup.workers[1]), setup.capacity);
    let wall = end - begin;
    let rate = Measured(Metric::Rate, capacity);
    session.sample(&rate, x, job.items() as f64 * 1e6 / wall);
    let tallies = stages[2].iter().map(|report| report.tally.clone());
    session.result(&rate, x, Tally::merge_all(tallies).digest(), expected);
    let share = |stage: Stage, time: fn(&WorkerReport) -> f64| {
        let reports = &stages[stage as usize];
        100.0 * reports.iter().map(time).sum::<f64>() / (wall * reports.len() as f64)
    };
    for stage in Stage::ALL {
        let busy = share(stage, |report| report.busy);
        session.sample(&Measured(Metric::Busy(stage), capacity), x, busy);
    }
    for queue in StageQueue::ALL {
        let (before, after) = queue.stages();
        let starved = share(after, |report| report.starved);
        session.sample(&Measured(Metric::Starved(queue), capacity), x, starved);
        let blocked = share(before, |report| report.blocked);
        session.sample(&Measured(Metric::Blocked(queue), capacity), x, blocked);
        let name = format!("queue after {}", before.words().1);
        let depths = stages[before as usize]
            .iter()
            .flat_map(|report| &report.depths);
        for (time, depth) in depths {
            let depth = f64::from(*depth);
            session.add_count(&name, *time, depth);
            session.sample(&Measured(Metric::Depth(queue), capacity), x, depth);
            if over_time {
                let at = (time - begin) / 1e3;
                session.sample(&Measured(Metric::OverTime(queue), capacity), at, depth);
            }
        }
    }
    Ok(())
}

/// Runs the pipeline. Returns its start and end on the trace's clock, in µs, and the results
/// of the workers of each stage.
async fn run_pipeline(
    session: &mut Session<'_>,
    job: &Job,
    setup: Setup,
) -> Result<(f64, f64, [Vec<WorkerReport>; 3]), RunError> {
    let method = setup.method;
    let model = Model::Processes(method);
    let [readers, smoothers, writers] = setup.workers;
    if method == StartMethod::Forkserver {
        prewarm(readers + smoothers + writers).await?;
        session.wait_until_idle().await?;
    }
    let read_queue: Queue<QueueItem> = Queue::new(setup.capacity)?;
    let written_queue: Queue<QueueItem> = Queue::new(setup.capacity)?;
    let next = RawValue::new(0)?;
    let begin = session.begin(model).await;
    let builder = |name: &str| Process::builder().name(name).start_method(method);
    let mut reading = Vec::new();
    for _ in 0..readers {
        let arguments = (*job, next.clone(), read_queue.clone());
        reading.push(builder("read").spawn(read, arguments)?);
    }
    let mut smoothing = Vec::new();
    for _ in 0..smoothers {
        let arguments = (read_queue.clone(), written_queue.clone());
        smoothing.push(builder("smooth").spawn(smooth, arguments)?);
    }
    let mut writing = Vec::new();
    for _ in 0..writers {
        writing.push(builder("write").spawn(write, (*job, written_queue.clone()))?);
    }
    // When a stage has ended, each worker of the next one gets its sentinel.
    let read = join_stage(session, &reading, Some((&read_queue, smoothers))).await?;
    let smoothed = join_stage(session, &smoothing, Some((&written_queue, writers))).await?;
    let written = join_stage(session, &writing, None).await?;
    let end = session.end(model).await;
    Ok((begin, end, [read, smoothed, written]))
}

/// Waits until all workers of a stage have ended. Then sends a sentinel to each worker of the
/// next stage.
async fn join_stage(
    session: &mut Session<'_>,
    stage: &[Process<WorkerReport>],
    next: Option<(&Queue<QueueItem>, u32)>,
) -> Result<Vec<WorkerReport>, RunError> {
    let mut reports = Vec::new();
    for process in stage {
        reports.push(session.wait_for(process.join_async()).await?);
    }
    if let Some((queue, workers)) = next {
        for _ in 0..workers {
            session.wait_for(queue.put_async(&None)).await?;
        }
    }
    Ok(reports)
}

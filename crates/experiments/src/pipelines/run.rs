//! The pipeline experiment: read → smooth → write, with queues of limited
//! length between, and sentinels at the end.

use super::{Between, Measured, Plan, Stage, What};
use crate::{
    Model, RunError,
    execute::{self, Blocking, must},
    session::Session,
};
use manyhands::{Process, Queue, RawValue, StartMethod, prewarm, trace};
use serde::{Deserialize, Serialize};
use workloads::{Host, Job, Tally, Workload, pipeline};

/// A recording under way, or the sentinel: there will be no more.
type Parcel = Option<(u64, Vec<u16>)>;

/// What one worker of a stage tells of its life.
#[derive(Default, Serialize, Deserialize)]
struct Life {
    tally: Tally,
    /// All in µs: at work, waiting for something to do, waiting for room.
    busy: f64,
    starved: f64,
    blocked: f64,
    /// How full the queue was that it put into: when, and how many there were.
    depths: Vec<(f64, u32)>,
}

impl Life {
    fn timed<T>(time: &mut f64, act: impl FnOnce() -> T) -> T {
        let begin = trace::now_us();
        let result = act();
        *time += trace::now_us() - begin;
        result
    }

    fn put(&mut self, queue: &Queue<Parcel>, item: u64, recording: Vec<u16>) {
        let parcel = Some((item, recording));
        Life::timed(&mut self.blocked, || must(queue.put(&parcel)));
        self.depths.push((trace::now_us(), queue.qsize()));
    }
}

fn read(job: Job, next: RawValue<u64>, out: Queue<Parcel>) -> Life {
    let (mut life, mut host) = (Life::default(), Blocking::new());
    loop {
        let item = next.fetch_add(1);
        if item >= job.items() {
            return life;
        }
        let recording = Life::timed(&mut life.busy, || {
            host.sleep(job.waits(item).before);
            pipeline::read(job.seed(), item, &mut host)
        });
        life.put(&out, item, recording);
    }
}

fn smooth(from: Queue<Parcel>, out: Queue<Parcel>) -> Life {
    let (mut life, mut host) = (Life::default(), Blocking::new());
    while let Some((item, recording)) = Life::timed(&mut life.starved, || must(from.get())) {
        let smooth = Life::timed(&mut life.busy, || {
            pipeline::transform(&recording, &mut host)
        });
        life.put(&out, item, smooth);
    }
    life
}

fn write(job: Job, from: Queue<Parcel>) -> Life {
    let (mut life, mut host) = (Life::default(), Blocking::new());
    while let Some((item, recording)) = Life::timed(&mut life.starved, || must(from.get())) {
        let written = Life::timed(&mut life.busy, || {
            let written = pipeline::write(item, &recording);
            host.sleep(job.waits(item).after);
            written
        });
        life.tally = std::mem::take(&mut life.tally).merge(written);
    }
    life
}

/// How many workers each stage has, how long the queues are, and how processes
/// get their workers.
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
        for what in What::all() {
            session.add(&Measured(what, *capacity));
        }
    }
    session.steps(1 + repeats * (smoothers.len() * capacities.len()) as u32);
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
    let (begin, end, stages) = flow(session, job, setup).await?;
    let (x, capacity) = (f64::from(setup.workers[1]), setup.capacity);
    let wall = end - begin;
    let rate = Measured(What::Rate, capacity);
    session.sample(&rate, x, job.items() as f64 * 1e6 / wall);
    let tallies = stages[2].iter().map(|life| life.tally.clone());
    session.result(&rate, x, Tally::merge_all(tallies).digest(), expected);
    let share = |stage: Stage, time: fn(&Life) -> f64| {
        let lives = &stages[stage as usize];
        100.0 * lives.iter().map(time).sum::<f64>() / (wall * lives.len() as f64)
    };
    for stage in Stage::ALL {
        let busy = share(stage, |life| life.busy);
        session.sample(&Measured(What::Busy(stage), capacity), x, busy);
    }
    for queue in Between::ALL {
        let (before, after) = queue.stages();
        let starved = share(after, |life| life.starved);
        session.sample(&Measured(What::Starved(queue), capacity), x, starved);
        let blocked = share(before, |life| life.blocked);
        session.sample(&Measured(What::Blocked(queue), capacity), x, blocked);
        let name = format!("queue after {}", before.words().1);
        let depths = stages[before as usize].iter().flat_map(|life| &life.depths);
        for (time, depth) in depths {
            let depth = f64::from(*depth);
            session.count(&name, *time, depth);
            session.sample(&Measured(What::Depth(queue), capacity), x, depth);
            if over_time {
                let at = (time - begin) / 1e3;
                session.sample(&Measured(What::OverTime(queue), capacity), at, depth);
            }
        }
    }
    Ok(())
}

/// Lets all recordings through; from when to when that took, on the trace's
/// clock, and what each stage's workers tell.
async fn flow(
    session: &mut Session<'_>,
    job: &Job,
    setup: Setup,
) -> Result<(f64, f64, [Vec<Life>; 3]), RunError> {
    let method = setup.method;
    let model = Model::Processes(method);
    let [readers, smoothers, writers] = setup.workers;
    if method == StartMethod::Forkserver {
        prewarm(readers + smoothers + writers).await?;
        session.wait_until_idle().await?;
    }
    let read_queue: Queue<Parcel> = Queue::new(setup.capacity)?;
    let written_queue: Queue<Parcel> = Queue::new(setup.capacity)?;
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
    let read = ended(session, &reading, Some((&read_queue, smoothers))).await?;
    let smoothed = ended(session, &smoothing, Some((&written_queue, writers))).await?;
    let written = ended(session, &writing, None).await?;
    let end = session.end(model).await;
    Ok((begin, end, [read, smoothed, written]))
}

async fn ended(
    session: &mut Session<'_>,
    stage: &[Process<Life>],
    next: Option<(&Queue<Parcel>, u32)>,
) -> Result<Vec<Life>, RunError> {
    let mut lives = Vec::new();
    for process in stage {
        lives.push(session.until(process.join_async()).await?);
    }
    if let Some((queue, workers)) = next {
        for _ in 0..workers {
            session.until(queue.put_async(&None)).await?;
        }
    }
    Ok(lives)
}

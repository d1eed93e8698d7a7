//! The pipeline experiment: read → smooth → write, with queues of limited
//! length between, and sentinels at the end.

use crate::{
    Model, Quantity, RunError, Series,
    execute::{self, Blocking, must},
    session::Session,
};
use manyhands::{Process, Queue, RawValue, prewarm, trace};
use serde::{Deserialize, Serialize};
use workloads::{Host, Job, Tally, Workload, pipeline};

/// A recording under way, or the sentinel: there will be no more.
type Parcel = Option<(u64, Vec<u16>)>;

/// The stages' names, in order.
const STAGES: [(&str, &str); 3] = [
    ("read", "reading"),
    ("smooth", "smoothing"),
    ("write", "writing"),
];

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

/// How many workers each stage has, and how long the queues are.
#[derive(Clone, Copy)]
struct Line {
    workers: [u32; 3],
    capacity: u32,
}

pub(super) async fn run(session: &mut Session<'_>) -> Result<(), RunError> {
    let plan = session.plan;
    let job = execute::job_of(
        Workload::Pipeline,
        plan.number("items"),
        plan.number("seed"),
    )?;
    let axis = || Quantity::new("smoothers", "");
    let capacities = plan.numbers("capacities");
    for capacity in capacities {
        let add = |session: &mut Session<'_>, id: &str, label: &str, measure: Quantity| {
            let label = format!("{label}, queues of {capacity}");
            session.add(Series::new(
                format!("{id}-{capacity}"),
                label,
                axis(),
                measure,
            ));
        };
        add(
            session,
            "rate",
            "recordings",
            Quantity::new("throughput", "1/s"),
        );
        for (id, word) in STAGES {
            add(
                session,
                &format!("busy-{id}"),
                &format!("{word}: at work"),
                Quantity::new("share of the time", "%"),
            );
        }
        for (id, word) in &STAGES[1..] {
            add(
                session,
                &format!("starved-{id}"),
                &format!("{word}: nothing to do"),
                Quantity::new("share of the time", "%"),
            );
        }
        for (id, word) in &STAGES[..2] {
            add(
                session,
                &format!("blocked-{id}"),
                &format!("{word}: no room"),
                Quantity::new("share of the time", "%"),
            );
            add(
                session,
                &format!("depth-{id}"),
                &format!("queue after {word}"),
                Quantity::new("recordings in the queue", ""),
            );
            let time = Quantity::new("time", "ms");
            let depth = Quantity::new("recordings in the queue", "");
            let label = format!("queue of {capacity} after {word}, over time");
            session.add(Series::new(
                format!("over-time-{id}-{capacity}"),
                label,
                time,
                depth,
            ));
        }
    }
    let smoothers = plan.numbers("transformers");
    let repeats = plan.count("repeats");
    session.steps(1 + repeats * (smoothers.len() * capacities.len()) as u32);
    session.enter("Working out what is to come out").await?;
    let whole = job.serial(&mut workloads::Undisturbed);
    session.answer = Some(job.answer(&whole));
    let expected = whole.digest();
    let last = smoothers.last().copied();
    for round in 1..=repeats {
        for &smoothers in smoothers {
            for &capacity in capacities {
                session
                    .enter(format!("{smoothers} smoothing, queues of {capacity}"))
                    .await?;
                let line = Line {
                    workers: [
                        plan.count("readers"),
                        smoothers as u32,
                        plan.count("writers"),
                    ],
                    capacity: capacity as u32,
                };
                let over_time = round == repeats && Some(smoothers) == last;
                measure(session, &job, line, &expected, over_time).await?;
            }
        }
    }
    Ok(())
}

async fn measure(
    session: &mut Session<'_>,
    job: &Job,
    line: Line,
    expected: &str,
    over_time: bool,
) -> Result<(), RunError> {
    let (begin, end, stages) = flow(session, job, line).await?;
    let (x, capacity) = (f64::from(line.workers[1]), line.capacity);
    let wall = end - begin;
    let rate = format!("rate-{capacity}");
    session.sample(&rate, x, job.items() as f64 * 1e6 / wall);
    let tallies = stages[2].iter().map(|life| life.tally.clone());
    session.result(&rate, x, Tally::merge_all(tallies).digest(), expected);
    for ((id, word), lives) in STAGES.iter().zip(&stages) {
        let share = |time: fn(&Life) -> f64| {
            100.0 * lives.iter().map(time).sum::<f64>() / (wall * lives.len() as f64)
        };
        session.sample(&format!("busy-{id}-{capacity}"), x, share(|life| life.busy));
        session.sample(
            &format!("starved-{id}-{capacity}"),
            x,
            share(|life| life.starved),
        );
        session.sample(
            &format!("blocked-{id}-{capacity}"),
            x,
            share(|life| life.blocked),
        );
        for (time, depth) in lives.iter().flat_map(|life| &life.depths) {
            let name = format!("queue after {word}");
            session.count(&name, *time, f64::from(*depth));
            session.sample(&format!("depth-{id}-{capacity}"), x, f64::from(*depth));
            if over_time {
                let at = (time - begin) / 1e3;
                session.sample(&format!("over-time-{id}-{capacity}"), at, f64::from(*depth));
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
    line: Line,
) -> Result<(f64, f64, [Vec<Life>; 3]), RunError> {
    let method = session.plan.start_method();
    let model = Model::Processes(method);
    let [readers, smoothers, writers] = line.workers;
    if method == manyhands::StartMethod::Forkserver {
        prewarm(readers + smoothers + writers).await?;
        session.calm().await?;
    }
    let read_queue: Queue<Parcel> = Queue::new(line.capacity)?;
    let written_queue: Queue<Parcel> = Queue::new(line.capacity)?;
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

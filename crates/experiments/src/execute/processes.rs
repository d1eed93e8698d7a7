//! Processes: shares dealt out beforehand for work that computes, one item
//! after another for work that waits, rounds over pipes where there are rounds.

use super::{
    execution::Execution,
    host::{Blocking, must},
};
use crate::{Model, RunError, session::Session};
use manyhands::{
    Connection, Process, RawValue, StartMethod, Target, pipe, prewarm,
    trace::{self, Pid},
};
use serde::Serialize;
use workloads::{Job, NullHost, Tally};

/// How many processes, and how they are started.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) workers: u32,
    pub(super) method: StartMethod,
}

/// What one process is asked to do: every so many-th chunk.
fn share(job: Job, worker: u32, workers: u32) -> Tally {
    job.workload()
        .share(job.size(), job.seed(), worker, workers)
}

/// What one process is asked to do where each does everything, all rounds.
fn everything(job: Job) -> Tally {
    job.serial(&mut NullHost)
}

/// The same, with the seconds that it took.
fn timed_everything(job: Job) -> (Tally, f64) {
    let begin = trace::now_us();
    let tally = everything(job);
    (tally, (trace::now_us() - begin) / 1e6)
}

/// What a job comes to, and how many seconds that took one process.
pub(super) async fn expected(
    session: &mut Session<'_>,
    job: &Job,
) -> Result<(Tally, f64), RunError> {
    let process = Process::builder().name("Expected result");
    let process = process.spawn(timed_everything, *job)?;
    session.until(process.join_async()).await
}

/// Work that computes, in one round, divided among the processes.
pub(super) async fn computing(
    session: &mut Session<'_>,
    job: &Job,
    place: Place,
) -> Result<Execution, RunError> {
    let mut run = Run::begin(session, place).await?;
    let processes = run.spawn_all(share, |worker| (*job, worker, place.workers))?;
    all(session, run, processes).await
}

/// Work that computes: each process does all of it.
pub(super) async fn each(
    session: &mut Session<'_>,
    job: &Job,
    place: Place,
) -> Result<Execution, RunError> {
    let mut run = Run::begin(session, place).await?;
    let processes = run.spawn_all(everything, |_| *job)?;
    all(session, run, processes).await
}

/// Waits for all of them.
async fn all(
    session: &mut Session<'_>,
    run: Run,
    processes: Vec<Process<Tally>>,
) -> Result<Execution, RunError> {
    let mut tally = Tally::default();
    for process in &processes {
        tally = tally.merge(session.until(process.join_async()).await?);
    }
    run.end(session, tally, Vec::new()).await
}

/// Takes one item after another, and says of each how long after its arrival it
/// was done, in ms.
fn take(job: Job, next: RawValue<u64>, begin: f64) -> (Tally, Vec<f64>) {
    let mut host = Blocking::new();
    let (prepared, shared) = (job.prepare(&mut host), job.first_round());
    let (mut tally, mut answered) = (Tally::default(), Vec::new());
    loop {
        let item = next.fetch_add(1);
        if item >= job.items() {
            return (tally, answered);
        }
        let arrives = begin + job.arrival(item).as_secs_f64() * 1e6;
        let ahead = arrives - trace::now_us();
        if ahead > 0.0 {
            let time = std::time::Duration::from_secs_f64(ahead / 1e6);
            workloads::Host::sleep(&mut host, time);
        }
        tally = tally.merge(prepared.run(&shared, item..item + 1, &mut host));
        answered.push((trace::now_us() - arrives) / 1e3);
    }
}

/// Work that waits: each process waits for one item at a time.
pub(super) async fn waiting(
    session: &mut Session<'_>,
    job: &Job,
    place: Place,
) -> Result<Execution, RunError> {
    let next = RawValue::new(0)?;
    let mut run = Run::begin(session, place).await?;
    let begin = run.begin;
    let processes = run.spawn_all(take, |_| (*job, next.clone(), begin))?;
    let (mut tally, mut answered) = (Tally::default(), Vec::new());
    for process in &processes {
        let (part, times) = session.until(process.join_async()).await?;
        tally = tally.merge(part);
        answered.extend(times);
    }
    run.end(session, tally, answered).await
}

/// Does its share of every round that it is told of.
fn attend(connection: Connection, job: Job, worker: u64, workers: u64) {
    let mut host = Blocking::new();
    let prepared = job.prepare(&mut host);
    while let Some(shared) = must(connection.recv::<Option<Vec<u64>>>()) {
        let items = job.chunk(worker, workers);
        must(connection.send(&prepared.run(&shared, items, &mut host)));
    }
}

/// Work in rounds: after each, everyone is told what all have found.
pub(super) async fn rounds(
    session: &mut Session<'_>,
    job: &Job,
    place: Place,
) -> Result<Execution, RunError> {
    let mut run = Run::begin(session, place).await?;
    let mut processes = Vec::new();
    let mut ends = Vec::new();
    for worker in 0..place.workers {
        let (ours, theirs) = pipe()?;
        let arguments = (theirs, *job, u64::from(worker), u64::from(place.workers));
        processes.push(run.spawn(attend, arguments)?);
        ends.push(ours);
    }
    let mut shared = Some(job.first_round());
    let mut tally = Tally::default();
    while let Some(known) = shared {
        for end in &ends {
            session.until(end.send_async(&Some(known.clone()))).await?;
        }
        tally = Tally::default();
        for end in &ends {
            tally = tally.merge(session.until(end.recv_async()).await?);
        }
        shared = job.next_round(&known, &tally);
    }
    for (end, process) in ends.iter().zip(&processes) {
        session.until(end.send_async(&None::<Vec<u64>>)).await?;
        session.until(process.join_async()).await?;
    }
    run.end(session, tally, Vec::new()).await
}

/// A run under way.
struct Run {
    place: Place,
    /// On the trace's clock, in µs; so all below.
    begin: f64,
    /// Each process, and when it was asked for.
    asked: Vec<(Pid, f64)>,
}

impl Run {
    async fn begin(session: &mut Session<'_>, place: Place) -> Result<Run, RunError> {
        if place.method == StartMethod::Forkserver {
            prewarm(place.workers).await?;
            session.wait_until_idle().await?;
        }
        Ok(Run {
            place,
            begin: session.begin(Model::Processes(place.method)).await,
            asked: Vec::new(),
        })
    }

    fn spawn<A, M, T>(&mut self, target: T, arguments: A) -> Result<Process<T::Output>, RunError>
    where
        T: Target<A, M>,
        A: Serialize,
    {
        let now = trace::now_us();
        let builder = Process::builder().start_method(self.place.method);
        let process = builder.spawn(target, arguments)?;
        self.asked.push((process.pid()?, now));
        Ok(process)
    }

    /// One process for every worker, with arguments of its own.
    fn spawn_all<A, M, T>(
        &mut self,
        target: T,
        arguments: impl Fn(u32) -> A,
    ) -> Result<Vec<Process<T::Output>>, RunError>
    where
        T: Target<A, M> + Copy,
        A: Serialize,
    {
        let workers = 0..self.place.workers;
        workers
            .map(|worker| self.spawn(target, arguments(worker)))
            .collect()
    }

    async fn end(
        self,
        session: &mut Session<'_>,
        tally: Tally,
        answered_ms: Vec<f64>,
    ) -> Result<Execution, RunError> {
        let end = session.end(Model::Processes(self.place.method)).await;
        let wall_ms = (end - self.begin) / 1e3;
        let lives = session.lives();
        // A trace with holes, where the page was too slow to read it, has
        // nothing to say about a process.
        let parts = self
            .asked
            .into_iter()
            .filter_map(|(pid, asked)| Some(lives.moments(pid)?.breakdown(asked, wall_ms)));
        Ok(Execution {
            seconds: wall_ms / 1e3,
            tally,
            parts: parts.collect(),
            answered_ms,
        })
    }
}

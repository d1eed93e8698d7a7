//! Execution by processes. Work that computes is divided beforehand, into one share for each
//! process. Of work that waits, each process takes one item after another. Rounds are
//! coordinated over pipes.

use super::{
    execution::Execution,
    host::{BlockingHost, must},
};
use crate::{Model, RunError, session::Session};
use manyhands::{
    Connection, Process, RawValue, StartMethod, Target, pipe, prewarm,
    trace::{self, Pid},
};
use serde::Serialize;
use workloads::{Job, NullHost, Tally};

/// The number of processes and how they are started.
#[derive(Clone, Copy)]
pub(super) struct ProcessOptions {
    pub(super) workers: u32,
    pub(super) method: StartMethod,
}

/// The target of a process that computes one share: every `workers`-th chunk.
fn share(job: Job, worker: u32, workers: u32) -> Tally {
    job.workload()
        .share(job.size(), job.seed(), worker, workers)
}

/// The target of a process that does the whole job, in all rounds.
fn whole_job(job: Job) -> Tally {
    job.serial(&mut NullHost)
}

/// The same; also returns the time that it took, in seconds.
fn timed_whole_job(job: Job) -> (Tally, f64) {
    let begin = trace::now_us();
    let tally = whole_job(job);
    (tally, (trace::now_us() - begin) / 1e6)
}

/// The result of a job, and the time that it took one process, in seconds.
pub(super) async fn expected(
    session: &mut Session<'_>,
    job: &Job,
) -> Result<(Tally, f64), RunError> {
    let process = Process::builder().name("Expected result");
    let process = process.spawn(timed_whole_job, *job)?;
    session.wait_for(process.join_async()).await
}

/// Runs work that computes, in one round, divided among the processes.
pub(super) async fn computing(
    session: &mut Session<'_>,
    job: &Job,
    options: ProcessOptions,
) -> Result<Execution, RunError> {
    let mut run = Run::begin(session, options).await?;
    let processes = run.spawn_all(share, |worker| (*job, worker, options.workers))?;
    join_all(session, run, processes).await
}

/// Runs work that computes; each process does all of it.
pub(super) async fn each(
    session: &mut Session<'_>,
    job: &Job,
    options: ProcessOptions,
) -> Result<Execution, RunError> {
    let mut run = Run::begin(session, options).await?;
    let processes = run.spawn_all(whole_job, |_| *job)?;
    join_all(session, run, processes).await
}

/// Waits for all processes and merges their results.
async fn join_all(
    session: &mut Session<'_>,
    run: Run,
    processes: Vec<Process<Tally>>,
) -> Result<Execution, RunError> {
    let mut tally = Tally::default();
    for process in &processes {
        tally = tally.merge(session.wait_for(process.join_async()).await?);
    }
    run.end(session, tally, Vec::new()).await
}

/// The target of a process that takes one item after another until none are left. Also
/// returns for each item the time from its arrival until it was done, in ms. `begin` is the
/// start of the run, in µs on the trace's clock.
fn take_items(job: Job, next: RawValue<u64>, begin: f64) -> (Tally, Vec<f64>) {
    let mut host = BlockingHost::new();
    let (prepared, shared) = (job.prepare(&mut host), job.first_round());
    let (mut tally, mut latencies) = (Tally::default(), Vec::new());
    loop {
        let item = next.fetch_add(1);
        if item >= job.items() {
            return (tally, latencies);
        }
        let arrives = begin + job.arrival(item).as_secs_f64() * 1e6;
        let ahead = arrives - trace::now_us();
        if ahead > 0.0 {
            let time = std::time::Duration::from_secs_f64(ahead / 1e6);
            workloads::Host::sleep(&mut host, time);
        }
        tally = tally.merge(prepared.run(&shared, item..item + 1, &mut host));
        latencies.push((trace::now_us() - arrives) / 1e3);
    }
}

/// Runs work that waits; each process waits for one item at a time.
pub(super) async fn waiting(
    session: &mut Session<'_>,
    job: &Job,
    options: ProcessOptions,
) -> Result<Execution, RunError> {
    let next = RawValue::new(0)?;
    let mut run = Run::begin(session, options).await?;
    let begin = run.begin;
    let processes = run.spawn_all(take_items, |_| (*job, next.clone(), begin))?;
    let (mut tally, mut latencies) = (Tally::default(), Vec::new());
    for process in &processes {
        let (part, times) = session.wait_for(process.join_async()).await?;
        tally = tally.merge(part);
        latencies.extend(times);
    }
    run.end(session, tally, latencies).await
}

/// The target of a process that does its share of each round. It receives the numbers that
/// all processes share in the round, or `None` after the last round.
fn run_rounds(connection: Connection, job: Job, worker: u64, workers: u64) {
    let mut host = BlockingHost::new();
    let prepared = job.prepare(&mut host);
    while let Some(shared) = must(connection.recv::<Option<Vec<u64>>>()) {
        let items = job.chunk(worker, workers);
        must(connection.send(&prepared.run(&shared, items, &mut host)));
    }
}

/// Runs work in rounds. After each round, the merged result gives the numbers that all
/// processes share in the next one.
pub(super) async fn rounds(
    session: &mut Session<'_>,
    job: &Job,
    options: ProcessOptions,
) -> Result<Execution, RunError> {
    let mut run = Run::begin(session, options).await?;
    let mut processes = Vec::new();
    let mut ends = Vec::new();
    for worker in 0..options.workers {
        let (ours, theirs) = pipe()?;
        let arguments = (theirs, *job, u64::from(worker), u64::from(options.workers));
        processes.push(run.spawn(run_rounds, arguments)?);
        ends.push(ours);
    }
    let mut shared = Some(job.first_round());
    let mut tally = Tally::default();
    while let Some(known) = shared {
        for end in &ends {
            session
                .wait_for(end.send_async(&Some(known.clone())))
                .await?;
        }
        tally = Tally::default();
        for end in &ends {
            tally = tally.merge(session.wait_for(end.recv_async()).await?);
        }
        shared = job.next_round(&known, &tally);
    }
    for (end, process) in ends.iter().zip(&processes) {
        session.wait_for(end.send_async(&None::<Vec<u64>>)).await?;
        session.wait_for(process.join_async()).await?;
    }
    run.end(session, tally, Vec::new()).await
}

/// A run that has begun.
struct Run {
    options: ProcessOptions,
    /// The start of the run, in µs on the trace's clock.
    begin: f64,
    /// Each process with the time when it was requested, in µs on the trace's clock.
    requested: Vec<(Pid, f64)>,
}

impl Run {
    async fn begin(session: &mut Session<'_>, options: ProcessOptions) -> Result<Run, RunError> {
        if options.method == StartMethod::Forkserver {
            prewarm(options.workers).await?;
            session.wait_until_idle().await?;
        }
        Ok(Run {
            options,
            begin: session.begin(Model::Processes(options.method)).await,
            requested: Vec::new(),
        })
    }

    fn spawn<A, M, T>(&mut self, target: T, arguments: A) -> Result<Process<T::Output>, RunError>
    where
        T: Target<A, M>,
        A: Serialize,
    {
        let now = trace::now_us();
        let builder = Process::builder().start_method(self.options.method);
        let process = builder.spawn(target, arguments)?;
        self.requested.push((process.pid()?, now));
        Ok(process)
    }

    /// Starts one process for each worker. `arguments` gives the arguments of each.
    fn spawn_all<A, M, T>(
        &mut self,
        target: T,
        arguments: impl Fn(u32) -> A,
    ) -> Result<Vec<Process<T::Output>>, RunError>
    where
        T: Target<A, M> + Copy,
        A: Serialize,
    {
        let workers = 0..self.options.workers;
        workers
            .map(|worker| self.spawn(target, arguments(worker)))
            .collect()
    }

    async fn end(
        self,
        session: &mut Session<'_>,
        tally: Tally,
        latencies_ms: Vec<f64>,
    ) -> Result<Execution, RunError> {
        let end = session.end(Model::Processes(self.options.method)).await;
        let wall_ms = (end - self.begin) / 1e3;
        let life_cycles = session.life_cycles();
        // If the page was too slow to read the trace, events of a process may be missing.
        // Then the process has no breakdown.
        let parts = self.requested.into_iter().filter_map(|(pid, requested)| {
            Some(life_cycles.moments(pid)?.breakdown(requested, wall_ms))
        });
        Ok(Execution {
            seconds: wall_ms / 1e3,
            tally,
            parts: parts.collect(),
            latencies_ms,
        })
    }
}

//! The I/O experiment: the same waits one after another, by an event loop, and
//! by processes; and sleeping that poses as work.

use crate::{
    Locking, Model, Quantity, RunError, Series,
    execute::{self, execute},
    session::Session,
};
use workloads::{Job, Workload};

/// The tutorials' listing: so many tasks of 0.1 s, with 1 process and with 4.
const POSING_TASKS: u64 = 4;
const POSING_SECONDS: f64 = 0.1;
const POSING_WORKERS: [u32; 2] = [1, 4];

/// Tasks cost an event loop next to nothing, so it is asked with all waits at once,
/// too: with so many at most.
const MOST_TASKS: u64 = 1_000;

pub(super) async fn run(session: &mut Session<'_>) -> Result<(), RunError> {
    let plan = session.plan;
    let repeats = plan.count("repeats");
    let job = execute::job(plan)?;
    let (main, processes) = (Model::Main, Model::Processes(plan.start_method()));
    let mut rows: Vec<(&str, Model, Vec<u32>)> = Vec::new();
    let workers = || plan.numbers("workers").iter().map(|n| *n as u32).collect();
    let tasks = || {
        let mut tasks: Vec<u32> = workers();
        let all = job.items().min(MOST_TASKS) as u32;
        if tasks.iter().all(|some| *some < all) {
            tasks.push(all);
        }
        tasks
    };
    for name in plan.names("models") {
        rows.push(match *name {
            "main" => ("main", main, vec![1]),
            "event-loop" => ("event-loop", Model::EventLoop, tasks()),
            "threads-gil" => ("threads-gil", Model::Threads(Locking::Gil), workers()),
            _ => ("processes", processes, workers()),
        });
    }
    let axis = || Quantity::new("waiting at the same time", "");
    for (id, model, _) in &rows {
        let title = match model {
            Model::Main => "One after another",
            model => model.title(),
        };
        let time = Quantity::new("time", "s");
        session.add(Series::new(*id, title, axis(), time).of_model(*model));
        if job.workload() == Workload::Server {
            let time = Quantity::new("time to answer", "ms");
            let id = format!("answers-{id}");
            session.add(Series::new(id, title, axis(), time).of_model(*model));
        }
    }
    let posing = plan.name("posing") == "yes";
    let runs: usize = rows.iter().map(|(.., workers)| workers.len()).sum();
    let each = runs as u32 + if posing { 4 } else { 0 };
    session.steps(1 + repeats * each);

    session.enter("Working out what is to come out").await?;
    let expected = job.serial(&mut workloads::Undisturbed);
    session.answer = Some(job.answer(&expected));
    let expected = expected.digest();
    let posing = match posing {
        true => Some(Posing::new(session)?),
        false => None,
    };
    for _ in 0..repeats {
        for (id, model, workers) in &rows {
            for number in workers {
                session
                    .enter(format!("{}, {number} at a time", model.title()))
                    .await?;
                measure(session, id, *model, &job, *number, &expected).await?;
            }
        }
        if let Some(posing) = &posing {
            posing.measure(session).await?;
        }
    }
    Ok(())
}

async fn measure(
    session: &mut Session<'_>,
    id: &str,
    model: Model,
    job: &Job,
    workers: u32,
    expected: &str,
) -> Result<(), RunError> {
    let run = execute(session, model, job, workers).await?;
    let x = f64::from(workers);
    session.sample(id, x, run.seconds);
    session.result(id, x, run.tally.digest(), expected);
    let answers = format!("answers-{id}");
    for time in run.answered_ms {
        session.sample(&answers, x, time);
    }
    Ok(())
}

/// `sleep(0.1)` in place of work, beside work that computes for as long.
struct Posing {
    sleeping: Job,
    computing: Job,
    expected: [String; 2],
}

impl Posing {
    fn new(session: &mut Session<'_>) -> Result<Posing, RunError> {
        let axis = || Quantity::new("processes", "");
        let time = || Quantity::new("time", "s");
        let model = Model::Processes(session.plan.start_method());
        for (id, title) in [
            ("posing-sleep", "4 × sleep(0.1)"),
            ("posing-compute", "4 × 0.1 s of computing"),
        ] {
            session.add(Series::new(id, title, axis(), time()).of_model(model));
        }
        let nap = workloads::sleep::NAP.as_secs_f64();
        let naps = (POSING_SECONDS / nap).round() as u64 * POSING_TASKS;
        let sleeping = execute::job_of(Workload::Sleep, naps, 0)?;
        let computing = a_tenth_of_a_second_each()?;
        let expected =
            [sleeping, computing].map(|job| job.serial(&mut workloads::Undisturbed).digest());
        Ok(Posing {
            sleeping,
            computing,
            expected,
        })
    }

    async fn measure(&self, session: &mut Session<'_>) -> Result<(), RunError> {
        let model = Model::Processes(session.plan.start_method());
        let rows = [
            ("posing-sleep", self.sleeping, &self.expected[0]),
            ("posing-compute", self.computing, &self.expected[1]),
        ];
        for (id, job, expected) in rows {
            for workers in POSING_WORKERS {
                session
                    .enter(format!("Sleep as work: {id}, {workers} at a time"))
                    .await?;
                measure(session, id, model, &job, workers, expected).await?;
            }
        }
        Ok(())
    }
}

/// Work that takes this machine about as long as the naps.
fn a_tenth_of_a_second_each() -> Result<Job, RunError> {
    let sizes = Workload::SumOfSquares.sizes();
    let mut size = 1_000_000;
    loop {
        let job = execute::job_of(Workload::SumOfSquares, size, 0)?;
        let begin = manyhands::trace::now_us();
        job.serial(&mut workloads::Undisturbed);
        let seconds = (manyhands::trace::now_us() - begin) / 1e6;
        let wanted = POSING_SECONDS * POSING_TASKS as f64;
        if seconds > wanted / 20.0 || size > sizes.end() / 8 {
            let scaled = size as f64 * wanted / seconds.max(1e-3);
            let size = (scaled as u64).clamp(*sizes.start(), *sizes.end());
            return execute::job_of(Workload::SumOfSquares, size, 0);
        }
        size *= 4;
    }
}

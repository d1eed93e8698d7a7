//! The speed-up experiment: the same work on the main thread and by 1…N
//! processes, in turns, each result checked.

use crate::{
    Model, Quantity, RunError, Series,
    calibrate::Calibrator,
    execute::{self, Execution},
    session::Session,
};
use workloads::{Job, Tally};

/// Rounds of calibration before the first measured run; one more goes with
/// every repeat, so that what the machine does meanwhile reaches both.
const CALIBRATION_ROUNDS: u32 = 2;

pub(super) async fn run(session: &mut Session<'_>) -> Result<(), RunError> {
    let plan = session.plan;
    let (workers, repeats) = (plan.count("workers"), plan.count("repeats"));
    let job = execute::job(plan)?;
    let processes = Model::Processes(plan.start_method());
    let axis = || Quantity::new("processes", "");
    let time = || Quantity::new("time", "s");
    session.add(Series::new("main", "Main thread", axis(), time()).of_model(Model::Main));
    session.add(Series::new("processes", processes.title(), axis(), time()).of_model(processes));
    for (id, label) in PARTS {
        session.add_part(id, label, axis());
    }
    let threads: Vec<(&str, Model)> = (plan.names("threads").iter())
        .filter_map(|name| Some((*name, name.parse().ok()?)))
        .collect();
    for (id, model) in &threads {
        session.add(Series::new(*id, model.title(), axis(), time()).of_model(*model));
    }
    let [strong, weak] = ["strong", "weak"].map(|name| plan.names("scaling").contains(&name));
    if weak {
        let label = "Each process all of the work";
        session.add(Series::new("weak", label, axis(), time()).of_model(processes));
    }
    // One process dividing the work with nobody is what weak scaling starts
    // from as well, so the main thread and one process are always measured.
    let divided = if strong { workers } else { 1 };
    let by_threads = divided * threads.len() as u32;
    let measured = 1 + divided + by_threads + if weak { workers } else { 0 };
    session.steps(1 + workers * (CALIBRATION_ROUNDS + repeats) + repeats * measured);

    session.enter("Warming up").await?;
    let warm_up = execute::execute(session, Model::Main, &job, 1).await?;
    let expected = warm_up.tally.digest();
    session.answer = Some(job.answer(&warm_up.tally));
    let mut calibrator = Calibrator::new(&job, workers, warm_up.seconds);
    for _ in 0..CALIBRATION_ROUNDS {
        calibrate(session, &mut calibrator, workers).await?;
    }
    for _ in 0..repeats {
        session
            .enter("The main thread works: the page stands still")
            .await?;
        measure(session, "main", Model::Main, &job, 1, &expected).await?;
        for number in 1..=divided {
            session.enter(at_work(number)).await?;
            measure(session, "processes", processes, &job, number, &expected).await?;
        }
        for (id, model) in &threads {
            for number in 1..=divided {
                session
                    .enter(format!("{}: {number} at work", model.title()))
                    .await?;
                measure(session, id, *model, &job, number, &expected).await?;
            }
        }
        for number in 1..=if weak { workers } else { 0 } {
            session
                .enter(at_work(number) + ", each on all of it")
                .await?;
            let run = execute::execute_each(session, plan.start_method(), &job, number).await?;
            let all = (0..number).map(|_| warm_up.tally.clone());
            let expected = Tally::merge_all(all).digest();
            let x = f64::from(number);
            session.sample("weak", x, run.seconds);
            session.result("weak", x, run.tally.digest(), &expected);
        }
        calibrate(session, &mut calibrator, workers).await?;
    }
    session.calibration = Some(calibrator.finish());
    Ok(())
}

/// Where one process's time goes: the series' ids and names.
const PARTS: [(&str, &str); 4] = [
    ("start-up", "start-up"),
    ("sending", "sending"),
    ("computing", "computing"),
    ("waiting", "waiting"),
];

fn at_work(number: u32) -> String {
    match number {
        1 => "1 process works".to_owned(),
        number => format!("{number} processes work"),
    }
}

async fn measure(
    session: &mut Session<'_>,
    id: &str,
    model: Model,
    job: &Job,
    workers: u32,
    expected: &str,
) -> Result<(), RunError> {
    let Execution {
        seconds,
        tally,
        parts,
        ..
    } = execute::execute(session, model, job, workers).await?;
    let x = f64::from(workers);
    session.sample(id, x, seconds);
    session.result(id, x, tally.digest(), expected);
    // Only processes are drawn: a thread has nothing to send.
    let parts = parts.into_iter().filter(|_| id == "processes");
    for part in parts {
        let times = [
            part.startup_ms,
            part.sending_ms,
            part.computing_ms,
            part.waiting_ms,
        ];
        for ((id, _), time) in PARTS.into_iter().zip(times) {
            session.sample(id, x, time);
        }
    }
    Ok(())
}

async fn calibrate(
    session: &mut Session<'_>,
    calibrator: &mut Calibrator,
    most: u32,
) -> Result<(), RunError> {
    for workers in 1..=most {
        session
            .enter("Finding out how many cores there really are")
            .await?;
        calibrator.measure(workers).await?;
    }
    calibrator.end_round();
    Ok(())
}

//! The speed-up experiment: the same work on the main thread and by 1…N
//! processes, in turns, each result checked.

use super::{Measured, Part, Plan, Scaling};
use crate::{
    Model, RunError,
    calibrate::Calibrator,
    execute::{self, Execution},
    session::Session,
};
use workloads::{Job, Tally};

/// Rounds of calibration before the first measured run; one more goes with
/// every repeat, so that what the machine does meanwhile reaches both.
const CALIBRATION_ROUNDS: u32 = 2;

pub(crate) async fn run(session: &mut Session<'_>, plan: &Plan) -> Result<(), RunError> {
    let (workers, repeats) = (plan.workers, plan.repeats);
    let job = execute::job(plan.workload, plan.size, plan.seed)?;
    let processes = Model::Processes(plan.start);
    session.add(&Measured::Time(Model::Main));
    session.add(&Measured::Time(processes));
    for part in Part::ALL {
        session.add(&Measured::Part(part));
    }
    let threads: Vec<Model> = (plan.threads.iter())
        .filter_map(|threads| threads.model())
        .collect();
    for model in &threads {
        session.add(&Measured::Time(*model));
    }
    let [strong, weak] = [Scaling::Strong, Scaling::Weak].map(|one| plan.scaling.contains(&one));
    if weak {
        session.add(&Measured::Weak(processes));
    }
    // One process dividing the work with nobody is what weak scaling starts
    // from as well, so the main thread and one process are always measured.
    let divided = if strong { workers } else { 1 };
    let by_threads = divided * threads.len() as u32;
    let measured = 1 + divided + by_threads + if weak { workers } else { 0 };
    session.steps(1 + workers * (CALIBRATION_ROUNDS + repeats) + repeats * measured);

    session.begin_step("Warming up").await?;
    let warm_up = execute::execute(session, Model::Main, &job, 1).await?;
    let expected = warm_up.tally.digest();
    session.answer = Some(job.answer(&warm_up.tally));
    let mut calibrator = Calibrator::new(&job, workers, warm_up.seconds);
    for _ in 0..CALIBRATION_ROUNDS {
        calibrate(session, &mut calibrator, workers).await?;
    }
    for _ in 0..repeats {
        session
            .begin_step("The main thread works: the page stands still")
            .await?;
        measure(session, Model::Main, &job, 1, &expected).await?;
        for number in 1..=divided {
            session.begin_step(at_work(number)).await?;
            measure(session, processes, &job, number, &expected).await?;
        }
        for model in &threads {
            for number in 1..=divided {
                session
                    .begin_step(format!("{}: {number} at work", model.title()))
                    .await?;
                measure(session, *model, &job, number, &expected).await?;
            }
        }
        for number in 1..=if weak { workers } else { 0 } {
            session
                .begin_step(at_work(number) + ", each on all of it")
                .await?;
            let run = execute::execute_each(session, plan.start, &job, number).await?;
            let all = (0..number).map(|_| warm_up.tally.clone());
            let expected = Tally::merge_all(all).digest();
            let x = f64::from(number);
            let weak = Measured::Weak(processes);
            session.sample(&weak, x, run.seconds);
            session.result(&weak, x, run.tally.digest(), &expected);
        }
        calibrate(session, &mut calibrator, workers).await?;
    }
    session.calibration = Some(calibrator.finish());
    Ok(())
}

fn at_work(number: u32) -> String {
    match number {
        1 => "1 process works".to_owned(),
        number => format!("{number} processes work"),
    }
}

async fn measure(
    session: &mut Session<'_>,
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
    let time = Measured::Time(model);
    session.sample(&time, x, seconds);
    session.result(&time, x, tally.digest(), expected);
    // Only processes are drawn: a thread has nothing to send.
    let parts = parts
        .into_iter()
        .filter(|_| matches!(model, Model::Processes(_)));
    for part in parts {
        for (part, time) in [
            (Part::StartUp, part.startup_ms),
            (Part::Sending, part.sending_ms),
            (Part::Computing, part.computing_ms),
            (Part::Waiting, part.waiting_ms),
        ] {
            session.sample(&Measured::Part(part), x, time);
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
            .begin_step("Finding out how many cores there really are")
            .await?;
        calibrator.measure(workers).await?;
    }
    calibrator.end_round();
    Ok(())
}

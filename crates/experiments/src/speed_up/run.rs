//! The runner of the speed-up experiment: the same work on the main thread, by threads and by
//! 1…N processes, in turns. Each result is checked.

use super::{Measured, Part, Plan, Scaling};
use crate::{
    Model, RunError,
    calibrate::Calibrator,
    execute::{self, Execution},
    session::Session,
};
use workloads::{Job, Tally};

/// The number of calibration rounds before the first measured run. Another round follows each
/// repeat, so that a change of the machine's load affects the runs and the calibration alike.
const CALIBRATION_ROUNDS: u32 = 1;

pub(crate) async fn run(session: &mut Session<'_>, plan: &Plan) -> Result<(), RunError> {
    let (numbers, repeats) = (plan.numbers(), plan.repeats);
    let job = execute::job(plan.workload, plan.size, plan.seed)?;
    let processes = Model::Processes(plan.start);
    session.add_series(&Measured::Time(Model::Main));
    session.add_series(&Measured::Time(processes));
    for part in Part::ALL {
        session.add_series(&Measured::Part(part));
    }
    let threads: Vec<Model> = (plan.threads.iter())
        .filter_map(|threads| threads.model())
        .collect();
    for model in &threads {
        session.add_series(&Measured::Time(*model));
    }
    let [strong, weak] = [Scaling::Strong, Scaling::Weak].map(|one| plan.scaling.contains(&one));
    if weak {
        session.add_series(&Measured::Weak(processes));
    }
    // Weak scaling also needs the times of the main thread and of one process, so these are
    // always measured.
    let divided = if strong { &numbers[..] } else { &[1] };
    let together = if weak { &numbers[..] } else { &[] };
    let measured = 1 + divided.len() * (1 + threads.len()) + together.len();
    let calibrated = numbers.len() as u32 * (CALIBRATION_ROUNDS + repeats);
    session.set_total_steps(1 + calibrated + repeats * measured as u32);

    session.begin_step("Warming up").await?;
    let (whole, seconds) = execute::expected(session, &job).await?;
    let expected = whole.digest();
    session.answer = Some(job.answer(&whole));
    execute::warm_up_page(session, &job, seconds).await?;
    let mut calibrator = Calibrator::new(&job, &numbers, seconds, session.clock_step_us);
    for _ in 0..CALIBRATION_ROUNDS {
        calibrate(session, &mut calibrator, &numbers).await?;
    }
    for _ in 0..repeats {
        session
            .begin_step("The main thread works: the page stands still")
            .await?;
        measure(session, Model::Main, &job, 1, &expected).await?;
        for model in &threads {
            for &number in divided {
                session
                    .begin_step(format!("{}: {number} at work", model.title()))
                    .await?;
                measure(session, *model, &job, number, &expected).await?;
            }
        }
        for &number in together {
            session
                .begin_step(at_work(number) + ", each on all of it")
                .await?;
            let run = execute::execute_each(session, plan.start, &job, number).await?;
            let all = (0..number).map(|_| whole.clone());
            let expected = Tally::merge_all(all).digest();
            let x = f64::from(number);
            let weak = Measured::Weak(processes);
            session.sample(&weak, x, run.seconds);
            session.result(&weak, x, run.tally.digest(), &expected);
        }
        // The run with the most processes comes last, because a report contains the lanes of
        // the last run.
        for &number in divided {
            session.begin_step(at_work(number)).await?;
            measure(session, processes, &job, number, &expected).await?;
        }
        calibrate(session, &mut calibrator, &numbers).await?;
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
    // The parts are recorded only for processes, because a thread has nothing to send.
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
    numbers: &[u32],
) -> Result<(), RunError> {
    for &workers in numbers {
        session
            .begin_step("Finding out how many cores there really are")
            .await?;
        calibrator.measure(workers).await?;
    }
    calibrator.end_round();
    Ok(())
}

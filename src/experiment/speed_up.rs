//! The speed-up experiment: the same work on the main thread and by 1…N
//! processes, in turns, each result checked.

use super::{
    Breakdown, Lane, Measurements, Model, Report, Run, Series, SpeedUpPlan,
    calibrate::Calibrator,
    environment, lanes,
    observe::{Cancel, Observer, Pace, Phase, RunError},
};
use crate::{
    Error, Process, StartMethod, diagnostics, keep_warm, kill_all, prewarm, sleep,
    trace::{self, Event, Op, Pid, Record},
    workload::{Tally, Workload},
};
use std::{cell::RefCell, rc::Rc, time::Duration};

/// Between two runs: time for frames to be drawn and for ended workers to go.
const REST_MS: u64 = 40;
/// How often live lanes are drawn and Cancel is heard while processes work.
const LOOK_MS: u64 = 100;
/// Rounds of calibration before the first measured run; one more goes with
/// every repeat, so that what the machine does meanwhile reaches both.
const CALIBRATION_ROUNDS: u32 = 2;

/// What one process is asked to do.
fn work(workload: Workload, size: u64, seed: u64, place: (u32, u32)) -> Tally {
    workload.share(size, seed, place.0, place.1)
}

/// Runs the plan.
///
/// # Errors
/// - [`RunError::Invalid`] for a plan out of range.
/// - [`RunError::Cancelled`] once cancelled; nothing is left running.
/// - [`RunError::Process`] when a process cannot be started or fails; an
///   isolated page is needed.
pub async fn run(
    plan: &SpeedUpPlan,
    cancel: &Cancel,
    observer: &mut dyn Observer,
) -> Result<Report, RunError> {
    plan.validate(crate::cpu_count())
        .map_err(RunError::Invalid)?;
    if !diagnostics().isolated {
        return Err(RunError::Process(Error::NotIsolated));
    }
    // Warm workers are made between the runs, not during them.
    keep_warm(0)?;
    let result = Experiment::new(plan, cancel, observer).run().await;
    // What is still there after an error, and warm workers, go.
    kill_all().await;
    result
}

struct Experiment<'a> {
    plan: &'a SpeedUpPlan,
    cancel: &'a Cancel,
    observer: &'a mut dyn Observer,
    events: Rc<RefCell<Vec<Event>>>,
    pace: Pace,
    tally: Tally,
    lanes: Vec<Lane>,
    _subscription: trace::Subscription,
}

impl<'a> Experiment<'a> {
    fn new(plan: &'a SpeedUpPlan, cancel: &'a Cancel, observer: &'a mut dyn Observer) -> Self {
        let events = Rc::new(RefCell::new(Vec::new()));
        let heard = events.clone();
        let subscription = trace::subscribe(move |records| {
            heard
                .borrow_mut()
                .extend(records.iter().filter_map(|record| match record {
                    Record::Event(event) => Some(*event),
                    Record::Line(_) => None,
                }));
        });
        let rounds = CALIBRATION_ROUNDS + plan.repeats;
        Experiment {
            plan,
            cancel,
            observer,
            events,
            pace: Pace::new(1 + plan.workers * rounds + plan.repeats * (1 + plan.workers)),
            tally: Tally::default(),
            lanes: Vec::new(),
            _subscription: subscription,
        }
    }

    async fn run(mut self) -> Result<Report, RunError> {
        let (plan, workers) = (self.plan, self.plan.workers);
        self.enter(Phase::WarmUp).await?;
        let warm_up = self.on_main().await;
        let mut calibrator = Calibrator::new(plan, warm_up.seconds);
        for _ in 0..CALIBRATION_ROUNDS {
            self.calibrate(&mut calibrator).await?;
        }
        let mut main = Vec::new();
        let mut processes = vec![Vec::new(); workers as usize];
        for _ in 0..plan.repeats {
            self.enter(Phase::Main).await?;
            main.push(self.on_main().await);
            for (number, runs) in (1..).zip(&mut processes) {
                self.enter(Phase::Processes(number)).await?;
                runs.push(self.on_processes(number).await?);
            }
            self.calibrate(&mut calibrator).await?;
        }
        let mut series = vec![Series::new(Model::Main, 1, &main)];
        for (number, runs) in (1..).zip(&processes) {
            series.push(Series::new(Model::Processes, number, runs));
        }
        Ok(Report::new(Measurements {
            plan: plan.clone(),
            environment: environment(),
            calibration: calibrator.finish(),
            series,
            answer: plan.workload.answer(plan.size, &self.tally),
            lanes: self.lanes,
        }))
    }

    /// Begins a step, unless it is time to stop.
    async fn enter(&mut self, phase: Phase) -> Result<(), RunError> {
        self.observer.progress(&self.pace.step(phase));
        sleep(Duration::from_millis(REST_MS)).await;
        self.heed()
    }

    fn heed(&self) -> Result<(), RunError> {
        if self.cancel.is_cancelled() {
            Err(RunError::Cancelled)
        } else {
            Ok(())
        }
    }

    async fn calibrate(&mut self, calibrator: &mut Calibrator) -> Result<(), RunError> {
        for workers in 1..=self.plan.workers {
            self.enter(Phase::Calibrate).await?;
            calibrator.measure(workers).await?;
        }
        calibrator.end_round();
        self.events.borrow_mut().clear();
        Ok(())
    }

    async fn on_main(&mut self) -> Run {
        let SpeedUpPlan {
            workload,
            size,
            seed,
            ..
        } = *self.plan;
        self.observer.measuring(Model::Main, true);
        // One more frame, so that a frozen one is seen to freeze.
        sleep(Duration::from_millis(REST_MS)).await;
        let begin = trace::now_us();
        let tally = work(workload, size, seed, (0, 1));
        let seconds = (trace::now_us() - begin) / 1e6;
        sleep(Duration::from_millis(REST_MS)).await;
        self.observer.measuring(Model::Main, false);
        let digest = tally.digest();
        self.tally = tally;
        let computing = Breakdown {
            computing_ms: seconds * 1e3,
            ..Breakdown::default()
        };
        Run {
            seconds,
            digest,
            startup_ms: Vec::new(),
            breakdowns: vec![computing],
        }
    }

    async fn on_processes(&mut self, workers: u32) -> Result<Run, RunError> {
        let SpeedUpPlan {
            workload,
            size,
            seed,
            start_method,
            ..
        } = *self.plan;
        if start_method == StartMethod::Forkserver {
            prewarm(workers).await?;
            sleep(Duration::from_millis(REST_MS)).await;
        }
        self.events.borrow_mut().clear();
        self.observer.measuring(Model::Processes, true);
        let begin = trace::now_us();
        let mut asked = Vec::new();
        let mut processes = Vec::new();
        for worker in 0..workers {
            asked.push(trace::now_us());
            processes.push(
                Process::builder()
                    .start_method(start_method)
                    .spawn(work, (workload, size, seed, (worker, workers)))?,
            );
        }
        let mut tally = Tally::default();
        for process in &processes {
            tally = tally.merge(self.join(process, begin).await?);
        }
        let end = trace::now_us();
        self.observer.measuring(Model::Processes, false);
        self.draw(begin, end);
        let events = self.events.borrow();
        let wall_ms = (end - begin) / 1e3;
        let mut run = Run {
            seconds: wall_ms / 1e3,
            digest: tally.digest(),
            startup_ms: Vec::new(),
            breakdowns: Vec::new(),
        };
        for (process, asked) in processes.iter().zip(asked) {
            // A trace with holes, where the page was too slow to read it, has
            // nothing to say about this process.
            let Some(life) = Life::of(&events, process.pid()?) else {
                continue;
            };
            let startup_ms = (life.target_begin - asked) / 1e3;
            let computing_ms = (life.target_end - life.target_begin) / 1e3;
            let sending_ms = (life.exit - life.target_end) / 1e3;
            run.startup_ms.push(startup_ms);
            run.breakdowns.push(Breakdown {
                startup_ms,
                sending_ms,
                computing_ms,
                waiting_ms: (wall_ms - startup_ms - computing_ms - sending_ms).max(0.0),
            });
        }
        Ok(run)
    }

    async fn join(&mut self, process: &Process<Tally>, begin: f64) -> Result<Tally, RunError> {
        loop {
            let look = Duration::from_millis(LOOK_MS);
            if let Some(tally) = process.join_timeout_async(look).await? {
                return Ok(tally);
            }
            self.heed()?;
            self.draw(begin, trace::now_us());
        }
    }

    fn draw(&mut self, begin: f64, end: f64) {
        trace::flush();
        let name = |pid: Pid| trace::name_of(pid).unwrap_or_else(|| format!("pid {pid}"));
        self.lanes = lanes(&self.events.borrow(), name, begin, end);
        self.observer.lanes(&self.lanes);
    }
}

/// The moments of one process's life, in µs.
struct Life {
    target_begin: f64,
    target_end: f64,
    exit: f64,
}

impl Life {
    fn of(events: &[Event], pid: Pid) -> Option<Life> {
        let at = |op: Op| {
            let mut found = events
                .iter()
                .filter(|event| event.pid == pid && event.op == op);
            found.next().map(|event| event.time_us)
        };
        Some(Life {
            target_begin: at(Op::TargetBegin)?,
            target_end: at(Op::TargetEnd)?,
            exit: at(Op::Exit)?,
        })
    }
}

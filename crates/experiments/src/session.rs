//! A session: one run of an experiment with its steps, its samples and its observer.
//!
//! Every runner works through a session. So all of them wait until the machine is idle,
//! check for Cancel, and mark the samples that were taken while the page was hidden.

use super::{
    Model, Plan, RunError, Series, clock,
    observe::{Cancel, Observer, ProgressTracker},
    report::{Calibration, Recording, SeriesId},
};
use crate::environment;
use manyhands::{
    Error, diagnostics, is_alive,
    trace::{self, Pid, Record},
};
use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    rc::Rc,
    task::Poll,
    time::Duration,
};
use timeline::{LifeCycles, LiveLanes, Trace};

/// The pause between two runs, in which frames are drawn and ended workers disappear.
const PAUSE: Duration = Duration::from_millis(40);
/// If a pause ends later than this, the machine is busy.
const LATE_US: f64 = 20_000.0;
/// The largest number of pauses before a measurement starts on a busy machine as well.
const MAX_PAUSES: u32 = 25;
/// If a pause ends later than this, the browser must have slowed down its timers.
const THROTTLED_US: f64 = 900_000.0;
/// The name that is shown for a process that has not sent its name yet.
const UNNAMED: &str = "not up yet";
/// How often live lanes are drawn and Cancel is checked during a wait.
const CHECK_INTERVAL: Duration = Duration::from_millis(100);

/// The largest number of spans of a lane in a report; more could hardly be distinguished.
const MAX_SPANS: usize = 2_000;

pub(super) struct Session<'a> {
    plan: &'a Plan,
    cancel: &'a Cancel,
    observer: &'a mut dyn Observer,
    progress: ProgressTracker,
    collected: Rc<RefCell<Collected>>,
    /// What is being done, as a text for people.
    phase: String,
    series: Vec<Series>,
    live: LiveLanes,
    /// The number of events that had been lost before the current run.
    lost_before: u32,
    /// The number of events that had been lost before the session.
    lost_at_first: u32,
    /// The step of the page's clock, in µs.
    pub(super) clock_step_us: f64,
    /// Whether the page was hidden or slowed down since the last [`begin`](Self::begin).
    disturbed: bool,
    hidden: bool,
    throttled: bool,
    pub(super) calibration: Option<Calibration>,
    pub(super) answer: Option<String>,
    _subscription: trace::Subscription,
}

impl<'a> Session<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        cancel: &'a Cancel,
        observer: &'a mut dyn Observer,
    ) -> Session<'a> {
        let collected: Rc<RefCell<Collected>> = Rc::default();
        let listener = collected.clone();
        let subscription = trace::subscribe(move |records| {
            let mut collected = listener.borrow_mut();
            records.iter().for_each(|record| collected.add(record));
        });
        Session {
            plan,
            cancel,
            observer,
            progress: ProgressTracker::new(0),
            collected,
            phase: String::new(),
            series: Vec::new(),
            live: LiveLanes::default(),
            lost_before: 0,
            lost_at_first: diagnostics().lost_events,
            clock_step_us: clock::step(trace::now_us).unwrap_or(0.0),
            disturbed: false,
            hidden: false,
            throttled: false,
            calibration: None,
            answer: None,
            _subscription: subscription,
        }
    }

    /// Sets the total number of steps.
    pub(super) fn set_total_steps(&mut self, total: u32) {
        self.progress = ProgressTracker::new(total);
    }

    /// Adds an empty series. Reports list the series in the order in which they were added.
    pub(super) fn add_series(&mut self, id: &dyn SeriesId) {
        self.series(id);
    }

    /// The series, added if it is not there yet.
    pub(super) fn series(&mut self, id: &dyn SeriesId) -> &mut Series {
        let empty = id.series();
        let found = self.series.iter().position(|series| series.id == empty.id);
        let index = found.unwrap_or_else(|| {
            self.series.push(empty);
            self.series.len() - 1
        });
        &mut self.series[index]
    }

    /// Adds a sample at a point of a series. A time that is negative, because it was read from
    /// two clocks or from a coarse clock, counts as 0.
    pub(super) fn sample(&mut self, id: &dyn SeriesId, x: f64, value: f64) {
        let disturbed = self.disturbed;
        let series = self.series(id);
        let value = match series.timed_once {
            true if value < 0.0 => 0.0,
            _ => value,
        };
        series.point(x).sample(value, disturbed);
    }

    /// Records the digest and the expected digest of a result at a point of a series.
    pub(super) fn result(&mut self, id: &dyn SeriesId, x: f64, digest: String, expected: &str) {
        self.series(id).point(x).result(digest, expected);
    }

    /// Begins a step unless the experiment was cancelled. Waits until the machine is idle;
    /// a killed worker, for example, may still be running for a while.
    pub(super) async fn begin_step(&mut self, phase: impl Into<String>) -> Result<(), RunError> {
        self.phase = phase.into();
        let progress = self.progress.step(self.phase.clone());
        self.observer.progress(&progress);
        self.wait_until_idle().await
    }

    /// Waits until timers are on time again.
    pub(super) async fn wait_until_idle(&mut self) -> Result<(), RunError> {
        for _ in 0..MAX_PAUSES {
            let late = self.pause().await;
            self.check_cancel()?;
            // A coarse clock makes a timer that is on time look late by up to a step.
            if late < LATE_US.max(1.5 * self.clock_step_us) {
                break;
            }
        }
        Ok(())
    }

    /// Waits until at most this number of processes are alive. Some end shortly after the
    /// run, such as threads whose process has ended.
    pub(super) async fn wait_until_at_most(&mut self, processes: u32) -> Result<(), RunError> {
        for _ in 0..MAX_PAUSES {
            if diagnostics().processes <= processes {
                break;
            }
            self.pause().await;
            self.check_cancel()?;
        }
        Ok(())
    }

    /// Pauses, and returns by how many µs the pause was too long.
    async fn pause(&mut self) -> f64 {
        let begin = trace::now_us();
        timer(PAUSE).await;
        let late = trace::now_us() - begin - PAUSE.as_micros() as f64;
        self.note_disturbance(late);
        late
    }

    /// Records whether the page is hidden or slowed down. `late_us` is the delay of the last timer
    /// in µs.
    fn note_disturbance(&mut self, late_us: f64) {
        let (hidden, throttled) = (diagnostics().hidden, late_us > THROTTLED_US);
        self.hidden |= hidden;
        self.throttled |= throttled;
        self.disturbed |= hidden || throttled;
    }

    pub(super) fn check_cancel(&self) -> Result<(), RunError> {
        if self.cancel.is_cancelled() {
            Err(RunError::Cancelled)
        } else {
            Ok(())
        }
    }

    /// Begins a measurement, and returns its beginning on the trace's clock, in µs. The live
    /// lanes of earlier measurements are discarded.
    pub(super) async fn begin(&mut self, model: Model) -> f64 {
        self.observer.measuring(model, true);
        if model.is_on_page() {
            // Waits for one more frame, so that a freeze of the page is visible.
            timer(PAUSE).await;
        }
        trace::flush();
        self.lost_before = diagnostics().lost_events;
        self.disturbed = false;
        self.note_disturbance(0.0);
        let name = format!("{}: {}", model.title(), self.phase);
        let mut collected = self.collected.borrow_mut();
        collected.life_cycles.forget(is_alive);
        let began = trace::now_us();
        collected.life_cycles.begin(began);
        collected.trace.begin(name, began);
        began
    }

    /// Ends the measurement. Returns its end on the trace's clock, in µs.
    pub(super) async fn end(&mut self, model: Model) -> f64 {
        let end = trace::now_us();
        self.collected.borrow_mut().trace.end(end);
        self.note_disturbance(0.0);
        if model.is_on_page() {
            timer(PAUSE).await;
        } else {
            self.update_live(end);
        }
        self.observer.measuring(model, false);
        end
    }

    /// Waits for a future, and meanwhile updates the live lanes and checks whether the
    /// experiment was cancelled. If it was, the future is dropped.
    pub(super) async fn wait_for<T>(
        &mut self,
        future: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, RunError> {
        let mut outcome = None;
        self.poll_until_done(pin!(async { outcome = Some(future.await) }))
            .await?;
        match outcome {
            Some(outcome) => Ok(outcome?),
            None => unreachable!("`poll_until_done` returns Ok only when the future has finished"),
        }
    }

    /// The loop of [`Session::wait_for`], compiled once for all results.
    async fn poll_until_done(
        &mut self,
        mut future: Pin<&mut dyn Future<Output = ()>>,
    ) -> Result<(), RunError> {
        loop {
            let begin = trace::now_us();
            let mut tick = pin!(timer(CHECK_INTERVAL));
            let done = poll_fn(|context| match future.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(true),
                Poll::Pending => tick.as_mut().poll(context).map(|()| false),
            })
            .await;
            if done {
                return Ok(());
            }
            self.check_cancel()?;
            let now = trace::now_us();
            self.note_disturbance(now - begin - CHECK_INTERVAL.as_micros() as f64);
            self.update_live(now);
        }
    }

    /// The life cycles of the processes of the current run.
    pub(super) fn life_cycles(&self) -> std::cell::Ref<'_, LifeCycles> {
        trace::flush();
        std::cell::Ref::map(self.collected.borrow(), |collected| &collected.life_cycles)
    }

    fn update_live(&mut self, end: f64) {
        trace::flush();
        let name = |pid: Pid| trace::name_of(pid).unwrap_or_else(|| UNNAMED.to_owned());
        let lost = diagnostics().lost_events.wrapping_sub(self.lost_before);
        let life_cycles = &self.collected.borrow().life_cycles;
        self.live = LiveLanes {
            lanes: life_cycles.lanes(name, end),
            events: life_cycles.events(),
            lost: lost.into(),
        };
        self.observer.live(&self.live);
    }

    /// Adds a counter's value at a time on the trace's clock to the trace.
    pub(super) fn add_count(&self, name: &str, time_us: f64, value: f64) {
        self.collected
            .borrow_mut()
            .trace
            .count(name, time_us, value);
    }

    /// Ends the session. Returns the recording and gives the trace to the observer.
    pub(super) fn finish(mut self) -> Recording {
        trace::flush();
        let mut trace = std::mem::take(&mut self.collected.borrow_mut().trace);
        trace.name_all(trace::name_of);
        trace.add_lost(
            diagnostics()
                .lost_events
                .wrapping_sub(self.lost_at_first)
                .into(),
        );
        self.observer.trace(trace);
        for lane in &mut self.live.lanes {
            lane.spans = lane.spans.shortened(MAX_SPANS);
        }
        let mut environment = environment();
        environment.hidden = self.hidden;
        environment.throttled = self.throttled;
        Recording {
            plan: self.plan.clone(),
            environment,
            calibration: self.calibration,
            series: self.series,
            answer: self.answer,
            responsiveness: None,
            lanes: self.live.lanes,
            provenance: None,
        }
    }
}

/// The records collected from the processes.
#[derive(Default)]
struct Collected {
    /// The life cycles of the processes of the current run.
    life_cycles: LifeCycles,
    trace: Trace,
}

impl Collected {
    fn add(&mut self, record: &Record) {
        if let Record::Event(event) = record {
            self.life_cycles.record(event);
        }
        self.trace.record(record.clone());
    }
}

/// Waits with a plain timer of the browser. Browsers slow these timers down while a page
/// is hidden, so a late timer shows that the page was slowed down.
async fn timer(time: Duration) {
    gloo_timers::future::sleep(time).await;
}

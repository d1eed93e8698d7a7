//! One run of an experiment: its steps, its samples, its watchers.
//!
//! Every runner works through a session, so that all of them rest until the
//! machine is idle, listen to Cancel, and mark what a hidden page measured.

use super::{
    Model, Plan, RunError, Series,
    observe::{Cancel, Observer, Pace},
    report::{Calibration, Recording},
    series_id::SeriesId,
};
use crate::environment;
use manyhands::{
    Error, diagnostics, is_alive,
    trace::{self, Pid, Record},
};
use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    task::Poll,
    time::Duration,
};
use timeline::{Live, Lives, Trace};

/// Between two runs: time for frames to be drawn and for ended workers to go.
const REST: Duration = Duration::from_millis(40);
/// A rest that is later than this was held up: the machine is busy.
const LATE_US: f64 = 20_000.0;
/// So many rests at most; then it is measured all the same.
const RESTS: u32 = 25;
/// A rest so late can only be a browser that slows timers down.
const THROTTLED_US: f64 = 900_000.0;
/// A process that was not up in time to tell its name.
const UNNAMED: &str = "not up yet";
/// How often live lanes are drawn and Cancel is checked during a wait.
const LOOK: Duration = Duration::from_millis(100);

/// So many spans of a lane go into a report: more could hardly be told apart.
const MOST_SPANS: usize = 2_000;

pub(super) struct Session<'a> {
    plan: &'a Plan,
    cancel: &'a Cancel,
    observer: &'a mut dyn Observer,
    pace: Pace,
    collected: Rc<RefCell<Collected>>,
    /// What is being done, in words.
    phase: String,
    series: Vec<Series>,
    live: Live,
    /// How many events were lost before it.
    lost_before: u32,
    /// And before the first of all.
    lost_at_first: u32,
    /// Since the last [`begin`](Self::begin).
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
            pace: Pace::new(0),
            collected,
            phase: String::new(),
            series: Vec::new(),
            live: Live::default(),
            lost_before: 0,
            lost_at_first: diagnostics().lost_events,
            disturbed: false,
            hidden: false,
            throttled: false,
            calibration: None,
            answer: None,
            _subscription: subscription,
        }
    }

    /// How many steps there will be.
    pub(super) fn steps(&mut self, total: u32) {
        self.pace = Pace::new(total);
    }

    /// Adds a series to be filled: reports list the series in this order.
    pub(super) fn add(&mut self, id: &dyn SeriesId) {
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

    /// One more sample at a place of a series.
    pub(super) fn sample(&mut self, id: &dyn SeriesId, x: f64, value: f64) {
        let disturbed = self.disturbed;
        self.series(id).point(x).sample(value, disturbed);
    }

    /// What came out at a place of a series, and what was to.
    pub(super) fn result(&mut self, id: &dyn SeriesId, x: f64, digest: String, expected: &str) {
        self.series(id).point(x).result(digest, expected);
    }

    /// Begins a step, unless it is time to stop: waits until the machine is
    /// idle, as after a killed worker that has not gone yet.
    pub(super) async fn enter(&mut self, phase: impl Into<String>) -> Result<(), RunError> {
        self.phase = phase.into();
        let progress = self.pace.step(self.phase.clone());
        self.observer.progress(&progress);
        self.wait_until_idle().await
    }

    /// Waits until timers come in time again.
    pub(super) async fn wait_until_idle(&mut self) -> Result<(), RunError> {
        for _ in 0..RESTS {
            let late = self.rest().await;
            self.check_cancel()?;
            if late < LATE_US {
                break;
            }
        }
        Ok(())
    }

    /// Waits until no more processes live than so many: what a run started may end
    /// a little after it, as threads do whose process has ended.
    pub(super) async fn until_only(&mut self, processes: u32) -> Result<(), RunError> {
        for _ in 0..RESTS {
            if diagnostics().processes <= processes {
                break;
            }
            self.rest().await;
            self.check_cancel()?;
        }
        Ok(())
    }

    /// Rests, and says how many µs longer that took.
    async fn rest(&mut self) -> f64 {
        let begin = trace::now_us();
        timer(REST).await;
        let late = trace::now_us() - begin - REST.as_micros() as f64;
        self.look(late);
        late
    }

    /// Is the page out of sight, or slowed down?
    fn look(&mut self, late_us: f64) {
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

    /// A stretch to be measured begins: what was traced before is forgotten.
    pub(super) async fn begin(&mut self, model: Model) -> f64 {
        self.observer.measuring(model, true);
        if model.is_on_page() {
            // One more frame, so that a frozen one is seen to freeze.
            timer(REST).await;
        }
        trace::flush();
        self.lost_before = diagnostics().lost_events;
        self.disturbed = false;
        self.look(0.0);
        let name = format!("{}: {}", model.title(), self.phase);
        let mut collected = self.collected.borrow_mut();
        collected.lives.forget(is_alive);
        let began = trace::now_us();
        collected.lives.begin(began);
        collected.trace.begin(name, began);
        began
    }

    /// It has ended: when, on the trace's clock.
    pub(super) async fn end(&mut self, model: Model) -> f64 {
        let end = trace::now_us();
        self.collected.borrow_mut().trace.end(end);
        self.look(0.0);
        if model.is_on_page() {
            timer(REST).await;
        } else {
            self.draw(end);
        }
        self.observer.measuring(model, false);
        end
    }

    /// Waits for something; meanwhile, lanes are drawn and Cancel is checked.
    /// What is waited for is dropped when it is time to stop.
    pub(super) async fn until<T>(
        &mut self,
        wanted: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, RunError> {
        let mut wanted = pin!(wanted);
        loop {
            let begin = trace::now_us();
            let mut tick = pin!(timer(LOOK));
            let done = poll_fn(|context| match wanted.as_mut().poll(context) {
                Poll::Ready(done) => Poll::Ready(Some(done)),
                Poll::Pending => tick.as_mut().poll(context).map(|()| None),
            })
            .await;
            if let Some(done) = done {
                return Ok(done?);
            }
            self.check_cancel()?;
            let now = trace::now_us();
            self.look(now - begin - LOOK.as_micros() as f64);
            self.draw(now);
        }
    }

    /// The lives of the processes of the run under way.
    pub(super) fn lives(&self) -> std::cell::Ref<'_, Lives> {
        trace::flush();
        std::cell::Ref::map(self.collected.borrow(), |collected| &collected.lives)
    }

    fn draw(&mut self, end: f64) {
        trace::flush();
        let name = |pid: Pid| trace::name_of(pid).unwrap_or_else(|| UNNAMED.to_owned());
        let lost = diagnostics().lost_events.wrapping_sub(self.lost_before);
        let lives = &self.collected.borrow().lives;
        self.live = Live {
            lanes: lives.lanes(name, end),
            events: lives.events(),
            lost: lost.into(),
        };
        self.observer.live(&self.live);
    }

    /// How many there were of something, at a moment on the trace's clock: for
    /// the trace.
    pub(super) fn count(&self, name: &str, time_us: f64, value: f64) {
        self.collected
            .borrow_mut()
            .trace
            .count(name, time_us, value);
    }

    /// Everything that was recorded; whoever watches is given the trace.
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
            lane.spans = lane.spans.shortened(MOST_SPANS);
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

/// What the processes' records say.
#[derive(Default)]
struct Collected {
    /// In the run under way.
    lives: Lives,
    trace: Trace,
}

impl Collected {
    fn add(&mut self, record: &Record) {
        if let Record::Event(event) = record {
            self.lives.record(event);
        }
        self.trace.record(record.clone());
    }
}

/// Waits by a timer of the browser's own, because browsers slow those down where a
/// page is out of sight, and what is late shows it.
async fn timer(time: Duration) {
    gloo_timers::future::sleep(time).await;
}

//! Who runs the engine, and until when: in a process the calls that wait, on
//! the page a task of its own.
//!
//! Must not know what a turn does to chunks and workers.

use super::{Engine, State};
use crate::{
    Error, Queue, Sentinel,
    connection::{Waitable, wait, wait_async},
    pool::task::Report,
    timeout::time_until,
};
use std::{
    rc::{Rc, Weak},
    time::Duration,
};

impl Engine {
    /// Does what there is to do; was there anything?
    pub(crate) fn pump(self: &Rc<Self>) -> bool {
        let mut any = self.collect();
        any |= self.see_to_seats();
        any | self.feed()
    }

    /// What to wait for beside reports, and for how long at most.
    pub(crate) fn to_watch(&self) -> (Vec<Sentinel>, Option<Duration>) {
        let inner = self.inner.borrow();
        let look = Duration::from_millis(1);
        let often = self.plan.task_timeout.map(|time| (time / 4).max(look));
        let often = often.filter(|_| inner.tickets.outstanding() > 0);
        (inner.seats.sentinels(), often)
    }

    /// Runs the pool until `until` holds; `false` if the deadline (µs) came
    /// first. In a process.
    pub(crate) fn run_until(
        self: &Rc<Self>,
        deadline: Option<f64>,
        until: impl Fn() -> bool,
    ) -> Result<bool, Error> {
        Engine::run_all_until(std::slice::from_ref(self), deadline, until)
    }

    /// [`Engine::run_until`] for several pools.
    pub(crate) fn run_all_until(
        engines: &[Rc<Self>],
        deadline: Option<f64>,
        until: impl Fn() -> bool,
    ) -> Result<bool, Error> {
        loop {
            for engine in engines {
                while engine.pump() {}
            }
            if until() {
                return Ok(true);
            }
            if !crate::may_block() {
                return Err(Error::BlockingOnPage {
                    call: "what a pool will come to",
                    instead: "its asynchronous form",
                });
            }
            let left = deadline.map(time_until);
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(false);
            }
            let watches: Vec<_> = engines.iter().map(|engine| engine.to_watch()).collect();
            let times = watches.iter().filter_map(|(_, often)| *often);
            let time = times.chain(left).min();
            let all = engines.iter().zip(&watches);
            let all = all.flat_map(|(engine, (ends, _))| watched(&engine.board.reports, ends));
            wait(&all.collect::<Vec<_>>(), time)?;
        }
    }

    /// Lets a task of the page run the pool for as long as there is one.
    pub(crate) fn run_on_page(self: &Rc<Self>) {
        if crate::may_block() || self.pumped.replace(true) {
            return;
        }
        let reports = self.board.reports.clone();
        let engine = Rc::downgrade(self);
        wasm_bindgen_futures::spawn_local(async move {
            while let Some((sentinels, often)) = pump_weak(&engine) {
                if sentinels.is_empty() {
                    // Until there are workers again.
                    if let Some(engine) = engine.upgrade() {
                        engine.pumped.set(false);
                    }
                    break;
                }
                wait_async(&watched(&reports, &sentinels), often).await;
            }
        });
    }

    /// Runs the pool until `until` holds, on the page.
    pub(crate) async fn run_async(self: &Rc<Self>, until: impl Fn() -> bool) {
        loop {
            while self.pump() {}
            if until() {
                return;
            }
            let (sentinels, often) = self.to_watch();
            wait_async(&watched(&self.board.reports, &sentinels), often).await;
        }
    }

    pub(crate) fn close(self: &Rc<Self>) {
        {
            let mut inner = self.inner.borrow_mut();
            if inner.state == State::Running {
                inner.state = State::Closed;
            }
        }
        self.pump();
    }

    pub(crate) fn terminate(self: &Rc<Self>) {
        {
            let mut inner = self.inner.borrow_mut();
            if inner.state == State::Terminated {
                return;
            }
            inner.state = State::Terminated;
            inner.seats.terminate();
        }
        self.fail_all(&Error::ValueError("the pool was terminated".into()));
    }

    /// May it be joined?
    pub(crate) fn must_be_over(&self) -> Result<(), Error> {
        match self.state() {
            State::Running => Err(Error::ValueError("Pool is still running".into())),
            _ => Ok(()),
        }
    }

    /// Has every worker ended, for good?
    pub(crate) fn is_over(&self) -> bool {
        let inner = self.inner.borrow();
        inner.state != State::Running && inner.seats.all_vacant()
    }
}

fn pump_weak(engine: &Weak<Engine>) -> Option<(Vec<Sentinel>, Option<Duration>)> {
    let engine = engine.upgrade()?;
    while engine.pump() {}
    Some(engine.to_watch())
}

fn watched<'a>(reports: &'a Queue<Report>, sentinels: &'a [Sentinel]) -> Vec<&'a dyn Waitable> {
    let ends = sentinels.iter().map(|sentinel| sentinel as &dyn Waitable);
    std::iter::once(reports as &dyn Waitable)
        .chain(ends)
        .collect()
}

//! Who runs the engine, and until when: in a process the calls that wait, on
//! the page a task of its own.
//!
//! Must not know what a step does to chunks and workers.

use super::{Engine, State, terminated};
use crate::{
    Error, Queue, Sentinel,
    connection::{Waitable, wait, wait_async},
    pool::message::Report,
    timeout::time_until,
};
use std::{
    rc::{Rc, Weak},
    time::Duration,
};

/// How often task time-outs are checked at most.
const SHORTEST_CHECK: Duration = Duration::from_millis(1);

impl Engine {
    /// Does everything that can be done without waiting; was there anything?
    pub(crate) fn pump(self: &Rc<Self>) -> bool {
        let mut any = self.read_reports();
        any |= self.handle_exits();
        any | self.poll_sources()
    }

    /// What to wait for beside reports: the ends of the workers, and a time
    /// after which task time-outs must be checked again.
    pub(crate) fn to_watch(&self) -> (Vec<Sentinel>, Option<Duration>) {
        let inner = self.inner.borrow();
        let timeout = self.plan.task_timeout;
        let check = timeout.map(|timeout| (timeout / 4).max(SHORTEST_CHECK));
        let check = check.filter(|_| inner.tasks.in_flight() > 0);
        (inner.slots.sentinels(), check)
    }

    /// Runs the engine until `until` holds. `false` if the deadline (µs of the
    /// trace's clock) came first. Not on the page.
    pub(crate) fn run_until(
        self: &Rc<Self>,
        deadline: Option<f64>,
        until: impl Fn() -> bool,
    ) -> Result<bool, Error> {
        Engine::run_all_until(std::slice::from_ref(self), deadline, until)
    }

    /// [`Engine::run_until`] for several engines.
    pub(crate) fn run_all_until(
        engines: &[Rc<Self>],
        deadline: Option<f64>,
        until: impl Fn() -> bool,
    ) -> Result<bool, Error> {
        loop {
            let mut busy = false;
            for engine in engines {
                busy |= engine.pump();
            }
            if until() {
                return Ok(true);
            }
            if !busy && !crate::may_block() {
                return Err(Error::blocking_on_page(
                    "what a pool will come to",
                    "its asynchronous form",
                ));
            }
            let left = deadline.map(time_until);
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(false);
            }
            if busy {
                continue;
            }
            let watches: Vec<_> = engines.iter().map(|engine| engine.to_watch()).collect();
            let checks = watches.iter().filter_map(|(_, check)| *check);
            let time = checks.chain(left).min();
            let all = engines.iter().zip(&watches);
            let all = all.flat_map(|(engine, (ends, _))| awaited(&engine.shared.reports, ends));
            wait(&all.collect::<Vec<_>>(), time)?;
        }
    }

    /// Lets a task of the page run the engine for as long as the engine exists.
    pub(crate) fn run_on_page(self: &Rc<Self>) {
        if crate::may_block() || self.page_task.replace(true) {
            return;
        }
        let reports = self.shared.reports.clone();
        let engine = Rc::downgrade(self);
        wasm_bindgen_futures::spawn_local(async move {
            while let Some((sentinels, check)) = pump_weak(&engine) {
                if sentinels.is_empty() {
                    // Nothing to wait for until there are workers again.
                    if let Some(engine) = engine.upgrade() {
                        engine.page_task.set(false);
                    }
                    break;
                }
                wait_async(&awaited(&reports, &sentinels), check).await;
            }
        });
    }

    /// Runs the engine until `until` holds, on the page.
    pub(crate) async fn run_async(self: &Rc<Self>, until: impl Fn() -> bool) {
        loop {
            let busy = self.pump();
            if until() {
                return;
            }
            if busy {
                continue;
            }
            let (sentinels, check) = self.to_watch();
            wait_async(&awaited(&self.shared.reports, &sentinels), check).await;
        }
    }

    /// Accepts no more calls; the workers end when what was accepted is done.
    pub(crate) fn close(self: &Rc<Self>) {
        {
            let mut inner = self.inner.borrow_mut();
            if inner.state == State::Running {
                inner.state = State::Closed;
            }
        }
        self.pump();
    }

    /// Waits until all workers have ended. `false` if the deadline (µs of the
    /// trace's clock) came first. Meanwhile streams submit all their items, however
    /// many of their results nobody has taken: a reader who waits here takes none.
    pub(crate) fn join(self: &Rc<Self>, deadline: Option<f64>) -> Result<bool, Error> {
        self.joined.set(crate::may_block());
        let over = self.run_until(deadline, || self.is_over());
        self.joined.set(false);
        over
    }

    /// [`Engine::join`] for the page.
    pub(crate) async fn join_async(self: &Rc<Self>) {
        self.joined.set(true);
        self.run_async(|| self.is_over()).await;
    }

    /// [`Engine::join`] as a task of the page, which keeps the engine alive.
    pub(crate) fn join_on_page(self: &Rc<Self>) {
        let engine = self.clone();
        wasm_bindgen_futures::spawn_local(async move { engine.join_async().await });
    }

    /// Accepts no more calls and waits until all workers have ended, at the end of
    /// this process. What was interrupted by that end, a caller's iterator that
    /// panicked for one, is not gone on with.
    pub(crate) fn end_with_process(self: &Rc<Self>) {
        self.inner.borrow_mut().being_asked = 0;
        self.close();
        // There is nobody left to be told of an error.
        let _ = self.join(None);
    }

    /// Does somebody wait for the end of the workers?
    pub(crate) fn is_joined(&self) -> bool {
        self.joined.get()
    }

    /// Ends the workers and fails what was accepted and has no result yet.
    pub(crate) fn terminate(&self) {
        {
            let mut inner = self.inner.borrow_mut();
            if inner.state == State::Terminated {
                return;
            }
            inner.state = State::Terminated;
            inner.slots.terminate();
        }
        self.fail_all(&terminated());
    }

    /// Fails while the pool is neither closed nor terminated.
    pub(crate) fn check_joinable(&self) -> Result<(), Error> {
        match self.state() {
            State::Running => Err(Error::ValueError("Pool is still running".into())),
            _ => Ok(()),
        }
    }

    /// Have all workers ended, and will there be no more?
    pub(crate) fn is_over(&self) -> bool {
        let inner = self.inner.borrow();
        inner.state != State::Running && inner.slots.all_vacant()
    }
}

fn pump_weak(engine: &Weak<Engine>) -> Option<(Vec<Sentinel>, Option<Duration>)> {
    let engine = engine.upgrade()?;
    while engine.pump() {}
    Some(engine.to_watch())
}

fn awaited<'a>(reports: &'a Queue<Report>, sentinels: &'a [Sentinel]) -> Vec<&'a dyn Waitable> {
    let ends = sentinels.iter().map(|sentinel| sentinel as &dyn Waitable);
    std::iter::once(reports as &dyn Waitable)
        .chain(ends)
        .collect()
}

//! Who runs the engine, and how long. In a process the calls that wait run it; on the
//! page it runs as a task of its own.
//!
//! This module must not know what a step does to chunks and workers.

use super::{Engine, State, terminated};
use crate::{
    Error, Queue, Sentinel,
    connection::{Waitable, wait, wait_async},
    pool::message::{Command, Report},
    queue::NextTaken,
    sleep_async,
    timeout::{deadline, time_until},
    within,
};
use std::{
    rc::{Rc, Weak},
    time::Duration,
};

/// The shortest time between two checks for tasks that take too long.
const MIN_CHECK_INTERVAL: Duration = Duration::from_millis(1);

/// The longest time for which the engine runs on the page without a pause.
const PAGE_SLICE: Duration = Duration::from_millis(10);

/// The time after which chunks for which there was no room are tried again.
const ROOM_CHECK_INTERVAL: Duration = Duration::from_millis(100);

impl Engine {
    /// Does everything that can be done without waiting. Returns whether there was
    /// anything to do.
    pub(crate) fn pump(self: &Rc<Self>) -> bool {
        let mut any = self.read_reports();
        any |= self.handle_exits();
        any |= self.send_unsent();
        any | self.poll_jobs()
    }

    /// [`Engine::pump`] on the page. Returns `false` if there is nothing more to do, and
    /// `true` if it is time to let the page do something else.
    fn pump_for_a_while(self: &Rc<Self>) -> bool {
        let end = deadline(Some(PAGE_SLICE)).unwrap_or_default();
        while self.pump() {
            if time_until(end).is_zero() {
                return true;
            }
        }
        false
    }

    /// What to wait for after [`Engine::pump`].
    fn wait_set(&self) -> WaitSet {
        let mut inner = self.inner.borrow_mut();
        let sentinels = inner.slots.sentinels();
        let filled = inner.slots.filled();
        let timeout = self.plan.task_timeout;
        let check = timeout.map(|timeout| (timeout / 4).max(MIN_CHECK_INTERVAL));
        let check = check.filter(|_| inner.tasks.in_flight() > 0);
        // Workers that have ended and are not replaced yet.
        let ended = (sentinels.len() < filled).then_some(MIN_CHECK_INTERVAL);
        // Other parts of the program may make room in the arena, but do not notify the
        // engine.
        let blocked = (!inner.unsent.is_empty()).then_some(ROOM_CHECK_INTERVAL);
        WaitSet {
            reports: self.shared.reports.clone(),
            sentinels,
            next_taken: inner.unsent.take_next_taken(),
            recheck_after: [check, ended, blocked].into_iter().flatten().min(),
            has_workers: filled > 0,
        }
    }

    /// Runs the engine until `until` is true. Returns `false` if the deadline (in µs of
    /// the trace's clock) was reached first. Not for the page.
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
                    "waiting for the work of a pool or an executor",
                    "the call whose name ends in `_async`, and await what it returns,",
                ));
            }
            let left = deadline.map(time_until);
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(false);
            }
            if busy {
                continue;
            }
            let wait_sets: Vec<_> = engines.iter().map(|engine| engine.wait_set()).collect();
            let checks = wait_sets
                .iter()
                .filter_map(|wait_set| wait_set.recheck_after);
            let time = checks.chain(left).min();
            let all: Vec<_> = wait_sets.iter().flat_map(WaitSet::waitables).collect();
            wait(&all, time)?;
        }
    }

    /// Starts a task of the page that runs the engine as long as the engine exists.
    pub(crate) fn run_on_page(self: &Rc<Self>) {
        if crate::may_block() || self.page_task.replace(true) {
            return;
        }
        let engine = Rc::downgrade(self);
        wasm_bindgen_futures::spawn_local(async move {
            while let Some((busy, wait_set)) = pump_weak(&engine) {
                if busy {
                    sleep_async(MIN_CHECK_INTERVAL).await;
                    continue;
                }
                if !wait_set.has_workers {
                    // There is nothing to wait for until a worker is started.
                    if let Some(engine) = engine.upgrade() {
                        engine.page_task.set(false);
                    }
                    break;
                }
                wait_async(&wait_set.waitables(), wait_set.recheck_after).await;
            }
        });
    }

    /// Runs the engine until `until` holds, on the page.
    pub(crate) async fn run_async(self: &Rc<Self>, until: impl Fn() -> bool) {
        loop {
            let busy = self.pump_for_a_while();
            if until() {
                return;
            }
            if busy {
                sleep_async(MIN_CHECK_INTERVAL).await;
                continue;
            }
            let wait_set = self.wait_set();
            wait_async(&wait_set.waitables(), wait_set.recheck_after).await;
        }
    }

    /// Accepts no more calls. The workers end when all accepted calls are done.
    pub(crate) fn close(self: &Rc<Self>) {
        {
            let mut inner = self.inner.borrow_mut();
            if inner.state == State::Running {
                inner.state = State::Closed;
            }
        }
        self.pump();
    }

    /// Waits until all workers have ended, but at most for `timeout`. Returns whether
    /// they have ended. Meanwhile streams submit all their items, even if many results
    /// have not been taken, because a reader that waits here takes none.
    pub(crate) fn join(self: &Rc<Self>, timeout: Option<Duration>) -> Result<bool, Error> {
        // On the page this does not wait.
        let _join_guard = crate::may_block().then(|| JoinGuard::new(self));
        self.run_until(deadline(timeout), || self.is_over())
    }

    /// [`Engine::join`] for the page.
    pub(crate) async fn join_async(self: &Rc<Self>, timeout: Option<Duration>) -> bool {
        let _join_guard = JoinGuard::new(self);
        let over = self.run_async(|| self.is_over());
        match timeout {
            None => over.await,
            Some(timeout) => return within(timeout, over).await.is_ok(),
        }
        true
    }

    /// [`Engine::join`] as a task of the page, which keeps the engine alive.
    pub(crate) fn join_on_page(self: &Rc<Self>) {
        let engine = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            engine.join_async(None).await;
        });
    }

    /// Accepts no more calls and waits until all workers have ended. Called when this
    /// process ends. A caller's iterator that was interrupted by that end, for instance
    /// by a panic, is not continued.
    pub(crate) fn close_and_join(self: &Rc<Self>) {
        self.inner.borrow_mut().jobs_being_polled = 0;
        self.close();
        // Nobody is left who could be told of an error.
        let _ = self.join(None);
    }

    /// Is somebody waiting for the end of the workers?
    pub(crate) fn has_joiners(&self) -> bool {
        self.joiners.get() > 0
    }

    /// Ends the workers, and fails everything that was accepted and has no result yet.
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

    /// Returns an error if the pool is neither closed nor terminated.
    pub(crate) fn check_joinable(&self) -> Result<(), Error> {
        match self.state() {
            State::Running => Err(Error::ValueError("Pool is still running".into())),
            _ => Ok(()),
        }
    }

    /// Have all workers ended, and will none be started any more?
    pub(crate) fn is_over(&self) -> bool {
        let inner = self.inner.borrow();
        inner.state != State::Running && inner.slots.all_vacant()
    }
}

fn pump_weak(engine: &Weak<Engine>) -> Option<(bool, WaitSet)> {
    let engine = engine.upgrade()?;
    Some((engine.pump_for_a_while(), engine.wait_set()))
}

/// As long as this exists, somebody is waiting for the end of an engine's workers.
struct JoinGuard<'a>(&'a Engine);

impl JoinGuard<'_> {
    fn new(engine: &Engine) -> JoinGuard<'_> {
        engine.joiners.set(engine.joiners.get() + 1);
        JoinGuard(engine)
    }
}

impl Drop for JoinGuard<'_> {
    fn drop(&mut self) {
        self.0.joiners.set(self.0.joiners.get() - 1);
    }
}

/// What an engine waits for.
struct WaitSet {
    reports: Queue<Report>,
    /// The sentinels of its workers.
    sentinels: Vec<Sentinel>,
    /// If a chunk found no room: notified when a worker takes a command.
    next_taken: Option<NextTaken<Command>>,
    /// The engine must run again after this time at the latest.
    recheck_after: Option<Duration>,
    /// Without workers nothing will ever arrive.
    has_workers: bool,
}

impl WaitSet {
    fn waitables(&self) -> Vec<&dyn Waitable> {
        let sentinels = self
            .sentinels
            .iter()
            .map(|sentinel| sentinel as &dyn Waitable);
        let next_taken = self
            .next_taken
            .iter()
            .map(|next_taken| next_taken as &dyn Waitable);
        std::iter::once(&self.reports as &dyn Waitable)
            .chain(sentinels)
            .chain(next_taken)
            .collect()
    }
}

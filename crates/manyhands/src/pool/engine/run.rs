//! Who runs the engine, and until when: in a process the calls that wait, on
//! the page a task of its own.
//!
//! Must not know what a step does to chunks and workers.

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

/// How often task time-outs are checked at most.
const SHORTEST_CHECK: Duration = Duration::from_millis(1);

/// How long the engine runs on the page without a pause.
const PAGE_SLICE: Duration = Duration::from_millis(10);

/// How often chunks that found no room are tried again when nothing is heard.
const ROOM_CHECK: Duration = Duration::from_millis(100);

impl Engine {
    /// Does everything that can be done without waiting; was there anything?
    pub(crate) fn pump(self: &Rc<Self>) -> bool {
        let mut any = self.read_reports();
        any |= self.handle_exits();
        any |= self.send_kept();
        any | self.poll_sources()
    }

    /// [`Engine::pump`] on the page, until there is nothing to do or it is time to let the
    /// page do something else (`true`).
    fn pump_for_a_while(self: &Rc<Self>) -> bool {
        let end = deadline(Some(PAGE_SLICE)).unwrap_or_default();
        while self.pump() {
            if time_until(end).is_zero() {
                return true;
            }
        }
        false
    }

    /// What to wait for, after [`Engine::pump`].
    fn to_watch(&self) -> Watch {
        let mut inner = self.inner.borrow_mut();
        let ends = inner.slots.sentinels();
        let filled = inner.slots.filled();
        let timeout = self.plan.task_timeout;
        let check = timeout.map(|timeout| (timeout / 4).max(SHORTEST_CHECK));
        let check = check.filter(|_| inner.tasks.in_flight() > 0);
        // Workers that have ended and are not replaced yet.
        let ended = (ends.len() < filled).then_some(SHORTEST_CHECK);
        // Others may make room in the arena, which is told to nobody.
        let blocked = (!inner.unsent.is_empty()).then_some(ROOM_CHECK);
        Watch {
            reports: self.shared.reports.clone(),
            ends,
            room: inner.unsent.take_next_taken(),
            check: [check, ended, blocked].into_iter().flatten().min(),
            has_workers: filled > 0,
        }
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
            let checks = watches.iter().filter_map(|watch| watch.check);
            let time = checks.chain(left).min();
            let all: Vec<_> = watches.iter().flat_map(Watch::awaited).collect();
            wait(&all, time)?;
        }
    }

    /// Lets a task of the page run the engine for as long as the engine exists.
    pub(crate) fn run_on_page(self: &Rc<Self>) {
        if crate::may_block() || self.page_task.replace(true) {
            return;
        }
        let engine = Rc::downgrade(self);
        wasm_bindgen_futures::spawn_local(async move {
            while let Some((busy, watch)) = pump_weak(&engine) {
                if busy {
                    sleep_async(SHORTEST_CHECK).await;
                    continue;
                }
                if !watch.has_workers {
                    // Nothing to wait for until there are workers again.
                    if let Some(engine) = engine.upgrade() {
                        engine.page_task.set(false);
                    }
                    break;
                }
                wait_async(&watch.awaited(), watch.check).await;
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
                sleep_async(SHORTEST_CHECK).await;
                continue;
            }
            let watch = self.to_watch();
            wait_async(&watch.awaited(), watch.check).await;
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

    /// Waits until all workers have ended, but not longer than `timeout`; have they?
    /// Meanwhile streams submit all their items, however many of their results nobody has
    /// taken: a reader who waits here takes none.
    pub(crate) fn join(self: &Rc<Self>, timeout: Option<Duration>) -> Result<bool, Error> {
        // On the page this does not wait.
        let _joining = crate::may_block().then(|| Joining::new(self));
        self.run_until(deadline(timeout), || self.is_over())
    }

    /// [`Engine::join`] for the page.
    pub(crate) async fn join_async(self: &Rc<Self>, timeout: Option<Duration>) -> bool {
        let _joining = Joining::new(self);
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
        self.joined.get() > 0
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

fn pump_weak(engine: &Weak<Engine>) -> Option<(bool, Watch)> {
    let engine = engine.upgrade()?;
    Some((engine.pump_for_a_while(), engine.to_watch()))
}

/// Somebody waits for the end of an engine's workers, as long as this lives.
struct Joining<'a>(&'a Engine);

impl Joining<'_> {
    fn new(engine: &Engine) -> Joining<'_> {
        engine.joined.set(engine.joined.get() + 1);
        Joining(engine)
    }
}

impl Drop for Joining<'_> {
    fn drop(&mut self) {
        self.0.joined.set(self.0.joined.get() - 1);
    }
}

/// What an engine waits for.
struct Watch {
    reports: Queue<Report>,
    /// The ends of its workers.
    ends: Vec<Sentinel>,
    /// Room for the next chunk, if there was none.
    room: Option<NextTaken<Command>>,
    /// After this time the engine must look again.
    check: Option<Duration>,
    /// Without workers nothing will ever come.
    has_workers: bool,
}

impl Watch {
    fn awaited(&self) -> Vec<&dyn Waitable> {
        let ends = self.ends.iter().map(|end| end as &dyn Waitable);
        let room = self.room.iter().map(|room| room as &dyn Waitable);
        std::iter::once(&self.reports as &dyn Waitable)
            .chain(ends)
            .chain(room)
            .collect()
    }
}

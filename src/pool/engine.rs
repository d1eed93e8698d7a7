//! The pool's side of it: hands out chunks, collects reports, replaces the dead.
//!
//! It has no thread of its own. In a process it runs inside the calls that
//! wait; on the page a task of its own runs it.

use super::{
    kind::Hands,
    task::{Board, CANCEL_PLACES, Claims, Order, Outcome, Report, Task},
    worker::{Seat, work},
};
use crate::{
    Error, Process, ProcessError, Queue, Reason, Sentinel, TaskError,
    connection::{Waitable, wait, wait_async},
    process::{Call, Returned},
    trace,
};
use serde::{Deserialize, Serialize};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
    time::Duration,
};

/// What became of a chunk, or of a part of it.
pub(crate) struct Settled {
    pub(crate) first: usize,
    pub(crate) count: usize,
    pub(crate) outcome: Result<Returned, Error>,
    /// The items it was, if they were claimed one by one.
    pub(crate) claimed: Vec<u32>,
    /// There will be more of the same chunk.
    pub(crate) more: bool,
    /// In µs; 0 when it is not known.
    pub(crate) took: f64,
}

impl Settled {
    pub(crate) fn failed(first: usize, count: usize, error: Error) -> Settled {
        Settled {
            first,
            count,
            outcome: Err(error),
            claimed: Vec::new(),
            more: false,
            took: 0.0,
        }
    }
}

/// Something that chunks belong to.
pub(crate) trait Job {
    /// What became of one of its chunks.
    fn settled(&self, settled: Settled);

    /// Hands out more chunks, as far as it wants to; is there more to come?
    fn feed(self: Rc<Self>, engine: &Rc<Engine>) -> bool;

    /// Nothing more that it hands out will ever be done.
    fn abandoned(&self, error: &Error);
}

/// A chunk that is on its way.
struct Ticket {
    job: Rc<dyn Job>,
    first: usize,
    count: usize,
    /// The seat it was made for; else any.
    seat: Option<u32>,
    /// The how-manieth of its queue it is.
    number: u32,
}

/// Where a chunk goes.
#[derive(Default)]
pub(crate) struct To {
    /// To this worker; else to any.
    pub(crate) seat: Option<u32>,
    /// With its items to be claimed here.
    pub(crate) claims: Option<Claims>,
}

/// What a pool is made with.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub(crate) workers: u32,
    pub(crate) initializer: Option<Call>,
    pub(crate) max_tasks: Option<u32>,
    pub(crate) hands: Hands,
    pub(crate) task_timeout: Option<Duration>,
    /// Workers are started when there is work for them.
    pub(crate) on_demand: bool,
    /// A worker that is killed or crashes breaks the whole pool.
    pub(crate) fragile: bool,
}

/// One worker after another sits here.
struct Chair {
    /// Who sits here, or sat here last.
    worker: Option<(Process<()>, Sentinel)>,
    own: Queue<Order>,
    own_puts: u32,
    /// How many in a row died before they were up.
    stillborn: u32,
    /// Killed because its task took too long.
    timed_out: bool,
    vacant: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    Closed,
    Terminated,
}

struct Inner {
    chairs: Vec<Chair>,
    tickets: VecDeque<Option<Ticket>>,
    /// The ticket at the front.
    first_ticket: u32,
    outstanding: usize,
    order_puts: u32,
    state: State,
    stops_sent: bool,
    /// Why no worker can be had any more.
    broken: Option<Error>,
    next_job: u32,
    free_places: Vec<u32>,
    feeds: Vec<Rc<dyn Job>>,
}

pub(crate) struct Engine {
    pub(crate) plan: Plan,
    pub(crate) board: Board,
    inner: RefCell<Inner>,
    /// Does a task of the page's run it?
    pumped: Cell<bool>,
}

impl Chair {
    fn has_ended(&self) -> bool {
        let worker = self.worker.as_ref().filter(|_| !self.vacant);
        worker.is_some_and(|(_, sentinel)| sentinel.is_ready())
    }
}

impl Inner {
    fn workers(&self) -> impl Iterator<Item = &(Process<()>, Sentinel)> {
        self.chairs.iter().filter_map(|chair| chair.worker.as_ref())
    }
}

/// How often in a row a worker may die before it is up.
const STILLBORN: u32 = 3;
/// In `Board::runs`: it is not up yet.
const NOT_UP: u32 = u32::MAX;

impl Engine {
    pub(crate) fn new(plan: Plan) -> Result<Rc<Engine>, Error> {
        let workers = plan.workers as usize;
        let board = Board::new(workers)?;
        let engine = Rc::new(Engine {
            plan,
            board,
            inner: RefCell::new(Inner {
                chairs: Vec::with_capacity(workers),
                tickets: VecDeque::new(),
                first_ticket: 1,
                outstanding: 0,
                order_puts: 0,
                state: State::Running,
                stops_sent: false,
                broken: None,
                next_job: 0,
                free_places: (1..CANCEL_PLACES as u32).rev().collect(),
                feeds: Vec::new(),
            }),
            pumped: Cell::new(false),
        });
        for number in 0..engine.plan.workers {
            let own = Queue::new(0)?;
            let worker = match engine.plan.on_demand {
                true => None,
                false => Some(engine.hire(number, &own)?),
            };
            engine.inner.borrow_mut().chairs.push(Chair {
                vacant: worker.is_none(),
                worker,
                own,
                own_puts: 0,
                stillborn: 0,
                timed_out: false,
            });
        }
        Ok(engine)
    }

    fn hire(&self, number: u32, own: &Queue<Order>) -> Result<(Process<()>, Sentinel), Error> {
        self.board.tickets.set(number as usize, 0)?;
        self.board.runs.set(number as usize, NOT_UP)?;
        let seat = Seat {
            number,
            board: self.board.clone(),
            own: own.clone(),
            initializer: self.plan.initializer.clone(),
            max_tasks: self.plan.max_tasks,
            owner: Sentinel::own(),
        };
        let mut builder = Process::builder().daemon(true);
        match self.plan.hands {
            Hands::Processes(None) => {}
            Hands::Processes(Some(method)) => builder = builder.start_method(method),
            #[cfg(feature = "threads")]
            Hands::Threads => builder = builder.thread(),
        }
        let process = builder.spawn(work, seat)?;
        let sentinel = process.sentinel()?;
        Ok((process, sentinel))
    }

    /// Starts one more worker, if all are busy and there may be more.
    fn hire_on_demand(&self) -> Result<(), Error> {
        let vacant = {
            let inner = self.inner.borrow();
            let alive = inner.chairs.iter().filter(|chair| !chair.vacant).count();
            let mut chairs = inner.chairs.iter().enumerate();
            let vacant = chairs.find(|(_, chair)| chair.vacant);
            let wanted = self.plan.on_demand && alive < inner.outstanding;
            vacant
                .filter(|_| wanted)
                .map(|(number, chair)| (number, chair.own.clone()))
        };
        let Some((number, own)) = vacant else {
            return Ok(());
        };
        let worker = self.hire(number as u32, &own)?;
        let chair = &mut self.inner.borrow_mut().chairs[number];
        chair.worker = Some(worker);
        chair.vacant = false;
        if self.pumped.get() {
            // The page's task waits for the ends of those it knew.
            self.board.reports.try_put(&Report::nothing())?;
        }
        Ok(())
    }

    /// May chunks be handed in?
    pub(crate) fn must_run(&self) -> Result<(), Error> {
        let inner = self.inner.borrow();
        if inner.state != State::Running {
            return Err(Error::ValueError("Pool not running".into()));
        }
        inner.broken.clone().map_or(Ok(()), Err)
    }

    /// A place where a job can say that it is cancelled, and its number.
    pub(crate) fn new_job(&self) -> (u32, u32) {
        let mut inner = self.inner.borrow_mut();
        inner.next_job += 1;
        let place = inner.free_places.pop().unwrap_or(0);
        (place, inner.next_job)
    }

    pub(crate) fn end_job(&self, place: u32) {
        if place != 0 {
            self.inner.borrow_mut().free_places.push(place);
        }
    }

    /// Will a worker hear that this job is cancelled?
    pub(crate) fn cancel(&self, (place, job): (u32, u32)) {
        if place != 0 {
            let _ = self.board.cancelled.set(place as usize, job);
        }
    }

    /// Hands out a chunk, to any worker or to one.
    pub(crate) fn put(
        self: &Rc<Self>,
        job: &Rc<dyn Job>,
        cancel: (u32, u32),
        place: (usize, usize),
        call: Call,
        to: To,
    ) -> Result<(), Error> {
        self.enqueue(job, cancel, place, call, to)?;
        if let Err(error) = self.hire_on_demand()
            && self.inner.borrow().chairs.iter().all(|chair| chair.vacant)
        {
            self.fail_all(&Error::BrokenProcessPool(error.to_string()));
        }
        Ok(())
    }

    fn enqueue(
        &self,
        job: &Rc<dyn Job>,
        cancel: (u32, u32),
        (first, count): (usize, usize),
        call: Call,
        to: To,
    ) -> Result<(), Error> {
        let mut inner = self.inner.borrow_mut();
        let inner = &mut *inner;
        let ticket = inner.first_ticket + inner.tickets.len() as u32;
        let order = Order::Run(Task {
            ticket,
            items: (first as u32, count as u32),
            cancel,
            call,
            claims: to.claims,
        });
        let seat = to.seat;
        let (queue, puts) = match seat {
            Some(seat) => {
                let chair = &mut inner.chairs[seat as usize];
                (&chair.own, &mut chair.own_puts)
            }
            None => (&self.board.orders, &mut inner.order_puts),
        };
        queue.try_put(&order)?;
        let number = *puts;
        *puts += 1;
        inner.tickets.push_back(Some(Ticket {
            job: job.clone(),
            first,
            count,
            seat,
            number,
        }));
        inner.outstanding += 1;
        Ok(())
    }

    /// How many chunks are on their way.
    pub(crate) fn outstanding(&self) -> usize {
        self.inner.borrow().outstanding
    }

    /// A job that hands out its chunks by and by.
    pub(crate) fn feed_from(self: &Rc<Self>, job: Rc<dyn Job>) {
        if job.clone().feed(self) {
            self.inner.borrow_mut().feeds.push(job);
        }
    }

    fn take_ticket(&self, ticket: u32) -> Option<Ticket> {
        let mut inner = self.inner.borrow_mut();
        let index = ticket.checked_sub(inner.first_ticket)?;
        let taken = inner.tickets.get_mut(index as usize)?.take()?;
        inner.outstanding -= 1;
        while let Some(None) = inner.tickets.front() {
            inner.tickets.pop_front();
            inner.first_ticket += 1;
        }
        Some(taken)
    }

    fn fail(&self, ticket: u32, error: Error) {
        if let Some(taken) = self.take_ticket(ticket) {
            let failed = Settled::failed(taken.first, taken.count, error);
            taken.job.settled(failed);
        }
    }

    /// Reads the reports that are there.
    fn collect(&self) -> bool {
        let mut any = false;
        while let Ok(report) = self.board.reports.try_get() {
            any = true;
            self.read(report);
        }
        any
    }

    fn read(&self, report: Report) {
        let found = if report.more {
            let inner = self.inner.borrow();
            let index = report.ticket.wrapping_sub(inner.first_ticket) as usize;
            let ticket = inner.tickets.get(index).and_then(Option::as_ref);
            ticket.map(|ticket| (ticket.job.clone(), ticket.first, ticket.count))
        } else {
            let taken = self.take_ticket(report.ticket);
            taken.map(|ticket| (ticket.job, ticket.first, ticket.count))
        };
        let Some((job, first, count)) = found else {
            return;
        };
        job.settled(Settled {
            first,
            count,
            outcome: match report.outcome {
                Outcome::Returned(returned) => Ok(returned),
                Outcome::Failed(text) => Err(Error::PicklingError(text)),
                Outcome::Skipped => Err(Error::CancelledError),
            },
            claimed: report.claimed,
            more: report.more,
            took: report.took.into(),
        });
    }

    /// Does what there is to do; was there anything?
    pub(crate) fn pump(self: &Rc<Self>) -> bool {
        let mut any = self.collect();
        any |= self.see_to_chairs();
        any | self.feed()
    }

    fn feed(self: &Rc<Self>) -> bool {
        let feeds = std::mem::take(&mut self.inner.borrow_mut().feeds);
        let before = self.inner.borrow().outstanding;
        let more: Vec<_> = feeds
            .into_iter()
            .filter(|job| job.clone().feed(self))
            .collect();
        let mut inner = self.inner.borrow_mut();
        inner.feeds.extend(more);
        if inner.state == State::Closed && inner.feeds.is_empty() && !inner.stops_sent {
            inner.stops_sent = true;
            // After all chunks, as the queue keeps its order.
            for _ in 0..inner.chairs.len() {
                let _ = self.board.orders.try_put(&Order::Stop);
                inner.order_puts += 1;
            }
        }
        inner.outstanding != before
    }

    /// Replaces the workers that have ended, and says so of what they were at.
    fn see_to_chairs(self: &Rc<Self>) -> bool {
        self.end_long_tasks();
        let ended: Vec<u32> = {
            let inner = self.inner.borrow();
            let ended = inner
                .chairs
                .iter()
                .enumerate()
                .filter(|(_, chair)| chair.has_ended());
            ended.map(|(number, _)| number as u32).collect()
        };
        for number in &ended {
            self.bury(*number);
        }
        !ended.is_empty()
    }

    fn end_long_tasks(&self) {
        let Some(timeout) = self.plan.task_timeout else {
            return;
        };
        let now = trace::now_us();
        let mut inner = self.inner.borrow_mut();
        for (number, chair) in inner.chairs.iter_mut().enumerate() {
            let began = self.board.began.get(number).unwrap_or(now);
            let busy = self
                .board
                .tickets
                .get(number)
                .is_ok_and(|ticket| ticket != 0);
            if busy && !chair.timed_out && now - began > timeout.as_secs_f64() * 1e6 {
                let worker = chair.worker.as_ref();
                chair.timed_out = worker.is_some_and(|(process, _)| process.kill().is_ok());
            }
        }
    }

    /// Why a worker ended, and which item of its chunk it was at.
    fn bury(self: &Rc<Self>, number: u32) {
        let place = number as usize;
        let (ended, own_taken, timed_out) = {
            let inner = self.inner.borrow();
            let chair = &inner.chairs[place];
            // It has ended: this does not wait.
            let (process, _) = chair.worker.as_ref().expect("a worker sat there");
            let ended = match process.join_timeout(Duration::ZERO) {
                Err(Error::ProcessError(error)) => Err(error),
                _ => Ok(()),
            };
            let own_taken = chair.own_puts - chair.own.qsize();
            (ended, own_taken, chair.timed_out)
        };
        let item = self.board.items.get(place).unwrap_or(0) as usize;
        let at = self.board.tickets.get(place).unwrap_or(0);
        // While the lock is held every order that was taken has its ticket
        // noted; a report comes before the note is taken back, so that what is
        // neither noted nor reported afterwards was lost with this worker.
        let (taken, noted) = {
            let locked = self.lock_board();
            let inner = self.inner.borrow();
            let taken = inner.order_puts - self.board.orders.qsize();
            let mut noted = self.board.tickets.to_vec();
            noted[place] = 0;
            if locked {
                let _ = self.board.taking.release();
            }
            (taken, noted)
        };
        self.collect();
        if let Err(ProcessError {
            reason: Reason::Killed | Reason::Trapped,
            ..
        }) = &ended
            && self.plan.fragile
        {
            let why = format!(
                "A process in the process pool was terminated abruptly while the future was \
                 running or pending: {}",
                Error::ProcessError(ended.clone().unwrap_err())
            );
            self.inner.borrow_mut().chairs[place].vacant = true;
            return self.break_down(Error::BrokenProcessPool(why));
        }
        let lost: Vec<u32> = {
            let inner = self.inner.borrow();
            let is_lost = |(index, ticket): (usize, &Option<Ticket>)| {
                let ticket = ticket.as_ref()?;
                let name = inner.first_ticket + index as u32;
                let lost = match ticket.seat {
                    Some(seat) => seat == number && ticket.number < own_taken,
                    None => ticket.number < taken && !noted.contains(&name),
                };
                lost.then_some(name)
            };
            inner
                .tickets
                .iter()
                .enumerate()
                .filter_map(is_lost)
                .collect()
        };
        for ticket in lost {
            let Some(lost) = self.take_ticket(ticket) else {
                continue;
            };
            let offset = if ticket == at {
                item.min(lost.count - 1)
            } else {
                0
            };
            let death = ended.clone().err();
            let text = match (timed_out, self.plan.task_timeout) {
                (true, Some(timeout)) => format!("it took longer than {timeout:?}"),
                _ if death.is_none() => "its worker exited".into(),
                _ => String::new(),
            };
            let error = TaskError {
                index: lost.first + offset,
                text,
                worker: death,
            };
            let error = Error::TaskError(Box::new(error));
            let failed = Settled::failed(lost.first, lost.count, error);
            lost.job.settled(failed);
        }
        self.replace(number, &ended.map_err(Error::ProcessError));
    }

    /// Takes the workers' lock; on the page, which may not sleep, by looking
    /// again: it is held for some stores.
    fn lock_board(&self) -> bool {
        loop {
            match self.board.taking.try_acquire() {
                Ok(true) => return true,
                Ok(false) => std::hint::spin_loop(),
                Err(_) => {
                    if self.board.taking.recover() {
                        return true;
                    }
                }
            }
        }
    }

    fn replace(self: &Rc<Self>, number: u32, ended: &Result<(), Error>) {
        let was_up = self.board.runs.get(number as usize) != Ok(NOT_UP);
        let own = {
            let mut inner = self.inner.borrow_mut();
            let stopped = inner.stops_sent && ended.is_ok();
            let state = inner.state;
            let broken = inner.broken.is_some();
            // The others do what there is, unless there are none.
            let alone = inner.chairs.iter().filter(|chair| !chair.vacant).count() == 1;
            let needed = alone && inner.outstanding > 0;
            let chair = &mut inner.chairs[number as usize];
            chair.timed_out = false;
            // One that somebody killed says nothing of the next.
            let killed = matches!(
                ended,
                Err(Error::ProcessError(ProcessError {
                    reason: Reason::Killed,
                    ..
                }))
            );
            chair.stillborn = match (was_up, killed) {
                (true, _) => 0,
                (false, true) => chair.stillborn,
                (false, false) => chair.stillborn + 1,
            };
            chair.vacant = state == State::Terminated || broken || stopped && !needed;
            if chair.vacant {
                return;
            }
            if chair.stillborn >= STILLBORN {
                chair.vacant = true;
                let why = ended.clone().err().map(|error| error.to_string());
                let why = format!(
                    "the pool's workers die before they are up: {}",
                    why.unwrap_or_default()
                );
                drop(inner);
                return self.break_down(Error::BrokenProcessPool(why));
            }
            chair.own.clone()
        };
        match self.hire(number, &own) {
            Ok(worker) => {
                let mut inner = self.inner.borrow_mut();
                inner.chairs[number as usize].worker = Some(worker);
                if inner.stops_sent {
                    // The one before may have taken its own along.
                    let _ = self.board.orders.try_put(&Order::Stop);
                    inner.order_puts += 1;
                }
            }
            Err(error) => {
                let mut inner = self.inner.borrow_mut();
                inner.chairs[number as usize].vacant = true;
                let all_vacant = inner.chairs.iter().all(|chair| chair.vacant);
                drop(inner);
                if all_vacant {
                    self.fail_all(&Error::BrokenProcessPool(error.to_string()));
                }
            }
        }
    }

    /// Ends the other workers, too.
    fn break_down(self: &Rc<Self>, error: Error) {
        self.fail_all(&error);
        self.kill_workers();
    }

    /// Kills every worker.
    pub(crate) fn kill_workers(&self) {
        for (process, _) in self.inner.borrow().workers() {
            let _ = process.kill();
        }
    }

    /// Asks every worker to end.
    pub(crate) fn terminate_workers(&self) {
        for (process, _) in self.inner.borrow().workers() {
            let _ = process.terminate();
        }
    }

    /// Nothing will ever come of what is outstanding.
    fn fail_all(self: &Rc<Self>, error: &Error) {
        let (tickets, feeds): (Vec<u32>, _) = {
            let mut inner = self.inner.borrow_mut();
            inner.broken.get_or_insert_with(|| error.clone());
            let first = inner.first_ticket;
            let tickets = first..first + inner.tickets.len() as u32;
            (tickets.collect(), std::mem::take(&mut inner.feeds))
        };
        for job in feeds {
            job.abandoned(error);
        }
        for ticket in tickets {
            self.fail(ticket, error.clone());
        }
    }

    /// What to wait for beside reports, and for how long at most.
    pub(crate) fn to_watch(&self) -> (Vec<Sentinel>, Option<Duration>) {
        let inner = self.inner.borrow();
        let alive = inner.chairs.iter().filter(|chair| !chair.vacant);
        let workers = alive.filter_map(|chair| chair.worker.as_ref());
        let sentinels = workers.map(|(_, sentinel)| *sentinel).collect();
        let look = Duration::from_millis(1);
        let often = self.plan.task_timeout.map(|time| (time / 4).max(look));
        (sentinels, often.filter(|_| inner.outstanding > 0))
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
            let left = deadline.map(|deadline| {
                Duration::from_nanos(((deadline - trace::now_us()).max(0.0) * 1e3) as u64)
            });
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

    pub(crate) fn state(&self) -> State {
        self.inner.borrow().state
    }

    /// May it be joined?
    pub(crate) fn must_be_over(&self) -> Result<(), Error> {
        match self.state() {
            State::Running => Err(Error::ValueError("Pool is still running".into())),
            _ => Ok(()),
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
            for (process, _) in inner.workers() {
                let _ = process.terminate();
            }
        }
        self.fail_all(&Error::ValueError("the pool was terminated".into()));
    }

    /// Has every worker ended, for good?
    pub(crate) fn is_over(&self) -> bool {
        let inner = self.inner.borrow();
        inner.state != State::Running && inner.chairs.iter().all(|chair| chair.vacant)
    }

    /// The workers' pids, by seat.
    pub(crate) fn pids(&self) -> Vec<u32> {
        let inner = self.inner.borrow();
        let pids = inner.workers().map(|(process, _)| process.pid());
        pids.map(Result::unwrap_or_default).collect()
    }

    /// The seats whose worker is at a chunk of this job, with the chunk's first
    /// item and the item it is at.
    pub(crate) fn at_work(&self, job: &Rc<dyn Job>) -> Vec<(u32, usize)> {
        let inner = self.inner.borrow();
        let tickets = self.board.tickets.to_vec();
        let mut at = Vec::new();
        for (seat, ticket) in tickets.into_iter().enumerate() {
            let index = ticket.wrapping_sub(inner.first_ticket) as usize;
            if let Some(Some(found)) = inner.tickets.get(index)
                && Rc::ptr_eq(&found.job, job)
            {
                let item = self.board.items.get(seat).unwrap_or(0) as usize;
                at.push((seat as u32, found.first + item.min(found.count - 1)));
            }
        }
        at
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

//! The pool's side of it: hands out chunks, collects reports, replaces the dead.
//!
//! It has no thread of its own. In a process it runs inside the calls that
//! wait; on the page a task of its own runs it.

use super::{
    task::{Board, CANCEL_PLACES, Claims, Order, Outcome, Report, Task},
    worker::{Seat, work},
};
use crate::{
    Error, Process, ProcessError, Queue, Reason, Sentinel, StartMethod, TaskError,
    connection::{Waitable, wait, wait_async},
    process::{Call, Returned},
    trace,
};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
    time::Duration,
};

/// What became of a chunk, or of a part of it.
pub(super) struct Settled {
    pub(super) first: usize,
    pub(super) count: usize,
    pub(super) outcome: Result<Returned, Error>,
    /// The items it was, if they were claimed one by one.
    pub(super) claimed: Vec<u32>,
    /// There will be more of the same chunk.
    pub(super) more: bool,
    /// In µs; 0 when it is not known.
    pub(super) took: f64,
}

impl Settled {
    pub(super) fn failed(first: usize, count: usize, error: Error) -> Settled {
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
pub(super) trait Job {
    /// What became of one of its chunks.
    fn settled(&self, settled: Settled);

    /// Hands out more chunks, as far as it wants to; is there more to come?
    fn feed(self: Rc<Self>, engine: &Rc<Engine>) -> bool;
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
pub(super) struct To {
    /// To this worker; else to any.
    pub(super) seat: Option<u32>,
    /// With its items to be claimed here.
    pub(super) claims: Option<Claims>,
}

/// What a pool is made with.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) workers: u32,
    pub(super) initializer: Option<Call>,
    pub(super) max_tasks: Option<u32>,
    pub(super) method: Option<StartMethod>,
    pub(super) task_timeout: Option<Duration>,
}

/// One worker after another sits here.
struct Chair {
    process: Process<()>,
    sentinel: Sentinel,
    own: Queue<Order>,
    own_puts: u32,
    /// How many in a row died before they were up.
    stillborn: u32,
    /// Killed because its task took too long.
    timed_out: bool,
    vacant: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
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

pub(super) struct Engine {
    pub(super) plan: Plan,
    pub(super) board: Board,
    inner: RefCell<Inner>,
    /// Does a task of the page's run it?
    pumped: Cell<bool>,
}

/// How often in a row a worker may die before it is up.
const STILLBORN: u32 = 3;
/// In `Board::runs`: it is not up yet.
const NOT_UP: u32 = u32::MAX;

impl Engine {
    pub(super) fn new(plan: Plan) -> Result<Rc<Engine>, Error> {
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
            let process = engine.hire(number, &own)?;
            let sentinel = process.sentinel()?;
            engine.inner.borrow_mut().chairs.push(Chair {
                process,
                sentinel,
                own,
                own_puts: 0,
                stillborn: 0,
                timed_out: false,
                vacant: false,
            });
        }
        Ok(engine)
    }

    fn hire(&self, number: u32, own: &Queue<Order>) -> Result<Process<()>, Error> {
        self.board.tickets.set(number as usize, 0)?;
        self.board.runs.set(number as usize, NOT_UP)?;
        let seat = Seat {
            number,
            board: self.board.clone(),
            own: own.clone(),
            initializer: self.plan.initializer.clone(),
            max_tasks: self.plan.max_tasks,
        };
        let mut builder = Process::builder().daemon(true);
        if let Some(method) = self.plan.method {
            builder = builder.start_method(method);
        }
        builder.spawn(work, seat)
    }

    /// May chunks be handed in?
    pub(super) fn must_run(&self) -> Result<(), Error> {
        let inner = self.inner.borrow();
        if let Some(error) = &inner.broken {
            return Err(error.clone());
        }
        match inner.state {
            State::Running => Ok(()),
            _ => Err(Error::ValueError("Pool not running".into())),
        }
    }

    /// A place where a job can say that it is cancelled, and its number.
    pub(super) fn new_job(&self) -> (u32, u32) {
        let mut inner = self.inner.borrow_mut();
        inner.next_job += 1;
        let place = inner.free_places.pop().unwrap_or(0);
        (place, inner.next_job)
    }

    pub(super) fn end_job(&self, place: u32) {
        if place != 0 {
            self.inner.borrow_mut().free_places.push(place);
        }
    }

    /// Will a worker hear that this job is cancelled?
    pub(super) fn cancel(&self, (place, job): (u32, u32)) {
        if place != 0 {
            let _ = self.board.cancelled.set(place as usize, job);
        }
    }

    /// Hands out a chunk, to any worker or to one.
    pub(super) fn put(
        self: &Rc<Self>,
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

    /// A job that hands out its chunks by and by.
    pub(super) fn feed_from(self: &Rc<Self>, job: Rc<dyn Job>) {
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
    pub(super) fn pump(self: &Rc<Self>) -> bool {
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
                .filter(|(_, chair)| !chair.vacant && chair.sentinel.is_ready());
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
                chair.timed_out = chair.process.kill().is_ok();
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
            let ended = match chair.process.join_timeout(Duration::ZERO) {
                Err(Error::ProcessError(error)) => Err(error),
                _ => Ok(()),
            };
            let own_taken = chair.own_puts - chair.own.qsize() as u32;
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
            let taken = inner.order_puts - self.board.orders.qsize() as u32;
            let mut noted = self.board.tickets.to_vec();
            noted[place] = 0;
            if locked {
                let _ = self.board.taking.release();
            }
            (taken, noted)
        };
        self.collect();
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
            chair.vacant = state == State::Terminated || stopped && !needed;
            if chair.vacant {
                return;
            }
            if chair.stillborn >= STILLBORN {
                chair.vacant = true;
                let why = ended.clone().err().map(|error| error.to_string());
                let why = Error::BrokenProcessPool(why.unwrap_or_default());
                drop(inner);
                return self.fail_all(&why);
            }
            chair.own.clone()
        };
        match self.hire(number, &own) {
            Ok(process) => {
                let mut inner = self.inner.borrow_mut();
                let chair = &mut inner.chairs[number as usize];
                if let Ok(sentinel) = process.sentinel() {
                    chair.sentinel = sentinel;
                }
                chair.process = process;
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

    /// Nothing will ever come of what is outstanding.
    fn fail_all(self: &Rc<Self>, error: &Error) {
        let tickets: Vec<u32> = {
            let mut inner = self.inner.borrow_mut();
            inner.broken.get_or_insert_with(|| error.clone());
            inner.feeds.clear();
            let first = inner.first_ticket;
            (first..first + inner.tickets.len() as u32).collect()
        };
        for ticket in tickets {
            self.fail(ticket, error.clone());
        }
    }

    /// What to wait for, and for how long at most.
    fn to_watch(&self) -> (Vec<Sentinel>, Option<Duration>) {
        let inner = self.inner.borrow();
        let alive = inner.chairs.iter().filter(|chair| !chair.vacant);
        let sentinels = alive.map(|chair| chair.sentinel).collect();
        let look = Duration::from_millis(1);
        let often = self.plan.task_timeout.map(|time| (time / 4).max(look));
        (sentinels, often.filter(|_| inner.outstanding > 0))
    }

    /// Runs the pool until `until` holds; `false` if the deadline (µs) came
    /// first. In a process.
    pub(super) fn run_until(
        self: &Rc<Self>,
        deadline: Option<f64>,
        until: impl Fn() -> bool,
    ) -> Result<bool, Error> {
        loop {
            while self.pump() {}
            if until() {
                return Ok(true);
            }
            if !crate::may_block() {
                return Err(Error::BlockingOnPage {
                    call: "what a pool will come to",
                    instead: "its asynchronous form",
                });
            }
            let (sentinels, often) = self.to_watch();
            let left = deadline.map(|deadline| {
                Duration::from_nanos(((deadline - trace::now_us()).max(0.0) * 1e3) as u64)
            });
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(false);
            }
            let time = [left, often].into_iter().flatten().min();
            wait(&watched(&self.board.reports, &sentinels), time)?;
        }
    }

    /// Lets a task of the page run the pool for as long as there is one.
    pub(super) fn run_on_page(self: &Rc<Self>) {
        if crate::may_block() || self.pumped.replace(true) {
            return;
        }
        let reports = self.board.reports.clone();
        let engine = Rc::downgrade(self);
        wasm_bindgen_futures::spawn_local(async move {
            while let Some((sentinels, often)) = pump_weak(&engine) {
                if sentinels.is_empty() {
                    break;
                }
                wait_async(&watched(&reports, &sentinels), often).await;
            }
        });
    }

    /// Runs the pool until `until` holds, on the page.
    pub(super) async fn run_async(self: &Rc<Self>, until: impl Fn() -> bool) {
        loop {
            while self.pump() {}
            if until() {
                return;
            }
            let (sentinels, often) = self.to_watch();
            wait_async(&watched(&self.board.reports, &sentinels), often).await;
        }
    }

    pub(super) fn state(&self) -> State {
        self.inner.borrow().state
    }

    pub(super) fn close(self: &Rc<Self>) {
        {
            let mut inner = self.inner.borrow_mut();
            if inner.state == State::Running {
                inner.state = State::Closed;
            }
        }
        self.pump();
    }

    pub(super) fn terminate(self: &Rc<Self>) {
        {
            let mut inner = self.inner.borrow_mut();
            if inner.state == State::Terminated {
                return;
            }
            inner.state = State::Terminated;
            for chair in &inner.chairs {
                let _ = chair.process.terminate();
            }
        }
        self.fail_all(&Error::ValueError("the pool was terminated".into()));
    }

    /// Has every worker ended, for good?
    pub(super) fn is_over(&self) -> bool {
        let inner = self.inner.borrow();
        inner.state != State::Running && inner.chairs.iter().all(|chair| chair.vacant)
    }

    /// The workers' pids, by seat.
    pub(super) fn pids(&self) -> Vec<u32> {
        let inner = self.inner.borrow();
        let pids = inner.chairs.iter().map(|chair| chair.process.pid());
        pids.map(Result::unwrap_or_default).collect()
    }

    /// The seats whose worker is at a chunk of this job, with the chunk's first
    /// item and the item it is at.
    pub(super) fn at_work(&self, job: &Rc<dyn Job>) -> Vec<(u32, usize)> {
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

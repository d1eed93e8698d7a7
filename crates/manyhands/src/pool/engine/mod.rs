//! The pool's side of it: chunks go out to the workers, reports come in.
//!
//! It has no thread of its own: [`run`] says who runs it, by turns of what is
//! here and of what [`ends`] makes of workers that have ended. Both are built
//! on this file, which uses neither; it must not know which kinds of job there
//! are.

mod ends;
mod run;
mod seats;
mod tickets;

use super::{
    job::{Job, Settled, To},
    plan::Plan,
    task::{Board, CANCEL_PLACES, Order, Outcome, Report, Task},
};
use crate::{Error, Queue, process::Call};
use seats::{Seat, Seats, hire};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use tickets::{Ticket, Tickets};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Running,
    Closed,
    Terminated,
}

struct Inner {
    seats: Seats,
    tickets: Tickets,
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

impl Engine {
    pub(crate) fn new(plan: Plan) -> Result<Rc<Engine>, Error> {
        let board = Board::new(plan.workers as usize)?;
        let mut seats = Vec::with_capacity(plan.workers as usize);
        for number in 0..plan.workers {
            let own = Queue::new(0)?;
            let worker = match plan.on_demand {
                true => None,
                false => Some(hire(&plan, &board, number, &own)?),
            };
            seats.push(Seat::new(own, worker));
        }
        Ok(Rc::new(Engine {
            plan,
            board,
            inner: RefCell::new(Inner {
                seats: Seats::new(seats),
                tickets: Tickets::new(),
                order_puts: 0,
                state: State::Running,
                stops_sent: false,
                broken: None,
                next_job: 0,
                free_places: (1..CANCEL_PLACES as u32).rev().collect(),
                feeds: Vec::new(),
            }),
            pumped: Cell::new(false),
        }))
    }

    pub(crate) fn state(&self) -> State {
        self.inner.borrow().state
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

    /// Nobody will cancel the job of this place any more.
    pub(crate) fn end_job(&self, place: u32) {
        if place != 0 {
            self.inner.borrow_mut().free_places.push(place);
        }
    }

    /// Tells the workers that this job is cancelled, if it has a place.
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
            && self.inner.borrow().seats.all_vacant()
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
        let order = Order::Run(Task {
            ticket: inner.tickets.next_name(),
            items: (first as u32, count as u32),
            cancel,
            call,
            claims: to.claims,
        });
        let seat = to.seat;
        let (queue, puts) = match seat {
            Some(number) => {
                let seat = inner.seats.at_mut(number);
                (&seat.own, &mut seat.own_puts)
            }
            None => (&self.board.orders, &mut inner.order_puts),
        };
        queue.try_put(&order)?;
        let number = *puts;
        *puts += 1;
        inner.tickets.push(Ticket {
            job: job.clone(),
            first,
            count,
            seat,
            number,
        });
        Ok(())
    }

    /// Starts one more worker, if all are busy and there may be more.
    fn hire_on_demand(&self) -> Result<(), Error> {
        let vacant = {
            let inner = self.inner.borrow();
            let wanted = self.plan.on_demand && inner.seats.alive() < inner.tickets.outstanding();
            wanted.then(|| inner.seats.first_vacant()).flatten()
        };
        let Some((number, own)) = vacant else {
            return Ok(());
        };
        let worker = hire(&self.plan, &self.board, number, &own)?;
        self.inner.borrow_mut().seats.at_mut(number).take(worker);
        if self.pumped.get() {
            // The page's task waits for the ends of those it knew.
            self.board.reports.try_put(&Report::nothing())?;
        }
        Ok(())
    }

    /// How many chunks are on their way.
    pub(crate) fn outstanding(&self) -> usize {
        self.inner.borrow().tickets.outstanding()
    }

    /// A job that hands out its chunks by and by.
    pub(crate) fn feed_from(self: &Rc<Self>, job: Rc<dyn Job>) {
        if job.clone().feed(self) {
            self.inner.borrow_mut().feeds.push(job);
        }
    }

    /// Lets the jobs hand out what they want to; was there anything?
    fn feed(self: &Rc<Self>) -> bool {
        let feeds = std::mem::take(&mut self.inner.borrow_mut().feeds);
        let before = self.outstanding();
        let more: Vec<_> = feeds
            .into_iter()
            .filter(|job| job.clone().feed(self))
            .collect();
        let mut inner = self.inner.borrow_mut();
        inner.feeds.extend(more);
        if inner.state == State::Closed && inner.feeds.is_empty() && !inner.stops_sent {
            inner.stops_sent = true;
            // After all chunks, as the queue keeps its order.
            for _ in 0..inner.seats.len() {
                self.send_stop(&mut inner);
            }
        }
        inner.tickets.outstanding() != before
    }

    /// One worker shall end when it comes to this.
    fn send_stop(&self, inner: &mut Inner) {
        let _ = self.board.orders.try_put(&Order::Stop);
        inner.order_puts += 1;
    }

    /// Reads the reports that are there; were there any?
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
            let ticket = inner.tickets.get(report.ticket);
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

    fn take_ticket(&self, name: u32) -> Option<Ticket> {
        self.inner.borrow_mut().tickets.take(name)
    }

    /// Nothing will ever come of what is outstanding.
    fn fail_all(self: &Rc<Self>, error: &Error) {
        let (tickets, feeds) = {
            let mut inner = self.inner.borrow_mut();
            inner.broken.get_or_insert_with(|| error.clone());
            (inner.tickets.names(), std::mem::take(&mut inner.feeds))
        };
        for job in feeds {
            job.abandoned(error);
        }
        for name in tickets {
            self.fail(name, |_| error.clone());
        }
    }

    /// Nothing will come of this chunk, if it is outstanding.
    fn fail(&self, name: u32, error: impl FnOnce(&Ticket) -> Error) {
        if let Some(taken) = self.take_ticket(name) {
            let failed = Settled::failed(taken.first, taken.count, error(&taken));
            taken.job.settled(failed);
        }
    }

    /// Kills every worker.
    pub(crate) fn kill_workers(&self) {
        self.inner.borrow().seats.kill();
    }

    /// Asks every worker to end.
    pub(crate) fn terminate_workers(&self) {
        self.inner.borrow().seats.terminate();
    }

    /// The workers' pids, by seat.
    pub(crate) fn pids(&self) -> Vec<u32> {
        let inner = self.inner.borrow();
        let pids = inner.seats.processes().map(|process| process.pid());
        pids.map(Result::unwrap_or_default).collect()
    }

    /// The seats whose worker is at a chunk of this job, with the item it is at.
    pub(crate) fn at_work(&self, job: &Rc<dyn Job>) -> Vec<(u32, usize)> {
        let inner = self.inner.borrow();
        let tickets = self.board.tickets.to_vec();
        let mut at = Vec::new();
        for (seat, name) in tickets.into_iter().enumerate() {
            if let Some(found) = inner.tickets.get(name)
                && Rc::ptr_eq(&found.job, job)
            {
                let item = self.board.items.get(seat).unwrap_or(0) as usize;
                at.push((seat as u32, found.first + item.min(found.count - 1)));
            }
        }
        at
    }
}

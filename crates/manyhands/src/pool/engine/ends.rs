//! What a worker's end means: which chunks were lost with it, and whether
//! another takes its seat.
//!
//! Must not know who runs the engine.

use super::{
    Engine, State,
    seats::{hire, was_up},
    tickets::Ticket,
};
use crate::{
    Error, ProcessError, Queue, Reason, TaskError,
    pool::task::{Board, Order},
    timeout::microseconds,
    trace,
};
use std::{rc::Rc, time::Duration};

/// How often in a row a worker may die before it is up.
const STILLBORN: u32 = 3;

/// How a worker ended.
struct End {
    /// The number of its seat.
    number: u32,
    exit: Result<(), ProcessError>,
    /// Killed because its task took too long.
    timed_out: bool,
    /// The ticket that it was at, and which item of it.
    at: (u32, usize),
    /// How many of the orders for its seat alone were taken.
    own_taken: u32,
}

impl End {
    fn is_because(&self, reasons: &[Reason]) -> bool {
        matches!(&self.exit, Err(error) if reasons.contains(&error.reason))
    }

    /// What it says of itself; nothing, if its end was a good one.
    fn text(&self) -> String {
        let error = self.exit.clone().map_err(Error::ProcessError).err();
        error.map(|error| error.to_string()).unwrap_or_default()
    }
}

/// Who comes after a worker.
enum Next {
    Nobody,
    /// Another, with the orders for this seat.
    Another(Queue<Order>),
    /// Nobody, and the others must go, too.
    Broken(Error),
}

impl Engine {
    /// Replaces the workers that have ended, and says so of what they were at;
    /// were there any?
    pub(super) fn see_to_seats(self: &Rc<Self>) -> bool {
        self.end_long_tasks();
        let ended = self.inner.borrow().seats.ended();
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
        for (number, seat) in inner.seats.iter_mut().enumerate() {
            let began = self.board.began.get(number).unwrap_or(now);
            let ticket = self.board.tickets.get(number);
            let busy = ticket.is_ok_and(|ticket| ticket != 0);
            if busy && !seat.timed_out && now - began > microseconds(timeout) {
                let worker = seat.worker.as_ref();
                seat.timed_out = worker.is_some_and(|(process, _)| process.kill().is_ok());
            }
        }
    }

    fn bury(self: &Rc<Self>, number: u32) {
        let end = self.end_of(number);
        let (taken, noted) = self.orders_taken(number);
        self.collect();
        if self.plan.fragile && end.is_because(&[Reason::Killed, Reason::Trapped]) {
            let why = format!(
                "A process in the process pool was terminated abruptly while the future was \
                 running or pending: {}",
                end.text()
            );
            self.inner.borrow_mut().seats.at_mut(number).vacant = true;
            return self.break_down(Error::BrokenProcessPool(why));
        }
        let lost = {
            let inner = self.inner.borrow();
            inner.tickets.which(|name, ticket| match ticket.seat {
                Some(seat) => seat == number && ticket.number < end.own_taken,
                None => ticket.number < taken && !noted.contains(&name),
            })
        };
        for name in lost {
            self.fail(name, |ticket| self.loss(&end, name, ticket));
        }
        self.replace(&end);
    }

    fn end_of(&self, number: u32) -> End {
        let place = number as usize;
        let inner = self.inner.borrow();
        let seat = inner.seats.at(number);
        // It has ended: this does not wait.
        let (process, _) = seat.worker.as_ref().expect("a worker sat there");
        let exit = match process.join_timeout(Duration::ZERO) {
            Err(Error::ProcessError(error)) => Err(error),
            _ => Ok(()),
        };
        let item = self.board.items.get(place).unwrap_or(0) as usize;
        End {
            number,
            exit,
            timed_out: seat.timed_out,
            at: (self.board.tickets.get(place).unwrap_or(0), item),
            own_taken: seat.own_puts - seat.own.qsize(),
        }
    }

    /// How many of the orders for any worker were taken, and the tickets that
    /// the others are at.
    fn orders_taken(&self, number: u32) -> (u32, Vec<u32>) {
        // While the lock is held every order that was taken has its ticket
        // noted; a report comes before the note is taken back, so that what is
        // neither noted nor reported afterwards was lost with this worker.
        let locked = lock(&self.board);
        let taken = self.inner.borrow().order_puts - self.board.orders.qsize();
        let mut noted = self.board.tickets.to_vec();
        noted[number as usize] = 0;
        if locked {
            let _ = self.board.taking.release();
        }
        (taken, noted)
    }

    /// What becomes of a chunk that was lost with a worker.
    fn loss(&self, end: &End, name: u32, ticket: &Ticket) -> Error {
        let (at, item) = end.at;
        let offset = if name == at {
            item.min(ticket.count - 1)
        } else {
            0
        };
        let worker = end.exit.clone().err();
        let text = match self.plan.task_timeout {
            Some(timeout) if end.timed_out => format!("it took longer than {timeout:?}"),
            _ if worker.is_none() => "its worker exited".into(),
            _ => String::new(),
        };
        Error::TaskError(Box::new(TaskError {
            index: ticket.first + offset,
            text,
            worker,
        }))
    }

    fn replace(self: &Rc<Self>, end: &End) {
        let own = match self.next_after(end) {
            Next::Nobody => return,
            Next::Broken(error) => return self.break_down(error),
            Next::Another(own) => own,
        };
        let hired = hire(&self.plan, &self.board, end.number, &own);
        let mut inner = self.inner.borrow_mut();
        let seat = inner.seats.at_mut(end.number);
        match hired {
            Ok(worker) => {
                seat.take(worker);
                if inner.stops_sent {
                    // The one before may have taken its own along.
                    self.send_stop(&mut inner);
                }
            }
            Err(error) => {
                seat.vacant = true;
                let all_vacant = inner.seats.all_vacant();
                drop(inner);
                if all_vacant {
                    self.fail_all(&Error::BrokenProcessPool(error.to_string()));
                }
            }
        }
    }

    fn next_after(&self, end: &End) -> Next {
        let was_up = was_up(&self.board, end.number);
        let mut inner = self.inner.borrow_mut();
        let stopped = inner.stops_sent && end.exit.is_ok();
        // The others do what there is, unless there are none.
        let needed = inner.seats.alive() == 1 && inner.tickets.outstanding() > 0;
        let over = inner.state == State::Terminated || inner.broken.is_some();
        let seat = inner.seats.at_mut(end.number);
        seat.timed_out = false;
        seat.stillborn = match was_up {
            true => 0,
            // One that somebody killed says nothing of the next.
            false if end.is_because(&[Reason::Killed]) => seat.stillborn,
            false => seat.stillborn + 1,
        };
        seat.vacant = over || stopped && !needed;
        if seat.vacant {
            return Next::Nobody;
        }
        if seat.stillborn >= STILLBORN {
            seat.vacant = true;
            let why = format!("the pool's workers die before they are up: {}", end.text());
            return Next::Broken(Error::BrokenProcessPool(why));
        }
        Next::Another(seat.own.clone())
    }

    /// Ends the other workers, too.
    fn break_down(self: &Rc<Self>, error: Error) {
        self.fail_all(&error);
        self.kill_workers();
    }
}

/// Takes the workers' lock; on the page, which may not sleep, by looking again:
/// it is held for some stores.
fn lock(board: &Board) -> bool {
    loop {
        match board.taking.try_acquire() {
            Ok(true) => return true,
            Ok(false) => std::hint::spin_loop(),
            Err(_) => {
                if board.taking.recover() {
                    return true;
                }
            }
        }
    }
}

//! What a pool's worker does.

use super::task::{Board, Order, Outcome, Report, Task};
use crate::{
    Error, Queue,
    connection::wait,
    process::{Call, watch_items},
    trace::{self, Op},
};
use serde::{Deserialize, Serialize};
use std::cell::Cell;

/// A worker's place in its pool.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Seat {
    pub(super) number: u32,
    pub(super) board: Board,
    /// Orders for this seat alone.
    pub(super) own: Queue<Order>,
    /// What to run first.
    pub(super) initializer: Option<Call>,
    /// After so many chunks it makes room for a new one.
    pub(super) max_tasks: Option<u32>,
}

thread_local! {
    /// This worker, for the watch over its items.
    static HERE: Cell<Option<&'static Here>> = const { Cell::new(None) };
}

struct Here {
    seat: Seat,
    cancel: Cell<(u32, u32)>,
}

impl Here {
    fn is_cancelled(&self) -> bool {
        let (place, job) = self.cancel.get();
        self.seat.board.cancelled.get(place as usize) == Ok(job)
    }
}

/// Every item begins with this: says where it is, and whether to go on.
fn begin_item(number: usize) -> bool {
    let Some(here) = HERE.get() else { return true };
    let Seat {
        number: seat,
        board,
        ..
    } = &here.seat;
    // There is a place for every seat.
    let _ = board.items.set(*seat as usize, number as u32);
    !here.is_cancelled()
}

/// The target of a worker's process.
pub(super) fn work(seat: Seat) {
    // Lives as long as the process.
    let here: &Here = Box::leak(Box::new(Here {
        seat,
        cancel: Cell::default(),
    }));
    HERE.set(Some(here));
    watch_items(begin_item);
    if let Some(initializer) = here.seat.initializer.clone()
        && let Err(error) = initializer.make()
    {
        panic!("the pool's initializer: {error}");
    }
    // From now on it counts as up.
    let _ = here.seat.board.runs.set(here.seat.number as usize, 0);
    let mut left = here.seat.max_tasks;
    while left != Some(0) {
        match here.next_order() {
            Ok(Order::Run(task)) => here.run(task),
            // The pool is gone, or says so.
            Ok(Order::Stop) | Err(_) => return,
        }
        left = left.map(|left| left - 1);
    }
}

impl Here {
    fn next_order(&self) -> Result<Order, Error> {
        let Seat {
            number, board, own, ..
        } = &self.seat;
        let place = *number as usize;
        // The time first: a watch over long tasks reads it when it sees the
        // ticket.
        let note = |order: &Order| match order {
            Order::Run(task) => {
                board.began.set(place, trace::now_us())?;
                board.tickets.set(place, task.ticket)
            }
            Order::Stop => Ok(()),
        };
        loop {
            match own.try_get() {
                Ok(order) => {
                    note(&order)?;
                    return Ok(order);
                }
                Err(Error::Empty) => {}
                Err(error) => return Err(error),
            }
            if !board.orders.is_empty() {
                board.take_lock()?;
                let taken = board.orders.try_get();
                if let Ok(order) = &taken {
                    note(order)?;
                }
                board.taking.release()?;
                match taken {
                    Err(Error::Empty) => {}
                    taken => return taken,
                }
            }
            wait(&[own, &board.orders], None)?;
        }
    }

    fn run(&self, task: Task) {
        let Seat { number, board, .. } = &self.seat;
        let place = *number as usize;
        let Task {
            ticket,
            items: (first, count),
            cancel,
            call,
        } = task;
        self.cancel.set(cancel);
        let _ = board.items.set(place, 0);
        let outcome = if self.is_cancelled() {
            Outcome::Skipped
        } else {
            trace::record(Op::TaskBegin, ticket, [first, count]);
            let made = call.make();
            trace::record(Op::TaskEnd, ticket, [first, count]);
            match made {
                Ok(returned) => Outcome::Returned(returned),
                Err(error) => Outcome::Failed(error.to_string()),
            }
        };
        if let Err(error) = board.reports.put(&Report { ticket, outcome }) {
            // Too large for the arena: its text is not.
            let outcome = Outcome::Failed(format!("the results could not be sent: {error}"));
            if board.reports.put(&Report { ticket, outcome }).is_err() {
                panic!("the results could not be sent: {error}");
            }
        }
        let _ = board.runs.fetch_add(place, 1);
        let _ = board.tickets.set(place, 0);
    }
}

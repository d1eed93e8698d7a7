//! What a pool's worker does.

use super::task::{Board, Claims, Order, Outcome, Report, Task};
use crate::{
    Error, Queue, Sentinel,
    connection::{Waitable, wait},
    process::{Call, choose_items},
    trace::{self, Op},
};
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};

/// What a worker is given.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Contract {
    /// The number of its seat in the pool.
    pub(crate) seat: u32,
    pub(crate) board: Board,
    /// Orders for this seat alone.
    pub(crate) own: Queue<Order>,
    /// What to run first.
    pub(crate) initializer: Option<Call>,
    /// After so many chunks it makes room for a new one.
    pub(crate) max_tasks: Option<u32>,
    /// The end of the pool's process, which may not have been able to say so;
    /// nobody outlives the page.
    pub(crate) owner: Option<Sentinel>,
}

thread_local! {
    /// This worker, for the watch over its items.
    static HERE: Cell<Option<&'static Here>> = const { Cell::new(None) };
}

struct Here {
    contract: Contract,
    cancel: Cell<(u32, u32)>,
    claims: RefCell<Option<Claims>>,
    /// The items claimed since the last report.
    claimed: RefCell<Vec<u32>>,
    /// How long the last chunk took, in µs.
    last_took: Cell<f64>,
}

/// A chunk that takes less, in µs, after another one of the kind, is only in
/// the trace when everything is: to record it would take longer than to do it.
const TINY: f64 = 100.0;

impl Here {
    fn is_cancelled(&self) -> bool {
        let (place, job) = self.cancel.get();
        self.contract.board.cancelled.glance(place as usize) == job && job != 0
    }

    /// Which item is next, when so many have been done: says where it is.
    fn next_item(&self, done: usize) -> Option<usize> {
        if self.is_cancelled() {
            return None;
        }
        let seat = self.contract.seat as usize;
        let next = match &*self.claims.borrow() {
            None => done,
            Some(claims) if done >= claims.burst as usize => return None,
            Some(claims) => claims.next(seat, |victim, start, end| {
                trace::record(Op::Steal, victim, [start, end]);
            })?,
        };
        if self.claims.borrow().is_some() {
            self.claimed.borrow_mut().push(next as u32);
        }
        self.contract.board.items.note(seat, next as u32);
        Some(next)
    }
}

fn next_item(done: usize) -> Option<usize> {
    HERE.get().and_then(|here| here.next_item(done))
}

/// The target of a worker's process.
pub(crate) fn work(contract: Contract) {
    // Lives as long as the process.
    let here: &Here = Box::leak(Box::new(Here {
        contract,
        cancel: Cell::default(),
        claims: RefCell::default(),
        claimed: RefCell::default(),
        last_took: Cell::new(f64::INFINITY),
    }));
    HERE.set(Some(here));
    choose_items(next_item);
    if let Some(initializer) = here.contract.initializer.clone()
        && let Err(error) = initializer.make()
    {
        panic!("the pool's initializer: {error}");
    }
    // From now on it counts as up.
    let _ = here.contract.board.runs.set(here.contract.seat as usize, 0);
    let mut left = here.contract.max_tasks;
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
        let Contract {
            seat,
            board,
            own,
            owner,
            ..
        } = &self.contract;
        let is_orphan = || owner.is_some_and(Sentinel::is_ready);
        let place = *seat as usize;
        // The time first: a watch over long tasks reads it when it sees the
        // ticket.
        let note = |order: &Order| match order {
            Order::Run(task) => {
                board.began.set(place, trace::now_us())?;
                board.tickets.set(place, task.ticket)
            }
            Order::Stop => Ok(()),
        };
        let end = owner.as_ref().map(|end| end as &dyn Waitable);
        let awaited: [&dyn Waitable; 3] = [own, &board.orders, end.unwrap_or(own)];
        let awaited = &awaited[..2 + usize::from(end.is_some())];
        while !is_orphan() {
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
            wait(awaited, None)?;
        }
        // As Python's, which read the end of their pipe.
        Err(Error::EOFError)
    }

    fn run(&self, task: Task) {
        let Contract { seat, board, .. } = &self.contract;
        let place = *seat as usize;
        let Task {
            ticket,
            items: (first, count),
            cancel,
            call,
            claims,
        } = task;
        let mut call = Some(call);
        self.cancel.set(cancel);
        let _ = board.items.set(place, 0);
        self.claims.replace(claims.clone());
        let mut began = board.began.get(place).unwrap_or_default();
        loop {
            let (outcome, now) = if self.is_cancelled() {
                (Outcome::Skipped, trace::now_us())
            } else {
                let recorded = self.last_took.get() >= TINY || trace::records_everything();
                if recorded {
                    trace::record(Op::TaskBegin, ticket, [first, count]);
                }
                // Only claimed items are called for again.
                let again = claims.as_ref().and(call.clone());
                let made = std::mem::replace(&mut call, again).map(Call::make);
                let made = made.unwrap_or(Err(Error::CancelledError));
                let now = trace::now_us();
                let took = now - began;
                self.last_took.set(took);
                if !recorded && took >= TINY {
                    trace::record_at(began, Op::TaskBegin, ticket, [first, count]);
                }
                if recorded || took >= TINY {
                    trace::record(Op::TaskEnd, ticket, [first, count]);
                }
                let outcome = match made {
                    Ok(returned) => Outcome::Returned(returned),
                    Err(error) => Outcome::Failed(error.to_string()),
                };
                (outcome, now)
            };
            let more = matches!(&claims, Some(claims) if !claims.is_over());
            let more = more && !self.is_cancelled();
            self.report(Report {
                ticket,
                outcome,
                claimed: self.claimed.take(),
                more,
                took: (now - began) as f32,
            });
            if !more {
                break;
            }
            began = now;
            let _ = board.began.set(place, now);
        }
        let _ = board.runs.fetch_add(place, 1);
        let _ = board.tickets.set(place, 0);
    }

    fn report(&self, report: Report) {
        let reports = &self.contract.board.reports;
        let Err(error) = reports.put(&report) else {
            return;
        };
        // Too large for the arena: its text is not.
        let text = format!("the results could not be sent: {error}");
        let outcome = Outcome::Failed(text.clone());
        if reports.put(&Report { outcome, ..report }).is_err() {
            panic!("{text}");
        }
    }
}

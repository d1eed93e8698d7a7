//! A job of a known number of items: hands them out by its supply and gathers
//! what they come to.
//!
//! Must not know who asks for the result, nor how: [`super::result`] does.

use super::{
    engine::Engine,
    gathering::Gathering,
    job::{Job, Settled, To, open},
    result::{Awaited, Callback},
    supply::Supply,
};
use crate::Error;
use serde::de::DeserializeOwned;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    task::Waker,
};

/// A job of a known number of items.
pub(crate) struct Whole<V, T> {
    engine: Rc<Engine>,
    cancel: (u32, u32),
    cancelled: Cell<bool>,
    state: RefCell<Gathering<V, T>>,
    supply: RefCell<Supply>,
    total: usize,
    make: fn(Vec<V>) -> T,
}

impl<V: DeserializeOwned + 'static> Whole<V, Vec<V>> {
    /// One whose result are the items' values.
    pub(super) fn of_many(engine: &Rc<Engine>, total: usize) -> Rc<Self> {
        Whole::new(engine, total, |values| values)
    }
}

impl<V: DeserializeOwned + 'static> Whole<V, V> {
    /// One of a single item, whose value is the result.
    pub(crate) fn of_one(engine: &Rc<Engine>) -> Rc<Self> {
        Whole::new(engine, 1, |values| {
            let mut values = values.into_iter();
            values.next().expect("a call has one result")
        })
    }
}

impl<V: DeserializeOwned + 'static, T: 'static> Whole<V, T> {
    fn new(engine: &Rc<Engine>, total: usize, make: fn(Vec<V>) -> T) -> Rc<Self> {
        Rc::new(Whole {
            engine: engine.clone(),
            cancel: engine.new_job(),
            cancelled: Cell::new(false),
            state: RefCell::new(Gathering::new(total, make)),
            supply: RefCell::new(Supply::Done),
            total,
            make,
        })
    }

    pub(crate) fn cancel_word(&self) -> (u32, u32) {
        self.cancel
    }

    /// Hands out its items by and by.
    pub(super) fn supply(self: &Rc<Self>, supply: Supply) -> Result<(), Error> {
        let claimers = match &supply {
            Supply::Claimed { workers, .. } => *workers,
            _ => 0,
        };
        self.supply.replace(supply);
        for seat in 0..claimers {
            self.order_claims(Some(seat as u32))?;
        }
        self.engine.feed_from(self.clone());
        Ok(())
    }

    /// Calls for a worker that claims items.
    fn order_claims(self: &Rc<Self>, seat: Option<u32>) -> Result<(), Error> {
        let supply = self.supply.borrow();
        let Supply::Claimed { call, claims, .. } = &*supply else {
            return Ok(());
        };
        let call = call(0..self.total)?;
        let claims = Some(claims.clone());
        let job: Rc<dyn Job> = self.clone();
        let items = (0, self.total);
        self.engine
            .put(&job, self.cancel, items, call, To { seat, claims })
    }

    /// Takes what a chunk came to; are all items known?
    fn take_chunk(&self, settled: Settled) -> bool {
        let place = (settled.first, settled.count);
        let opened = open(place.0, place.1, settled.outcome);
        self.state.borrow_mut().take_chunk(place, opened)
    }

    /// Takes what claimed items came to; are all known?
    fn take_claimed(&self, settled: Settled) -> bool {
        let opened = open(0, settled.claimed.len(), settled.outcome);
        let mut state = self.state.borrow_mut();
        state.take_claimed(&settled.claimed, opened);
        let mut supply = self.supply.borrow_mut();
        if settled.more || !supply.claimer_through() {
            return false;
        }
        // The last one is through: is anything left, because another died?
        if supply.has_unclaimed() && !self.cancelled.get() {
            return false;
        }
        state.conclude_claims();
        true
    }

    /// What was not handed out when it was cancelled is known, too.
    fn skip_cancelled(&self) {
        if !self.cancelled.get() {
            return;
        }
        let skipped = self.supply.borrow_mut().take_rest().len();
        if skipped > 0 && self.state.borrow_mut().skip(skipped) {
            self.finish();
        }
    }

    fn finish(&self) {
        let (callbacks, wakers) = {
            let mut state = self.state.borrow_mut();
            state.finish(self.cancelled.get(), self.make)
        };
        // What it was made from is needed no more.
        self.supply.replace(Supply::Done);
        self.engine.end_job(self.cancel.0);
        for callback in callbacks {
            self.tell(callback);
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    fn tell(&self, callback: Callback<T>) {
        // Taken out meanwhile: the callback may ask for the result's state.
        let ready = self.state.borrow_mut().ready.take();
        if let Some(ready) = ready {
            callback(ready.as_ref());
            self.state.borrow_mut().ready = Some(ready);
        }
    }
}

impl<V: DeserializeOwned + 'static, T: 'static> Job for Whole<V, T> {
    fn settled(&self, settled: Settled) {
        let claimed = matches!(*self.supply.borrow(), Supply::Claimed { .. });
        let done = if claimed {
            self.take_claimed(settled)
        } else {
            let mut supply = self.supply.borrow_mut();
            supply.batch_over(settled.count, settled.took);
            drop(supply);
            self.take_chunk(settled)
        };
        if done {
            self.finish();
        }
    }

    fn feed(self: Rc<Self>, engine: &Rc<Engine>) -> bool {
        if matches!(*self.supply.borrow(), Supply::Done) {
            return false;
        }
        let claimer = self.supply.borrow_mut().wants_claimer();
        if claimer {
            if let Err(error) = self.order_claims(None) {
                self.settled(Settled::failed(0, self.total, error));
            }
            return true;
        }
        let most = 2 * engine.plan.workers as usize;
        let job: Rc<dyn Job> = self.clone();
        while !self.cancelled.get() {
            let next = self.supply.borrow_mut().next_batch(most);
            let Some((batch, made)) = next else { break };
            let place = (batch.start, batch.len());
            let put =
                made.and_then(|call| engine.put(&job, self.cancel, place, call, To::default()));
            if let Err(error) = put {
                self.settled(Settled::failed(place.0, place.1, error));
            }
        }
        self.skip_cancelled();
        !matches!(*self.supply.borrow(), Supply::Done)
    }

    fn abandoned(&self, error: &Error) {
        // What is on its way fails by itself; what was not handed out, here.
        let rest = self.supply.borrow_mut().take_rest();
        let failed = Settled::failed(rest.start, rest.len(), error.clone());
        if !rest.is_empty() && self.take_chunk(failed) {
            self.finish();
        }
    }
}

impl<V: DeserializeOwned + 'static, T: 'static> Awaited<T> for Whole<V, T> {
    fn engine(&self) -> &Rc<Engine> {
        &self.engine
    }

    fn is_ready(&self) -> bool {
        self.state.borrow().over
    }

    fn is_good(&self) -> Option<bool> {
        self.state.borrow().ready.as_ref().map(Result::is_ok)
    }

    fn error(&self) -> Option<Error> {
        let state = self.state.borrow();
        state
            .ready
            .as_ref()
            .and_then(|ready| ready.as_ref().err().cloned())
    }

    fn take(&self) -> Option<Result<T, Error>> {
        self.state.borrow_mut().ready.take()
    }

    fn call_back(self: Rc<Self>, callback: Callback<T>) {
        if self.is_ready() {
            self.tell(callback);
        } else {
            self.state.borrow_mut().callbacks.push(callback);
        }
    }

    fn wake_me(&self, waker: &Waker) {
        self.state.borrow_mut().wakers.push(waker.clone());
    }

    fn cancel(&self) {
        if !self.is_ready() {
            self.cancelled.set(true);
            self.engine.cancel(self.cancel);
        }
    }

    fn counts(&self) -> (usize, usize) {
        let state = self.state.borrow();
        (self.total - state.left, self.total)
    }

    fn job(self: Rc<Self>) -> Rc<dyn Job> {
        self
    }
}

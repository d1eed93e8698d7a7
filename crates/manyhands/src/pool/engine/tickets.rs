//! The record of the chunks that are on their way: one ticket each.
//!
//! A record only: it must not know the workers, nor what is done to a chunk.

use crate::pool::job::Job;
use std::{collections::VecDeque, ops::Range, rc::Rc};

/// A chunk that is on its way.
pub(super) struct Ticket {
    pub(super) job: Rc<dyn Job>,
    pub(super) first: usize,
    pub(super) count: usize,
    /// The seat it was made for; else any.
    pub(super) seat: Option<u32>,
    /// The how-manieth of its queue it is.
    pub(super) number: u32,
}

/// The tickets that are out. Each has a name, counted from 1.
pub(super) struct Tickets {
    tickets: VecDeque<Option<Ticket>>,
    /// The name of the one at the front.
    first: u32,
    outstanding: usize,
}

impl Tickets {
    pub(super) fn new() -> Tickets {
        Tickets {
            tickets: VecDeque::new(),
            first: 1,
            outstanding: 0,
        }
    }

    /// How many are out.
    pub(super) fn outstanding(&self) -> usize {
        self.outstanding
    }

    /// The name that the next one will have.
    pub(super) fn next_name(&self) -> u32 {
        self.first + self.tickets.len() as u32
    }

    pub(super) fn push(&mut self, ticket: Ticket) {
        self.tickets.push_back(Some(ticket));
        self.outstanding += 1;
    }

    /// The one of this name, if it is out.
    pub(super) fn get(&self, name: u32) -> Option<&Ticket> {
        let index = name.checked_sub(self.first)?;
        self.tickets.get(index as usize)?.as_ref()
    }

    /// Takes it back.
    pub(super) fn take(&mut self, name: u32) -> Option<Ticket> {
        let index = name.checked_sub(self.first)?;
        let taken = self.tickets.get_mut(index as usize)?.take()?;
        self.outstanding -= 1;
        while let Some(None) = self.tickets.front() {
            self.tickets.pop_front();
            self.first += 1;
        }
        Some(taken)
    }

    /// The names of those that are out; of some that were taken back, too.
    pub(super) fn names(&self) -> Range<u32> {
        self.first..self.next_name()
    }

    /// The names of those that are out and of which this is true.
    pub(super) fn which(&self, is: impl Fn(u32, &Ticket) -> bool) -> Vec<u32> {
        let named = self.names().zip(&self.tickets);
        let is = |(name, ticket): (u32, &Option<Ticket>)| {
            let ticket = ticket.as_ref()?;
            is(name, ticket).then_some(name)
        };
        named.filter_map(is).collect()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::{
        Error,
        pool::{engine::Engine, job::Settled},
    };

    struct Nothing;

    impl Job for Nothing {
        fn settled(&self, _: Settled) {}

        fn feed(self: Rc<Self>, _: &Rc<Engine>) -> bool {
            false
        }

        fn abandoned(&self, _: &Error) {}
    }

    fn put(tickets: &mut Tickets, first: usize) -> u32 {
        let name = tickets.next_name();
        tickets.push(Ticket {
            job: Rc::new(Nothing),
            first,
            count: 1,
            seat: None,
            number: 0,
        });
        name
    }

    #[test]
    fn a_ticket_keeps_its_name_until_it_is_taken_back_once() {
        let mut tickets = Tickets::new();
        let names: Vec<u32> = (0..4).map(|first| put(&mut tickets, first)).collect();
        assert_eq!(names, [1, 2, 3, 4]);
        // From the middle: nothing moves.
        assert_eq!(tickets.take(2).map(|ticket| ticket.first), Some(1));
        assert!(tickets.take(2).is_none());
        assert_eq!(tickets.names(), 1..5);
        assert_eq!(tickets.outstanding(), 3);
        // From the front: it and what was taken behind it are forgotten.
        assert!(tickets.take(1).is_some());
        assert_eq!(tickets.names(), 3..5);
        assert_eq!(tickets.which(|_, ticket| ticket.first > 2), [4]);
        assert_eq!(put(&mut tickets, 4), 5);
        assert_eq!(tickets.get(5).map(|ticket| ticket.first), Some(4));
        for name in [0, 1, 2, 6] {
            assert!(tickets.get(name).is_none());
            assert!(tickets.take(name).is_none());
        }
    }
}

//! The server's desk: who asks, who waits, and the answers.
//!
//! Nothing here ever waits for a client.

use super::message::{Answer, Fault, Name, Reply};
use crate::{Connection, Error, Sentinel, trace::now_us};
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// A question that is to be answered.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) client: Name,
    pub(super) number: u32,
    pub(super) object: Name,
    /// The process that asks.
    pub(super) pid: u32,
    /// How long it may take, in µs.
    pub(super) timeout: Option<u64>,
    /// Until when, once it waits.
    pub(super) deadline: Option<u64>,
}

impl Caller {
    fn is(&self, client: Name, number: u32) -> bool {
        self.client == client && self.number == number
    }
}

/// One who asks.
pub(super) struct Client {
    pub(super) pid: u32,
    pub(super) sentinel: Option<Sentinel>,
    pub(super) replies: Connection,
}

/// Clients, deadlines, and owners whose death is waited for.
#[derive(Default)]
pub(super) struct Desk {
    clients: HashMap<Name, Client>,
    /// The processes that ever asked and may own something.
    processes: BTreeMap<u32, Sentinel>,
    deadlines: BTreeSet<(u64, Name, u32, Name)>,
    /// Objects for which somebody waits until a process gives them back.
    watched: BTreeMap<Name, u32>,
}

fn now() -> u64 {
    now_us() as u64
}

impl Desk {
    /// There is one more who asks.
    pub(super) fn welcome(&mut self, name: Name, client: Client) {
        if let Some(sentinel) = client.sentinel {
            self.processes.insert(client.pid, sentinel);
        }
        self.clients.insert(name, client);
    }

    /// One will not ask any more.
    pub(super) fn part(&mut self, name: Name) {
        self.clients.remove(&name);
    }

    /// Forgets the dead; `owns` says who is still needed to be known as dead.
    pub(super) fn sweep(&mut self, owns: impl Fn(u32) -> bool) {
        let dead = |sentinel: &Sentinel| sentinel.is_ready();
        self.clients
            .retain(|_, client| !client.sentinel.as_ref().is_some_and(dead));
        self.processes
            .retain(|pid, sentinel| !dead(sentinel) || owns(*pid));
    }

    /// What tells of a caller's death; `None` for one that nobody outlives.
    pub(super) fn end_of(&self, caller: &Caller) -> Option<Sentinel> {
        self.clients.get(&caller.client)?.sentinel
    }

    /// Is that process dead?
    pub(super) fn is_dead(&self, pid: u32) -> bool {
        let sentinel = self.processes.get(&pid);
        sentinel.is_some_and(|sentinel| sentinel.is_ready())
    }

    /// May the caller be made to wait? Then its time runs.
    pub(super) fn may_wait(&mut self, caller: &mut Caller) -> bool {
        match caller.timeout {
            None => true,
            Some(0) => false,
            Some(time) => {
                let deadline = now().saturating_add(time);
                caller.deadline = Some(deadline);
                let entry = (deadline, caller.client, caller.number, caller.object);
                self.deadlines.insert(entry);
                true
            }
        }
    }

    /// The caller's time does not run any more.
    pub(super) fn stop_clock(&mut self, caller: &Caller) {
        if let Some(deadline) = caller.deadline {
            let entry = (deadline, caller.client, caller.number, caller.object);
            self.deadlines.remove(&entry);
        }
    }

    /// Answers; `false` if nobody is there to hear it, who so got nothing.
    pub(super) fn answer(&mut self, caller: &Caller, answer: Answer) -> bool {
        self.stop_clock(caller);
        let Some(client) = self.clients.get(&caller.client) else {
            return false;
        };
        let number = caller.number;
        let say = |answer| client.replies.send(&Reply { number, answer });
        let said = match say(answer) {
            // At least that it cannot be said.
            Err(error @ Error::MemoryError { .. }) => say(Fault::from(error).into()),
            said => said,
        };
        if said.is_err() {
            // Its pipe closes: should it live after all, it does not wait.
            self.clients.remove(&caller.client);
        }
        said.is_ok()
    }

    /// Says that a process has something that others wait for.
    pub(super) fn watch(&mut self, object: Name, owner: Option<u32>) {
        match owner {
            Some(pid) => self.watched.insert(object, pid),
            None => self.watched.remove(&object),
        };
    }

    /// Objects, who has them, and the ends of these to be waited for.
    pub(super) fn watched(&self) -> Vec<(Name, u32, Sentinel)> {
        let sentinel =
            |(object, pid): (&Name, &u32)| Some((*object, *pid, *self.processes.get(pid)?));
        self.watched.iter().filter_map(sentinel).collect()
    }

    /// µs until the next deadline.
    pub(super) fn time_left(&self) -> Option<u64> {
        let (deadline, ..) = self.deadlines.first()?;
        Some(deadline.saturating_sub(now()))
    }

    /// A call whose time is up: client, number, object.
    pub(super) fn overdue(&mut self) -> Option<(Name, u32, Name)> {
        let (deadline, client, number, object) = *self.deadlines.first()?;
        if deadline > now() {
            return None;
        }
        self.deadlines.pop_first();
        Some((client, number, object))
    }
}

/// Those who wait for something, in the order in which they came.
pub(super) struct Waiting<T>(VecDeque<(Caller, T)>);

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Waiting(VecDeque::new())
    }
}

impl<T> Waiting<T> {
    pub(super) fn push(&mut self, caller: Caller, what: T) {
        self.0.push_back((caller, what));
    }

    pub(super) fn pop(&mut self) -> Option<(Caller, T)> {
        self.0.pop_front()
    }

    pub(super) fn take_all(&mut self) -> VecDeque<(Caller, T)> {
        std::mem::take(&mut self.0)
    }

    /// Takes out one that does not wait any more.
    pub(super) fn remove(&mut self, client: Name, number: u32) -> Option<(Caller, T)> {
        let mut places = self.0.iter();
        let place = places.position(|(caller, _)| caller.is(client, number))?;
        self.0.remove(place)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

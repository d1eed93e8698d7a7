//! The server: one state machine that never waits but for the next request.

use super::{
    barrier, condition,
    desk::{Caller, Client, Desk},
    dict, event, list, lock,
    message::{Answer, Fault, Method, Name, Request, Seed},
    namespace,
    obituary::Obituary,
    pool, queue, remote, semaphore, value,
};
use crate::{
    Connection, Error, Sentinel,
    connection::{Waitable, wait},
    shared::Token,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

/// What the server keeps for its clients: one state machine per type.
pub(super) trait Object {
    /// Answers a call, now or later.
    fn call(&mut self, caller: Caller, method: Method, desk: &mut Desk);

    /// A call's time is up: it is answered, if it waits.
    fn expire(&mut self, _client: Name, _number: u32, _desk: &mut Desk) {}

    /// Nobody waits any more for a call's answer.
    fn give_up(&mut self, client: Name, number: u32, desk: &mut Desk) {
        self.expire(client, number, desk);
    }

    /// The process that has it, if one does.
    fn owner(&self) -> Option<u32> {
        None
    }

    /// A process that had it died, and all that it said has been heard.
    fn owner_died(&mut self, _pid: u32, _desk: &mut Desk) {}

    /// What it waits for beside calls, if anything ever happens to it by itself.
    fn awaits(&self) -> Option<Awaits<'_>> {
        None
    }

    /// Something that it waits for may be there.
    fn pump(&mut self, _desk: &mut Desk) {}
}

/// What an object waits for beside calls.
pub(super) struct Awaits<'a> {
    pub(super) things: Vec<&'a dyn Waitable>,
    /// For how long at most.
    pub(super) time: Option<Duration>,
}

/// The answer to a method that the object does not have.
pub(super) fn no_such_method(caller: &Caller, desk: &mut Desk) {
    let text = "the object has no such method".into();
    desk.answer(caller, Fault::Attribute(text).into());
}

fn make(seed: Seed) -> Box<dyn Object> {
    match seed {
        Seed::Dict(pairs) => Box::new(dict::Dict::new(pairs)),
        Seed::List(items) => Box::new(list::List(items)),
        Seed::Namespace => Box::new(namespace::Attributes::default()),
        Seed::Value(value) => Box::new(value::Kept(value)),
        Seed::Queue { max_size } => Box::new(queue::Line::new(max_size)),
        Seed::Event => Box::new(event::Flag::default()),
        Seed::Lock { again } => Box::new(lock::Latch::new(again)),
        Seed::Semaphore { value, bound } => Box::new(semaphore::Permits::new(value, bound)),
        Seed::Condition => Box::new(condition::Meeting::default()),
        Seed::Barrier {
            parties,
            action,
            timeout,
        } => Box::new(barrier::Gate::new(parties, action, timeout)),
        Seed::Pool(plan) => Box::new(pool::Crew::new(plan)),
    }
}

/// An object and what tells who has it.
struct Entry {
    token: Token,
    object: Box<dyn Object>,
}

/// So many objects before the first sweep.
const FEW: usize = 64;

struct Server {
    objects: HashMap<Name, Entry>,
    /// Those that wait for more than calls.
    lively: BTreeSet<Name>,
    desk: Desk,
    /// With so many objects those are looked for that nobody has.
    sweep_at: usize,
    /// How many requests were heard.
    heard: u64,
    /// Objects of dead owners, and when all that these said will have been
    /// heard: they may have given them back.
    verdicts: BTreeMap<(Name, u32), u64>,
}

/// What the server process runs, until it is told to end or nobody can ask any
/// more.
pub(super) fn serve(requests: Connection, obituary: Obituary) {
    remote::be_home();
    obituary.clone().keep_for_a_panic();
    let mut server = Server {
        objects: HashMap::new(),
        lively: BTreeSet::new(),
        desk: Desk::default(),
        sweep_at: FEW,
        heard: 0,
        verdicts: BTreeMap::new(),
    };
    while let Ok(request) = server.next(&requests) {
        match request {
            Some(Request::ShutDown) => break,
            Some(request) => server.handle(request),
            None => {}
        }
        server.expire();
        server.pump();
    }
    obituary.write(0, "");
}

impl Server {
    /// The next request; `None` when something else is to be done first.
    fn next(&mut self, requests: &Connection) -> Result<Option<Request>, Error> {
        let watched = self.desk.watched();
        if !watched.is_empty() {
            self.judge(&watched, requests)?;
        }
        if !self.is_asked(&watched, requests)? {
            return Ok(None);
        }
        self.heard += 1;
        received(requests)
    }

    /// Waits until there is a request (`true`) or something else.
    fn is_asked(
        &self,
        watched: &[(Name, u32, Sentinel)],
        requests: &Connection,
    ) -> Result<bool, Error> {
        let left = self.desk.time_left().map(Duration::from_micros);
        let alive = watched.iter().filter(|(.., end)| !end.is_ready());
        let ends = alive.map(|(.., end)| end as &dyn Waitable);
        let lively = self.lively.iter();
        let lively = lively.filter_map(|name| self.objects.get(name)?.object.awaits());
        let lively: Vec<Awaits> = lively.collect();
        let time = lively.iter().filter_map(|one| one.time).chain(left).min();
        let things = lively.iter().flat_map(|one| one.things.iter().copied());
        let mut all: Vec<&dyn Waitable> = ends.chain(things).collect();
        if all.is_empty() {
            // To receive is to wait, when there is no end to it.
            return time.map_or(Ok(true), |time| requests.poll(time));
        }
        all.insert(0, requests);
        Ok(wait(&all, time)?.first() == Some(&0))
    }

    fn pump(&mut self) {
        for name in &self.lively {
            if let Some(entry) = self.objects.get_mut(name) {
                entry.object.pump(&mut self.desk);
            }
        }
    }

    /// Looks which owners are dead, and tells those who wait for what they had.
    fn judge(
        &mut self,
        watched: &[(Name, u32, Sentinel)],
        requests: &Connection,
    ) -> Result<(), Error> {
        for (object, pid, end) in watched {
            if end.is_ready() && !self.verdicts.contains_key(&(*object, *pid)) {
                let due = self.heard + u64::from(requests.waiting()?);
                self.verdicts.insert((*object, *pid), due);
            }
        }
        let heard = self.heard;
        let due = self.verdicts.extract_if(.., |_, due| *due <= heard);
        for ((object, pid), _) in due {
            if let Some(entry) = self.objects.get_mut(&object) {
                entry.object.owner_died(pid, &mut self.desk);
            }
        }
        Ok(())
    }

    fn expire(&mut self) {
        while let Some((client, number, object)) = self.desk.overdue() {
            if let Some(entry) = self.objects.get_mut(&object) {
                entry.object.expire(client, number, &mut self.desk);
            }
        }
    }

    fn handle(&mut self, request: Request) {
        match request {
            Request::Hello {
                client,
                pid,
                sentinel,
                replies,
            } => self.desk.welcome(
                client,
                Client {
                    pid,
                    sentinel,
                    replies,
                },
            ),
            Request::Create { token, seed } => {
                if self.objects.len() >= self.sweep_at {
                    self.sweep();
                }
                let object = make(seed);
                if object.awaits().is_some() {
                    self.lively.insert(token.number());
                }
                self.objects.insert(token.number(), Entry { token, object });
            }
            Request::Call {
                client,
                pid,
                number,
                object,
                timeout,
                method,
            } => {
                let caller = Caller {
                    client,
                    number,
                    object,
                    pid,
                    timeout,
                    deadline: None,
                };
                match self.objects.get_mut(&object) {
                    Some(entry) => entry.object.call(caller, method, &mut self.desk),
                    None => {
                        let text = "the manager's object is gone: nobody had it any more".into();
                        self.desk.answer(&caller, Fault::Value(text).into());
                    }
                }
            }
            Request::GiveUp {
                client,
                number,
                object,
            } => {
                if let Some(entry) = self.objects.get_mut(&object) {
                    entry.object.give_up(client, number, &mut self.desk);
                }
            }
            Request::Dropped { object } => {
                let last = self.objects.get(&object);
                if last.is_some_and(|entry| entry.token.is_last()) {
                    self.forget(object);
                }
            }
            Request::Count { client, number } => {
                self.sweep();
                let caller = Caller {
                    client,
                    number,
                    object: 0,
                    pid: 0,
                    timeout: None,
                    deadline: None,
                };
                let count = self.objects.len() as u64;
                self.desk.answer(&caller, Answer::Number(count));
            }
            Request::Bye { client } => self.desk.part(client),
            Request::ShutDown => {}
        }
    }

    fn forget(&mut self, object: Name) {
        self.desk.watch(object, None);
        self.lively.remove(&object);
        self.objects.remove(&object);
    }

    /// Forgets the objects that nobody has: those of processes that died, and
    /// those that were only in objects which are gone.
    fn sweep(&mut self) {
        loop {
            let unheld: Vec<Name> = (self.objects.iter())
                .filter(|(_, entry)| entry.token.is_last())
                .map(|(name, _)| *name)
                .collect();
            if unheld.is_empty() {
                break;
            }
            for object in unheld {
                self.forget(object);
            }
        }
        self.sweep_at = 2 * self.objects.len() + FEW;
        let owners: Vec<u32> = (self.objects.values())
            .filter_map(|entry| entry.object.owner())
            .collect();
        self.desk.sweep(|pid| owners.contains(&pid));
    }
}

/// The next request.
///
/// # Panics
/// When it cannot be read, for want of memory: nobody knows whose it is, who
/// else would wait for ever.
fn received(requests: &Connection) -> Result<Option<Request>, Error> {
    match requests.recv() {
        Ok(request) => Ok(Some(request)),
        Err(Error::EOFError) => Err(Error::EOFError),
        Err(error) => panic!("a request that cannot be read: {error}"),
    }
}

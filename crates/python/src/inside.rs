//! What is inside a running program: its queues, locks and pipes with their state, as the
//! page tells it. All of it is read from shared memory, so that no process need answer.

mod threads;
mod words;

use crate::{
    class::Class,
    names::Names,
    registry::{self, Holder, Row},
    thread_locks,
    waits::{Kind, Wait},
};
use manyhands::{ObjectId, trace::Pid};
use std::collections::{BTreeMap, HashMap};

/// How many objects are told.
const MOST: usize = 64;
/// How many of them are told after they are gone.
const MOST_GONE: usize = 24;
/// The bound of a queue that has none, and of a semaphore: Python's `SEM_VALUE_MAX`.
const NO_BOUND: u32 = i32::MAX as u32;

/// A queue, a lock, … What is `None` it does not have, or is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Its number among the objects of the run.
    pub id: u32,
    pub class: Class,
    /// The module of Python's library that has the class.
    pub module: &'static str,
    /// The variable that holds it.
    pub name: Option<String>,
    /// What made it, if not the program itself.
    pub inside: Option<Class>,
    /// The pid of the process that made it, and the line at which it did.
    pub maker: Pid,
    pub line: u32,
    /// How many items are in a queue, and how many of them its feeder threads still have.
    pub size: Option<u32>,
    pub buffered: Option<u32>,
    /// How many items may be in a queue.
    pub maxsize: Option<u32>,
    /// The permits of a semaphore, 1 for an event that is set, or the number of unfinished
    /// tasks of a queue; of a lock 0 if it is held, of a condition or barrier how many wait.
    pub value: Option<u32>,
    /// How many processes a barrier waits for.
    pub parties: Option<u32>,
    pub holder: Option<Holder>,
    pub ends: Vec<End>,
    pub waiting: Vec<Waiting>,
    pub is_gone: bool,
}

/// An end of a pipe.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// The variable that holds it.
    pub name: Option<String>,
    pub receives: bool,
    pub sends: bool,
    /// The pids of the processes that hold it.
    pub held_by: Vec<Pid>,
    /// What waits to be received at this end.
    pub messages: u32,
    pub bytes: u32,
}

/// A thread that waits for an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    pub process: Pid,
    pub thread: Pid,
    pub line: u32,
    /// What it waits to do: the method that it calls, or the like.
    pub to: &'static str,
}

/// What is known of the objects of a run.
pub struct Inside {
    table: registry::Table,
    names: Names,
    /// The objects by the process that made them and their group.
    known: BTreeMap<(Pid, u32), Object>,
    rows: Vec<Row>,
    /// The rows of the locks and queues of threads.
    of_threads: Vec<thread_locks::Row>,
    /// How many objects an assignment has made, by process and place in the source.
    made: HashMap<(Pid, Option<u32>, u32), usize>,
    count: u32,
    told: (Vec<Object>, u32),
}

impl Inside {
    /// What is inside a run of this program.
    pub fn new(source: &str, table: registry::Table) -> Inside {
        Inside {
            table,
            names: Names::of(source),
            known: BTreeMap::new(),
            rows: Vec::new(),
            of_threads: Vec::new(),
            made: HashMap::new(),
            count: 0,
            told: Default::default(),
        }
    }

    /// Looks again. `process_of` finds the process of a process or thread. Returns the
    /// objects, and how many there are besides, if anything has changed.
    pub fn look(
        &mut self,
        waits: &[Wait],
        process_of: &dyn Fn(Pid) -> Option<Pid>,
    ) -> Option<&(Vec<Object>, u32)> {
        let all = self.table.to_vec();
        let (rows, missing) = registry::read(&all);
        self.rows = rows;
        self.rows.sort_by_key(|row| (row.maker, row.serial));
        let mut groups: Vec<Vec<&Row>> = Vec::new();
        for row in &self.rows {
            match groups.iter_mut().find(|group| is_same(group[0], row)) {
                Some(group) => group.push(row),
                None => groups.push(vec![row]),
            }
        }
        let mut gone = Vec::new();
        for group in &groups {
            let key = (group[0].maker, group[0].group);
            let mut name = || name(&self.names, &mut self.made, group);
            let known = self.known.entry(key).or_insert_with(|| {
                self.count += 1;
                Object::of_processes(self.count, group[0], name())
            });
            if group.iter().any(|row| row.object.exists()) {
                known.update(group, waits, process_of);
                continue;
            }
            gone.extend(self.known.remove(&key));
            group.iter().for_each(|row| row.forget(&self.table));
        }
        gone.extend(self.look_at_threads(&all, waits));
        let mut objects: Vec<Object> = self.known.values().cloned().collect();
        // What the program itself made comes first, and in the order in which it did.
        objects.sort_by_key(|object| (object.inside.is_some(), object.id));
        let past = self.told.0.iter().filter(|object| object.is_gone);
        let mut past: Vec<Object> = past.cloned().collect();
        past.extend(gone.into_iter().map(Object::gone));
        past.drain(..past.len().saturating_sub(MOST_GONE));
        let more = objects.len().saturating_sub(MOST) as u32 + missing;
        objects.truncate(MOST);
        objects.extend(past);
        let now = (objects, more);
        if now == self.told {
            return None;
        }
        self.told = now;
        Some(&self.told)
    }

    /// Who holds the lock that is waited for.
    pub fn holder(&self, wait: &Wait) -> Option<Holder> {
        match self.row_of_threads(wait) {
            Some(row) => row.holder,
            None => self.row(wait)?.holder,
        }
    }

    fn row(&self, wait: &Wait) -> Option<&Row> {
        if !matches!(wait.kind, Kind::Lock | Kind::Message | Kind::Room) || wait.object == 0 {
            return None;
        }
        self.rows.iter().find(|row| row.is(wait.object))
    }
}

fn is_same(one: &Row, other: &Row) -> bool {
    (one.maker, one.group) == (other.maker, other.group)
}

/// The variable that holds the object of these rows, or for a pipe the two that hold its
/// ends.
fn name(
    names: &Names,
    made: &mut HashMap<(Pid, Option<u32>, u32), usize>,
    group: &[&Row],
) -> (Option<String>, Option<[String; 2]>) {
    let row = group[0];
    // The attributes of CPython's classes that hold what these make for themselves.
    let parts: &[&str] = match row.inside {
        Some(Class::Pool) => &["._inqueue", "._outqueue", "._change_notifier"],
        Some(Class::ProcessPoolExecutor) => &[
            "._executor_manager_thread_wakeup",
            "._call_queue",
            "._result_queue",
        ],
        _ => &[""],
    };
    let key = (row.maker, names.place(row.line), row.line);
    let before = made.entry(key).or_default();
    let (index, part) = (*before / parts.len(), *before % parts.len());
    *before += 1;
    if row.class == Class::Pipe && row.inside.is_none() {
        return match names.of_pair(row.line) {
            Some(ends) => (None, Some(ends)),
            None => (names.of_value(row.line, index), None),
        };
    }
    let name = names.of_value(row.line, index);
    (name.map(|name| name + parts[part]), None)
}

impl Object {
    /// An object of which nothing else is known yet. It was made by a process, at a line.
    fn new(
        id: u32,
        class: Class,
        module: &'static str,
        (maker, line): (Pid, u32),
        name: Option<String>,
    ) -> Object {
        Object {
            id,
            class,
            module,
            name,
            inside: None,
            maker,
            line,
            size: None,
            buffered: None,
            maxsize: None,
            value: None,
            parties: None,
            holder: None,
            ends: Vec::new(),
            waiting: Vec::new(),
            is_gone: false,
        }
    }

    fn of_processes(id: u32, row: &Row, names: (Option<String>, Option<[String; 2]>)) -> Object {
        let (name, ends) = names;
        let mut ends = ends
            .map(|ends| ends.map(Some))
            .unwrap_or_default()
            .into_iter();
        let [forward, backward] = [true, row.backward.is_some()];
        // A pipe with one direction begins, as in Python, with the end that receives.
        let directions = match backward {
            true => [(true, true), (true, true)],
            false => [(forward, false), (false, forward)],
        };
        let end = |(receives, sends)| End {
            name: ends.next().flatten(),
            receives,
            sends,
            held_by: Vec::new(),
            messages: 0,
            bytes: 0,
        };
        let made = (row.maker, row.line);
        Object {
            inside: row.inside,
            parties: (row.parties != 0).then_some(row.parties),
            ends: match row.class {
                Class::Pipe => directions.map(end).into(),
                _ => Vec::new(),
            },
            ..Object::new(id, row.class, "multiprocessing", made, name)
        }
    }

    fn gone(mut self) -> Object {
        self.is_gone = true;
        self.waiting.clear();
        self
    }

    fn update(&mut self, group: &[&Row], waits: &[Wait], process_of: &dyn Fn(Pid) -> Option<Pid>) {
        let pipe = group.iter().find(|row| row.kind == registry::Kind::Pipe);
        let locks: Vec<&Row> = without_pipe(group);
        let permits = |place: usize| locks.get(place)?.object.permits();
        let messages = pipe.and_then(|row| row.object.unread());
        let sleepers = |first: usize| Some(permits(first)?.saturating_sub(permits(first + 1)?));
        match self.class {
            Class::Lock | Class::RLock => {
                self.value = permits(0);
                self.holder = locks.first().and_then(|row| row.holder);
            }
            Class::Semaphore | Class::BoundedSemaphore => self.value = permits(0),
            Class::Queue | Class::JoinableQueue => {
                let bound = locks.get(2).map(|row| row.bound);
                self.size = bound
                    .zip(permits(2))
                    .map(|(bound, free)| bound.saturating_sub(free));
                self.maxsize = bound.filter(|bound| *bound != NO_BOUND);
                let in_pipe = messages.map(|unread| unread.messages);
                self.buffered = self
                    .size
                    .zip(in_pipe)
                    .map(|(all, sent)| all.saturating_sub(sent));
                self.value = permits(3);
            }
            Class::SimpleQueue => self.size = messages.map(|unread| unread.messages),
            Class::Condition | Class::Barrier => {
                // The lock comes first, unless it was there before.
                let first = usize::from(locks.first().is_some_and(|row| row.bound != NO_BOUND));
                self.value = sleepers(first);
                self.holder = locks
                    .first()
                    .filter(|_| first == 1)
                    .and_then(|row| row.holder);
            }
            Class::Event => self.value = permits(4),
            Class::Pipe => {
                if let Some(row) = pipe {
                    self.update_ends(row, process_of);
                }
            }
            Class::Value | Class::Array | Class::Pool | Class::ProcessPoolExecutor => {}
        }
        let waiting = waits.iter().filter_map(|wait| {
            Some(Waiting {
                process: wait.process,
                thread: wait.thread,
                line: wait.line,
                to: Object::to(group, wait)?,
            })
        });
        self.waiting = waiting.collect();
    }

    fn update_ends(&mut self, row: &Row, process_of: &dyn Fn(Pid) -> Option<Pid>) {
        // What arrives at the first end, and at the second.
        let arrives = match row.backward {
            Some(backward) => [Some(backward), Some(row.object)],
            None => [Some(row.object), None],
        };
        for ((end, object), arrives) in self.ends.iter_mut().zip(row.ends).zip(arrives) {
            let held_by = object.holders().into_iter().filter_map(process_of);
            end.held_by = held_by.collect();
            end.held_by.sort_unstable();
            end.held_by.dedup();
            let unread = arrives.and_then(ObjectId::unread).unwrap_or_default();
            (end.messages, end.bytes) = (unread.messages, unread.bytes);
        }
    }

    /// What a thread waits to do with the object of these rows, if it waits for it.
    fn to(group: &[&Row], wait: &Wait) -> Option<&'static str> {
        if !matches!(wait.kind, Kind::Lock | Kind::Message | Kind::Room) {
            return None;
        }
        let row = group.iter().find(|row| row.is(wait.object))?;
        let locks = without_pipe(group);
        let place = locks.iter().position(|lock| lock.object == row.object);
        Some(match (row.class, place, wait.kind) {
            (Class::Pipe, _, Kind::Message) => "recv",
            (Class::Pipe, ..) => "send",
            (Class::Queue | Class::JoinableQueue | Class::SimpleQueue, place, kind) => {
                match (place, kind) {
                    (None, Kind::Message) | (Some(0), _) => "get",
                    (Some(place), _) if place > 3 => "join",
                    _ => "put",
                }
            }
            (Class::Condition, Some(place), _) if place + 1 == locks.len() => "wait",
            (Class::Barrier | Class::Event, ..) => "wait",
            _ => "acquire",
        })
    }
}

fn without_pipe<'a>(group: &[&'a Row]) -> Vec<&'a Row> {
    let locks = group.iter().filter(|row| row.kind != registry::Kind::Pipe);
    locks.copied().collect()
}

impl Row {
    /// Whether it is about this object, of a number in the table of waits.
    fn is(&self, number: u32) -> bool {
        self.object.to_numbers()[0] == number
            || self
                .backward
                .is_some_and(|other| other.to_numbers()[0] == number)
    }
}

//! The objects of `threading` and `queue`, each of one process: how the rows of
//! [`thread_locks`] are told.

use super::{Inside, Object, Waiting};
use crate::{
    class::Class,
    thread_locks::{self, Row, To},
    waits::{Kind, Wait},
};
use manyhands::trace::Pid;

/// In the key of such an object, so that it differs from those of `multiprocessing`, whose
/// numbers are places in shared memory, of 16 bytes each.
const MARK: u32 = 1;

/// The key of an object among those that are known.
pub fn key(row: &Row) -> (u32, u32) {
    (row.process, row.serial << 1 | MARK)
}

/// Whether it is the key of such an object.
pub fn is_key((_, group): (u32, u32)) -> bool {
    group & MARK != 0
}

/// Whether a thread waits for the object of this row.
pub fn is_for(wait: &Wait, row: &Row) -> bool {
    (wait.kind, wait.process, wait.object) == (Kind::ThreadLock, row.process, row.number)
}

impl Inside {
    /// Looks at the locks and queues of threads. Returns those that are gone.
    pub(super) fn look_at_threads(&mut self, all: &[u32], waits: &[Wait]) -> Vec<Object> {
        self.of_threads = thread_locks::read(all);
        self.of_threads.sort_by_key(|row| (row.process, row.serial));
        for row in &self.of_threads {
            let mut name = || {
                let place = (row.process, self.names.place(row.line), row.line);
                let before = self.made.entry(place).or_default();
                *before += 1;
                self.names.of_value(row.line, *before - 1)
            };
            let known = self.known.entry(key(row)).or_insert_with(|| {
                self.count += 1;
                Object::of_threads(self.count, row, name())
            });
            known.update_of_threads(row, waits);
        }
        let is_there = |known| self.of_threads.iter().any(|row| key(row) == known);
        let is_gone = |known: &(Pid, u32), _: &mut Object| is_key(*known) && !is_there(*known);
        let gone = self.known.extract_if(.., is_gone);
        gone.map(|(_, object)| object).collect()
    }

    /// Forgets the locks and queues of the threads of a process that has ended.
    pub fn forget(&self, process: Pid) {
        thread_locks::forget(&self.table, process);
    }

    /// The object that a thread waits for, if it is one of these.
    pub(super) fn row_of_threads(&self, wait: &Wait) -> Option<&Row> {
        self.of_threads.iter().find(|row| is_for(wait, row))
    }
}

impl Object {
    /// An object that was not known before.
    pub(super) fn of_threads(id: u32, row: &Row, name: Option<String>) -> Object {
        let module = match row.class {
            Class::Queue => "queue",
            _ => "threading",
        };
        Object {
            parties: (row.class == Class::Barrier).then_some(row.bound),
            maxsize: (row.class == Class::Queue && row.bound != 0).then_some(row.bound),
            ..Object::new(id, row.class, module, (row.process, row.line), name)
        }
    }

    pub(super) fn update_of_threads(&mut self, row: &Row, waits: &[Wait]) {
        let waits = waits.iter().filter(|wait| is_for(wait, row));
        let waiting = waits.map(|wait| Waiting {
            process: wait.process,
            thread: wait.thread,
            line: wait.line,
            to: wait.to.name(),
        });
        self.waiting = waiting.collect();
        self.holder = row.holder;
        match row.class {
            Class::Queue => self.size = Some(row.value),
            Class::Condition | Class::Barrier => {
                let waits = |one: &&Waiting| one.to == To::Wait.name();
                self.value = Some(self.waiting.iter().filter(waits).count() as u32);
            }
            Class::Lock | Class::RLock => self.value = Some(row.holder.is_none().into()),
            _ => self.value = Some(row.value),
        }
    }
}

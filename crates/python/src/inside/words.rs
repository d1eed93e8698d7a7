//! For what a thread waits, in words.

use super::{Inside, Object, is_same, threads};
use crate::{class::Class, registry::Row, waits::Wait};

impl Inside {
    /// For what a thread waits, in words, if it is one of the objects.
    pub fn purpose(&self, wait: &Wait) -> Option<String> {
        let (object, to) = match self.row_of_threads(wait) {
            Some(row) => (self.known.get(&threads::key(row))?, wait.to.name()),
            None => {
                let row = self.row(wait)?;
                let group = self.rows.iter().filter(|other| is_same(row, other));
                let group: Vec<&Row> = group.collect();
                let object = self.known.get(&(row.maker, row.group))?;
                (object, Object::to(&group, wait)?)
            }
        };
        let name = match (&object.name, &object.ends[..]) {
            (Some(name), _) => format!(" `{name}`"),
            (None, [first, second]) => match (&first.name, &second.name) {
                (Some(first), Some(second)) => format!(" between `{first}` and `{second}`"),
                _ => String::new(),
            },
            (None, _) => String::new(),
        };
        let of = match object.inside {
            Some(class) => format!(" of a {}", class.name()),
            None => String::new(),
        };
        Some(match (object.class, to) {
            (Class::Queue | Class::JoinableQueue | Class::SimpleQueue, "put") => {
                format!("until there is room in the queue{name}{of}")
            }
            (Class::JoinableQueue | Class::Queue, "join") => {
                format!("until all tasks of the queue{name} are done")
            }
            (Class::Queue | Class::JoinableQueue | Class::SimpleQueue, _) => {
                format!("for a message in the queue{name}{of}")
            }
            (Class::Pipe, "recv") => format!("for a message in the pipe{name}{of}"),
            (Class::Pipe, _) => format!("until there is room in the pipe{name}{of}"),
            (Class::Lock | Class::RLock, "wait") => {
                format!("until a condition of the lock{name} is notified")
            }
            (Class::Condition, "wait") => format!("until the condition{name} is notified"),
            (Class::Event, _) => format!("until the event{name} is set"),
            (Class::Barrier, _) => format!("for the others at the barrier{name}"),
            (Class::Semaphore | Class::BoundedSemaphore, _) => format!("for the semaphore{name}"),
            _ => format!("for the lock{name}{of}"),
        })
    }
}

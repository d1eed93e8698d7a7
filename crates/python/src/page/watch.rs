//! Looking at a program while it runs: what is inside, what its threads did, and whether it
//! can go on.

use super::events::Events;
use crate::{
    stuck::{self, Known},
    tell, waits,
};
use manyhands::trace::{self, Event, Pid};
use std::{collections::HashMap, rc::Rc, time::Duration};

impl Events {
    pub(super) fn note(&self, event: &Event) {
        let process_of = |pid| self.process_of(pid);
        self.timeline.borrow_mut().event(event, &process_of);
    }

    /// Looks whether the program can go on, and tells if that has changed.
    fn look(&self) {
        let waits = waits::read(&self.waits);
        let threads = self.living_threads();
        let inside = self.inside.borrow();
        let mut stuck = self.stuck.borrow_mut();
        let holder = |wait: &_| inside.holder(wait);
        let Some(told) = stuck.look(&waits, &threads, &holder) else {
            return;
        };
        let known = Known {
            source: &self.source,
            name: &tell::name,
            purpose: &|wait| inside.purpose(wait),
            holder: &holder,
            is_all: stuck::cannot_go_on(&waits, &threads),
        };
        let text = (!told.is_empty()).then(|| stuck::text(told, &known));
        self.tell(tell::blocked(text, told));
    }

    /// The living processes, each with the number of its threads.
    fn living_threads(&self) -> HashMap<Pid, usize> {
        let mut threads: HashMap<Pid, usize> = HashMap::new();
        let tasks = self.tasks.borrow();
        let lives = |pid: &Pid| tasks.get(pid).is_some_and(|task| task.alive);
        for task in tasks.values() {
            if task.alive && lives(&task.process) {
                *threads.entry(task.process).or_default() += 1;
            }
        }
        threads
    }

    /// Tells what has changed inside the program: its objects, the names of its threads, and
    /// what they have done.
    pub(super) fn look_inside(&self) {
        let waits = waits::read(&self.waits);
        let process_of = |pid| self.process_of(pid);
        let objects = {
            let mut inside = self.inside.borrow_mut();
            inside.look(&waits, &process_of).map(tell::objects)
        };
        objects.into_iter().for_each(|event| self.tell(event));
        for thread in self.renamed_threads() {
            self.thread(thread, "running");
        }
        let (spans, dropped) = self.timeline.borrow_mut().take();
        if !spans.is_empty() {
            self.tell(tell::trace(&spans, dropped, self.trace_zero_us));
        }
    }

    /// The living threads that have another name than was told.
    fn renamed_threads(&self) -> Vec<Pid> {
        let tasks = self.tasks.borrow();
        let threads = tasks
            .iter()
            .filter(|(pid, task)| task.alive && task.process != **pid);
        let renamed = threads.filter(|(pid, task)| task.name != trace::name_of(**pid));
        renamed.map(|(pid, _)| *pid).collect()
    }

    pub(super) fn thread(&self, thread: Pid, state: &str) {
        let name = trace::name_of(thread);
        let mut tasks = self.tasks.borrow_mut();
        let Some(task) = tasks.get_mut(&thread) else {
            return;
        };
        task.name.clone_from(&name);
        let process = task.process;
        drop(tasks);
        self.tell(tell::object(&[
            ("type", "thread".into()),
            ("pid", process.into()),
            ("thread", thread.into()),
            ("name", name.into()),
            ("state", state.into()),
        ]));
    }
}

/// How often the page looks inside a program, and after how many times it looks whether the
/// program can go on.
const LOOK: Duration = Duration::from_millis(100);
const LOOKS: u32 = 5;

/// Looks at a program until it has ended.
pub async fn watch(events: Rc<Events>) {
    for count in 1.. {
        manyhands::sleep_async(LOOK).await;
        if events.ended.get() {
            return;
        }
        events.look_inside();
        if count % LOOKS == 0 {
            events.look();
        }
    }
}

//! The chunks that are in flight: the engine has accepted them and has not read their
//! last report.
//!
//! This module only records. It must not know the workers, nor what happens to a chunk.

use crate::pool::{job::Job, message::TaskId};
use std::{collections::VecDeque, ops::Range, rc::Rc};

/// A chunk that is in flight.
pub(super) struct SentTask {
    pub(super) job: Rc<dyn Job>,
    /// The indices of its items in the job.
    pub(super) items: Range<usize>,
    /// The slot of the only worker that may run it; `None` for any worker.
    pub(super) worker: Option<u32>,
    /// Its index in the queue to which it was sent, counting every command ever put
    /// there; `None` while it waits for room.
    pub(super) queue_index: Option<u32>,
}

/// The chunks that are in flight, by task id. Ids are assigned in ascending order, from
/// 1.
pub(super) struct SentTasks {
    tasks: VecDeque<Option<SentTask>>,
    /// The id of the task at the front.
    first: TaskId,
    in_flight: usize,
}

impl SentTasks {
    pub(super) fn new() -> SentTasks {
        SentTasks {
            tasks: VecDeque::new(),
            first: 1,
            in_flight: 0,
        }
    }

    /// How many are in flight.
    pub(super) fn in_flight(&self) -> usize {
        self.in_flight
    }

    /// The id that the next task will get.
    pub(super) fn next_id(&self) -> TaskId {
        self.first + self.tasks.len() as u32
    }

    pub(super) fn push(&mut self, task: SentTask) {
        self.tasks.push_back(Some(task));
        self.in_flight += 1;
    }

    /// Notes that the task with this id was put into its queue.
    pub(super) fn note_sent(&mut self, id: TaskId, queue_index: u32) {
        let index = id.wrapping_sub(self.first) as usize;
        if let Some(Some(task)) = self.tasks.get_mut(index) {
            task.queue_index = Some(queue_index);
        }
    }

    /// The task with this id, if it is in flight.
    pub(super) fn get(&self, id: TaskId) -> Option<&SentTask> {
        let index = id.checked_sub(self.first)?;
        self.tasks.get(index as usize)?.as_ref()
    }

    /// Removes the task with this id, if it is in flight.
    pub(super) fn remove(&mut self, id: TaskId) -> Option<SentTask> {
        let index = id.checked_sub(self.first)?;
        let removed = self.tasks.get_mut(index as usize)?.take()?;
        self.in_flight -= 1;
        while let Some(None) = self.tasks.front() {
            self.tasks.pop_front();
            self.first += 1;
        }
        Some(removed)
    }

    /// The range that contains the ids of all tasks in flight.
    pub(super) fn ids(&self) -> Range<TaskId> {
        self.first..self.next_id()
    }

    /// The ids of the tasks in flight for which `predicate` is true.
    pub(super) fn filter(&self, predicate: impl Fn(TaskId, &SentTask) -> bool) -> Vec<TaskId> {
        let all = self.ids().zip(&self.tasks);
        let filtered = all.filter_map(|(id, task)| predicate(id, task.as_ref()?).then_some(id));
        filtered.collect()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::{Error, pool::job::ChunkOutcome};

    struct Nothing;

    impl Job for Nothing {
        fn chunk_done(&self, _: ChunkOutcome) {}

        fn submit_more(self: Rc<Self>) -> bool {
            false
        }

        fn pool_failed(&self, _: &Error) {}
    }

    fn push(tasks: &mut SentTasks, first: usize) -> TaskId {
        let id = tasks.next_id();
        tasks.push(SentTask {
            job: Rc::new(Nothing),
            items: first..first + 1,
            worker: None,
            queue_index: None,
        });
        id
    }

    #[test]
    fn a_task_keeps_its_id_until_it_is_removed_once() {
        let mut tasks = SentTasks::new();
        let ids: Vec<TaskId> = (0..4).map(|first| push(&mut tasks, first)).collect();
        assert_eq!(ids, [1, 2, 3, 4]);
        // Removing a task in the middle moves no other task.
        assert_eq!(tasks.remove(2).map(|task| task.items.start), Some(1));
        assert!(tasks.remove(2).is_none());
        assert_eq!(tasks.ids(), 1..5);
        assert_eq!(tasks.in_flight(), 3);
        // Removing the first task also removes the gap after it.
        assert!(tasks.remove(1).is_some());
        assert_eq!(tasks.ids(), 3..5);
        assert_eq!(tasks.filter(|_, task| task.items.start > 2), [4]);
        assert_eq!(push(&mut tasks, 4), 5);
        assert_eq!(tasks.get(5).map(|task| task.items.start), Some(4));
        for id in [0, 1, 2, 6] {
            assert!(tasks.get(id).is_none());
            assert!(tasks.remove(id).is_none());
        }
    }
}

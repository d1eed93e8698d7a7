//! The workers of a pool. Each has a slot, which keeps its number and its command queue
//! when the worker is replaced.
//!
//! This module must not know jobs, nor why a worker is wanted or has ended.

use crate::{
    Error, Process, Queue, Sentinel, may_block,
    pool::{
        message::{Command, SharedState},
        plan::{Plan, WorkerKind},
        worker::{WorkerSetup, work},
    },
};

/// A worker and its sentinel.
pub(super) type Worker = (Process<()>, Sentinel);

/// Starts a worker for the slot with this number.
pub(super) fn start_worker(
    plan: &Plan,
    shared: &SharedState,
    slot: u32,
    own_commands: &Queue<Command>,
) -> Result<Worker, Error> {
    shared.note_starting(slot as usize)?;
    let setup = WorkerSetup {
        slot,
        shared: shared.clone(),
        own_commands: own_commands.clone(),
        initializer: plan.initializer.clone(),
        max_tasks: plan.max_tasks,
        owner: Sentinel::own(),
    };
    let mut builder = Process::builder().daemon(plan.daemon);
    match plan.worker_kind {
        WorkerKind::Processes(None) => {}
        WorkerKind::Processes(Some(method)) => builder = builder.start_method(method),
        #[cfg(feature = "threads")]
        WorkerKind::Threads => builder = builder.thread(),
    }
    let process = builder.spawn(work, setup)?;
    let sentinel = process.sentinel()?;
    Ok((process, sentinel))
}

/// A slot, which has at most one worker at a time.
pub(super) struct WorkerSlot {
    /// The worker of this slot. If the slot is vacant, its last worker.
    pub(super) worker: Option<Worker>,
    /// Commands for this slot alone.
    pub(super) own_commands: Queue<Command>,
    /// How many commands have been put there in all.
    pub(super) own_sent: u32,
    /// How many workers in a row died before their initializer had finished.
    pub(super) failed_starts: u32,
    /// The worker was killed because its task took too long.
    pub(super) timed_out: bool,
    pub(super) vacant: bool,
}

impl WorkerSlot {
    fn new(own_commands: Queue<Command>) -> WorkerSlot {
        WorkerSlot {
            worker: None,
            own_commands,
            own_sent: 0,
            failed_starts: 0,
            timed_out: false,
            vacant: true,
        }
    }

    /// Puts a worker into this slot.
    pub(super) fn fill(&mut self, worker: Worker) {
        self.worker = Some(worker);
        self.vacant = false;
    }

    fn has_ended(&self) -> bool {
        let worker = self.worker.as_ref().filter(|_| !self.vacant);
        worker.is_some_and(|(_, sentinel)| sentinel.is_ready())
    }
}

/// All slots of a pool, by number.
pub(super) struct WorkerSlots(Vec<WorkerSlot>);

impl WorkerSlots {
    /// `count` vacant slots.
    pub(super) fn new(count: u32) -> Result<WorkerSlots, Error> {
        let parts = 8 * count as usize;
        let slots = (0..count).map(|_| Queue::with_part_of_arena(parts).map(WorkerSlot::new));
        slots.collect::<Result<_, _>>().map(WorkerSlots)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, slot: u32) -> &WorkerSlot {
        &self.0[slot as usize]
    }

    pub(super) fn get_mut(&mut self, slot: u32) -> &mut WorkerSlot {
        &mut self.0[slot as usize]
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut WorkerSlot> {
        self.0.iter_mut()
    }

    /// The workers of all slots, including the last workers of vacant slots.
    pub(super) fn processes(&self) -> impl Iterator<Item = &Process<()>> {
        let workers = self.0.iter().filter_map(|slot| slot.worker.as_ref());
        workers.map(|(process, _)| process)
    }

    /// How many slots have a worker.
    pub(super) fn filled(&self) -> usize {
        self.0.iter().filter(|slot| !slot.vacant).count()
    }

    pub(super) fn all_vacant(&self) -> bool {
        self.0.iter().all(|slot| slot.vacant)
    }

    /// The number of the first vacant slot, and its command queue.
    pub(super) fn first_vacant(&self) -> Option<(u32, Queue<Command>)> {
        let mut slots = (0..).zip(&self.0);
        let vacant = slots.find(|(_, slot)| slot.vacant);
        vacant.map(|(number, slot)| (number, slot.own_commands.clone()))
    }

    /// The sentinels of all workers that have not ended.
    pub(super) fn sentinels(&self) -> Vec<Sentinel> {
        let filled = self.0.iter().filter(|slot| !slot.vacant);
        let workers = filled.filter_map(|slot| slot.worker.as_ref());
        let ends = workers.map(|(_, sentinel)| *sentinel);
        ends.filter(|end| !end.is_ready()).collect()
    }

    /// The slots whose worker has ended and has not been replaced.
    pub(super) fn ended(&self) -> Vec<u32> {
        let ended = (0..).zip(&self.0).filter(|(_, slot)| slot.has_ended());
        ended.map(|(number, _)| number).collect()
    }

    /// Ends the workers that were started when another one could not be, because nobody
    /// will use them. If this process may wait, waits until they have ended.
    pub(super) fn end_after_failed_start(&self) {
        self.kill();
        if may_block() {
            for process in self.processes() {
                let _ = process.join();
            }
        }
    }

    /// Kills every worker.
    pub(super) fn kill(&self) {
        for process in self.processes() {
            let _ = process.kill();
        }
    }

    /// Asks every worker to end.
    pub(super) fn terminate(&self) {
        for process in self.processes() {
            let _ = process.terminate();
        }
    }
}

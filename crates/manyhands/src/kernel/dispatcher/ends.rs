//! How the dispatcher ends processes, and what it does after each end.

use super::{Dispatcher, Start, lock_name};
use crate::{
    error::Reason,
    kernel::{
        arena::{Arena, Memory},
        current::{self, DISPATCHER},
        directory::{self, Busy, Directory},
        exit,
        heap::{Heap, LockedHeap},
        layout,
        object::Objects,
        platform::{self, pause},
        table::{EndClaim, EndRecord, Signal, State, Table, Word},
        trace::{HOST, Pid},
    },
};
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// How long a signalled process may take to notice its signal before its worker is
/// ended from outside: the pauses in ms between wake-ups. It is woken several times,
/// because a wake-up may come between its check for the signal and its sleep.
const SIGNAL_GRACE_MS: [f64; 8] = [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];

impl Dispatcher {
    /// Ends a process that gets no worker.
    pub(super) fn refuse(self: &Rc<Self>, start: Start, reason: Reason, text: String) {
        let table = current::table();
        note_failure(start.word, reason);
        // From here on nothing else can begin in the slot.
        if let Some(claim) = table.claim_end(start.slot, start.word) {
            let this = self.clone();
            spawn_local(async move {
                let pid = table.pid(&claim);
                this.write_end_of_dead(claim, &EndRecord::never_began(reason, text))
                    .await;
                this.after_end(&start, pid).await;
            });
        }
    }

    /// A worker did not start, or not in time: its process will never begin.
    pub(super) fn give_up(self: &Rc<Self>, id: u32, reason: Reason, text: String) {
        let Some(Start { slot, word, .. }) = self.start_of(id) else {
            return;
        };
        let table = current::table();
        let now = table.word(slot);
        let waits = matches!(now.state(), State::Starting | State::Warming);
        let claim = (waits && now.same_process(word))
            .then(|| table.claim_end(slot, now))
            .flatten();
        // A process that began just now is not late any more. If its worker failed
        // nevertheless, it ends like any other.
        if claim.is_some() || reason != Reason::StartTimedOut {
            note_failure(word, reason);
            spawn_local(
                self.clone()
                    .died(id, claim, EndRecord::never_began(reason, text)),
            );
        }
    }

    /// A process ended by itself. If it had threads, they are asked to end first, because
    /// they may hold what they wait for, and this completes the end.
    pub(super) async fn ended(self: Rc<Self>, id: u32, pid: Pid) {
        let start = match self.workers.borrow_mut().get_mut(&id) {
            Some(worker) => {
                worker.ending = true;
                worker.start.clone()
            }
            None => return,
        };
        // A warm worker that was not needed has no process.
        if pid != 0 {
            ask_threads_to_end(pid).await;
            if let Some(claim) = current::table().claim_end_of_dead(start.slot, start.word) {
                let held = lock_heap().await;
                exit::complete_end(held.heap(), claim);
            }
        }
        self.after_end(&start, pid).await;
        self.await_end(id).await;
        // So that the starter forgets the worker, too.
        self.terminate(id).await;
        self.workers.borrow_mut().remove(&id);
    }

    /// A thread whose instance trapped may leave anything in the memory that it shares,
    /// and locked for ever what it had locked: its process ends with it, as by the same
    /// signal.
    pub(super) fn kill_process_of_thread(self: &Rc<Self>, id: u32, exit_code: i32) {
        let Some(start) = self.start_of(id) else {
            return;
        };
        let table = current::table();
        let process = table.get(start.slot, layout::slot::PROCESS);
        if !matches!(process, 0 | HOST)
            && let Some((slot, word)) = table.find(process)
            // An exit code that is not that of a signal is 1, as that of `SIGHUP`.
            && let Ok(signal) = Signal::try_from(exit_code.abs())
            && table.signal(slot, word, signal, true)
        {
            spawn_local(self.clone().signalled(slot, word));
        }
    }

    /// The workers of the threads of a process, unless they are ending. The pid 0 is that
    /// of a warm worker, which has no threads.
    fn threads_of(&self, pid: Pid) -> Vec<u32> {
        let table = current::table();
        let workers = self.workers.borrow();
        let threads = workers.iter().filter(|(_, worker)| {
            let Start {
                slot, word, memory, ..
            } = &worker.start;
            let process = table.get(*slot, layout::slot::PROCESS);
            let is_of = process == pid && table.word(*slot).same_process(*word);
            !memory.is_undefined() && is_of && !worker.ending
        });
        threads.map(|(id, _)| *id).collect()
    }

    /// Waits until these threads of a dead process, and those that they have started
    /// meanwhile, no longer exist: until then they may change the list of the objects
    /// that the process holds.
    async fn await_threads(self: &Rc<Self>, pid: Pid, mut threads: Vec<u32>) {
        loop {
            for id in threads {
                self.await_end(id).await;
            }
            threads = self.threads_of(pid);
            if threads.is_empty() {
                return;
            }
            self.end_threads(pid);
        }
    }

    /// Ends the threads of a process that has ended.
    fn end_threads(self: &Rc<Self>, pid: Pid) {
        for id in self.threads_of(pid) {
            // Its exit code is that of SIGTERM, although nobody killed it: its process
            // ended.
            let ending = EndRecord {
                exit_code: -15,
                reason: Reason::Killed,
                outcome: None,
            };
            spawn_local(self.clone().died(id, None, ending));
        }
    }

    /// The worker of a process cannot run any more, or must not. When the worker no
    /// longer exists, this writes how the process ended; until then nobody else gets
    /// the slot. If there is a claim, the process never began.
    pub(super) async fn died(self: Rc<Self>, id: u32, claim: Option<EndClaim>, ending: EndRecord) {
        let start = match self.workers.borrow_mut().get_mut(&id) {
            Some(worker) if !worker.ending => {
                worker.ending = true;
                worker.start.clone()
            }
            _ => return,
        };
        let Start { slot, word, .. } = start;
        let table = current::table();
        let mut pid = table.pid_of(slot, word);
        // Its threads end with it, and take as long to end.
        let threads = self.threads_of(pid);
        self.end_threads(pid);
        // First of all: a worker that has not taken its lock yet could otherwise begin
        // after the lock was found to be free.
        self.terminate(id).await;
        self.await_end(id).await;
        // A process is giving this slot's warm worker a process, and does not know that
        // the worker no longer exists.
        while table.is_being_filled(slot, word) {
            pause(1.0).await;
        }
        self.await_threads(pid, threads).await;
        // If there is no claim to be had, the process ended by itself while its worker
        // was being ended.
        if let Some(claim) = claim.or_else(|| table.claim_end_of_dead(slot, word)) {
            pid = table.pid(&claim);
            self.write_end_of_dead(claim, &ending).await;
        }
        self.workers.borrow_mut().remove(&id);
        self.after_end(&start, pid).await;
        self.start_children_of_dead(pid);
    }

    /// Starts the children that a dead process had entered into the table, because it
    /// may have died before it asked for their workers. If it did ask and the message
    /// arrives later, the message finds that there is a worker. A thread does not
    /// begin, because only that message contains the memory that it needs.
    fn start_children_of_dead(self: &Rc<Self>, pid: Pid) {
        let table = current::table();
        if pid == 0 {
            return;
        }
        for (slot, word) in table.starting_children_of_dead(pid) {
            if self.worker_of(slot, word).is_some() {
                continue;
            }
            let start = Start::new(slot, word);
            if table.get(slot, layout::slot::PROCESS) == 0 {
                self.start(start);
            } else {
                let text = "its parent died before it began".into();
                self.refuse(start, Reason::Killed, text);
            }
        }
    }

    /// Writes the end of a process that could not do so itself and no longer has a
    /// worker.
    async fn write_end_of_dead(&self, claim: EndClaim, ending: &EndRecord) {
        let owner = claim.slot() + 1;
        // Repairs what the process was changing when it died, before anything here
        // needs the heap.
        Heap::recover(&Arena, owner);
        directory::recover(&Arena, owner);
        let held = lock_heap().await;
        current::table().release_claims(&claim, |slot, word| self.worker_of(slot, word).is_some());
        exit::write_end(held.heap(), claim, ending);
    }

    /// What is left to do after a process has ended. Its zombie children are reaped,
    /// because nobody else will reap them. It is reaped itself if its parent is gone.
    /// Its threads are ended, because they used its memory. The names of its listeners
    /// are removed, and the connections that they did not accept are lost.
    async fn after_end(self: &Rc<Self>, start: &Start, pid: Pid) {
        // A worker that never had a process.
        if pid == 0 {
            return;
        }
        {
            let held = lock_heap().await;
            let table = Table::new(&Arena, held.heap());
            table.forget_children_of(pid);
            let word = start.word.with(State::Zombie);
            if table.word(start.slot) == word {
                let parent = table.get(start.slot, layout::slot::PARENT);
                if parent != HOST && table.find(parent).is_none() {
                    table.forget(start.slot, word);
                }
            }
        }
        self.end_threads(pid);
        if self.state.borrow_mut().keeping.remove(&pid) {
            let over = platform::object(&[("over", pid.into())]);
            self.starter.post(&over);
        }
        remove_closed_listeners().await;
    }

    /// Ends a worker from outside. It may go on for a while with what it does.
    async fn terminate(&self, id: u32) {
        let _ = JsFuture::from(platform::terminate(&self.starter, id)).await;
    }

    /// Waits until a worker no longer exists.
    async fn await_end(&self, id: u32) {
        let _ = JsFuture::from(platform::gone(&lock_name(&self.plan.prefix, id))).await;
    }

    /// Makes sure that a process notices its signals. If it must end by one of them, this
    /// waits for a short time until it ends by itself, then ends its worker.
    pub(super) async fn signalled(self: Rc<Self>, slot: u32, word: Word) {
        let table = current::table();
        let alive = || {
            let now = table.word(slot);
            now.same_process(word) && now.has_process()
        };
        let mut pauses = SIGNAL_GRACE_MS.into_iter();
        loop {
            if !alive() {
                return;
            }
            // A process that is awake, or whose wait goes on after a signal that it
            // catches, checks for its signals before its next wait. One that has
            // announced such a wait may still be about to sleep, so that it must be woken
            // again, however long that takes.
            let is_wait_over = !table.wake_sleeper(slot);
            let fatal = table.fatal_signal(slot, word).is_some();
            let caught = table.caught_signal(slot, word).is_some();
            if !fatal && (is_wait_over || !caught) {
                return;
            }
            match pauses.next() {
                Some(grace) => pause(grace).await,
                None if fatal => break,
                None => pause(SIGNAL_GRACE_MS[SIGNAL_GRACE_MS.len() - 1]).await,
            }
        }
        let (Some(signal), Some(id)) = (table.fatal_signal(slot, word), self.worker_of(slot, word))
        else {
            return;
        };
        // A thread may hold something that the others need, such as the allocator's
        // lock. It ends when it checks for its signal, or with its process.
        let is_thread = (self.start_of(id)).is_none_or(|start| !start.memory.is_undefined());
        if is_thread || !alive() {
            return;
        }
        let ending = EndRecord {
            exit_code: -signal.number(),
            reason: Reason::Killed,
            outcome: None,
        };
        self.died(id, None, ending).await;
    }
}

/// How long the threads of a process that has ended may take to end by themselves: the
/// pauses in ms between wake-ups. One that computes does not notice in time, and is ended
/// from outside later; the process does not wait for it, because browsers take up to two
/// seconds for that.
const THREADS_GRACE_MS: [f64; 6] = [0.0, 0.5, 1.0, 2.0, 4.0, 8.0];

/// Ends the threads of a process that has ended by a signal, and wakes those that wait for
/// an object, until they have ended or the grace is over.
async fn ask_threads_to_end(pid: Pid) {
    let table = current::table();
    for grace in THREADS_GRACE_MS {
        let mut is_alone = true;
        for (slot, word) in table.threads(pid) {
            is_alone = false;
            table.signal(slot, word, Signal::SIGKILL, true);
            table.wake_sleeper(slot);
        }
        if is_alone {
            return;
        }
        pause(grace).await;
    }
}

/// Removes the names of listeners whose processes have ended. It does not wait for the
/// directory's lock, for the same reason as [`lock_heap`].
async fn remove_closed_listeners() {
    while !directory::is_empty(&Arena) {
        let removed = {
            let held = lock_heap().await;
            let objects = Objects::new(&Arena, held.heap());
            let directory = Directory::new(&Arena, held.heap(), DISPATCHER, false);
            let removed = directory.try_remove_where(|handle| objects.is_closed_listener(handle));
            if let Ok(Some(handle)) = removed {
                objects.release_in_flight(handle);
            }
            removed
        };
        match removed {
            Ok(None) => return,
            Ok(Some(_)) => {}
            Err(Busy) => pause(1.0).await,
        }
    }
}

/// Records why a warm worker did not come up, for the caller that waits for it. A process
/// has its own end record.
fn note_failure(word: Word, reason: Reason) {
    if word.state() == State::Warming {
        Arena.store(layout::WARM_FAILURE, reason as u32 + 1);
    }
}

/// The heap with its lock held, to be used immediately. It must not wait for the lock
/// in the usual way, which could take for ever: the lock's owner may have died, and
/// this thread is the one that releases it when the message about that death arrives.
async fn lock_heap() -> LockedHeap<'static, Arena> {
    loop {
        if let Some(held) = Heap::try_lock(&Arena, DISPATCHER) {
            return held;
        }
        pause(1.0).await;
    }
}

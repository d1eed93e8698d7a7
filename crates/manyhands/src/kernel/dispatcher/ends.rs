//! How the dispatcher ends processes, and what it does after each end.

use super::{Dispatcher, Start, lock_name};
use crate::{
    error::Reason,
    kernel::{
        arena::{Arena, Memory},
        current::{self, DISPATCHER},
        directory, exit,
        heap::{Heap, Held},
        layout,
        platform::{self, pause},
        table::{EndClaim, Ending, State, Table, Word},
        trace::{HOST, Pid},
    },
};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// How long a signalled process may take to look for its signal before its worker is
/// ended from outside, in ms from one wake-up to the next: it is woken several times,
/// because the first wake-up may come between its look at the signal and its sleep.
const SIGNAL_GRACE_MS: [f64; 8] = [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];

impl Dispatcher {
    /// A process gets no worker.
    pub(super) fn refuse(self: &Rc<Self>, start: Start, reason: Reason, text: String) {
        let table = current::table();
        note_failure(start.word, reason);
        // Nothing else can begin in the slot from here on.
        if let Some(claim) = table.claim_end(start.slot, start.word) {
            let this = self.clone();
            spawn_local(async move {
                let pid = table.pid(&claim);
                this.tell_end_of_dead(claim, &Ending::never_began(reason, text))
                    .await;
                this.after_end(&start, pid).await;
            });
        }
    }

    /// A worker did not come up, or not in time: its process will never begin.
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
        // One that began just now is not late any more; if its worker failed all
        // the same, it ends like any other.
        if claim.is_some() || reason != Reason::StartTimedOut {
            note_failure(word, reason);
            spawn_local(
                self.clone()
                    .died(id, claim, Ending::never_began(reason, text)),
            );
        }
    }

    /// A process ended by itself.
    pub(super) async fn ended(self: Rc<Self>, id: u32, pid: Pid) {
        let start = match self.workers.borrow_mut().get_mut(&id) {
            Some(worker) => {
                worker.ending = true;
                worker.start.clone()
            }
            None => return,
        };
        self.after_end(&start, pid).await;
        self.await_end(id).await;
        self.workers.borrow_mut().remove(&id);
    }

    /// Ends the threads of a process that has ended.
    fn end_threads(self: &Rc<Self>, pid: Pid) {
        let table = current::table();
        for (id, worker) in self.workers.borrow().iter() {
            let Start {
                slot, word, memory, ..
            } = &worker.start;
            let process = table.get(*slot, layout::slot::PROCESS);
            let is_of = process == pid && table.word(*slot).same_process(*word);
            if memory.is_undefined() || !is_of || worker.ending {
                continue;
            }
            // Not as one that somebody killed: its time was over.
            let ending = Ending {
                exit_code: -15,
                reason: Reason::Killed,
                outcome: None,
            };
            spawn_local(self.clone().died(*id, None, ending));
        }
    }

    /// A process's worker can, or may, run no more: once it is really gone the
    /// slot says how the process ended. Until then nobody else gets the slot.
    /// With a claim the process never began.
    pub(super) async fn died(self: Rc<Self>, id: u32, claim: Option<EndClaim>, ending: Ending) {
        let start = match self.workers.borrow_mut().get_mut(&id) {
            Some(worker) if !worker.ending => {
                worker.ending = true;
                worker.port.terminate();
                worker.start.clone()
            }
            _ => return,
        };
        let Start { slot, word, .. } = start;
        let table = current::table();
        let mut pid = table.pid_of(slot, word);
        self.await_end(id).await;
        // Somebody gives it to a warm worker, and does not know that this is gone.
        while table.is_being_filled(slot, word) {
            pause(1.0).await;
        }
        // Without a claim it ended by itself while its worker was being ended.
        if let Some(claim) = claim.or_else(|| table.claim_end_of_dead(slot, word)) {
            pid = table.pid(&claim);
            self.tell_end_of_dead(claim, &ending).await;
        }
        self.workers.borrow_mut().remove(&id);
        self.after_end(&start, pid).await;
        self.start_children_of_dead(pid);
    }

    /// Starts the children that a dead process had entered into the table. It may
    /// have died before it asked for their workers, and if it has asked and the
    /// message is still to come, that message then finds that there is a worker.
    /// The memory of a thread is known from that message alone: a thread does not
    /// begin.
    fn start_children_of_dead(self: &Rc<Self>, pid: Pid) {
        let table = current::table();
        if pid == 0 {
            return;
        }
        for (slot, word) in table.starting_children_of_dead(pid) {
            if self.worker_of(slot, word).is_some() {
                continue;
            }
            let start = Start::new(slot, word, JsValue::UNDEFINED);
            if table.get(slot, layout::slot::PROCESS) == 0 {
                self.start(start);
            } else {
                let text = "its parent died before it began".into();
                self.refuse(start, Reason::Killed, text);
            }
        }
    }

    /// Tells the end of a process that could not do so itself, and has no worker
    /// any more.
    async fn tell_end_of_dead(&self, claim: EndClaim, ending: &Ending) {
        let owner = claim.slot() + 1;
        // What it was in the middle of, before anything here needs the heap.
        Heap::recover(&Arena, owner);
        directory::recover(&Arena, owner);
        let held = hold_heap().await;
        current::table().release_claims(&claim, |slot, word| self.worker_of(slot, word).is_some());
        exit::tell_end(held.heap(), claim, ending);
    }

    /// What is left to do after a process has ended: its children have nobody
    /// else to reap them, nor has it itself if its parent is gone, and its
    /// threads have no memory of their own.
    async fn after_end(self: &Rc<Self>, start: &Start, pid: Pid) {
        // A worker that never had a process.
        if pid == 0 {
            return;
        }
        {
            let held = hold_heap().await;
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
    }

    async fn await_end(&self, id: u32) {
        let _ = JsFuture::from(platform::gone(&lock_name(&self.plan.prefix, id))).await;
    }

    pub(super) async fn kill(self: Rc<Self>, slot: u32, word: Word) {
        let table = current::table();
        let alive = || {
            let now = table.word(slot);
            now.same_process(word) && now.has_process()
        };
        for grace in SIGNAL_GRACE_MS {
            if !alive() {
                return;
            }
            table.rouse(slot);
            pause(grace).await;
        }
        let signal = table.signal_of(slot, word);
        let Some(id) = self.worker_of(slot, word) else {
            return;
        };
        // A thread may hold what the others need, the allocator's lock for one: it
        // ends where it looks up, or with its process.
        let is_thread = (self.start_of(id)).is_none_or(|start| !start.memory.is_undefined());
        if is_thread || !alive() {
            return;
        }
        let ending = Ending {
            exit_code: -(signal as i32),
            reason: Reason::Killed,
            outcome: None,
        };
        self.died(id, None, ending).await;
    }
}

/// Records why a warm worker did not come up, for the one who waits for it. A process
/// says so itself.
fn note_failure(word: Word, reason: Reason) {
    if word.state() == State::Warming {
        Arena.store(layout::WARM_FAILURE, reason as u32 + 1);
    }
}

/// The heap, to be used at once and let go of. To wait for its lock otherwise
/// could be to wait for ever: its owner may have died, and this thread is the
/// one that gives it back when the message of that death comes.
async fn hold_heap() -> Held<'static, Arena> {
    loop {
        if let Some(held) = Heap::try_hold(&Arena, DISPATCHER) {
            return held;
        }
        pause(1.0).await;
    }
}

//! The dispatcher: creates every worker, and sees that the killed die.
//!
//! It never blocks. A worker that creates a child and then blocks would never
//! see it start, so processes ask the dispatcher, by posting, and may block.
//! It lives in a worker of its own, so that a busy page does not hold up starts,
//! and so that a page which waits for a lock does not keep it from giving back
//! the lock of a dead owner. It waits for no lock itself: where it needs the
//! heap, it tries, and lets its other messages come meanwhile.
//!
//! Workers, processes and slots are not the same: a slot may have its next
//! process while the worker of the last one is still on its way out. So the
//! slot is looked at together with the state word of the process that is meant,
//! and written only with a claim ([`EndClaim`]).
//!
//! This room must not know Rust types of targets: it moves slots and bytes.

use super::{
    arena::{Arena, Memory},
    current::{self, DISPATCHER},
    directory, engine_text, exit,
    heap::{Heap, Held},
    layout::{self, FORCED_PORT, WARM_TARGET},
    message::Message,
    platform::{self, Port, pause},
    table::{EndClaim, Ending, State, Table, Word},
    trace::{HOST, Pid},
};
use crate::error::Reason;
use js_sys::Function;
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// How long a signalled process may take to look for its signal, in ms between looks, before
/// its worker is ended from outside: waits are woken again each time, because
/// the first wake-up may fall between its look at the flag and its sleep.
const GRACE_MS: [f64; 8] = [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];
/// How often a start that found no memory is tried again while other workers
/// are on their way out, and after how long.
const MEMORY_RETRIES: u32 = 80;
const MEMORY_RETRY_MS: f64 = 50.0;

struct Worker {
    port: Port,
    start: Start,
    since: f64,
    late: bool,
    /// Its process has ended; the worker is on its way out.
    ending: bool,
}

/// What is to be started: who lives in this slot, and has, if it is a thread,
/// this memory of its process.
#[derive(Clone)]
struct Start {
    slot: u32,
    word: Word,
    memory: JsValue,
    attempts: u32,
}

impl Start {
    fn new(slot: u32, word: Word, memory: JsValue) -> Start {
        Start {
            slot,
            word,
            memory,
            attempts: 0,
        }
    }
}

pub(crate) struct Dispatcher {
    workers: RefCell<HashMap<u32, Worker>>,
    state: RefCell<Numbers>,
    plan: Plan,
    tell: RefCell<Option<Function>>,
}

/// What a dispatcher is made with.
#[derive(Clone)]
pub(crate) struct Plan {
    /// The compiled module.
    pub(crate) module: JsValue,
    /// The arena.
    pub(crate) arena: JsValue,
    /// The address of the glue.
    pub(crate) glue: JsValue,
    /// The beginning of the workers' lock names.
    pub(crate) prefix: String,
    /// How long a worker may take to come up.
    pub(crate) start_timeout_ms: f64,
}

#[derive(Default)]
struct Numbers {
    next_worker: u32,
    sweeping: bool,
}

/// The lock that a worker holds while it lives.
fn lock_name(prefix: &str, worker: u32) -> String {
    format!("{prefix} {worker}")
}

impl Dispatcher {
    /// A dispatcher for the arena this thread is bound to.
    pub(crate) fn new(plan: Plan) -> Rc<Dispatcher> {
        let dispatcher = Rc::new(Dispatcher {
            workers: RefCell::default(),
            state: RefCell::default(),
            plan,
            tell: RefCell::new(None),
        });
        let this = dispatcher.clone();
        // Keeps the dispatcher, which lives as long as its thread.
        let tell = Closure::<dyn Fn(JsValue)>::new(move |data| {
            if let Some(message) = Message::from_js(&data) {
                this.handle(message);
            }
        });
        *dispatcher.tell.borrow_mut() = Some(tell.into_js_value().unchecked_into());
        dispatcher
    }

    /// The function that hears messages.
    pub(crate) fn tell(&self) -> Function {
        self.tell
            .borrow()
            .clone()
            .expect("made with the dispatcher")
    }

    pub(crate) fn handle(self: &Rc<Self>, message: Message) {
        match message {
            Message::Spawn {
                slot,
                state,
                memory,
            } => self.start(Start::new(slot, Word(state), memory)),
            Message::Kill { slot, state } => {
                spawn_local(self.clone().kill(slot, Word(state)));
            }
            Message::Ended { worker, pid } => spawn_local(self.clone().ended(worker, pid)),
            Message::Trapped { worker, text } => {
                let ending = Ending {
                    exit_code: engine_text::exit_code(&text),
                    reason: Reason::Trapped,
                    outcome: Some(text.into_bytes()),
                };
                spawn_local(self.clone().died(worker, None, ending));
            }
            Message::Failed { worker, text } => self.failed(worker, text),
            Message::Warm { count } => self.keep_warm(count),
            Message::Ready => {}
        }
    }

    fn start(self: &Rc<Self>, start: Start) {
        let Start { slot, word, .. } = start;
        if current::table().word(slot) != word || self.worker_of(slot, word).is_some() {
            // Its end has been told, or is being told; or it has a worker already.
            return;
        }
        if !self.has_home(slot) {
            let text = "its process ended before it began".into();
            return self.refuse(start, Reason::Killed, text);
        }
        let id = {
            let mut numbers = self.state.borrow_mut();
            numbers.next_worker += 1;
            numbers.next_worker
        };
        let Plan {
            module,
            arena,
            glue,
            prefix,
            ..
        } = &self.plan;
        let boot = platform::object(&[
            ("glue", glue.clone()),
            ("module", module.clone()),
            ("arena", arena.clone()),
            ("lock", lock_name(prefix, id).into()),
            ("slot", slot.into()),
            ("state", word.0.into()),
            ("worker", id.into()),
            ("memory", start.memory.clone()),
        ]);
        match platform::create(glue, "manyhands process", &boot, &self.tell()) {
            Ok(port) => {
                let since = platform::now();
                let worker = Worker {
                    port,
                    start,
                    since,
                    late: false,
                    ending: false,
                };
                self.workers.borrow_mut().insert(id, worker);
                self.watch_starts();
            }
            Err(error) => {
                let text = format!("{error:?}");
                self.refuse(start, Reason::LoadFailed, text);
            }
        }
    }

    /// Does the process live whose memory this slot's thread shares? Always so
    /// for what is no thread.
    fn has_home(&self, slot: u32) -> bool {
        let table = current::table();
        let process = table.get(slot, layout::slot::PROCESS);
        matches!(process, 0 | HOST) || table.find(process).is_some()
    }

    /// A process gets no worker.
    fn refuse(self: &Rc<Self>, start: Start, reason: Reason, text: String) {
        let table = current::table();
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
    fn give_up(self: &Rc<Self>, id: u32, reason: Reason, text: String) {
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
            spawn_local(
                self.clone()
                    .died(id, claim, Ending::never_began(reason, text)),
            );
        }
    }

    fn failed(self: &Rc<Self>, id: u32, text: String) {
        let Some(start) = self.start_of(id) else {
            return;
        };
        if !engine_text::says_out_of_memory(&text) {
            return self.give_up(id, Reason::LoadFailed, text);
        }
        // A browser gives a page so many memories; those of workers on their
        // way out come free in a moment.
        let room_ahead = self.workers.borrow().values().any(|worker| worker.ending);
        if room_ahead && start.attempts < MEMORY_RETRIES {
            self.workers.borrow_mut().remove(&id);
            let this = self.clone();
            let again = Start {
                attempts: start.attempts + 1,
                ..start
            };
            spawn_local(async move {
                pause(MEMORY_RETRY_MS).await;
                this.start(again);
            });
        } else {
            self.give_up(id, Reason::OutOfMemory, text);
        }
    }

    /// What a worker was made for, unless it is on its way out.
    fn start_of(&self, id: u32) -> Option<Start> {
        let workers = self.workers.borrow();
        let worker = workers.get(&id).filter(|worker| !worker.ending);
        worker.map(|worker| worker.start.clone())
    }

    /// A process ended by itself.
    async fn ended(self: Rc<Self>, id: u32, pid: Pid) {
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
    async fn died(self: Rc<Self>, id: u32, claim: Option<EndClaim>, ending: Ending) {
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

    /// The worker of a process that has not ended.
    fn worker_of(&self, slot: u32, word: Word) -> Option<u32> {
        let workers = self.workers.borrow();
        let mut found = workers.iter().filter(|(_, worker)| {
            let start = &worker.start;
            start.slot == slot && start.word.same_process(word) && !worker.ending
        });
        found.next().map(|(id, _)| *id)
    }

    async fn kill(self: Rc<Self>, slot: u32, word: Word) {
        let table = current::table();
        let alive = || {
            let now = table.word(slot);
            now.same_process(word) && now.has_process()
        };
        for grace in GRACE_MS {
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

    fn keep_warm(self: &Rc<Self>, at_least: u32) {
        let table = current::table();
        let target = Arena.load(WARM_TARGET).max(at_least);
        for _ in table.count(&[State::Warm, State::Warming])..target {
            match table.enter_warm() {
                Some((slot, word)) => self.start(Start::new(slot, word, JsValue::UNDEFINED)),
                None => return,
            }
        }
    }

    /// Looks once a second for workers that do not come up.
    fn watch_starts(self: &Rc<Self>) {
        if std::mem::replace(&mut self.state.borrow_mut().sweeping, true) {
            return;
        }
        let this = self.clone();
        spawn_local(async move {
            while this.sweep_starts() {
                pause(1000.0).await;
            }
            this.state.borrow_mut().sweeping = false;
        });
    }

    fn sweep_starts(self: &Rc<Self>) -> bool {
        let table = current::table();
        let now = platform::now();
        let mut late = Vec::new();
        let mut coming = false;
        for (id, worker) in self.workers.borrow_mut().iter_mut() {
            let word = table.word(worker.start.slot);
            let waits = word.same_process(worker.start.word)
                && matches!(word.state(), State::Starting | State::Warming)
                && !worker.ending;
            coming |= waits;
            let over_time = waits && now - worker.since > self.plan.start_timeout_ms;
            // Twice in a row: a warm worker is `Starting` for a moment, too.
            if over_time && worker.late {
                late.push(*id);
            }
            worker.late = over_time;
        }
        for id in late {
            let text = format!("no sign of life for {} ms", self.plan.start_timeout_ms);
            self.give_up(id, Reason::StartTimedOut, text);
        }
        coming
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

/// The entry of the dispatcher's own worker.
#[doc(hidden)]
#[wasm_bindgen]
pub fn __manyhands_dispatcher(boot: JsValue) -> Result<(), JsValue> {
    let field = |name: &str| js_sys::Reflect::get(&boot, &name.into());
    let plan = Plan {
        module: field("module")?,
        arena: field("arena")?,
        glue: field("glue")?,
        prefix: field("lock")?.as_string().unwrap_or_default(),
        start_timeout_ms: field("start_timeout_ms")?.as_f64().unwrap_or(f64::INFINITY),
    };
    Arena::bind(plan.arena.clone().unchecked_into(), FORCED_PORT);
    let dispatcher = Dispatcher::new(plan);
    platform::listen(&dispatcher.tell());
    platform::post(&Message::Ready.to_js());
    Ok(())
}

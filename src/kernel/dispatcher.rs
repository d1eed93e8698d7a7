//! The dispatcher: creates every worker, and sees that the killed die.
//!
//! It never blocks. A worker that creates a child and then blocks would never
//! see it start, so processes ask the dispatcher, by posting, and may block.
//! It lives in a worker of its own, so that a busy page does not hold up
//! starts; [`crate::DispatcherPlace::Page`] puts it on the page.
//!
//! This room must not know Rust types of targets: it moves slots and bytes.

use super::{
    arena::{Arena, Memory},
    boot, current, directory, engine_text, heap,
    layout::{FORCED_PORT, WARM_TARGET},
    message::Message,
    platform::{self, Port, pause},
    table::{Ending, State, Word},
    trace::{Op, Pid},
};
use crate::error::Reason;
use js_sys::Function;
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// How long a signalled process may take to obey, in ms between looks, before
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
                spawn_local(self.clone().died(worker, ending));
            }
            Message::Failed { worker, text } => self.failed(worker, text),
            Message::Warm { count } => self.keep_warm(count),
            Message::Ready => {}
        }
    }

    fn start(self: &Rc<Self>, start: Start) {
        let Start { slot, word, .. } = start;
        if !self.has_home(slot) {
            let text = "its process ended before it began".into();
            return self.refuse(slot, word, Reason::Killed, text);
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
                self.refuse(slot, word, Reason::LoadFailed, text);
            }
        }
    }

    /// Does the process live whose memory this slot's thread shares? Always so
    /// for what is no thread.
    fn has_home(&self, slot: u32) -> bool {
        let table = current::table();
        let process = table.get(slot, super::layout::slot::PROCESS);
        matches!(process, 0 | super::trace::HOST) || table.find(process).is_some()
    }

    /// A start came to nothing.
    fn refuse(&self, slot: u32, word: Word, reason: Reason, text: String) {
        let table = current::table();
        let warming = word.with(State::Warming);
        if table.word(slot) == warming {
            table.give_back(slot, warming);
            return;
        }
        let pid = table.get(slot, super::layout::slot::PID);
        let ending = Ending {
            exit_code: 1,
            reason,
            outcome: Some(text.into_bytes()),
        };
        self.end(slot, pid, word, &ending);
        self.bury(pid, slot);
    }

    /// Ends a process that could not do so itself.
    fn end(&self, slot: u32, pid: u32, word: Word, ending: &Ending) {
        let exit_code = ending.exit_code as u32;
        current::record_for(boot::ring_of(slot), pid, Op::Exit, 0, [exit_code, 0]);
        current::table().end(slot, word, ending);
    }

    fn failed(self: &Rc<Self>, id: u32, text: String) {
        let Some(worker) = self.workers.borrow_mut().remove(&id) else {
            return;
        };
        let Start {
            slot,
            word,
            attempts,
            ..
        } = worker.start;
        if !engine_text::says_out_of_memory(&text) {
            return self.refuse(slot, word, Reason::LoadFailed, text);
        }
        // A browser gives a page so many memories; those of workers on their
        // way out come free in a moment.
        let room_ahead = self.workers.borrow().values().any(|worker| worker.ending);
        if room_ahead && attempts < MEMORY_RETRIES {
            let this = self.clone();
            let again = Start {
                attempts: attempts + 1,
                ..worker.start
            };
            spawn_local(async move {
                pause(MEMORY_RETRY_MS).await;
                if current::table().word(slot) == word {
                    this.start(again);
                }
            });
        } else {
            self.refuse(slot, word, Reason::OutOfMemory, text);
        }
    }

    /// A process ended by itself.
    async fn ended(self: Rc<Self>, id: u32, pid: u32) {
        let slot = match self.workers.borrow_mut().get_mut(&id) {
            Some(worker) => {
                worker.ending = true;
                worker.start.slot
            }
            None => return,
        };
        self.calm().await;
        self.bury(pid, slot);
        self.end_threads(pid);
        self.await_end(id).await;
        self.workers.borrow_mut().remove(&id);
    }

    /// Ends the threads of a process that has ended.
    fn end_threads(self: &Rc<Self>, pid: Pid) {
        let table = current::table();
        for (id, worker) in self.workers.borrow().iter() {
            let process = table.get(worker.start.slot, super::layout::slot::PROCESS);
            if worker.start.memory.is_undefined() || process != pid || worker.ending {
                continue;
            }
            worker.port.terminate();
            // Not as one that somebody killed: its time was over.
            let ending = Ending {
                exit_code: -15,
                reason: Reason::Killed,
                outcome: None,
            };
            spawn_local(self.clone().died(*id, ending));
        }
    }

    /// A process's worker can run no more: the slot says so once it is gone.
    async fn died(self: Rc<Self>, id: u32, ending: Ending) {
        let (slot, word) = match self.workers.borrow_mut().get_mut(&id) {
            Some(worker) if !worker.ending => {
                worker.ending = true;
                (worker.start.slot, worker.start.word)
            }
            _ => return,
        };
        self.await_end(id).await;
        self.workers.borrow_mut().remove(&id);
        let table = current::table();
        let pid = table.get(slot, super::layout::slot::PID);
        // What it was in the middle of, before anything here needs the heap.
        current::heap().recover(slot + 1);
        directory::recover(&Arena, slot + 1);
        self.calm().await;
        current::objects().bury(pid, slot);
        self.end(slot, pid, word, &ending);
        self.bury(pid, slot);
        self.end_threads(pid);
    }

    /// Waits while the heap's lock is held by a worker that can run no more: it
    /// is this thread that will mend it, so it must not wait for it asleep.
    async fn calm(&self) {
        let held_by_dead = || {
            let holder = heap::LOCK.holder(&Arena);
            let workers = self.workers.borrow();
            workers
                .values()
                .any(|worker| worker.ending && worker.start.slot + 1 == holder)
        };
        while held_by_dead() {
            pause(1.0).await;
        }
    }

    async fn await_end(&self, id: u32) {
        let _ = JsFuture::from(platform::gone(&lock_name(&self.plan.prefix, id))).await;
    }

    fn bury(&self, pid: u32, slot: u32) {
        let table = current::table();
        table.bury(pid, slot, |slot| self.worker_of(slot).is_some());
        // An orphan has nobody else to reap it.
        let word = table.word(slot);
        let parent = table.get(slot, super::layout::slot::PARENT);
        let has_parent = parent == super::trace::HOST || table.find(parent).is_some();
        if word.state() == State::Zombie && !has_parent {
            table.forget(slot, word);
        }
    }

    fn worker_of(&self, slot: u32) -> Option<u32> {
        let workers = self.workers.borrow();
        let mut found = workers
            .iter()
            .filter(|(_, worker)| worker.start.slot == slot && !worker.ending);
        found.next().map(|(id, _)| *id)
    }

    async fn kill(self: Rc<Self>, slot: u32, word: Word) {
        let table = current::table();
        let alive = || {
            let now = table.word(slot);
            now.same_process(word) && matches!(now.state(), State::Starting | State::Running)
        };
        for grace in GRACE_MS {
            if !alive() {
                return;
            }
            table.rouse(slot);
            pause(grace).await;
        }
        if !alive() {
            return;
        }
        let Some(id) = self.worker_of(slot) else {
            return;
        };
        if let Some(worker) = self.workers.borrow().get(&id) {
            if !worker.start.memory.is_undefined() {
                // A thread may hold what the others need, the allocator's lock
                // for one: it ends where it looks up, or with its process.
                return;
            }
            worker.port.terminate();
        }
        let signal = table.get(slot, super::layout::slot::SIGNAL);
        let ending = Ending {
            exit_code: -(signal as i32),
            reason: Reason::Killed,
            outcome: None,
        };
        self.died(id, ending).await;
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

    fn sweep_starts(&self) -> bool {
        let table = current::table();
        let now = platform::now();
        let mut late = Vec::new();
        let mut coming = false;
        for (id, worker) in self.workers.borrow_mut().iter_mut() {
            let word = table.word(worker.start.slot);
            let waits = word.same_process(worker.start.word)
                && matches!(word.state(), State::Starting | State::Warming);
            coming |= waits;
            let over_time = waits && now - worker.since > self.plan.start_timeout_ms;
            // Twice in a row: a warm worker is `Starting` for a moment, too.
            if over_time && worker.late {
                late.push(*id);
            }
            worker.late = over_time;
        }
        for id in late {
            let Some(worker) = self.workers.borrow_mut().remove(&id) else {
                continue;
            };
            worker.port.terminate();
            let text = format!("no sign of life for {} ms", self.plan.start_timeout_ms);
            self.refuse(
                worker.start.slot,
                worker.start.word,
                Reason::StartTimedOut,
                text,
            );
        }
        coming
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

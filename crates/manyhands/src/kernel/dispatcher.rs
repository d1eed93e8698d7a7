//! The dispatcher: it has all other workers created, and makes sure that killed
//! processes end.
//!
//! A worker that creates a child and then blocks would never see the child start.
//! Processes therefore ask the dispatcher, by posting a message, and may block
//! afterwards. The dispatcher never blocks. It has a worker of its own, so that a busy
//! page does not delay starts, and so that a page that waits for a lock does not keep
//! the dispatcher from releasing the lock for a dead owner. It does not wait for locks:
//! where it needs the heap, it tries to lock it, and handles its other messages until
//! it succeeds.
//!
//! Another worker, the starter (in `boot.js`), creates and ends workers for it. When a
//! worker ends, Firefox may stop the worker that created it, in the middle of any
//! function, until the page's thread has answered. The dispatcher must not be stopped
//! while it holds the heap's lock, because the page may be waiting for that very lock.
//!
//! Workers, processes and slots are different things: a slot may have its next process
//! while the worker of the previous one is still ending. The dispatcher therefore
//! identifies a process by its slot together with its state word, and writes to the
//! slot only with a claim ([`super::table::EndClaim`]).
//!
//! This module must not know Rust types of targets: it handles slots and bytes.

mod ends;

use super::{
    arena::{Arena, Memory},
    current, engine_text,
    layout::{self, FORCED_PORT, WARM_TARGET},
    message::Message,
    platform::{self, Port, pause},
    stack::DEFAULT_STACK,
    table::{EndRecord, State, Word},
    trace::{HOST, Pid},
};
use crate::error::Reason;
use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    rc::Rc,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// How often a start that found no memory is tried again while other workers are
/// ending, and the pause before each attempt in ms.
const MEMORY_RETRIES: u32 = 80;
const MEMORY_RETRY_MS: f64 = 50.0;

/// While all cores are busy: how long until the dispatcher looks again whether one is free for
/// a warm worker, in ms.
const REFILL_LOOK_MS: f64 = 50.0;

/// A worker that exists or is being created.
struct Worker {
    start: Start,
    /// When its creation was requested: ms on the clock of [`platform::now`].
    since: f64,
    /// Whether it was late at the previous check: see [`Dispatcher::check_starts`].
    late: bool,
    /// The worker's process has ended, and the worker is ending.
    ending: bool,
}

/// What is to be started: the process in this slot. If it is a thread, `memory` is the
/// memory of its process.
#[derive(Clone)]
struct Start {
    slot: u32,
    word: Word,
    memory: JsValue,
    /// The size of a thread's stack in bytes.
    stack: u32,
    /// Whether the worker of a thread may run another one afterwards.
    reuse: bool,
    /// How many attempts have failed because there was no memory.
    attempts: u32,
}

impl Start {
    /// A process.
    fn new(slot: u32, word: Word) -> Start {
        Start {
            slot,
            word,
            memory: JsValue::UNDEFINED,
            stack: DEFAULT_STACK,
            reuse: false,
            attempts: 0,
        }
    }
}

pub(crate) struct Dispatcher {
    workers: RefCell<HashMap<u32, Worker>>,
    state: RefCell<DispatcherState>,
    plan: Plan,
    /// The worker that creates and ends all others.
    starter: Port,
}

/// What the dispatcher needs to know to create workers.
#[derive(Clone)]
pub(crate) struct Plan {
    /// The compiled WebAssembly module.
    pub(crate) module: JsValue,
    /// The arena's memory.
    pub(crate) arena: JsValue,
    /// The URL of the JavaScript glue.
    pub(crate) glue: JsValue,
    /// How the names of the workers' locks begin.
    pub(crate) prefix: String,
    /// How many ms a worker may take until it runs.
    pub(crate) start_timeout_ms: f64,
}

#[derive(Default)]
struct DispatcherState {
    /// The number of the latest worker.
    next_worker: u32,
    /// Whether [`Dispatcher::watch_starts`] is running.
    watching: bool,
    /// Whether [`Dispatcher::refill`] is running, and how many warm workers it has still to
    /// have created.
    refilling: bool,
    to_warm: u32,
    /// The processes for which the starter may keep workers that have run a thread.
    keeping: HashSet<Pid>,
}

/// The name of the Web Lock that a worker holds while it exists.
fn lock_name(prefix: &str, worker: u32) -> String {
    format!("{prefix} {worker}")
}

impl Dispatcher {
    /// Handles a message from the host, a process or a worker.
    pub(crate) fn handle(self: &Rc<Self>, message: Message) {
        match message {
            Message::Spawn {
                slot,
                state,
                memory,
                stack,
                reuse,
            } => self.start(Start {
                memory,
                stack,
                reuse,
                ..Start::new(slot, Word(state))
            }),
            Message::Signal { slot, state } => {
                spawn_local(self.clone().signalled(slot, Word(state)));
            }
            Message::Ended { worker, pid } => spawn_local(self.clone().ended(worker, pid)),
            Message::Trapped { worker, text } => {
                self.kill_process_of_thread(worker, engine_text::exit_code(&text));
                let ending = EndRecord {
                    exit_code: engine_text::exit_code(&text),
                    reason: Reason::Trapped,
                    outcome: Some(text.into_bytes()),
                };
                spawn_local(self.clone().died(worker, None, ending));
            }
            Message::Failed { worker, text } => self.failed(worker, text),
            Message::Warm { count: 0 } => self.refill(),
            Message::Warm { count } => self.keep_warm(count),
            Message::Ready => {}
        }
    }

    /// Has a worker created, unless the process has one or has ended.
    fn start(self: &Rc<Self>, start: Start) {
        let Start { slot, word, .. } = start;
        if current::table().word(slot) != word || self.worker_of(slot, word).is_some() {
            // The end of the process has been written, or is being written; or the
            // process has a worker already.
            return;
        }
        if !self.is_memory_alive(slot) {
            let text = "its process ended before it began".into();
            return self.refuse(start, Reason::Killed, text);
        }
        let id = {
            let mut numbers = self.state.borrow_mut();
            numbers.next_worker += 1;
            numbers.next_worker
        };
        let process = current::table().get(slot, layout::slot::PROCESS);
        if start.reuse {
            self.state.borrow_mut().keeping.insert(process);
        }
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
            ("stack", start.stack.into()),
            ("process", process.into()),
            ("reuse", start.reuse.into()),
        ]);
        self.workers.borrow_mut().insert(
            id,
            Worker {
                start,
                since: platform::now(),
                late: false,
                ending: false,
            },
        );
        self.starter.post(&platform::object(&[("boot", boot)]));
        self.watch_starts();
    }

    /// Whether the process whose memory this slot's thread shares is alive. Always true
    /// for a process.
    fn is_memory_alive(&self, slot: u32) -> bool {
        let table = current::table();
        let process = table.get(slot, layout::slot::PROCESS);
        matches!(process, 0 | HOST) || table.find(process).is_some()
    }

    /// A worker could not be created or could not load the module.
    fn failed(self: &Rc<Self>, id: u32, text: String) {
        let Some(start) = self.start_of(id) else {
            return;
        };
        if !engine_text::says_out_of_memory(&text) {
            return self.give_up(id, Reason::LoadFailed, text);
        }
        // A browser gives a page a limited number of memories. Those of workers that
        // are ending become free soon.
        let memory_comes_free = self.workers.borrow().values().any(|worker| worker.ending);
        if memory_comes_free && start.attempts < MEMORY_RETRIES {
            self.workers.borrow_mut().remove(&id);
            let _ = platform::terminate(&self.starter, id);
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

    /// What a worker was created for, unless the worker is ending.
    fn start_of(&self, id: u32) -> Option<Start> {
        let workers = self.workers.borrow();
        let worker = workers.get(&id).filter(|worker| !worker.ending);
        worker.map(|worker| worker.start.clone())
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

    /// Has warm workers created until there are as many as requested, and at least this
    /// many.
    fn keep_warm(self: &Rc<Self>, at_least: u32) {
        let table = current::table();
        let target = Arena.load(WARM_TARGET).max(at_least);
        for _ in table.count(&[State::Warm, State::Warming])..target {
            match table.enter_warm() {
                Some((slot, word)) => self.start(Start::new(slot, word)),
                None => return,
            }
        }
    }

    /// Has warm workers created until there are as many as requested, but only as many at a
    /// time as there are cores with nothing to do: a warm worker that starts beside processes
    /// that compute on all cores would take its time from them.
    fn refill(self: &Rc<Self>) {
        let table = current::table();
        let there = table.count(&[State::Warm, State::Warming]);
        {
            let mut state = self.state.borrow_mut();
            state.to_warm = Arena.load(WARM_TARGET).saturating_sub(there);
            if state.to_warm == 0 || std::mem::replace(&mut state.refilling, true) {
                return;
            }
        }
        let this = self.clone();
        spawn_local(async move {
            while this.refill_now() {
                pause(REFILL_LOOK_MS).await;
            }
            this.state.borrow_mut().refilling = false;
        });
    }

    /// Has warm workers created for which there is a core; returns whether some are still to
    /// be created. Each is tried once, so a browser that gives no more workers is not asked
    /// again and again.
    fn refill_now(self: &Rc<Self>) -> bool {
        let table = current::table();
        while self.state.borrow().to_warm > 0 {
            if table.busy() >= platform::cores() {
                return true;
            }
            self.state.borrow_mut().to_warm -= 1;
            let there = table.count(&[State::Warm, State::Warming]);
            if there < Arena.load(WARM_TARGET)
                && let Some((slot, word)) = table.enter_warm()
            {
                self.start(Start::new(slot, word));
            }
        }
        false
    }

    /// Checks once a second for workers that do not start to run.
    fn watch_starts(self: &Rc<Self>) {
        if std::mem::replace(&mut self.state.borrow_mut().watching, true) {
            return;
        }
        let this = self.clone();
        spawn_local(async move {
            while this.check_starts() {
                pause(1000.0).await;
            }
            this.state.borrow_mut().watching = false;
        });
    }

    /// Gives up the starts that are late; returns whether any worker is still to start.
    fn check_starts(self: &Rc<Self>) -> bool {
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
            // Only if it was late at the previous check, too: a warm worker is
            // `Starting` for a moment as well.
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

/// The entry point of the dispatcher's own worker.
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
    let dispatcher = Rc::new(Dispatcher {
        workers: RefCell::default(),
        state: RefCell::default(),
        plan,
        starter: field("starter")?.unchecked_into(),
    });
    let starter = dispatcher.starter.clone();
    // The closure keeps the dispatcher alive, as long as its thread exists.
    let tell = Closure::<dyn Fn(JsValue)>::new(move |data| {
        if let Some(message) = Message::from_js(&data) {
            dispatcher.handle(message);
        }
    });
    platform::listen(&starter, tell.into_js_value().unchecked_ref());
    platform::post(&Message::Ready.to_js());
    Ok(())
}

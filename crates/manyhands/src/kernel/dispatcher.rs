//! The dispatcher: has every worker created, and sees that the killed die.
//!
//! It never blocks. A worker that creates a child and then blocks would never
//! see it start, so processes ask the dispatcher, by posting, and may block.
//! It lives in a worker of its own, so that a busy page does not hold up starts,
//! and so that a page which waits for a lock does not keep it from giving back
//! the lock of a dead owner. It waits for no lock itself: where it needs the
//! heap, it tries, and lets its other messages come meanwhile.
//!
//! It has a worker of its own create and end the others, the starter (in
//! `boot.js`). Firefox may stop a worker, in the middle of any function, when a
//! worker that it has created ends, until the page's thread has answered. The
//! dispatcher must not be stopped while it holds the heap's lock, because the page
//! may be waiting for that very lock.
//!
//! Workers, processes and slots are not the same: a slot may have its next
//! process while the worker of the last one is still on its way out. So the
//! slot is looked at together with the state word of the process that is meant,
//! and written only with a claim ([`super::table::EndClaim`]).
//!
//! This room must not know Rust types of targets: it moves slots and bytes.

mod ends;

use super::{
    arena::{Arena, Memory},
    current, engine_text,
    layout::{self, FORCED_PORT, WARM_TARGET},
    message::Message,
    platform::{self, Port, pause},
    table::{Ending, State, Word},
    trace::HOST,
};
use crate::error::Reason;
use std::{cell::RefCell, collections::HashMap, rc::Rc};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// How often a start that found no memory is tried again while other workers
/// are on their way out, and after how long.
const MEMORY_RETRIES: u32 = 80;
const MEMORY_RETRY_MS: f64 = 50.0;

struct Worker {
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
    /// The worker that creates and ends the others.
    starter: Port,
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

    /// Does the process live whose memory this slot's thread shares? Always so
    /// for what is no thread.
    fn has_home(&self, slot: u32) -> bool {
        let table = current::table();
        let process = table.get(slot, layout::slot::PROCESS);
        matches!(process, 0 | HOST) || table.find(process).is_some()
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

    /// What a worker was made for, unless it is on its way out.
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
    let dispatcher = Rc::new(Dispatcher {
        workers: RefCell::default(),
        state: RefCell::default(),
        plan,
        starter: field("starter")?.unchecked_into(),
    });
    let starter = dispatcher.starter.clone();
    // Keeps the dispatcher, which lives as long as its thread.
    let tell = Closure::<dyn Fn(JsValue)>::new(move |data| {
        if let Some(message) = Message::from_js(&data) {
            dispatcher.handle(message);
        }
    });
    platform::listen(&starter, tell.into_js_value().unchecked_ref());
    platform::post(&Message::Ready.to_js());
    Ok(())
}

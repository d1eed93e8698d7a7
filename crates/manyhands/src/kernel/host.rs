//! The host's side: makes the arena, starts the dispatcher, drains the traces
//! and waits without blocking.
//!
//! The host is the page (or whatever program loaded the module): pid 1.
//!
//! This room must not import those that hold objects or encode values: they start
//! the kernel through it.

use super::{
    arena::{Arena, Memory, Port as ArenaPort},
    current::{self, Current, HOST_SLOT, Identity},
    dispatcher::Plan,
    exit,
    heap::Heap,
    layout::{
        BELL, EPOCH, FORCED_PORT, MAGIC, MAGIC_VALUE, NEXT_PID, SLOT_COUNT, SPAWN_LIMIT,
        TRACE_LEVEL, WAITING, WARM_FAILURE, WARM_TARGET, slot, slot_field,
    },
    message::Message,
    platform::{self, Port, pause},
    settings::Settings,
    table::{Ending, Word},
    trace::{self, HOST, Item, Ring},
    wait::Step,
};
use crate::{Error, error::Reason};
use js_sys::{Atomics, Function, Object, Promise, Reflect, WebAssembly};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

const PAGE: u32 = 65536;

/// The way to the dispatcher.
enum Link {
    /// There is none: its worker did not come up, or was not asked for yet.
    Down,
    /// It is on its way: what it will be told.
    Waiting(Vec<Message>),
    /// It listens.
    Up(Port),
}

struct Host {
    dispatcher: RefCell<Link>,
    plan: Plan,
    port: ArenaPort,
    /// Lines whose end is still to come, by slot.
    unfinished: RefCell<HashMap<u32, Vec<u8>>>,
    lost: Cell<u32>,
}

thread_local! {
    static HOST_STATE: RefCell<Option<Rc<Host>>> = const { RefCell::new(None) };
    static SETTINGS: RefCell<Settings> = RefCell::new(Settings::default());
}

fn host() -> Option<Rc<Host>> {
    HOST_STATE.with_borrow(Clone::clone)
}

/// Has the kernel been started in this instance?
pub(crate) fn is_up() -> bool {
    current::with(|current| current.is_some())
}

/// Sets what the kernel starts with. Call it on the host, before the first
/// process.
///
/// # Errors
/// [`Error::ValueError`] for a value out of range, or after the first process.
pub fn configure(settings: Settings) -> Result<(), Error> {
    if is_up() {
        return Err(Error::ValueError(
            "the settings cannot change after the first process: configure before it".into(),
        ));
    }
    settings.check()?;
    SETTINGS.set(settings);
    Ok(())
}

/// Starts the kernel on the host, once. Nothing to do in a process.
pub(crate) fn ensure() -> Result<(), Error> {
    if is_up() {
        return Ok(());
    }
    if !platform::IN_BROWSER {
        return Err(Error::NotImplementedError(
            "processes need a browser: build for wasm32-unknown-unknown and run there".into(),
        ));
    }
    if !platform::isolated() {
        return Err(Error::NotIsolated);
    }
    let settings = SETTINGS.with_borrow(Clone::clone);
    let (arena, port) = make_arena(&settings)?;
    let glue = settings
        .glue_url
        .as_deref()
        .map_or_else(platform::glue, JsValue::from_str);
    let plan = Plan {
        module: wasm_bindgen::module(),
        arena: arena.into(),
        glue,
        prefix: format!("manyhands {} {}", platform::now(), js_sys::Math::random()),
        start_timeout_ms: f64::from(settings.start_timeout_ms),
    };
    let host = Rc::new(Host {
        dispatcher: RefCell::new(Link::Down),
        plan,
        port,
        unfinished: RefCell::default(),
        lost: Cell::new(0),
    });
    HOST_STATE.set(Some(host.clone()));
    current::set(Current {
        pid: HOST,
        slot: HOST_SLOT,
        word: Word(0),
        worker: 0,
        identity: Identity {
            name: "MainProcess".into(),
            path: Vec::new(),
            parent: None,
            daemon: false,
            process: None,
            vital: false,
        },
        ring: current::table().ring(HOST_SLOT),
        level: settings.trace_level as u32,
        may_block: false,
        children: Cell::new(0),
    });
    spawn_local(pump());
    host.start_dispatcher();
    Ok(())
}

fn make_arena(settings: &Settings) -> Result<(WebAssembly::Memory, ArenaPort), Error> {
    let descriptor = platform::object(&[
        (
            "initial",
            (settings.arena_initial_bytes.div_ceil(PAGE)).into(),
        ),
        ("maximum", (settings.arena_max_bytes.div_ceil(PAGE)).into()),
        ("shared", true.into()),
    ]);
    let memory = platform::shared_memory(&descriptor).map_err(|error| {
        Error::OSError(format!(
            "the browser gave no memory for what processes share: close other tabs and \
             programs, or use a 64-bit browser ({error:?})"
        ))
    })?;
    let buffer_word = js_sys::Int32Array::new(&memory.buffer());
    // Before the port is picked, which looks at it.
    buffer_word.set_index(FORCED_PORT / 4, i32::from(settings.force_javascript_port));
    let port = Arena::bind(memory.clone(), FORCED_PORT);
    Heap::format(&Arena);
    Arena.store(NEXT_PID, HOST + 1);
    Arena.store(WARM_TARGET, 2);
    Arena.store(WAITING, settings.waiting as u32);
    Arena.store(SPAWN_LIMIT, settings.max_processes);
    Arena.store(TRACE_LEVEL, settings.trace_level as u32);
    Arena.write_f64(EPOCH, platform::now());
    Arena.store(MAGIC, MAGIC_VALUE);
    Ok((memory, port))
}

impl Host {
    /// Starts the dispatcher in a worker of its own.
    fn start_dispatcher(self: &Rc<Self>) {
        self.dispatcher.replace(Link::Waiting(Vec::new()));
        let plan = &self.plan;
        let boot = platform::object(&[
            ("dispatcher", true.into()),
            ("worker", 0.into()),
            ("glue", plan.glue.clone()),
            ("module", plan.module.clone()),
            ("arena", plan.arena.clone()),
            ("lock", plan.prefix.as_str().into()),
            ("start_timeout_ms", plan.start_timeout_ms.into()),
        ]);
        let worker: Rc<RefCell<Option<Port>>> = Rc::default();
        let waiting = Rc::new(Cell::new(true));
        let tell = Closure::<dyn Fn(JsValue)>::new({
            let (host, worker, waiting) = (self.clone(), worker.clone(), waiting.clone());
            move |news: JsValue| {
                if !waiting.get() {
                    return;
                }
                match (Message::from_js(&news), worker.borrow().clone()) {
                    (Some(Message::Ready), Some(port)) => {
                        waiting.set(false);
                        host.connect(port);
                    }
                    (Some(Message::Failed { text, .. }), _) => {
                        waiting.set(false);
                        host.give_up(Reason::LoadFailed, &text);
                    }
                    // Anything may be posted: by wrappers of `Worker`, for one.
                    _ => {}
                }
            }
        });
        let tell: Function = tell.into_js_value().unchecked_into();
        match platform::create(&plan.glue, "manyhands dispatcher", &boot, &tell) {
            Ok(port) => *worker.borrow_mut() = Some(port),
            Err(error) => {
                // Not at once: what it is wanted for is still to be posted.
                let host = self.clone();
                spawn_local(async move {
                    host.give_up(Reason::LoadFailed, &format!("{error:?}"));
                });
                return;
            }
        }
        let host = self.clone();
        spawn_local(async move {
            let timeout = host.plan.start_timeout_ms;
            pause(timeout).await;
            if waiting.replace(false) {
                if let Some(port) = worker.take() {
                    port.terminate();
                }
                let text = format!("the dispatcher gave no sign of life for {timeout} ms");
                host.give_up(Reason::StartTimedOut, &text);
            }
        });
    }

    /// Tells the dispatcher what it missed.
    fn connect(&self, port: Port) {
        if let Link::Waiting(messages) = self.dispatcher.replace(Link::Up(port.clone())) {
            for message in messages {
                port.post(&message.to_js());
            }
        }
    }

    /// Without a dispatcher nobody starts the processes that wait for it. For the
    /// next one it is tried again.
    fn give_up(&self, reason: Reason, text: &str) {
        let Link::Waiting(messages) = self.dispatcher.replace(Link::Down) else {
            return;
        };
        Arena.store(WARM_FAILURE, reason as u32 + 1);
        for message in messages {
            if let Message::Spawn { slot, state, .. } = message
                && let Some(claim) = current::table().claim_end(slot, Word(state))
            {
                let ending = Ending::never_began(reason, text.to_owned());
                exit::tell_end(current::heap(), claim, &ending);
            }
        }
    }

    fn post(self: &Rc<Self>, message: Message) {
        if matches!(*self.dispatcher.borrow(), Link::Down) {
            self.start_dispatcher();
        }
        match &mut *self.dispatcher.borrow_mut() {
            Link::Up(port) => port.post(&message.to_js()),
            Link::Waiting(messages) => messages.push(message),
            // Not after it was started just now.
            Link::Down => {}
        }
    }
}

/// Posts to the dispatcher, from the host or from a process.
pub(crate) fn post(message: Message) {
    match host() {
        Some(host) => host.post(message),
        None => platform::post(&message.to_js()),
    }
}

/// The port that carries the arena on the host.
pub(crate) fn arena_port() -> Option<ArenaPort> {
    host().map(|host| host.port)
}

/// Trace events lost so far because the host drained too slowly.
pub(crate) fn lost_events() -> u32 {
    host().map_or(0, |host| host.lost.get())
}

/// Now, in µs on the clock of [`trace::Event::time_us`]; 0 before the first
/// process.
pub fn now_us() -> f64 {
    if is_up() { current::now_us() } else { 0.0 }
}

/// Hands out what has been recorded so far, without waiting for the next
/// round. On the host; nothing happens elsewhere.
pub fn flush() {
    drain();
}

/// Reads all rings and publishes what they held; was there anything?
fn drain() -> bool {
    let Some(host) = host() else { return false };
    let mut items: Vec<Item> = Vec::new();
    for slot in 0..SLOT_COUNT {
        let ring = Arena.load(slot_field(slot, slot::RING));
        if ring == 0 {
            continue;
        }
        let ring = Ring::new(&Arena, ring);
        let mut unfinished = host.unfinished.borrow_mut();
        ring.drain(unfinished.entry(slot).or_default(), &mut items);
        host.lost
            .set(host.lost.get().wrapping_add(ring.take_lost()));
    }
    if items.is_empty() {
        return false;
    }
    // Sequence numbers wrap; within one batch their distances do not.
    let first = items.iter().map(Item::sequence).next().unwrap_or(0);
    items.sort_by_key(|item| item.sequence().wrapping_sub(first) as i32);
    trace::publish(items);
    true
}

/// From now on processes that start record at this level, for benchmarks.
#[doc(hidden)]
pub fn __set_level(level: trace::Level) {
    if ensure().is_ok() {
        Arena.store(TRACE_LEVEL, level as u32);
    }
}

/// Drains for ever: asleep while nothing happens, in batches while much does.
async fn pump() {
    loop {
        drain();
        Arena.store(BELL, 1);
        if drain() {
            Arena.store(BELL, 0);
        } else {
            changed(BELL, 1, None).await;
        }
        pause(16.0).await;
    }
}

/// Resolves when the word may no longer be `seen`, or the time (ms) is up.
async fn changed(at: u32, seen: u32, milliseconds: Option<f64>) {
    let words = Arena::words();
    let time = milliseconds.unwrap_or(f64::INFINITY);
    let asked: Result<Object, JsValue> =
        Atomics::wait_async_with_timeout(&words, at / 4, seen as i32, time);
    let Ok(answer) = asked else {
        // An engine without `Atomics.waitAsync`: look again soon.
        return pause(milliseconds.unwrap_or(4.0).min(4.0)).await;
    };
    let value = Reflect::get(&answer, &"value".into()).unwrap_or(JsValue::UNDEFINED);
    if let Ok(promise) = value.dyn_into::<Promise>() {
        let _ = JsFuture::from(promise).await;
    }
}

/// The `async` form of [`super::wait::block`], for the host.
pub(crate) async fn wait_async<T>(
    timeout_us: Option<f64>,
    mut step: impl FnMut() -> Step<T>,
) -> Option<T> {
    let deadline = timeout_us.map(|timeout| current::now_us() + timeout);
    loop {
        let (at, seen, arm) = match step() {
            Step::Ready(value) => return Some(value),
            Step::Wait { at, seen, arm } => (at, seen, arm),
        };
        let left = deadline.map(|deadline| (deadline - current::now_us()) / 1e3);
        if left.is_some_and(|left| left <= 0.0) {
            return None;
        }
        if let Some(seen) = arm.set(&Arena, at, seen) {
            changed(at, seen, left).await;
        }
    }
}

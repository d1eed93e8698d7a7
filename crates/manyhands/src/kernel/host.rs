//! The host's side: it makes the arena, starts the dispatcher, reads the trace rings
//! and waits without blocking.
//!
//! The host is the page, or whatever program loaded the module. Its pid is 1.
//!
//! This module must not import the modules that hold objects or encode values, because
//! they start the kernel through it.

use super::{
    arena::{Arena, Memory, Port as ArenaPort},
    blocking,
    current::{self, Current, HOST_SLOT, Identity},
    dispatcher::Plan,
    exit,
    heap::Heap,
    layout::{
        ARENA_MAX, EPOCH, FORCED_PORT, HOST_SLEEPS, LOOK_US, MAGIC, MAGIC_VALUE, NEXT_PID,
        SEQUENCE, SLOT_COUNT, SPAWN_LIMIT, TRACE_LEVEL, WAITING, WARM_FAILURE, WARM_TARGET, slot,
        slot_field,
    },
    message::Message,
    platform::{self, Port, pause},
    settings::Settings,
    table::{EndRecord, Word},
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

/// The connection to the dispatcher.
enum Link {
    /// There is none: the dispatcher was not needed yet, or its worker did not start.
    Down,
    /// The dispatcher's worker is starting; these messages will be posted to it.
    Waiting(Vec<Message>),
    /// The dispatcher receives messages.
    Up(Port),
}

struct Host {
    dispatcher: RefCell<Link>,
    plan: Plan,
    port: ArenaPort,
    /// Text of lines whose end has not arrived, by slot.
    unfinished: RefCell<HashMap<u32, Vec<u8>>>,
    /// Records that were made while the rings were read last.
    early: RefCell<Vec<Item>>,
    /// How many trace events were lost because the host read too slowly.
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

/// Sets the kernel's settings. Call it on the host, before the first process starts.
///
/// # Errors
/// [`Error::ValueError`] for a value out of range, or when the first process has
/// started.
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

/// Starts the kernel on the host, once. Does nothing in a process.
pub(crate) fn ensure() -> Result<(), Error> {
    if is_up() {
        return Ok(());
    }
    if platform::IN_BROWSER && platform::is_worker() {
        return Err(Error::RuntimeError(
            "this process has not begun yet, so it can neither start processes nor make what \
             they share: `main` runs in every process, so let it return at once where \
             `manyhands::is_main()` is false, as Python's programs ask whether `__name__` is \
             `\"__main__\"`"
                .into(),
        ));
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
        early: RefCell::default(),
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
        may_block: Cell::new(false),
        children: Cell::new(0),
    });
    #[cfg(feature = "threads")]
    super::panic_hook::share();
    spawn_local(read_rings_for_ever());
    host.start_dispatcher();
    Ok(())
}

/// Creates the arena and initialises its words; also chooses the port.
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
    // Set before the port is chosen, which depends on it.
    buffer_word.set_index(FORCED_PORT / 4, i32::from(settings.force_javascript_port));
    let port = Arena::bind(memory.clone(), FORCED_PORT);
    Heap::format(&Arena);
    Arena.store(NEXT_PID, HOST + 1);
    Arena.store(WARM_TARGET, 2);
    Arena.store(WAITING, settings.waiting as u32);
    Arena.store(LOOK_US, settings.look_us);
    Arena.store(SPAWN_LIMIT, settings.max_processes);
    // The browser may have given a smaller memory than the one that was asked for.
    let pages = Reflect::get(&descriptor, &"maximum".into()).ok();
    let most = (pages.and_then(|pages| pages.as_f64()))
        .map_or(u32::MAX, |pages| (pages as u32).saturating_mul(PAGE));
    Arena.store(ARENA_MAX, settings.arena_max_bytes.min(most));
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
                    // Other messages are possible, for example from something that
                    // wraps `Worker`.
                    _ => {}
                }
            }
        });
        let tell: Function = tell.into_js_value().unchecked_into();
        match platform::create(&plan.glue, "manyhands dispatcher", &boot, &tell) {
            Ok(port) => *worker.borrow_mut() = Some(port),
            Err(error) => {
                // Later, because the message that needs the dispatcher has not been
                // posted yet.
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
                    port.terminate_now();
                }
                let text = format!("the dispatcher gave no sign of life for {timeout} ms");
                host.give_up(Reason::StartTimedOut, &text);
            }
        });
    }

    /// Posts to the dispatcher the messages that were waiting for it.
    fn connect(&self, port: Port) {
        if let Link::Waiting(messages) = self.dispatcher.replace(Link::Up(port.clone())) {
            for message in messages {
                port.post(&message.to_js());
            }
        }
        // From now on, no process that is waited for needs this thread, except for
        // reading the traces.
        if platform::can_wait() {
            blocking::while_waiting(flush);
            current::with(|current| {
                if let Some(current) = current {
                    current.may_block.set(true);
                }
            });
        }
    }

    /// The dispatcher did not start, so the processes that wait for it never begin. For
    /// the next process a new dispatcher is started.
    fn give_up(&self, reason: Reason, text: &str) {
        let Link::Waiting(messages) = self.dispatcher.replace(Link::Down) else {
            return;
        };
        Arena.store(WARM_FAILURE, reason as u32 + 1);
        for message in messages {
            if let Message::Spawn { slot, state, .. } = message
                && let Some(claim) = current::table().claim_end(slot, Word(state))
            {
                let ending = EndRecord::never_began(reason, text.to_owned());
                exit::write_end(current::heap(), claim, &ending);
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
            // Cannot happen: it was started just now.
            Link::Down => {}
        }
    }
}

/// Posts a message to the dispatcher, from the host or from a process.
pub(crate) fn post(message: Message) {
    match host() {
        Some(host) => host.post(message),
        None => platform::post(&message.to_js()),
    }
}

/// Can processes be started without the help of this thread?
pub(crate) fn is_connected() -> bool {
    host().is_none_or(|host| matches!(*host.dispatcher.borrow(), Link::Up(_)))
}

/// The port that carries the arena on the host.
pub(crate) fn arena_port() -> Option<ArenaPort> {
    host().map(|host| host.port)
}

/// How many trace events were lost so far because the host read too slowly.
pub(crate) fn lost_events() -> u32 {
    host().map_or(0, |host| host.lost.get())
}

/// The present time, in µs on the clock of [`trace::Event::time_us`]; 0 before the
/// first process.
pub fn now_us() -> f64 {
    if is_up() { current::now_us() } else { 0.0 }
}

/// Gives the records that exist so far to the subscribers, without waiting for the next
/// round. Works on the host only; elsewhere nothing happens.
pub fn flush() {
    drain();
}

/// Reads all rings and publishes their records; returns whether there were any.
///
/// The rings are read one after the other, so that what a process recorded may be read
/// although what led to it, such as the start of the process, was written into another ring
/// after that was read. The records that were made since the reading began are therefore
/// kept for the next time: for each record that is published, those that led to it have
/// lower numbers, and are published, too.
fn drain() -> bool {
    let Some(host) = host() else { return false };
    let began = Arena.load(SEQUENCE);
    let mut items = host.early.take();
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
    // Sequence numbers wrap around, but their differences within one batch do not.
    items.sort_by_key(|item| item.sequence().wrapping_sub(began) as i32);
    let now = items.partition_point(|item| (item.sequence().wrapping_sub(began) as i32) < 0);
    host.early.replace(items.split_off(now));
    if !items.is_empty() {
        trace::publish(items);
    }
    true
}

/// Sets the level at which processes that start from now on record; for benchmarks.
#[doc(hidden)]
pub fn __set_level(level: trace::Level) {
    if ensure().is_ok() {
        Arena.store(TRACE_LEVEL, level as u32);
    }
}

/// Reads the rings for ever: sleeps while nothing is recorded, and reads in batches
/// otherwise.
async fn read_rings_for_ever() {
    loop {
        drain();
        Arena.store(HOST_SLEEPS, 1);
        if drain() {
            Arena.store(HOST_SLEEPS, 0);
        } else {
            until_changed(HOST_SLEEPS, 1, None).await;
        }
        pause(16.0).await;
    }
}

/// Resolves when the word may have changed from `seen`, or after the time-out.
async fn until_changed(at: u32, seen: u32, milliseconds: Option<f64>) {
    let words = Arena::words();
    let time = milliseconds.unwrap_or(f64::INFINITY);
    let asked: Result<Object, JsValue> =
        Atomics::wait_async_with_timeout(&words, at / 4, seen as i32, time);
    let Ok(answer) = asked else {
        // This engine has no `Atomics.waitAsync`, so look again soon.
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
            until_changed(at, seen, left).await;
        }
    }
}

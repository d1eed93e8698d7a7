//! Signals of this process: which functions of Python handle them, and how they end a
//! wait.
//!
//! Signals are for the main thread, as in CPython. It asks between instructions whether
//! one is pending, and runs its handler there. A wait of the main thread ends early when a
//! signal is pending. The handler then runs, and unless it raised an exception the wait
//! goes on for the rest of its time (PEP 475).
//!
//! The image is compiled with copies of the interpreter and of its locks that call the
//! functions of this file (`patches/interpreter.signals`, `patches/locks`).

use crate::{
    error::exception,
    memory,
    waits::{self, Kind},
};
use manyhands::{
    Error, ProcessWide, Semaphore,
    signal::{self, Action, Signal},
};
use rustpython_vm::{PyObjectRef, PyResult, VirtualMachine};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::OnceLock,
    time::{Duration, Instant},
};

/// The code with which another thread than the main one ends this process.
static EXIT_CODE: OnceLock<i32> = OnceLock::new();

/// What wakes the main thread for it. It has no effect of its own, so that the program does
/// not notice that it is always caught.
const EXIT_SIGNAL: Signal = Signal::SIGCHLD;

/// By what the main thread sleeps while it waits for another thread of this process.
static SLEEP: OnceLock<ProcessWide<Semaphore>> = OnceLock::new();

thread_local! {
    /// The handlers by the signals' numbers. The main thread's are used.
    static HANDLERS: RefCell<HashMap<i32, PyObjectRef>> = RefCell::default();
    static IS_MAIN: Cell<bool> = const { Cell::new(false) };
    /// Does this thread wait for another one, and may a signal end that?
    static WAITS_INTERRUPTIBLY: Cell<bool> = const { Cell::new(false) };
}

/// Prepares this process for signals. Called by its first thread before it runs Python.
pub fn begin() -> Result<(), Error> {
    let sleep = ProcessWide::new(&Semaphore::new(0)?)?;
    let _ = SLEEP.set(sleep);
    IS_MAIN.set(true);
    signal::signal(EXIT_SIGNAL, Action::Catch)?;
    // What its parent ignored, this process ignores as well.
    if signal::getsignal(Signal::SIGINT) == Action::Default {
        signal::signal(Signal::SIGINT, Action::Catch)?;
    }
    Ok(())
}

/// Calls what may wait, without the interpreter, until no signal interrupts it. The
/// handlers run in between; what they raise is returned. `call` gets the rest of its time,
/// if there is a time-out. `kind` and `object` say what it waits for.
pub fn retry<T>(
    vm: &VirtualMachine,
    kind: Kind,
    object: u32,
    timeout: Option<Duration>,
    mut call: impl FnMut(Option<Duration>) -> Result<T, Error>,
) -> PyResult<T> {
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let is_timed = timeout.is_some();
        let called = waits::waiting(vm, kind, is_timed, object, || {
            signal::interruptible(|| call(left))
        });
        match called {
            Err(Error::InterruptedError) => vm.check_signals()?,
            done => return done.map_err(|error| exception(&error, vm)),
        }
    }
}

/// Ends this process at once, in whichever thread of it.
pub fn exit(code: i32, vm: &VirtualMachine) {
    if IS_MAIN.get() {
        manyhands::exit(code);
    }
    // The first code counts.
    let _ = EXIT_CODE.set(code);
    // Where the process is ending already, nothing need be done.
    let _ = signal::kill(manyhands::current_process().pid, EXIT_SIGNAL);
    loop {
        let _ = waits::waiting(vm, Kind::Time, true, 0, || manyhands::sleep(Duration::MAX));
    }
}

/// Sets what handles a signal. `handler` is Python's `SIG_DFL` or `SIG_IGN` if `action`
/// says so, otherwise what is called.
pub fn set_handler(
    number: i32,
    action: Action,
    handler: PyObjectRef,
    vm: &VirtualMachine,
) -> PyResult<()> {
    // A number that is no signal here is one that nobody can send.
    if let Ok(signal) = Signal::try_from(number)
        && signal != EXIT_SIGNAL
    {
        signal::signal(signal, action).map_err(|error| exception(&error, vm))?;
    }
    HANDLERS.with_borrow_mut(|handlers| match action {
        Action::Catch => handlers.insert(number, handler),
        _ => handlers.remove(&number),
    });
    Ok(())
}

/// Runs the handlers of the signals that are pending, in the main thread.
#[unsafe(no_mangle)]
fn manyhands_run_handlers(vm: &VirtualMachine) -> PyResult<()> {
    while let Some(signal) = signal::take() {
        if let Some(code) = EXIT_CODE.get() {
            manyhands::exit(*code);
        }
        let number = signal.number();
        let handler = HANDLERS.with_borrow(|handlers| handlers.get(&number).cloned());
        match handler {
            Some(handler) => {
                let frame: PyObjectRef =
                    vm.current_frame().map_or_else(|| vm.ctx.none(), Into::into);
                handler.call((number, frame), vm)?;
            }
            None if signal == EXIT_SIGNAL => {}
            // It was caught before the program could say how.
            None => return Err(keyboard_interrupt(vm)),
        }
    }
    Ok(())
}

/// Python's `KeyboardInterrupt`.
pub fn keyboard_interrupt(vm: &VirtualMachine) -> rustpython_vm::builtins::PyBaseExceptionRef {
    vm.new_exception_empty(vm.ctx.exceptions.keyboard_interrupt.to_owned())
}

/// Whether a signal is pending for this thread. Called now and then while it runs Python.
#[unsafe(no_mangle)]
extern "C" fn manyhands_has_signal() -> bool {
    memory::keep();
    signal::is_pending()
}

/// Says whether a signal may end the following waits of this thread for other threads;
/// returns what was said before.
#[unsafe(no_mangle)]
extern "C" fn manyhands_interruptible(on: bool) -> bool {
    WAITS_INTERRUPTIBLY.replace(on)
}

/// Whether a signal may end a wait that this thread begins for another thread.
#[unsafe(no_mangle)]
extern "C" fn manyhands_is_interruptible() -> bool {
    WAITS_INTERRUPTIBLY.get() && SLEEP.get().is_some()
}

/// Sleeps until [`manyhands_wake`] is called, perhaps before, or for this time in seconds.
/// Returns false if a signal is pending.
#[unsafe(no_mangle)]
extern "C" fn manyhands_sleep(seconds: f64) -> bool {
    let Some(Ok(sleep)) = SLEEP.get().map(ProcessWide::get) else {
        return false;
    };
    let time = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
    signal::interruptible(|| sleep.acquire_timeout(time)).is_ok()
}

/// Wakes the main thread from [`manyhands_sleep`], or its next one.
#[unsafe(no_mangle)]
extern "C" fn manyhands_wake() {
    if let Some(Ok(sleep)) = SLEEP.get().map(ProcessWide::get) {
        // More permits than a semaphore counts wake it just as well.
        let _ = sleep.release();
    }
}

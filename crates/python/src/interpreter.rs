//! The interpreter of this process.

use crate::library;
use rustpython_vm::{
    Context, Interpreter, PyResult, Settings, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyModuleDef},
};
use std::{cell::RefCell, sync::OnceLock};

/// The module of `lib/` that runs a process.
const RUN: &str = "_manyhands_run";

/// What a process imports as soon as it uses a queue, a lock, shared memory or a child, or
/// prints a traceback.
const USUAL: [&str; 5] = [
    "multiprocessing.queues",
    "multiprocessing.synchronize",
    "multiprocessing.heap",
    "multiprocessing.popen_forkserver",
    "traceback",
];

/// An interpreter that is ready to run a process.
struct Prepared {
    interpreter: Interpreter,
    /// Whether [`RUN`] could be imported; otherwise the traceback.
    imported: Result<(), String>,
}

/// Defines a module that is written in Rust.
pub type Definition = fn(&Context) -> &'static PyModuleDef;

static MODULES: OnceLock<&'static [Definition]> = OnceLock::new();

thread_local! {
    static PREPARED: RefCell<Option<Prepared>> = const { RefCell::new(None) };
}

/// Says which modules an interpreter of this process has beside the standard ones. What these
/// are made of may itself start processes, so that this room does not name them.
pub fn set_modules(modules: &'static [Definition]) {
    // Each thread of a process says the same.
    let _ = MODULES.set(modules);
}

/// Prepares a worker that waits for a process: besides what every process needs it imports
/// what most programs use, and what the program imports of Python's library. (CPython's fork
/// server imports the main module, too.)
///
/// What is imported here must not ask for anything that only a process has, such as its
/// pid, its files or its output.
pub fn prepare() {
    let prepared = make();
    if prepared.imported.is_ok() {
        prepared.interpreter.enter(|vm| {
            for module in USUAL.into_iter().chain(library::imports()) {
                // If it cannot be imported, the program is told when it tries.
                let _ = vm.import(module, 0);
            }
        });
    }
    PREPARED.set(Some(prepared));
}

/// Makes the interpreter and imports what every process needs.
fn make() -> Prepared {
    let mut settings = Settings::default();
    settings.allow_external_library = false;
    let builder = Interpreter::builder(settings);
    let native = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
    let own = MODULES.get().copied().unwrap_or_default().iter();
    let own: Vec<_> = own.map(|definition| definition(&builder.ctx)).collect();
    let interpreter = builder
        .add_native_modules(&native)
        .add_native_modules(&own)
        .add_frozen_modules(library::modules())
        .build();
    let imported = interpreter.enter(|vm| match vm.import(RUN, 0) {
        Ok(_) => Ok(()),
        Err(error) => Err(traceback(&error, vm)),
    });
    Prepared {
        interpreter,
        imported,
    }
}

/// Calls a function of [`RUN`], which ends the process. It returns only if that could
/// not be done.
pub fn run(function: &'static str) {
    // Taken out, since Python may ask for anything of this process meanwhile.
    let prepared = PREPARED.take().unwrap_or_else(make);
    let called = prepared.imported.and_then(|()| {
        prepared
            .interpreter
            .enter(|vm| call(function, vm).map_err(|error| traceback(&error, vm)))
    });
    if let Err(text) = called {
        manyhands::eprintln!("{text}");
    }
    manyhands::exit(1);
}

fn traceback(error: &PyBaseExceptionRef, vm: &VirtualMachine) -> String {
    let mut text = String::new();
    let _ = vm.write_exception(&mut text, error);
    text
}

fn call(function: &'static str, vm: &VirtualMachine) -> PyResult<()> {
    let module = vm.import(RUN, 0)?;
    module.get_attr(function, vm)?.call((), vm)?;
    Ok(())
}

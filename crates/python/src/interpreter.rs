//! The interpreter of this process.

use crate::{buffers, connection_methods, files, host, library, pickling, semlock, sockets};
use rustpython_vm::{
    Interpreter, PyResult, Settings, VirtualMachine, builtins::PyBaseExceptionRef,
};
use std::cell::RefCell;

/// The module of `lib/` that runs a process.
const RUN: &str = "_manyhands_run";

/// An interpreter that is ready to run a process.
struct Prepared {
    interpreter: Interpreter,
    /// Whether [`RUN`] could be imported; otherwise the traceback.
    imported: Result<(), String>,
}

thread_local! {
    static PREPARED: RefCell<Option<Prepared>> = const { RefCell::new(None) };
}

/// Makes the interpreter and imports what every process needs, and what the program imports
/// of Python's library. It takes most of the time of a start, so that a worker which waits
/// for a process does it meanwhile. (CPython's fork server imports the main module, too.)
///
/// What is imported here must not ask for anything that only a process has, such as its
/// pid, its files or its output.
pub fn prepare() {
    if PREPARED.with_borrow(Option::is_some) {
        return;
    }
    let mut settings = Settings::default();
    settings.allow_external_library = false;
    let builder = Interpreter::builder(settings);
    let native = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
    let own = [
        buffers::module_def(&builder.ctx),
        connection_methods::module_def(&builder.ctx),
        files::module_def(&builder.ctx),
        host::module_def(&builder.ctx),
        pickling::module_def(&builder.ctx),
        semlock::module_def(&builder.ctx),
        sockets::module_def(&builder.ctx),
    ];
    let interpreter = builder
        .add_native_modules(&native)
        .add_native_modules(&own)
        .add_frozen_modules(library::modules())
        .build();
    let imported = interpreter.enter(|vm| match vm.import(RUN, 0) {
        Ok(_) => {
            for module in library::imports() {
                // If it cannot be imported, the program is told when it tries.
                let _ = vm.import(module, 0);
            }
            Ok(())
        }
        Err(error) => Err(traceback(&error, vm)),
    });
    PREPARED.set(Some(Prepared {
        interpreter,
        imported,
    }));
}

/// Calls a function of [`RUN`], which ends the process. It returns only if that could
/// not be done.
pub fn run(function: &'static str) {
    prepare();
    // Taken out, since Python may ask for anything of this process meanwhile.
    let Some(prepared) = PREPARED.take() else {
        return;
    };
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

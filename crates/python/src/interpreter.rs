//! The interpreter of this process.

use crate::{buffers, files, host, semlock};
use rustpython_vm::{Interpreter, PyResult, Settings, VirtualMachine, frozen::FrozenLib};
use std::cell::RefCell;

/// The modules that `build.rs` gathered, as bytecode.
const FROZEN: &FrozenLib = include!(concat!(env!("OUT_DIR"), "/frozen.rs"));

/// The module of `lib/` that runs a process.
const RUN: &str = "_manyhands_run";

thread_local! {
    static INTERPRETER: RefCell<Option<Interpreter>> = const { RefCell::new(None) };
}

/// Makes the interpreter and imports what every process needs. It takes most of the
/// time of a start, so that a worker which waits for a process does it meanwhile.
pub fn prepare() {
    if INTERPRETER.with_borrow(Option::is_some) {
        return;
    }
    let mut settings = Settings::default();
    settings.allow_external_library = false;
    let builder = Interpreter::builder(settings);
    let native = rustpython_stdlib::stdlib_module_defs(&builder.ctx);
    let own = [
        buffers::module_def(&builder.ctx),
        files::module_def(&builder.ctx),
        host::module_def(&builder.ctx),
        semlock::module_def(&builder.ctx),
    ];
    let interpreter = builder
        .add_native_modules(&native)
        .add_native_modules(&own)
        .add_frozen_modules(FROZEN)
        .build();
    // What fails here fails again when the process runs, and is reported then.
    interpreter.enter(|vm| drop(vm.import(RUN, 0)));
    INTERPRETER.set(Some(interpreter));
}

/// Calls a function of [`RUN`], which ends the process. It returns only if that could
/// not be done.
pub fn run(function: &'static str) {
    prepare();
    // Taken out, since Python may ask for anything of this process meanwhile.
    let Some(interpreter) = INTERPRETER.take() else {
        return;
    };
    interpreter.enter(|vm| {
        if let Err(error) = call(function, vm) {
            let mut text = String::new();
            let _ = vm.write_exception(&mut text, &error);
            manyhands::eprintln!("{text}");
        }
    });
    manyhands::exit(1);
}

fn call(function: &'static str, vm: &VirtualMachine) -> PyResult<()> {
    let module = vm.import(RUN, 0)?;
    module.get_attr(function, vm)?.call((), vm)?;
    Ok(())
}

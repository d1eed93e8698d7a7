//! Python itself on Manyhands: RustPython, one interpreter in each process.
//!
//! A program of Python's `multiprocessing` runs as it is. Each of its processes is a
//! [`manyhands::Process`] with an interpreter of its own, and its pipes, queues and
//! locks are this library's. CPython's own `multiprocessing/*.py` does the rest; what
//! it has in C is here:
//!
//! - `page`: what `python.js` calls.
//! - `program`: what the processes of a program start with.
//! - `interpreter`: the interpreter of a process.
//! - `host`: the module `_manyhands`, from which `lib/*.py` makes `posix`, `select` and
//!   what `multiprocessing` needs of a platform.
//! - `semlock`: the module `_multiprocessing`.
//! - `sockets`: the module `_manyhands_socket`, sockets between processes.
//! - `buffers`: shared memory, and what `ctypes` and `mmap` are made of.
//! - `descriptors`, `objects`: what this process can wait for, and what travels beside
//!   pickles.
//! - `files`: the files of a program.
//! - `platform`: clocks and threads for Rust's standard library.
//! - `nesting`, `memory`: how deep a program may be nested, and what happens when the memory
//!   of a process is used.
//! - `signals`: which functions of Python handle this process's signals, and how they end
//!   a wait.
//! - `stdin`: the program's standard input.
//! - `waits`: what each thread of a program waits for.
//! - `registry`, `class`, `made`: the locks, queues and pipes of a program, and what they belong
//!   to.
//! - `names`: which variable of the program holds them.
//! - `inside`: their state, as the page tells it.
//! - `stuck`: whether a program can go on, and why not.
//! - `tell`: events as the plain objects of `python.js`.
//! - `timeline`: what each thread did, from when to when.
//! - `gil`: the lock that lets one thread of a process run Python at a time.
//! - `pickling`: pickles for other processes.
//! - `connection_methods`: sending and receiving them without running Python.
//! - `output`, `time`, `error`, `errno`: text, time-outs, exceptions and their numbers.
//!
//! What differs from CPython at run time is listed, with the reason, in
//! `lib/_manyhands_layer.py`.
//!
//! This crate is a client of the library's public API and must not need more than that.
//! It is outside the workspace, so that nothing else waits for the interpreter to
//! compile; `script/python-image` builds it.

mod buffers;
mod class;
mod connection_methods;
mod descriptors;
mod errno;
mod error;
mod files;
mod gil;
mod host;
mod inside;
mod interpreter;
mod library;
mod made;
mod memory;
mod names;
mod nesting;
mod objects;
mod output;
mod page;
mod pickling;
mod platform;
mod program;
mod registry;
mod semlock;
mod signals;
mod sockets;
mod stdin;
mod stuck;
mod tell;
mod thread_locks;
mod time;
mod timeline;
mod waits;

use wasm_bindgen::prelude::wasm_bindgen;

/// The modules of Python that are written here.
const MODULES: &[interpreter::Definition] = &[
    buffers::module_def,
    connection_methods::module_def,
    files::module_def,
    host::module_def,
    pickling::module_def,
    semlock::module_def,
    sockets::module_def,
];

/// Runs in every instance of the module.
#[wasm_bindgen(start)]
pub fn begin() {
    interpreter::set_modules(MODULES);
    manyhands::preload(interpreter::prepare);
    if manyhands::is_main() {
        // An interpreter takes some 20 µs to receive a message and answer it.
        let settings = manyhands::Settings {
            look_us: 50,
            ..manyhands::Settings::default()
        };
        // Nothing has started yet, so that this cannot be too late.
        let _ = manyhands::configure(settings);
    }
}

//! Python's library, as bytecode.
//!
//! It is in a section of the module that no process has in its memory. The page copies it
//! into what all processes share, once, and a process reads the code of a module from there
//! when it imports the module. Behind the code is the list of what the program imports, so
//! that a warm worker has imported it before a process starts there.
//!
//! The interpreter is compiled with a copy of one of its crates that reads modules by the
//! function of this file (`patches/library`).

use js_sys::{Uint8Array, WebAssembly};
use manyhands::Error;
use rustpython_vm::frozen::{FrozenCodeObject, FrozenModule};
use std::cell::Cell;
use wasm_bindgen::JsCast;

/// A module's name, whether it is a package, and where its code is: the offset and the
/// length in bytes, as numbers of 32 bits.
type Entry = (&'static str, bool, [u8; 8]);

static INDEX: &[Entry] = &*include!(concat!(env!("OUT_DIR"), "/library.rs"));

/// The code of all modules. `build.rs` makes it. (Nothing may use it: it would then be in the
/// memory as well.)
#[unsafe(link_section = "python-library")]
#[expect(dead_code, reason = "the page reads the section")]
static LIBRARY: [u8; LENGTH] = *include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));

const LENGTH: usize = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin")).len();

/// The room for the list of what the program imports, in bytes.
const IMPORTS: usize = 4096;

/// All modules, for the interpreter.
pub fn modules() -> impl Iterator<Item = (&'static str, FrozenModule)> {
    INDEX.iter().map(|(name, package, place)| {
        let code = FrozenCodeObject { bytes: &place[..] };
        let package = *package;
        (*name, FrozenModule { code, package })
    })
}

/// Shares the library with all processes, before the first one starts. The page calls it.
///
/// # Errors
/// As [`manyhands::set_preload_data`].
pub fn share() -> Result<(), Error> {
    thread_local! {
        static IS_SHARED: Cell<bool> = const { Cell::new(false) };
    }
    if IS_SHARED.get() {
        return Ok(());
    }
    let module: WebAssembly::Module = wasm_bindgen::module().unchecked_into();
    let section = WebAssembly::Module::custom_sections(&module, "python-library").get(0);
    let bytes = Uint8Array::new(&section);
    manyhands::set_preload_data(LENGTH + IMPORTS, |start, piece| {
        let start = start as u32;
        let end = (start + piece.len() as u32).min(bytes.length());
        let code = bytes.subarray(start.min(end), end);
        copy_to_start(&code, piece);
    })?;
    IS_SHARED.set(true);
    Ok(())
}

fn copy_to_start(from: &Uint8Array, into: &mut [u8]) {
    from.copy_to(&mut into[..from.length() as usize]);
}

/// Tells the workers that become warm from now on which modules the program imports. The page
/// calls it, after [`share`].
///
/// # Errors
/// As [`manyhands::update_preload_data`].
pub fn set_imports(modules: &[String]) -> Result<(), Error> {
    let mut list = modules.join(" ").into_bytes();
    list.resize(IMPORTS, b' ');
    manyhands::update_preload_data(LENGTH, &list)
}

/// What the program imports, as the page has said. It may have been changed while it was
/// read, so what is not in the library is left out.
pub fn imports() -> Vec<&'static str> {
    let mut list = vec![0; IMPORTS];
    if manyhands::read_preload_data(LENGTH, &mut list).is_err() {
        return Vec::new();
    }
    let listed = list.split(u8::is_ascii_whitespace);
    listed.filter_map(module).collect()
}

/// The module of the library that has this name.
fn module(name: &[u8]) -> Option<&'static str> {
    let index = INDEX.binary_search_by_key(&name, |(module, ..)| module.as_bytes());
    index.ok().map(|index| INDEX[index].0)
}

/// Copies the code of a module out of the library. The interpreter asks only for what is in
/// [`INDEX`].
///
/// # Safety
/// `into` has room for `length` bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn manyhands_read_library(start: u32, into: *mut u8, length: u32) {
    // SAFETY: the caller says so, and nobody else has it.
    let into = unsafe { std::slice::from_raw_parts_mut(into, length as usize) };
    manyhands::read_preload_data(start as usize, into).expect("the library is shared first");
}

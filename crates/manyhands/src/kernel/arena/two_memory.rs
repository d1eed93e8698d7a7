//! The two-memory port: a small WebAssembly module that imports the arena and this
//! process's own memory and exports one function for each operation. Its source is
//! `two_memory.wat`.
//!
//! Its exports replace the functions of [`super::javascript`] in our function table.
//! Rust then calls them like any function pointer, without JavaScript in between, and
//! without special flags in the user's build. An engine without multi-memory rejects
//! the module, and the slots stay as they were.
//!
//! This module must not import the JavaScript port, only its slots.

use super::slots::SLOTS;
use js_sys::{Function, Object, Reflect, SharedArrayBuffer, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};

/// The module for a process whose own memory is not shared, and the one for a process
/// whose memory is.
const MODULE: &[u8] = include_bytes!("two_memory.wasm");
const SHARED_MODULE: &[u8] = include_bytes!("two_memory_shared.wasm");

/// Puts the module's functions into this instance's function table.
pub(super) fn install(arena: &WebAssembly::Memory) -> Result<(), JsValue> {
    let own: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let is_shared = own.buffer().is_instance_of::<SharedArrayBuffer>();
    let bytes = if is_shared { SHARED_MODULE } else { MODULE };
    let module = WebAssembly::Module::new(&Uint8Array::from(bytes).buffer())?;
    let memories = Object::new();
    Reflect::set(&memories, &"arena".into(), arena)?;
    Reflect::set(&memories, &"own".into(), &own)?;
    let imports = Object::new();
    Reflect::set(&imports, &"memory".into(), &memories)?;
    let exports = WebAssembly::Instance::new(&module, &imports)?.exports();
    let table: WebAssembly::Table = wasm_bindgen::function_table().unchecked_into();
    for slot in &SLOTS {
        let function: Function = Reflect::get(&exports, &slot.name().into())?.unchecked_into();
        table.set(slot.get() as u32, &function)?;
    }
    Ok(())
}

#[cfg(all(test, not(feature = "model"), not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use std::path::Path;

    /// The module without its custom sections, because the assembler adds one with
    /// names.
    fn without_names(module: &[u8]) -> Vec<u8> {
        const CUSTOM: u8 = 0;
        let (head, mut rest) = module.split_at(8);
        let mut kept = head.to_vec();
        while !rest.is_empty() {
            // A section is its number, its length in LEB128, and its content.
            let (mut length, mut at) = (0, 1);
            loop {
                length |= usize::from(rest[at] & 0x7f) << (7 * (at - 1));
                at += 1;
                if rest[at - 1] < 0x80 {
                    break;
                }
            }
            let (section, next) = rest.split_at(at + length);
            if section[0] != CUSTOM {
                kept.extend(section);
            }
            rest = next;
        }
        kept
    }

    #[test]
    fn the_modules_are_what_their_text_says() {
        let text = include_str!("two_memory.wat");
        let own = r#"(import "memory" "own" (memory $own 0))"#;
        assert_eq!(text.matches(own).count(), 1);
        let shared = text.replace(own, &own.replace("$own 0", "$own 0 65536 shared"));
        for (name, text, bytes) in [
            ("two_memory.wasm", text, MODULE),
            ("two_memory_shared.wasm", &*shared, SHARED_MODULE),
        ] {
            let assembled = without_names(&wat::parse_str(text).unwrap());
            let path = Path::new("src/kernel/arena").join(name);
            if std::env::var_os("MANYHANDS_ASSEMBLE").is_some() {
                std::fs::write(&path, &assembled).unwrap();
            } else {
                let path = path.display();
                let same = assembled == bytes;
                assert!(
                    same,
                    "{path} is older than its text: MANYHANDS_ASSEMBLE=1 writes it"
                );
            }
        }
    }
}

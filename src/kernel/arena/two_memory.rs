//! The two-memory port: a tiny module, assembled here, that imports the arena
//! and this process's own memory and exports one function per operation.
//!
//! Its exports are put into the slots of our function table that hold the
//! functions of [`super::javascript`], so Rust calls them like any function
//! pointer: no JavaScript in between, and no special flags in the user's
//! build. Engines without multi-memory refuse the module; then the slots keep
//! what they had.

use super::browser::{OPERATIONS, SLOTS};
use js_sys::{Function, Object, Reflect, SharedArrayBuffer, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast, JsValue};

const I32: u8 = 0x7f;
const I64: u8 = 0x7e;
/// Indices of the two memories. The arena is 0, which the atomic instructions
/// mean when they name none.
const ARENA: u8 = 0;
const OWN: u8 = 1;

/// Parameters, results and body (after its `local.get`s) of one export.
struct Operation {
    parameters: &'static [u8],
    results: &'static [u8],
    body: &'static [u8],
}

/// An atomic instruction on an aligned word of the arena.
macro_rules! atomic {
    ($opcode:literal) => {
        &[0xfe, $opcode, 2, 0]
    };
    (wide $opcode:literal) => {
        &[0xfe, $opcode, 3, 0]
    };
}

/// In the order of [`SLOTS`].
const BODIES: [Operation; OPERATIONS] = [
    Operation {
        parameters: &[I32],
        results: &[I32],
        body: atomic!(0x10),
    },
    Operation {
        parameters: &[I32, I32],
        results: &[],
        body: atomic!(0x17),
    },
    Operation {
        parameters: &[I32, I32],
        results: &[I32],
        body: atomic!(0x1e),
    },
    Operation {
        parameters: &[I32, I32],
        results: &[I32],
        body: atomic!(0x41),
    },
    Operation {
        parameters: &[I32, I32, I32],
        results: &[I32],
        body: atomic!(0x48),
    },
    Operation {
        parameters: &[I32, I32, I64],
        results: &[I32],
        body: atomic!(0x01),
    },
    Operation {
        parameters: &[I32, I32],
        results: &[I32],
        body: atomic!(0x00),
    },
    // read(at, into, length): memory.copy wants destination, source, length.
    Operation {
        parameters: &[I32, I32, I32],
        results: &[],
        body: &[0xfc, 0x0a, OWN, ARENA],
    },
    Operation {
        parameters: &[I32, I32, I32],
        results: &[],
        body: &[0xfc, 0x0a, ARENA, OWN],
    },
    Operation {
        parameters: &[I32],
        results: &[I64],
        body: atomic!(wide 0x11),
    },
    Operation {
        parameters: &[I32, I64],
        results: &[],
        body: atomic!(wide 0x18),
    },
    Operation {
        parameters: &[I32, I64, I64],
        results: &[I64],
        body: atomic!(wide 0x49),
    },
];
/// The index of `read`, whose first two parameters change places.
const READ: usize = 7;

fn section(id: u8, entries: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let entries: Vec<Vec<u8>> = entries.into_iter().collect();
    let mut content = vec![entries.len() as u8];
    content.extend(entries.concat());
    let mut section = vec![id];
    let mut length = content.len();
    // LEB128
    while length > 0x7f {
        section.push(length as u8 | 0x80);
        length >>= 7;
    }
    section.push(length as u8);
    section.extend(content);
    section
}

fn import(name: u8, shared: bool) -> Vec<u8> {
    let mut entry = vec![1, b'm', 1, name, 0x02];
    if shared {
        // At least 0 and at most 65 536 pages: any shared memory fits.
        entry.extend([0x03, 0, 0x80, 0x80, 0x04]);
    } else {
        entry.extend([0x00, 0]);
    }
    entry
}

/// What an export is called: one letter.
fn name(index: usize) -> u8 {
    b'a' + index as u8
}

/// The module's bytes; `shared` says whether the process's own memory is.
fn assemble(shared: bool) -> Vec<u8> {
    let vector = |bytes: &[u8]| [&[bytes.len() as u8], bytes].concat();
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    module.extend(section(
        1,
        BODIES.iter().map(|operation| {
            [
                vec![0x60],
                vector(operation.parameters),
                vector(operation.results),
            ]
            .concat()
        }),
    ));
    module.extend(section(2, [import(b'a', true), import(b'o', shared)]));
    module.extend(section(3, (0..OPERATIONS).map(|index| vec![index as u8])));
    module.extend(section(
        7,
        (0..OPERATIONS).map(|index| vec![1, name(index), 0x00, index as u8]),
    ));
    module.extend(section(
        10,
        BODIES.iter().enumerate().map(|(index, operation)| {
            let mut order: Vec<u8> = (0..operation.parameters.len() as u8).collect();
            if index == READ {
                order.swap(0, 1);
            }
            let mut body = vec![0]; // no locals
            for parameter in order {
                body.extend([0x20, parameter]);
            }
            body.extend(operation.body);
            body.push(0x0b);
            vector(&body)
        }),
    ));
    module
}

/// Puts the helper's functions into this instance's table.
pub(super) fn install(arena: &WebAssembly::Memory) -> Result<(), JsValue> {
    let own: WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let bytes = assemble(own.buffer().is_instance_of::<SharedArrayBuffer>());
    let module = WebAssembly::Module::new(&Uint8Array::from(&bytes[..]).buffer())?;
    let memories = Object::new();
    Reflect::set(&memories, &"a".into(), arena)?;
    Reflect::set(&memories, &"o".into(), &own)?;
    let imports = Object::new();
    Reflect::set(&imports, &"m".into(), &memories)?;
    let exports = WebAssembly::Instance::new(&module, &imports)?.exports();
    let table: WebAssembly::Table = wasm_bindgen::function_table().unchecked_into();
    for (index, slot) in SLOTS.iter().enumerate() {
        let function: Function =
            Reflect::get(&exports, &char::from(name(index)).to_string().into())?.unchecked_into();
        table.set(slot.get() as u32, &function)?;
    }
    Ok(())
}

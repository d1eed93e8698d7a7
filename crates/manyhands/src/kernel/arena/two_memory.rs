//! The two-memory port: a tiny module, assembled here, that imports the arena
//! and this process's own memory and exports one function per operation.
//!
//! Its exports are put into the slots of our function table that hold the
//! functions of [`super::javascript`], so Rust calls them like any function
//! pointer: no JavaScript in between, and no special flags in the user's
//! build. Engines without multi-memory refuse the module; then the slots keep
//! what they had.

use super::slots::{OPERATIONS, SLOTS};
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

/// Parameters of both copies: where in the arena, where in our own memory, how
/// many bytes; and a local of theirs.
const AT: u8 = 0;
const PLACE: u8 = 1;
const LENGTH: u8 = 2;
const DONE: u8 = 3;
/// A longer piece is left to `memory.copy`, which takes longer to begin.
const SHORT: u8 = 63;

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
    // What the two copies do is written out by `copy`.
    Operation {
        parameters: &[I32, I32, I32],
        results: &[],
        body: &[],
    },
    Operation {
        parameters: &[I32, I32, I32],
        results: &[],
        body: &[],
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
    // i32.store, which is not atomic.
    Operation {
        parameters: &[I32, I32],
        results: &[],
        body: &[0x36, 2, 0],
    },
];
/// The indices of the two copies.
const READ: usize = 7;
const WRITE: usize = 8;

/// The instructions of a copy out of the arena or into it. Short pieces, which
/// most are, go by eight bytes at a time: the last eight, which may overlap
/// those before, apart.
fn copy(into_arena: bool) -> Vec<u8> {
    let (from, from_memory, to, to_memory) = if into_arena {
        (PLACE, OWN, AT, ARENA)
    } else {
        (AT, ARENA, PLACE, OWN)
    };
    // A place and the instructions that push what is added to it.
    let behind = |place: u8, offset: &[u8]| [&[0x20, place], offset, &[0x6a]].concat();
    // A load and a store, each with its memory and no demand on alignment.
    let piece = |load: u8, store: u8, offset: &[u8]| {
        let load = [load, 0x40, from_memory, 0];
        let store = [store, 0x40, to_memory, 0];
        [
            &behind(to, offset)[..],
            &behind(from, offset),
            &load,
            &store,
        ]
        .concat()
    };
    let bytes = |offset: &[u8]| piece(0x2d, 0x3a, offset);
    let fours = |offset: &[u8]| piece(0x28, 0x36, offset);
    let eights = |offset: &[u8]| piece(0x29, 0x37, offset);
    let first = [0x41, 0];
    let next = [0x20, DONE];
    let last = |size: u8| [0x20, LENGTH, 0x41, size, 0x6b];
    // The new place stays on the stack.
    let advance = |by: u8| [0x20, DONE, 0x41, by, 0x6a, 0x22, DONE];
    let if_below = |size: u8| [0x20, LENGTH, 0x41, size, 0x49, 0x04, 0x40];
    const RETURN_END: [u8; 2] = [0x0f, 0x0b];
    const LOOP: [u8; 2] = [0x03, 0x40];
    const AGAIN_END: [u8; 3] = [0x0d, 0, 0x0b];
    [
        // if length > SHORT
        &[0x20, LENGTH, 0x41, SHORT, 0x4b, 0x04, 0x40][..],
        &[0x20, to, 0x20, from, 0x20, LENGTH],
        &[0xfc, 0x0a, to_memory, from_memory],
        &RETURN_END,
        // if length < 4, and it is not 0
        &if_below(4),
        &[0x20, LENGTH, 0x45, 0x04, 0x40],
        &RETURN_END,
        &LOOP,
        &bytes(&next),
        &advance(1),
        &[0x20, LENGTH, 0x49],
        &AGAIN_END,
        &RETURN_END,
        &if_below(8),
        &fours(&first),
        &fours(&last(4)),
        &RETURN_END,
        // while more than eight are left
        &LOOP,
        &eights(&next),
        &advance(8),
        &last(8),
        &[0x48],
        &AGAIN_END,
        &eights(&last(8)),
    ]
    .concat()
}

/// A length as LEB128, then the bytes.
fn vector(bytes: &[u8]) -> Vec<u8> {
    let mut vector = Vec::with_capacity(bytes.len() + 2);
    let mut length = bytes.len();
    while length > 0x7f {
        vector.push(length as u8 | 0x80);
        length >>= 7;
    }
    vector.push(length as u8);
    vector.extend(bytes);
    vector
}

fn section(id: u8, entries: impl IntoIterator<Item = Vec<u8>>) -> Vec<u8> {
    let entries: Vec<Vec<u8>> = entries.into_iter().collect();
    let mut content = vec![entries.len() as u8];
    content.extend(entries.concat());
    [vec![id], vector(&content)].concat()
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
            let mut body = Vec::new();
            if matches!(index, READ | WRITE) {
                body.extend([1, 1, I32]); // one local
                body.extend(copy(index == WRITE));
            } else {
                body.push(0); // no locals
                for parameter in 0..operation.parameters.len() as u8 {
                    body.extend([0x20, parameter]);
                }
                body.extend(operation.body);
            }
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

//! The elements of `ctypes`: its type codes, with the sizes of 64-bit Linux.

use super::memory::Memory;
use crate::error::exception;
use rustpython_vm::{
    AsObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyByteArray, PyBytes, PyInt, PyStr},
};

/// A type code of `ctypes`, such as `i` for a `c_int`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code(u8);

impl Code {
    /// Of `c_char`.
    pub const TEXT: Code = Code(b'c');
    /// Of `c_wchar`.
    pub const WIDE_TEXT: Code = Code(b'u');

    /// The code of this letter; `None` if no element has it.
    pub fn new(letter: u8) -> Option<Code> {
        b"cbB?hHiIlLqQfdu".contains(&letter).then_some(Code(letter))
    }

    /// The size of an element in bytes.
    pub fn size(self) -> usize {
        match self.0 {
            b'c' | b'b' | b'B' | b'?' => 1,
            b'h' | b'H' => 2,
            b'i' | b'I' | b'f' | b'u' => 4,
            _ => 8,
        }
    }

    /// Python's object for an element with these bits.
    pub fn decode(self, bits: u64, vm: &VirtualMachine) -> PyResult {
        let context = &vm.ctx;
        Ok(match self.0 {
            b'c' => context.new_bytes(vec![bits as u8]).into(),
            b'u' => match char::from_u32(bits as u32) {
                Some(character) => context.new_str(character.to_string()).into(),
                None => {
                    let text = format!("character U+{bits:x} is not in range [U+0000; U+10ffff]");
                    return Err(vm.new_value_error(text));
                }
            },
            b'?' => context.new_bool(bits != 0).into(),
            b'b' => context.new_int(bits as i8).into(),
            b'h' => context.new_int(bits as i16).into(),
            b'i' => context.new_int(bits as i32).into(),
            b'l' | b'q' => context.new_int(bits as i64).into(),
            b'f' => context.new_float(f32::from_bits(bits as u32).into()).into(),
            b'd' => context.new_float(f64::from_bits(bits)).into(),
            _ => context.new_int(bits).into(),
        })
    }

    /// The bits of an element. As in CPython, an integer that does not fit loses its upper
    /// bits.
    pub fn encode(self, value: &PyObjectRef, vm: &VirtualMachine) -> PyResult<u64> {
        let name = || value.class().name().to_string();
        match self.0 {
            b'c' => {
                let byte = match value.downcast_ref::<PyBytes>() {
                    Some(bytes) => only(bytes.as_bytes()),
                    None => match value.downcast_ref::<PyByteArray>() {
                        Some(bytes) => only(&bytes.borrow_buf()),
                        None => value
                            .downcast_ref::<PyInt>()
                            .and_then(|number| u8::try_from(number.as_bigint()).ok()),
                    },
                };
                byte.map(u64::from).ok_or_else(|| {
                    vm.new_type_error("one character bytes, bytearray or integer expected")
                })
            }
            b'u' => {
                let text = value.downcast_ref::<PyStr>().ok_or_else(|| {
                    let text = format!("unicode string expected instead of {} instance", name());
                    vm.new_type_error(text)
                })?;
                let mut characters = text.as_wtf8().code_points();
                match (characters.next(), characters.next()) {
                    (Some(only), None) => Ok(only.to_u32().into()),
                    _ => Err(vm.new_type_error("one character unicode string expected")),
                }
            }
            b'?' => Ok(value.clone().try_to_bool(vm)?.into()),
            b'f' | b'd' => {
                let number = value.try_float(vm)?.to_f64();
                Ok(match self.0 {
                    b'f' => (number as f32).to_bits().into(),
                    _ => number.to_bits(),
                })
            }
            _ => Ok(lowest_bits(value.try_index(vm)?.as_bigint())),
        }
    }

    /// The element at `at`, as Python's object.
    pub fn load(self, memory: &Memory, at: usize, vm: &VirtualMachine) -> PyResult {
        let bits = memory.load(at, self.size());
        self.decode(bits.map_err(|error| exception(&error, vm))?, vm)
    }

    /// Stores an element at `at`.
    pub fn store(
        self,
        memory: &Memory,
        at: usize,
        value: &PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let bits = self.encode(value, vm)?;
        let stored = memory.store(at, self.size(), bits);
        stored.map_err(|error| exception(&error, vm))
    }
}

fn only(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [byte] => Some(*byte),
        _ => None,
    }
}

/// The lowest 64 bits of an integer, of a negative one in two's complement.
fn lowest_bits(number: &malachite_bigint::BigInt) -> u64 {
    let digits = number.iter_u64_digits().next().unwrap_or(0);
    match number.sign() {
        malachite_bigint::Sign::Minus => digits.wrapping_neg(),
        _ => digits,
    }
}

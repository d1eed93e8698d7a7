//! Memory for callers that need a slice of bytes, which shared memory cannot give.
//!
//! A caller that only reads gets a copy. One that writes (`struct.pack_into`,
//! `readinto`) gets a copy as well, and when it gives that back, the bytes that it has
//! changed are written. Bytes that it left alone are not: another process may have
//! changed them meanwhile.

use super::memory::Memory;
use crate::error::exception;
use rustpython_vm as vm;
use vm::{
    PyPayload, PyResult, VirtualMachine,
    common::lock::{MapImmutable, PyMutex, PyMutexGuard},
    protocol::{BufferDescriptor, BufferFlags, BufferMethods, PyBuffer, VecBuffer},
};

pub(super) use functions::Staging;

#[vm::pymodule(sub)]
pub(super) mod functions {
    use super::{Memory, PyMutex, vm};
    use vm::{PyPayload, pyclass};

    /// A copy of some bytes that will be written back.
    #[pyattr]
    #[pyclass(name = "staging", module = "_manyhands_buffers")]
    #[derive(Debug, PyPayload)]
    pub struct Staging {
        pub(super) memory: Memory,
        pub(super) at: usize,
        pub(super) before: Vec<u8>,
        pub(super) bytes: PyMutex<Vec<u8>>,
    }

    #[pyclass(flags(DISALLOW_INSTANTIATION))]
    impl Staging {
        pub(super) fn write_back(&self) {
            let bytes = self.bytes.lock();
            let changed: Vec<bool> = (bytes.iter().zip(&self.before))
                .map(|(new, old)| new != old)
                .collect();
            let mut at = 0;
            for run in changed.chunk_by(|left, right| left == right) {
                if run[0] {
                    // It fails only in a thread whose process has just ended.
                    let _ = self.memory.write(self.at + at, &bytes[at..at + run.len()]);
                }
                at += run.len();
            }
        }
    }
}

static METHODS: BufferMethods = BufferMethods {
    obj_bytes: |buffer| {
        PyMutexGuard::map_immutable(buffer.obj_as::<Staging>().bytes.lock(), Vec::as_slice).into()
    },
    obj_bytes_mut: |buffer| {
        PyMutexGuard::map(buffer.obj_as::<Staging>().bytes.lock(), Vec::as_mut_slice).into()
    },
    release: |buffer| buffer.obj_as::<Staging>().write_back(),
    retain: |_| {},
};

/// The buffer of so many bytes from `at` on, as the caller asks for it.
pub fn buffer(
    memory: &Memory,
    at: usize,
    size: usize,
    flags: BufferFlags,
    vm: &VirtualMachine,
) -> PyResult<PyBuffer> {
    let bytes = memory.bytes(at, size);
    let bytes = bytes.map_err(|error| exception(&error, vm))?;
    if !flags.is_writable() {
        return Ok(PyBuffer::from_byte_vector(bytes, vm));
    }
    let staging = Staging {
        memory: memory.clone(),
        at,
        before: bytes.clone(),
        bytes: PyMutex::new(bytes),
    };
    let descriptor = BufferDescriptor::simple(size, false);
    let staging = staging.into_ref(&vm.ctx).into();
    Ok(PyBuffer::new(staging, descriptor, &METHODS))
}

/// The buffer of these bytes, for a caller that only reads. `format` is that of the
/// elements, each of `item` bytes.
pub fn copy(bytes: Vec<u8>, item: usize, format: String, vm: &VirtualMachine) -> PyBuffer {
    let mut descriptor = BufferDescriptor::simple(bytes.len(), true);
    if item > 0 && format != "B" {
        descriptor.itemsize = item;
        descriptor.dim_desc = vec![(bytes.len() / item, item as isize, 0)];
        descriptor.format = format.into();
    }
    VecBuffer::from(bytes)
        .into_ref(&vm.ctx)
        .into_pybuffer_with_descriptor(descriptor)
}

//! `_manyhands_buffers`: shared memory, and what `ctypes`, `mmap` and `_posixshmem` are
//! made of. `lib/` gives it their names and rules.
//!
//! - `memory`: bytes, of several processes or of this one.
//! - `element`: numbers in it.
//! - `view`: a `memoryview` of it; `staging`: for those who need a slice of it.
//! - `data`: objects of `ctypes`.
//! - `inherited`: shared memory that has a name in pickles; `block`: in the program.
//! - `named`: both, as Python has them.

pub mod block;
mod data;
mod element;
pub mod inherited;
mod memory;
pub mod named;
mod staging;
mod view;

use rustpython_vm as vm;

pub(crate) use _manyhands_buffers::module_def;

#[vm::pymodule(with(data::classes, named::names, staging::functions, view::classes))]
mod _manyhands_buffers {
    use super::{memory::Memory, view::Elements, view::View, vm};
    use vm::{PyResult, VirtualMachine};

    /// A view of so many new bytes of this process.
    #[pyfunction]
    fn own(size: usize, vm: &VirtualMachine) -> PyResult<View> {
        let memory = Memory::own(size).ok_or_else(|| vm.no_memory_error())?;
        Ok(Elements::of(memory, vm)?.into())
    }
}

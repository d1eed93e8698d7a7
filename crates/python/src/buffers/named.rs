//! Shared memory with a name, as Python has it: memory that is inherited, and the blocks of
//! `multiprocessing.shared_memory`, whose name any process of the program can open.

use super::{block::Block, inherited::inherited, memory::Memory, view::Elements};
use crate::{
    descriptors::{self, Descriptor},
    error::exception,
    program,
};
use manyhands::{Error, SharedBuffer, SharedMemory};
use rustpython_vm as vm;

/// The name by which the whole page knows a block of this program.
fn name_of_page(name: &str) -> String {
    format!("{}{name}", prefix(program::first()))
}

fn prefix(first: u32) -> String {
    format!("python:{first}:")
}

/// Removes the names of the blocks of a program that has ended. The page calls this.
pub fn unlink_all(first: u32) {
    let prefix = prefix(first);
    let names = SharedMemory::names().unwrap_or_default();
    for name in names.iter().filter(|name| name.starts_with(&prefix)) {
        // Somebody else may have removed it meanwhile.
        let _ = SharedMemory::attach(name).and_then(|block| block.unlink());
    }
}

/// Opens a block: a new one of no bytes, or one that is there.
fn open(name: &str, create: bool, exclusive: bool) -> Result<i32, Error> {
    let name = name_of_page(name);
    let block = if create {
        match SharedMemory::reserve(&name) {
            Err(Error::FileExistsError(_)) if !exclusive => SharedMemory::attach(&name)?,
            reserved => reserved?,
        }
    } else {
        SharedMemory::attach(&name)?
    };
    let buffer = block.buffer()?;
    Ok(descriptors::add(Descriptor::Block(Block { name, buffer })))
}

/// Gives a block that is open its size.
fn resize(descriptor: i32, block: &Block, size: usize) -> Result<(), Error> {
    let mut memory = SharedMemory::attach(&block.name)?;
    memory.resize(size)?;
    descriptors::replace(
        descriptor,
        Descriptor::Block(Block {
            name: block.name.clone(),
            buffer: memory.buffer()?,
        }),
    );
    Ok(())
}

fn unlink(name: &str) -> Result<(), Error> {
    SharedMemory::attach(&name_of_page(name))?.unlink()
}

#[vm::pymodule(sub)]
pub(super) mod names {
    use super::{
        Block, Descriptor, Elements, Error, Memory, SharedBuffer, descriptors, exception,
        inherited, vm,
    };
    use crate::buffers::{inherited::new_name, view::View};
    use vm::{
        AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine,
        builtins::{PyTupleRef, PyType, PyTypeRef},
        pyclass,
        types::Constructor,
    };

    const ENOENT: i32 = 2;
    const ENOMEM: i32 = 12;
    const EEXIST: i32 = 17;

    /// Memory that children inherit: the `Arena` of `multiprocessing.heap`.
    #[pyattr]
    #[pyclass(name = "Arena", module = "_manyhands_buffers")]
    #[derive(Debug, PyPayload)]
    pub struct Inherited {
        name: String,
        buffer: SharedBuffer,
    }

    impl Drop for Inherited {
        fn drop(&mut self) {
            let mut all = inherited();
            if let Some((_, uses)) = all.get_mut(&self.name) {
                *uses -= 1;
                if *uses == 0 {
                    all.remove(&self.name);
                }
            }
        }
    }

    impl Constructor for Inherited {
        type Args = (usize,);

        fn py_new(
            _class: &Py<PyType>,
            (size,): (usize,),
            vm: &VirtualMachine,
        ) -> PyResult<Inherited> {
            let buffer = SharedBuffer::new(size).map_err(|error| exception(&error, vm))?;
            let name = new_name();
            inherited().insert(name.clone(), (buffer.clone(), 1));
            Ok(Inherited { name, buffer })
        }
    }

    #[pyclass(with(Constructor), flags(HAS_WEAKREF))]
    impl Inherited {
        /// The memory of this name, which came along with the pickle.
        #[pyclassmethod]
        fn _open(_class: PyTypeRef, name: String, vm: &VirtualMachine) -> PyResult<Inherited> {
            let mut all = inherited();
            let Some((buffer, uses)) = all.get_mut(&name) else {
                return Err(vm.new_os_error("the shared memory did not come with its pickle"));
            };
            *uses += 1;
            let buffer = buffer.clone();
            drop(all);
            Ok(Inherited { name, buffer })
        }

        #[pymethod]
        fn __reduce__(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult<PyTupleRef> {
            let open = zelf.as_object().class().to_owned();
            let open = PyObjectRef::from(open).get_attr("_open", vm)?;
            let arguments = vm.new_tuple((zelf.name.clone(),));
            Ok(vm.new_tuple((open, arguments)))
        }

        #[pygetset]
        fn size(zelf: &Py<Self>) -> usize {
            zelf.buffer.len()
        }

        #[pygetset]
        fn buffer(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<View> {
            Ok(Elements::of(Memory::Shared(zelf.buffer.clone()), vm)?.into())
        }
    }

    /// The number of an error, as a system call returns it.
    fn number<T>(result: Result<T, Error>, vm: &VirtualMachine) -> PyResult<Result<T, i32>> {
        match result {
            Ok(value) => Ok(Ok(value)),
            Err(Error::FileNotFoundError(_)) => Ok(Err(-ENOENT)),
            Err(Error::FileExistsError(_)) => Ok(Err(-EEXIST)),
            Err(Error::MemoryError { .. }) => Ok(Err(-ENOMEM)),
            Err(error) => Err(exception(&error, vm)),
        }
    }

    /// A descriptor of a block, or a negative error number.
    #[pyfunction]
    fn open_block(
        name: String,
        create: bool,
        exclusive: bool,
        vm: &VirtualMachine,
    ) -> PyResult<i32> {
        let opened = number(super::open(&name, create, exclusive), vm)?;
        Ok(opened.unwrap_or_else(|number| number))
    }

    /// Removes the name of a block; 0, or a negative error number.
    #[pyfunction]
    fn unlink_block(name: String, vm: &VirtualMachine) -> PyResult<i32> {
        let removed = number(super::unlink(&name), vm)?;
        Ok(removed.map_or_else(|number| number, |()| 0))
    }

    fn block(descriptor: i32) -> Option<Block> {
        match descriptors::get(descriptor) {
            Some(Descriptor::Block(block)) => Some(block),
            _ => None,
        }
    }

    /// The size of a block; `None` if the descriptor is of something else.
    #[pyfunction]
    fn block_size(descriptor: i32) -> Option<usize> {
        block(descriptor).map(|block| block.buffer.len())
    }

    /// Gives a block its size; 0, or a negative error number. `None` if the descriptor is
    /// of something else.
    #[pyfunction]
    fn resize_block(descriptor: i32, size: usize, vm: &VirtualMachine) -> PyResult<Option<i32>> {
        let Some(block) = block(descriptor) else {
            return Ok(None);
        };
        let resized = number(super::resize(descriptor, &block, size), vm)?;
        Ok(Some(resized.map_or_else(|number| number, |()| 0)))
    }

    /// A view of a block; `None` if the descriptor is of something else.
    #[pyfunction]
    fn view_block(descriptor: i32, vm: &VirtualMachine) -> PyResult<Option<View>> {
        match block(descriptor) {
            Some(block) => {
                let memory = Memory::Shared(block.buffer);
                Ok(Some(Elements::of(memory, vm)?.into()))
            }
            None => Ok(None),
        }
    }
}

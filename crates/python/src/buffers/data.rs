//! What the objects of `ctypes` are made of: a number, several numbers, or a structure,
//! somewhere in a memory. `lib/ctypes.py` makes Python's classes of it.

use super::{element::Code, memory::Memory, staging};
use crate::error::exception;
use rustpython_vm as vm;
use vm::{PyObject, PyResult, VirtualMachine, builtins::PyTupleRef, sliceable::SequenceIndex};

/// What a class says of its objects, in its attribute `_layout_`: the size in bytes, and
/// of a number or an array of numbers the type code and how many there are.
struct Layout {
    size: usize,
    code: Option<Code>,
    count: usize,
}

impl Layout {
    fn of(class: &PyObject, vm: &VirtualMachine) -> PyResult<Layout> {
        let layout = vm.get_attribute_opt(class, "_layout_")?;
        let layout = layout.ok_or_else(|| vm.new_type_error("abstract class"))?;
        let layout: PyTupleRef = layout.try_into_value(vm)?;
        let [size, code, count] = layout.as_slice() else {
            return Err(vm.new_type_error("_layout_ must have three items"));
        };
        let (size, count) = (size.try_to_value(vm)?, count.try_to_value(vm)?);
        let code: String = code.try_to_value(vm)?;
        let code = code.bytes().next().and_then(Code::new);
        Ok(Layout { size, code, count })
    }
}

#[vm::pymodule(sub)]
pub(super) mod classes {
    use super::{
        Code, Layout, Memory, PyResult, SequenceIndex, VirtualMachine, exception, staging, vm,
    };
    use crate::buffers::view::View;
    use vm::{
        AsObject, Py, PyObject, PyObjectRef, PyPayload, PyRef,
        builtins::{PyBytes, PyTypeRef},
        function::{ArgBytesLike, FuncArgs, PosArgs},
        protocol::{BufferFlags, PyBuffer},
        pyclass,
        types::{AsBuffer, Constructor},
    };

    /// Some bytes of a memory.
    #[pyattr]
    #[pyclass(name = "Data", module = "_manyhands_buffers")]
    #[derive(Debug, PyPayload)]
    pub struct Data {
        memory: Memory,
        at: usize,
        size: usize,
        /// Of numbers.
        code: Option<Code>,
        count: usize,
    }

    impl Constructor for Data {
        type Args = FuncArgs;

        /// A new object with memory of this process, whatever the arguments, which are for
        /// `__init__`.
        fn slot_new(class: PyTypeRef, _arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let layout = Layout::of(class.as_object(), vm)?;
            let memory = Memory::own(layout.size).ok_or_else(|| vm.no_memory_error())?;
            Data::made(class, memory, 0, &layout, vm)
        }

        fn py_new(
            _class: &Py<vm::builtins::PyType>,
            _arguments: FuncArgs,
            vm: &VirtualMachine,
        ) -> PyResult<Self> {
            Err(vm.new_type_error("abstract class"))
        }
    }

    #[pyclass(with(Constructor, AsBuffer), flags(BASETYPE, HAS_WEAKREF))]
    impl Data {
        fn made(
            class: PyTypeRef,
            memory: Memory,
            at: usize,
            layout: &Layout,
            vm: &VirtualMachine,
        ) -> PyResult {
            let data = Data {
                memory,
                at,
                size: layout.size,
                code: layout.code,
                count: layout.count,
            };
            data.into_ref_with_type(vm, class).map(Into::into)
        }

        fn code(&self, vm: &VirtualMachine) -> PyResult<Code> {
            self.code.ok_or_else(|| vm.new_type_error("abstract class"))
        }

        /// The address of `size` bytes that must be within the object.
        fn within(&self, at: usize, size: usize, vm: &VirtualMachine) -> PyResult<usize> {
            match at.checked_add(size) {
                Some(end) if end <= self.size => Ok(self.at + at),
                _ => Err(vm.new_value_error("invalid offset or size")),
            }
        }

        /// The address of an element.
        fn element(&self, index: isize, vm: &VirtualMachine) -> PyResult<usize> {
            let positive = match index {
                0.. => index as usize,
                _ => self.count.wrapping_add_signed(index),
            };
            match positive < self.count {
                true => Ok(self.at + positive * self.code(vm)?.size()),
                false => Err(vm.new_index_error("invalid index")),
            }
        }

        /// An object over the memory of a view, from `offset` on.
        #[pyclassmethod]
        fn _over(
            class: PyTypeRef,
            view: PyObjectRef,
            offset: isize,
            vm: &VirtualMachine,
        ) -> PyResult {
            let Some(view) = view.downcast_ref::<View>() else {
                return Err(vm.new_type_error(format!(
                    "ctypes objects can only be made over shared memory here (such as \
                     SharedMemory.buf), not over a {}: use from_buffer_copy",
                    view.class().name()
                )));
            };
            let elements = view.elements(vm)?;
            if elements.readonly || !elements.is_contiguous() {
                return Err(vm.new_type_error("underlying buffer is not writable"));
            }
            let layout = Layout::of(class.as_object(), vm)?;
            let Ok(offset) = usize::try_from(offset) else {
                return Err(vm.new_value_error("offset cannot be negative"));
            };
            let least = layout.size.saturating_add(offset);
            if elements.size() < least {
                return Err(vm.new_value_error(format!(
                    "Buffer size too small ({} instead of at least {least} bytes)",
                    elements.size()
                )));
            }
            let at = elements.at + offset;
            Data::made(class, elements.memory.clone(), at, &layout, vm)
        }

        /// An object over a part of another one.
        #[pyclassmethod]
        fn _part(class: PyTypeRef, of: PyRef<Data>, at: usize, vm: &VirtualMachine) -> PyResult {
            let layout = Layout::of(class.as_object(), vm)?;
            let at = of.within(at, layout.size, vm)?;
            Data::made(class, of.memory.clone(), at, &layout, vm)
        }

        /// Some of its bytes.
        #[pymethod]
        fn _read(
            zelf: &Py<Self>,
            at: usize,
            size: usize,
            vm: &VirtualMachine,
        ) -> PyResult<PyRef<PyBytes>> {
            let bytes = zelf.memory.bytes(zelf.within(at, size, vm)?, size);
            Ok(vm
                .ctx
                .new_bytes(bytes.map_err(|error| exception(&error, vm))?))
        }

        /// Writes some of its bytes.
        #[pymethod]
        fn _write(
            zelf: &Py<Self>,
            at: usize,
            bytes: ArgBytesLike,
            vm: &VirtualMachine,
        ) -> PyResult<()> {
            let at = zelf.within(at, bytes.len(), vm)?;
            let bytes = bytes.borrow_buf();
            let written = zelf.memory.write(at, &bytes);
            written.map_err(|error| exception(&error, vm))
        }

        /// A number of a structure.
        #[pymethod]
        fn _load(zelf: &Py<Self>, code: String, at: usize, vm: &VirtualMachine) -> PyResult {
            let code = code.bytes().next().and_then(Code::new);
            let code = code.ok_or_else(|| vm.new_type_error("abstract class"))?;
            code.load(&zelf.memory, zelf.within(at, code.size(), vm)?, vm)
        }

        /// Stores a number of a structure.
        #[pymethod]
        fn _store(
            zelf: &Py<Self>,
            code: String,
            at: usize,
            value: PyObjectRef,
            vm: &VirtualMachine,
        ) -> PyResult<()> {
            let code = code.bytes().next().and_then(Code::new);
            let code = code.ok_or_else(|| vm.new_type_error("abstract class"))?;
            let at = zelf.within(at, code.size(), vm)?;
            code.store(&zelf.memory, at, &plain(value, code, vm)?, vm)
        }

        /// The number.
        #[pygetset]
        fn _value(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
            zelf.code(vm)?.load(&zelf.memory, zelf.at, vm)
        }

        #[pygetset(setter)]
        fn set__value(zelf: &Py<Self>, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
            let code = zelf.code(vm)?;
            code.store(&zelf.memory, zelf.at, &plain(value, code, vm)?, vm)
        }

        /// How many numbers there are.
        #[pymethod]
        fn _length(zelf: &Py<Self>) -> usize {
            zelf.count
        }

        /// A number, or several.
        #[pymethod]
        fn _item(zelf: &Py<Self>, key: PyObjectRef, vm: &VirtualMachine) -> PyResult {
            let code = zelf.code(vm)?;
            let slice = match SequenceIndex::try_from_borrowed_object(vm, &key, "array")? {
                SequenceIndex::Int(index) => {
                    return code.load(&zelf.memory, zelf.element(index, vm)?, vm);
                }
                SequenceIndex::Slice(slice) => slice,
            };
            let (size, mut bits) = (code.size(), [0; 8]);
            let (range, ..) = slice.adjust_indices(zelf.count);
            let bytes = Self::_read(zelf, range.start * size, range.len() * size, vm)?;
            let numbers = slice.iter(zelf.count).map(|index| {
                let at = (index - range.start) * size;
                bits[..size].copy_from_slice(&bytes.as_bytes()[at..][..size]);
                code.decode(u64::from_le_bytes(bits), vm)
            });
            let numbers = numbers.collect::<PyResult<Vec<_>>>()?;
            if code == Code::TEXT || code == Code::WIDE_TEXT {
                let empty: PyObjectRef = match code == Code::TEXT {
                    true => vm.ctx.new_bytes(vec![]).into(),
                    false => vm.ctx.new_str("").into(),
                };
                let list = vm.ctx.new_list(numbers);
                return vm.call_method(&empty, "join", (list,));
            }
            Ok(vm.ctx.new_list(numbers).into())
        }

        /// Stores a number, or several.
        #[pymethod]
        fn _set_item(
            zelf: &Py<Self>,
            key: PyObjectRef,
            value: PyObjectRef,
            vm: &VirtualMachine,
        ) -> PyResult<()> {
            let code = zelf.code(vm)?;
            let slice = match SequenceIndex::try_from_borrowed_object(vm, &key, "array")? {
                SequenceIndex::Int(index) => {
                    let at = zelf.element(index, vm)?;
                    return code.store(&zelf.memory, at, &plain(value, code, vm)?, vm);
                }
                SequenceIndex::Slice(slice) => slice,
            };
            let values: Vec<PyObjectRef> = value.try_to_value(vm)?;
            let places: Vec<usize> = slice.iter(zelf.count).collect();
            if places.len() != values.len() {
                return Err(vm.new_value_error("Can only assign sequence of same size"));
            }
            for (index, value) in places.into_iter().zip(values) {
                let at = zelf.at + index * code.size();
                code.store(&zelf.memory, at, &value, vm)?;
            }
            Ok(())
        }

        /// Stores the first numbers, in one piece.
        #[pymethod]
        fn _fill(zelf: &Py<Self>, values: PosArgs, vm: &VirtualMachine) -> PyResult<()> {
            let code = zelf.code(vm)?;
            let values = values.into_vec();
            if values.len() > zelf.count {
                return Err(vm.new_index_error("invalid index"));
            }
            let mut bytes = Vec::with_capacity(values.len() * code.size());
            for value in values {
                let bits = code.encode(&plain(value, code, vm)?, vm)?;
                bytes.extend_from_slice(&bits.to_le_bytes()[..code.size()]);
            }
            let written = zelf.memory.write(zelf.at, &bytes);
            written.map_err(|error| exception(&error, vm))
        }
    }

    /// The number in an object of the same type.
    fn plain(value: PyObjectRef, code: Code, vm: &VirtualMachine) -> PyResult {
        match value.downcast_ref::<Data>() {
            Some(data) if data.code == Some(code) && data.count == 1 => Data::_value(data, vm),
            _ => Ok(value),
        }
    }

    impl AsBuffer for Data {
        fn slot_as_buffer(
            zelf: &PyObject,
            flags: BufferFlags,
            vm: &VirtualMachine,
        ) -> PyResult<PyBuffer> {
            let zelf = zelf
                .downcast_ref::<Self>()
                .ok_or_else(|| vm.new_type_error("unexpected payload for as_buffer"))?;
            staging::buffer(&zelf.memory, zelf.at, zelf.size, flags, vm)
        }

        fn as_buffer(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyBuffer> {
            staging::buffer(&zelf.memory, zelf.at, zelf.size, BufferFlags::SIMPLE, vm)
        }
    }
}

//! What is a `memoryview` in CPython, over memory that processes share.
//!
//! Each access reads or writes the memory itself. The interpreter's own `memoryview`
//! needs a slice of bytes, which memory of several processes cannot give.

use super::{
    memory::Memory,
    staging::{self},
};
use crate::error::exception;
use rustpython_vm as vm;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};
use vm::{
    AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine,
    buffer::{FormatSpec, PackErrorKind},
    builtins::PyMemoryView,
    protocol::{BufferFlags, PyBuffer},
    sliceable::SaturatedSlice,
};

pub(super) use classes::View;

/// The elements of a view.
#[derive(Clone, Debug)]
pub(super) struct Elements {
    pub memory: Memory,
    /// The address of the first element, in bytes.
    pub at: usize,
    pub length: usize,
    /// From one element to the next, in bytes.
    pub stride: isize,
    pub format: Arc<Format>,
    pub readonly: bool,
}

/// The format of an element.
pub(super) struct Format {
    pub name: String,
    pub spec: FormatSpec,
}

impl std::fmt::Debug for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Format {
    pub fn new(name: &str, vm: &VirtualMachine) -> PyResult<Arc<Format>> {
        let letter = name.strip_prefix('@').unwrap_or(name);
        if letter.len() != 1 || !"cbBhHiIlLqQnNfd?P".contains(letter) {
            return Err(vm.new_value_error(
                "memoryview: destination format must be a native single character format \
                 prefixed with an optional '@'",
            ));
        }
        Ok(Arc::new(Format {
            name: name.to_owned(),
            spec: FormatSpec::parse(name.as_bytes(), vm)?,
        }))
    }

    fn is_byte(&self) -> bool {
        matches!(self.name.trim_start_matches('@'), "B" | "b" | "c")
    }
}

impl Elements {
    /// All of a memory, as bytes.
    pub fn of(memory: Memory, vm: &VirtualMachine) -> PyResult<Elements> {
        Ok(Elements {
            at: 0,
            length: memory.len(),
            stride: 1,
            format: Format::new("B", vm)?,
            readonly: false,
            memory,
        })
    }

    pub fn item(&self) -> usize {
        self.format.spec.size()
    }

    pub fn size(&self) -> usize {
        self.length * self.item()
    }

    pub fn is_contiguous(&self) -> bool {
        self.length < 2 || self.stride == self.item() as isize
    }

    fn address(&self, index: usize) -> usize {
        self.at.wrapping_add_signed(self.stride * index as isize)
    }

    fn index(&self, index: isize, vm: &VirtualMachine) -> PyResult<usize> {
        let positive = match index {
            0.. => index as usize,
            _ => self.length.wrapping_add_signed(index),
        };
        if positive >= self.length {
            return Err(vm.new_index_error("index out of bounds on dimension 1"));
        }
        Ok(self.address(positive))
    }

    pub fn get(&self, index: isize, vm: &VirtualMachine) -> PyResult {
        let at = self.index(index, vm)?;
        let size = self.item();
        let bits = self.memory.load(at, size);
        let bytes = bits.map_err(|error| exception(&error, vm))?.to_le_bytes();
        let elements = self.format.spec.unpack(&bytes[..size], vm)?;
        Ok(elements.as_slice()[0].clone())
    }

    pub fn set(&self, index: isize, value: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let at = self.index(index, vm)?;
        let packed = self.format.spec.try_pack(vec![value], vm);
        let packed = packed.map_err(|error| {
            let format = &self.format.name;
            match error.kind {
                PackErrorKind::Raised => error.exception,
                PackErrorKind::Type => {
                    vm.new_type_error(format!("memoryview: invalid type for format '{format}'"))
                }
                PackErrorKind::Value => {
                    vm.new_value_error(format!("memoryview: invalid value for format '{format}'"))
                }
            }
        })?;
        let mut bits = [0; 8];
        bits[..packed.len()].copy_from_slice(&packed);
        let stored = (self.memory).store(at, packed.len(), u64::from_le_bytes(bits));
        stored.map_err(|error| exception(&error, vm))
    }

    pub fn slice(&self, slice: &SaturatedSlice) -> Elements {
        let (range, step, length) = slice.adjust_indices(self.length);
        let first = match step {
            0.. => range.start,
            _ => range.end.saturating_sub(1),
        };
        Elements {
            at: if length == 0 {
                self.at
            } else {
                self.address(first)
            },
            length,
            stride: self.stride * step,
            ..self.clone()
        }
    }

    pub fn set_slice(
        &self,
        slice: &SaturatedSlice,
        value: &PyObject,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let into = self.slice(slice);
        let from = PyBuffer::from_object(vm, value, BufferFlags::FULL_RO)?;
        let item = from.desc.itemsize;
        let same =
            from.desc.format.trim_start_matches('@') == into.format.name.trim_start_matches('@');
        if !same || item != into.item() || from.desc.len != into.size() {
            return Err(vm.new_value_error(
                "memoryview assignment: lvalue and rvalue have different structures",
            ));
        }
        let written = from.contiguous_or_collect(|bytes| {
            if into.is_contiguous() {
                return into.memory.write(into.at, bytes);
            }
            (bytes.chunks(item).enumerate())
                .try_for_each(|(index, bytes)| into.memory.write(into.address(index), bytes))
        });
        written.map_err(|error| exception(&error, vm))
    }

    pub fn to_vec(&self, vm: &VirtualMachine) -> PyResult<Vec<u8>> {
        let item = self.item();
        let bytes = if self.is_contiguous() {
            self.memory.bytes(self.at, self.size())
        } else {
            let last = self.address(self.length - 1);
            let first = last.min(self.at);
            let span = last.max(self.at) - first + item;
            self.memory.bytes(first, span).map(|span| {
                (0..self.length)
                    .flat_map(|index| {
                        let at = self.address(index) - first;
                        span[at..at + item].to_vec()
                    })
                    .collect()
            })
        };
        bytes.map_err(|error| exception(&error, vm))
    }

    /// A `memoryview` of a copy.
    pub fn copy(&self, vm: &VirtualMachine) -> PyResult<PyMemoryView> {
        let bytes = self.to_vec(vm)?;
        let copy = staging::copy(bytes, self.item(), self.format.name.clone(), vm);
        PyMemoryView::from_buffer(copy, vm)
    }

    pub fn buffer(&self, flags: BufferFlags, vm: &VirtualMachine) -> PyResult<PyBuffer> {
        if flags.is_writable() && (self.readonly || !self.is_contiguous()) {
            return Err(vm.new_buffer_error("memoryview: underlying buffer is not writable"));
        }
        if flags.is_writable() {
            return staging::buffer(&self.memory, self.at, self.size(), flags, vm);
        }
        if !self.is_contiguous() && !flags.contains(BufferFlags::STRIDES) {
            return Err(vm.new_buffer_error("memoryview: underlying buffer is not C-contiguous"));
        }
        let format = match flags.contains(BufferFlags::FORMAT) {
            true => self.format.name.clone(),
            false => "B".into(),
        };
        Ok(staging::copy(self.to_vec(vm)?, self.item(), format, vm))
    }

    pub fn cast(&self, format: &str, vm: &VirtualMachine) -> PyResult<Elements> {
        let format = Format::new(format, vm)?;
        if !self.is_contiguous() {
            return Err(vm.new_type_error("memoryview: casts are restricted to C-contiguous views"));
        }
        if !format.is_byte() && !self.format.is_byte() {
            return Err(vm.new_type_error("memoryview: cannot cast between two non-byte formats"));
        }
        let item = format.spec.size();
        if !self.size().is_multiple_of(item) {
            return Err(vm.new_type_error("memoryview: length is not a multiple of itemsize"));
        }
        Ok(Elements {
            length: self.size() / item,
            stride: item as isize,
            format,
            ..self.clone()
        })
    }
}

#[vm::pymodule(sub)]
pub(super) mod classes {
    use super::{
        AsObject, AtomicBool, BufferFlags, Elements, PyBuffer, PyObject, PyObjectRef, PyResult,
        Relaxed, VirtualMachine, vm,
    };
    use vm::{
        Py, PyPayload, PyRef, atomic_func,
        builtins::{PyBytes, PyTupleRef, PyUtf8StrRef},
        common::lock::LazyLock,
        function::{FuncArgs, OptionalArg, PyComparisonValue},
        protocol::{PyMappingMethods, PySequenceMethods},
        pyclass,
        sliceable::SequenceIndex,
        types::{
            AsBuffer, AsMapping, AsSequence, Comparable, Hashable, PyComparisonOp, Representable,
        },
    };

    /// A `memoryview` of shared memory.
    #[pyattr]
    #[pyclass(name = "memoryview", module = "builtins")]
    #[derive(Debug, PyPayload)]
    pub struct View {
        elements: Elements,
        released: AtomicBool,
    }

    impl From<Elements> for View {
        fn from(elements: Elements) -> View {
            View {
                elements,
                released: AtomicBool::new(false),
            }
        }
    }

    #[pyclass(
        with(AsBuffer, AsMapping, AsSequence, Comparable, Hashable, Representable),
        flags(DISALLOW_INSTANTIATION, HAS_WEAKREF)
    )]
    impl View {
        pub(in super::super) fn elements(&self, vm: &VirtualMachine) -> PyResult<&Elements> {
            if self.released.load(Relaxed) {
                let text = "operation forbidden on released memoryview object";
                return Err(vm.new_value_error(text));
            }
            Ok(&self.elements)
        }

        fn writable(&self, vm: &VirtualMachine) -> PyResult<&Elements> {
            let elements = self.elements(vm)?;
            if elements.readonly {
                return Err(vm.new_type_error("cannot modify read-only memory"));
            }
            Ok(elements)
        }

        fn get_item(&self, key: &PyObject, vm: &VirtualMachine) -> PyResult {
            let elements = self.elements(vm)?;
            match SequenceIndex::try_from_borrowed_object(vm, key, "memoryview")? {
                SequenceIndex::Int(index) => elements.get(index, vm),
                SequenceIndex::Slice(slice) => {
                    Ok(View::from(elements.slice(&slice)).into_ref(&vm.ctx).into())
                }
            }
        }

        fn set_item(
            &self,
            key: &PyObject,
            value: Option<PyObjectRef>,
            vm: &VirtualMachine,
        ) -> PyResult<()> {
            let elements = self.writable(vm)?;
            let Some(value) = value else {
                return Err(vm.new_type_error("cannot delete memory"));
            };
            match SequenceIndex::try_from_borrowed_object(vm, key, "memoryview")? {
                SequenceIndex::Int(index) => elements.set(index, value, vm),
                SequenceIndex::Slice(slice) => elements.set_slice(&slice, &value, vm),
            }
        }

        /// Calls a method of a `memoryview` of a copy.
        fn of_copy(&self, name: &str, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            let copy = self.elements(vm)?.copy(vm)?.into_ref(&vm.ctx);
            vm.call_method(copy.as_object(), name, arguments)
        }

        /// Another view of the same elements.
        #[pymethod]
        fn _again(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<View> {
            Ok(zelf.elements(vm)?.clone().into())
        }

        #[pymethod]
        fn tobytes(
            zelf: &Py<Self>,
            _order: FuncArgs,
            vm: &VirtualMachine,
        ) -> PyResult<PyRef<PyBytes>> {
            Ok(vm.ctx.new_bytes(zelf.elements(vm)?.to_vec(vm)?))
        }

        #[pymethod]
        fn tolist(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
            zelf.of_copy("tolist", FuncArgs::default(), vm)
        }

        #[pymethod]
        fn hex(zelf: &Py<Self>, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            zelf.of_copy("hex", arguments, vm)
        }

        #[pymethod]
        fn count(zelf: &Py<Self>, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            zelf.of_copy("count", arguments, vm)
        }

        #[pymethod]
        fn index(zelf: &Py<Self>, arguments: FuncArgs, vm: &VirtualMachine) -> PyResult {
            zelf.of_copy("index", arguments, vm)
        }

        #[pymethod]
        fn toreadonly(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<View> {
            let elements = zelf.elements(vm)?.clone();
            Ok(View::from(Elements {
                readonly: true,
                ..elements
            }))
        }

        #[pymethod]
        fn cast(
            zelf: &Py<Self>,
            format: PyUtf8StrRef,
            shape: OptionalArg<PyObjectRef>,
            vm: &VirtualMachine,
        ) -> PyResult<View> {
            if shape.is_present() {
                return Err(vm.new_not_implemented_error(
                    "shared memory has one dimension here: cast it without a shape",
                ));
            }
            Ok(zelf.elements(vm)?.cast(format.as_str(), vm)?.into())
        }

        #[pymethod]
        fn release(zelf: &Py<Self>) {
            zelf.released.store(true, Relaxed);
        }

        #[pymethod]
        fn __enter__(zelf: PyRef<Self>, vm: &VirtualMachine) -> PyResult<PyRef<Self>> {
            zelf.elements(vm)?;
            Ok(zelf)
        }

        #[pymethod]
        fn __exit__(zelf: &Py<Self>, _exception: FuncArgs) {
            Self::release(zelf);
        }

        #[pymethod]
        fn __reduce_ex__(_zelf: &Py<Self>, _protocol: usize, vm: &VirtualMachine) -> PyResult {
            Err(vm.new_type_error("cannot pickle 'memoryview' object"))
        }

        /// What it is a view of. Nobody can have that.
        #[pygetset]
        fn obj(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
            zelf.elements(vm)?;
            Ok(vm.ctx.none())
        }

        #[pygetset]
        fn nbytes(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<usize> {
            Ok(zelf.elements(vm)?.size())
        }

        #[pygetset]
        fn itemsize(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<usize> {
            Ok(zelf.elements(vm)?.item())
        }

        #[pygetset]
        fn format(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<String> {
            Ok(zelf.elements(vm)?.format.name.clone())
        }

        #[pygetset]
        fn readonly(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
            Ok(zelf.elements(vm)?.readonly)
        }

        #[pygetset]
        fn ndim(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<usize> {
            zelf.elements(vm)?;
            Ok(1)
        }

        #[pygetset]
        fn shape(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyTupleRef> {
            let length = zelf.elements(vm)?.length;
            Ok(vm.ctx.new_tuple(vec![vm.ctx.new_int(length).into()]))
        }

        #[pygetset]
        fn strides(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyTupleRef> {
            let stride = zelf.elements(vm)?.stride;
            Ok(vm.ctx.new_tuple(vec![vm.ctx.new_int(stride).into()]))
        }

        #[pygetset]
        fn suboffsets(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyTupleRef> {
            zelf.elements(vm)?;
            Ok(vm.ctx.new_tuple(vec![]))
        }

        #[pygetset]
        fn contiguous(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
            Ok(zelf.elements(vm)?.is_contiguous())
        }

        #[pygetset]
        fn c_contiguous(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
            Self::contiguous(zelf, vm)
        }

        #[pygetset]
        fn f_contiguous(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<bool> {
            Self::contiguous(zelf, vm)
        }
    }

    impl AsBuffer for View {
        fn slot_as_buffer(
            zelf: &PyObject,
            flags: BufferFlags,
            vm: &VirtualMachine,
        ) -> PyResult<PyBuffer> {
            let zelf = zelf
                .downcast_ref::<Self>()
                .ok_or_else(|| vm.new_type_error("unexpected payload for as_buffer"))?;
            zelf.elements(vm)?.buffer(flags, vm)
        }

        fn as_buffer(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<PyBuffer> {
            zelf.elements(vm)?.buffer(BufferFlags::FULL_RO, vm)
        }
    }

    impl AsMapping for View {
        fn as_mapping() -> &'static PyMappingMethods {
            static AS_MAPPING: PyMappingMethods = PyMappingMethods {
                length: atomic_func!(|mapping, vm| {
                    Ok(View::mapping_downcast(mapping).elements(vm)?.length)
                }),
                subscript: atomic_func!(|mapping, key, vm| {
                    View::mapping_downcast(mapping).get_item(key, vm)
                }),
                ass_subscript: atomic_func!(|mapping, key, value, vm| {
                    View::mapping_downcast(mapping).set_item(key, value, vm)
                }),
            };
            &AS_MAPPING
        }
    }

    impl AsSequence for View {
        fn as_sequence() -> &'static PySequenceMethods {
            static AS_SEQUENCE: LazyLock<PySequenceMethods> = LazyLock::new(|| PySequenceMethods {
                length: atomic_func!(|sequence, vm| {
                    Ok(View::sequence_downcast(sequence).elements(vm)?.length)
                }),
                item: atomic_func!(|sequence, index, vm| {
                    View::sequence_downcast(sequence)
                        .elements(vm)?
                        .get(index, vm)
                }),
                ..PySequenceMethods::NOT_IMPLEMENTED
            });
            &AS_SEQUENCE
        }
    }

    impl Comparable for View {
        fn cmp(
            zelf: &Py<Self>,
            other: &PyObject,
            op: PyComparisonOp,
            vm: &VirtualMachine,
        ) -> PyResult<PyComparisonValue> {
            op.eq_only(|| {
                if zelf.is(other) {
                    return Ok(true.into());
                }
                let (Ok(elements), true) = (zelf.elements(vm), other.check_buffer()) else {
                    return Ok(PyComparisonValue::NotImplemented);
                };
                let copy = elements.copy(vm)?.into_ref(&vm.ctx);
                let other = match other.downcast_ref::<View>() {
                    None => other.to_owned(),
                    Some(view) => match view.elements(vm) {
                        Ok(elements) => elements.copy(vm)?.into_ref(&vm.ctx).into(),
                        Err(_) => return Ok(false.into()),
                    },
                };
                Ok(vm.bool_eq(copy.as_object(), &other)?.into())
            })
        }
    }

    impl Hashable for View {
        fn hash(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult<vm::common::hash::PyHash> {
            let elements = zelf.elements(vm)?;
            if !elements.readonly {
                return Err(vm.new_value_error("cannot hash writable memoryview object"));
            }
            elements.copy(vm)?.into_ref(&vm.ctx).as_object().hash(vm)
        }
    }

    impl Representable for View {
        fn repr_str(zelf: &Py<Self>, _vm: &VirtualMachine) -> PyResult<String> {
            let released = match zelf.released.load(Relaxed) {
                true => "released ",
                false => "",
            };
            let address = zelf.get_id();
            Ok(format!("<{released}memory at 0x{address:x}>"))
        }
    }
}

//! `_manyhands_pickling`: pickles for other processes, made without going through
//! `io.BytesIO` and without a new table of reducers for each.

use rustpython_vm as vm;

pub(crate) use _manyhands_pickling::{dumps, module_def};

#[vm::pymodule]
mod _manyhands_pickling {
    use super::vm;
    use std::sync::{LazyLock, Mutex, PoisonError};
    use vm::{
        AsObject, Py, PyObjectRef, PyPayload, PyRef, PyResult, VirtualMachine, atomic_func,
        builtins::{PyBytes, PyDictRef, PyType, PyTypeRef},
        function::{ArgBytesLike, OptionalArg},
        protocol::PyMappingMethods,
        pyclass,
        types::{AsMapping, Constructor},
    };

    /// Two tables of reducers as one: what is not in the first is looked for in the second.
    /// Whatever is registered later in one of them is found.
    #[pyattr]
    #[pyclass(name = "Reducers", module = "_manyhands_pickling")]
    #[derive(Debug, PyPayload)]
    struct Reducers {
        first: PyDictRef,
        second: PyDictRef,
    }

    impl Constructor for Reducers {
        type Args = (PyDictRef, PyDictRef);

        fn py_new(_cls: &Py<PyType>, args: Self::Args, _vm: &VirtualMachine) -> PyResult<Self> {
            let (first, second) = args;
            Ok(Reducers { first, second })
        }
    }

    #[pyclass(with(Constructor, AsMapping))]
    impl Reducers {}

    impl AsMapping for Reducers {
        fn as_mapping() -> &'static PyMappingMethods {
            static METHODS: LazyLock<PyMappingMethods> = LazyLock::new(|| PyMappingMethods {
                subscript: atomic_func!(|mapping, key, vm| {
                    let this = Reducers::mapping_downcast(mapping);
                    let found = match this.first.get_item_opt(key, vm)? {
                        Some(found) => Some(found),
                        None => this.second.get_item_opt(key, vm)?,
                    };
                    found.ok_or_else(|| vm.new_key_error(key.to_owned()))
                }),
                ..PyMappingMethods::NOT_IMPLEMENTED
            });
            &METHODS
        }
    }

    /// The file that a pickler writes to.
    #[pyattr]
    #[pyclass(name = "Sink", module = "_manyhands_pickling")]
    #[derive(Debug, Default, PyPayload)]
    struct Sink {
        pieces: Mutex<Vec<PyRef<PyBytes>>>,
    }

    #[pyclass(flags(DISALLOW_INSTANTIATION))]
    impl Sink {
        #[pymethod]
        fn write(zelf: &Py<Self>, piece: PyObjectRef, vm: &VirtualMachine) -> PyResult<usize> {
            let piece = match piece.downcast_exact::<PyBytes>(vm) {
                Ok(bytes) => bytes.into_pyref(),
                Err(other) => {
                    let bytes: ArgBytesLike = other.try_into_value(vm)?;
                    vm.ctx.new_bytes(bytes.borrow_buf().to_vec())
                }
            };
            let length = piece.as_bytes().len();
            zelf.pieces().push(piece);
            Ok(length)
        }

        fn pieces(&self) -> std::sync::MutexGuard<'_, Vec<PyRef<PyBytes>>> {
            self.pieces.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Everything that was written.
        fn take(&self, vm: &VirtualMachine) -> PyRef<PyBytes> {
            let mut pieces = std::mem::take(&mut *self.pieces());
            match pieces.pop() {
                Some(only) if pieces.is_empty() => only,
                last => {
                    pieces.extend(last);
                    let all: Vec<&[u8]> = pieces.iter().map(|piece| piece.as_bytes()).collect();
                    vm.ctx.new_bytes(all.concat())
                }
            }
        }
    }

    /// Makes pickles with objects of the class `by` in the place of those of the class `of`,
    /// which differ from them by their constructor only.
    #[pyattr]
    #[pyclass(name = "Pickles", module = "_manyhands_pickling")]
    #[derive(Debug, PyPayload)]
    struct Pickles {
        of: PyTypeRef,
        by: PyTypeRef,
    }

    impl Constructor for Pickles {
        type Args = (PyTypeRef, PyTypeRef);

        fn py_new(_cls: &Py<PyType>, args: Self::Args, _vm: &VirtualMachine) -> PyResult<Self> {
            let (of, by) = args;
            Ok(Pickles { of, by })
        }
    }

    #[pyclass(with(Constructor))]
    impl Pickles {
        /// The pickle of an object, made by a pickler of the class `cls`.
        #[pymethod]
        fn dumps(
            zelf: &Py<Self>,
            cls: PyTypeRef,
            obj: PyObjectRef,
            protocol: OptionalArg<PyObjectRef>,
            vm: &VirtualMachine,
        ) -> PyResult<PyRef<PyBytes>> {
            let class = if cls.is(&zelf.of) { &zelf.by } else { &cls };
            pickle(class, obj, protocol.unwrap_or_none(vm), vm)
        }
    }

    /// The pickle of an object, made by a pickler of this class.
    fn pickle(
        class: &PyTypeRef,
        obj: PyObjectRef,
        protocol: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<PyBytes>> {
        let sink = Sink::default().into_ref(&vm.ctx);
        let pickler = class.as_object().call((sink.clone(), protocol), vm)?;
        vm.call_method(&pickler, "dump", (obj,))?;
        Ok(sink.take(vm))
    }

    /// The pickle of an object for another process; `pickles` is a [`Pickles`].
    pub(crate) fn dumps(
        pickles: &PyObjectRef,
        obj: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<PyRef<PyBytes>> {
        match pickles.downcast_ref::<Pickles>() {
            Some(pickles) => pickle(&pickles.by, obj, vm.ctx.none(), vm),
            None => Err(vm.new_type_error("what makes pickles is missing")),
        }
    }
}

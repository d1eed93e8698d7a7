//! `_manyhands_connection`: methods of `multiprocessing.connection.Connection` that do what
//! they are mostly called for without running Python, which takes several times as long as
//! the message itself.

use rustpython_vm as vm;

pub(crate) use _manyhands_connection::module_def;

#[vm::pymodule]
mod _manyhands_connection {
    use crate::{host, pickling, time::Wait};
    use vm::{
        AsObject, Py, PyObject, PyObjectRef, PyPayload, PyResult, VirtualMachine,
        builtins::{PyBoundMethod, PyBytes, PyInt, PyStrInterned, PyType},
        convert::ToPyObject,
        function::{ArgIntoFloat, FuncArgs},
        pyclass,
        types::{Callable, Constructor, GetDescriptor},
    };

    use super::vm;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Does {
        Send,
        SendBytes,
        Recv,
        RecvBytes,
        Poll,
    }

    /// A method of `Connection`. What it is not mostly called for (other arguments, a
    /// connection that is closed or goes the other way) is left to `otherwise`, CPython's
    /// method of this name. `helper` makes the pickles for `send`, and reads them for `recv`.
    #[pyattr]
    #[pyclass(name = "Method", module = "_manyhands_connection")]
    #[derive(Debug, PyPayload)]
    struct Method {
        does: Does,
        otherwise: PyObjectRef,
        helper: PyObjectRef,
        /// The attributes that say which descriptor it is, and whether it goes this way.
        handle: &'static PyStrInterned,
        way: &'static PyStrInterned,
    }

    impl Constructor for Method {
        type Args = (String, PyObjectRef, PyObjectRef);

        fn py_new(_cls: &Py<PyType>, args: Self::Args, vm: &VirtualMachine) -> PyResult<Self> {
            let (name, otherwise, helper) = args;
            let does = match &*name {
                "send" => Does::Send,
                "send_bytes" => Does::SendBytes,
                "recv" => Does::Recv,
                "recv_bytes" => Does::RecvBytes,
                "poll" => Does::Poll,
                _ => return Err(vm.new_value_error(format!("no method {name}"))),
            };
            let way = match does {
                Does::Send | Does::SendBytes => "_writable",
                Does::Recv | Does::RecvBytes | Does::Poll => "_readable",
            };
            Ok(Method {
                does,
                otherwise,
                helper,
                handle: vm.ctx.intern_str("_handle"),
                way: vm.ctx.intern_str(way),
            })
        }
    }

    impl GetDescriptor for Method {
        fn descr_get(
            zelf: &PyObject,
            obj: Option<&PyObject>,
            _cls: Option<&PyObject>,
            vm: &VirtualMachine,
        ) -> PyResult {
            Ok(match obj {
                Some(connection) if !vm.is_none(connection) => {
                    PyBoundMethod::new(connection.to_owned(), zelf.to_owned())
                        .into_ref(&vm.ctx)
                        .into()
                }
                _ => zelf.to_owned(),
            })
        }
    }

    impl Callable for Method {
        type Args = FuncArgs;

        fn call(zelf: &Py<Self>, args: FuncArgs, vm: &VirtualMachine) -> PyResult {
            if args.kwargs.is_empty()
                && let Some((connection, arguments)) = args.args.split_first()
                && let Some(descriptor) = zelf.descriptor(connection, vm)
                && let Some(done) = zelf.usual(descriptor, arguments, vm)?
            {
                return Ok(done);
            }
            zelf.otherwise.call(args, vm)
        }
    }

    #[pyclass(with(Constructor, GetDescriptor, Callable), flags(METHOD_DESCRIPTOR))]
    impl Method {
        /// So that `inspect` and `help` tell of CPython's method.
        #[pygetset]
        fn __wrapped__(zelf: &Py<Self>) -> PyObjectRef {
            zelf.otherwise.clone()
        }

        #[pygetset]
        fn __name__(zelf: &Py<Self>, vm: &VirtualMachine) -> PyResult {
            zelf.otherwise.get_attr("__name__", vm)
        }

        /// The descriptor of a connection that is open and goes this way.
        fn descriptor(&self, connection: &PyObject, vm: &VirtualMachine) -> Option<i32> {
            let handle = connection.get_attr(self.handle, vm).ok()?;
            let way = connection.get_attr(self.way, vm).ok()?;
            let number = handle.downcast_ref::<PyInt>()?;
            let number = number.try_to_primitive(vm).ok()?;
            way.is(&vm.ctx.true_value).then_some(number)
        }

        /// Does what the method is mostly called for; `None` if these are other arguments.
        fn usual(
            &self,
            descriptor: i32,
            arguments: &[PyObjectRef],
            vm: &VirtualMachine,
        ) -> PyResult<Option<PyObjectRef>> {
            let done = match (self.does, arguments) {
                (Does::Send, [object]) => {
                    let pickle = pickling::dumps(&self.helper, object.clone(), vm)?;
                    host::send_message(descriptor, pickle.as_bytes(), vm)?;
                    vm.ctx.none()
                }
                (Does::SendBytes, [bytes]) => match bytes.downcast_ref_if_exact::<PyBytes>(vm) {
                    Some(bytes) => {
                        host::send_message(descriptor, bytes.as_bytes(), vm)?;
                        vm.ctx.none()
                    }
                    None => return Ok(None),
                },
                (Does::Recv, []) => {
                    let pickle = host::receive_message(descriptor, vm)?;
                    self.helper.call((pickle,), vm)?
                }
                (Does::RecvBytes, []) => host::receive_message(descriptor, vm)?.into(),
                (Does::Poll, []) => is_ready(descriptor, Some(0.0), vm)?,
                (Does::Poll, [timeout]) if vm.is_none(timeout) => is_ready(descriptor, None, vm)?,
                (Does::Poll, [timeout]) => {
                    let Ok(seconds) = timeout.clone().try_into_value::<ArgIntoFloat>(vm) else {
                        return Ok(None);
                    };
                    is_ready(descriptor, Some(seconds.into_float()), vm)?
                }
                _ => return Ok(None),
            };
            Ok(Some(done))
        }
    }

    /// Whether there is something to receive, now or within so many seconds.
    fn is_ready(descriptor: i32, seconds: Option<f64>, vm: &VirtualMachine) -> PyResult {
        let timeout = seconds.and_then(|seconds| Wait::seconds(seconds).duration());
        let ready = host::wait_for(&[descriptor], timeout, vm)?;
        Ok((!ready.is_empty()).to_pyobject(vm))
    }
}

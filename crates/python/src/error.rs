//! The library's errors as Python's exceptions: they have the same names.

use manyhands::Error;
use rustpython_vm::{VirtualMachine, builtins::PyBaseExceptionRef};

/// The exception that Python raises for this error.
pub fn exception(error: &Error, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let types = &vm.ctx.exceptions;
    // Programs print these, so they say what CPython's do.
    match error {
        Error::EOFError => return vm.new_exception_empty(types.eof_error.to_owned()),
        Error::BrokenPipeError => {
            let arguments = vec![vm.new_pyobj(32), vm.new_pyobj("Broken pipe")];
            return vm.new_exception(types.broken_pipe_error.to_owned(), arguments);
        }
        Error::ConnectionRefusedError(_) => {
            let arguments = vec![vm.new_pyobj(111), vm.new_pyobj("Connection refused")];
            return vm.new_exception(types.connection_refused_error.to_owned(), arguments);
        }
        Error::AddressInUse(_) => {
            let arguments = vec![vm.new_pyobj(98), vm.new_pyobj("Address already in use")];
            return vm.new_exception(types.os_error.to_owned(), arguments);
        }
        Error::BlockingIOError { limit } => {
            let text = format!(
                "{limit} processes of this page live already, which is the limit: join some \
                 before you start more"
            );
            let arguments = vec![vm.new_pyobj(11), vm.new_pyobj(text)];
            return vm.new_exception(types.blocking_io_error.to_owned(), arguments);
        }
        _ => {}
    }
    let class = match error {
        Error::OSError(_) => types.os_error,
        Error::ValueError(_) => types.value_error,
        Error::MemoryError { .. } => types.memory_error,
        Error::RecursionError { .. } => types.recursion_error,
        Error::AssertionError(_) => types.assertion_error,
        Error::InterruptedError => types.interrupted_error,
        _ => types.runtime_error,
    };
    vm.new_exception_msg(class.to_owned(), error.to_string().into())
}

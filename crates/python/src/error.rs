//! The library's errors as Python's exceptions: they have the same names.

use crate::errno;
use manyhands::Error;
use rustpython_vm::{PyObjectRef, VirtualMachine, builtins::PyBaseExceptionRef};

/// The `OSError` of this number, of the class and with the text that it has in CPython, and
/// with the paths that CPython's would have.
pub fn os_error(number: i32, paths: &[PyObjectRef], vm: &VirtualMachine) -> PyBaseExceptionRef {
    let mut arguments = vec![vm.new_pyobj(number), vm.new_pyobj(errno::text(number))];
    match paths {
        [] => {}
        [path] => arguments.push(path.clone()),
        // The third is for Windows only.
        [old, new, ..] => arguments.extend([old.clone(), vm.ctx.none(), new.clone()]),
    }
    // The class chooses the subclass by the number.
    match vm.invoke_exception(vm.ctx.exceptions.os_error, arguments) {
        Ok(exception) | Err(exception) => exception,
    }
}

/// The exception that Python raises for this error.
pub fn exception(error: &Error, vm: &VirtualMachine) -> PyBaseExceptionRef {
    let types = &vm.ctx.exceptions;
    // Programs print these, so they say what CPython's do.
    match error {
        Error::EOFError => return vm.new_exception_empty(types.eof_error.to_owned()),
        Error::InterruptedError => return os_error(4, &[], vm),
        Error::BrokenPipeError => return os_error(32, &[], vm),
        Error::AddressInUse(_) => return os_error(98, &[], vm),
        Error::ConnectionRefusedError(_) => return os_error(111, &[], vm),
        // As from `fork`, but with a sentence that says what to do here.
        Error::BlockingIOError { limit } => {
            let text = format!(
                "No more than {limit} processes may live at once on this page: join some before \
                 you start more"
            );
            let arguments = vec![vm.new_pyobj(11), vm.new_pyobj(text)];
            return vm.new_exception(types.blocking_io_error.to_owned(), arguments);
        }
        Error::MemoryError { bytes, limit } => {
            let text = format!(
                "The shared memory of this page, which is {limit} bytes at most, has no room for \
                 {bytes} bytes more: send less at once, or close what is not needed"
            );
            return vm.new_memory_error(text);
        }
        _ => {}
    }
    let class = match error {
        Error::OSError(_) => types.os_error,
        Error::ValueError(_) => types.value_error,
        Error::RecursionError { .. } => types.recursion_error,
        Error::AssertionError(_) => types.assertion_error,
        _ => types.runtime_error,
    };
    vm.new_exception_msg(class.to_owned(), error.to_string().into())
}

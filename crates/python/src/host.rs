//! `_manyhands`: what this crate's Python modules need of the host. Processes, pipes,
//! waiting, output, clocks. `lib/` gives it the names and rules of `posix`, `select`
//! and `multiprocessing`.

use crate::{
    descriptors::{self, Descriptor},
    error::{exception, os_error},
    files::bad_descriptor,
    gil, made,
    objects::{self, End, Parcel},
    output,
    program::{self, Start},
    registry,
    signals::{self, retry},
    stdin,
    time::Wait,
    waits::{self, Kind},
};
use manyhands::{
    Error, ObjectId, Process, Sentinel, StartMethod,
    signal::{Action, Signal},
};
use rustpython_vm as vm;
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, MutexGuard},
    time::Duration,
};
use vm::{PyRef, PyResult, VirtualMachine, builtins::PyBytes};

pub(crate) use _manyhands::module_def;

type Children = HashMap<u32, Arc<Process<()>>>;

/// The children that nobody has waited for.
static CHILDREN: LazyLock<Mutex<Children>> = LazyLock::new(Mutex::default);

fn children() -> MutexGuard<'static, Children> {
    CHILDREN
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn child(pid: u32) -> Option<Arc<Process<()>>> {
    children().get(&pid).cloned()
}

/// Starts a process; its pid and its sentinel.
fn start(start: Start, name: String, daemon: bool, warm: bool) -> Result<(u32, i32), Error> {
    let method = if warm {
        StartMethod::Forkserver
    } else {
        StartMethod::Spawn
    };
    let process = Process::builder()
        .name(name)
        .daemon(daemon)
        .start_method(method)
        .spawn(program::run_child, start)?;
    let pid = process.pid()?;
    let sentinel = descriptors::add(Descriptor::Sentinel(process.sentinel()?));
    children().insert(pid, Arc::new(process));
    Ok((pid, sentinel))
}

/// The exit code of a child. `None` while it runs, if the call may not `block`.
fn reap(pid: u32, block: bool, child: &Process<()>) -> Result<Option<i32>, Error> {
    // How it ended is what the exit code says.
    if block && child.join() == Err(Error::InterruptedError) {
        return Err(Error::InterruptedError);
    }
    let code = child.exit_code()?;
    if code.is_some() {
        children().remove(&pid);
    }
    Ok(code)
}

/// What is waited for, in the table of waits.
fn number(object: Option<ObjectId>) -> u32 {
    object.map_or(0, |object| object.to_numbers()[0])
}

/// Sends a message, and with it the connections whose tokens are in it.
pub fn send_message(descriptor: i32, bytes: &[u8], vm: &VirtualMachine) -> PyResult<()> {
    let end = descriptors::connection(descriptor).ok_or_else(|| bad_descriptor(vm))?;
    let mut message = objects::message(bytes);
    let end = end.get().map_err(|error| exception(&error, vm))?;
    let object = number(end.ids().writes);
    retry(vm, Kind::Room, object, None, |_| message.send(&end))
}

/// Receives a message.
pub fn receive_message(descriptor: i32, vm: &VirtualMachine) -> PyResult<PyRef<PyBytes>> {
    let end = descriptors::connection(descriptor).ok_or_else(|| bad_descriptor(vm))?;
    let mut parcel = None;
    let end = end.get().map_err(|error| exception(&error, vm))?;
    let object = number(end.ids().reads);
    retry(vm, Kind::Message, object, None, |_| {
        Parcel::receive(&end, &mut parcel)?;
        if let Some(parcel) = &parcel {
            manyhands::trace::note_end(parcel.from());
        }
        Ok(())
    })?;
    let bytes = parcel.map(Parcel::open).unwrap_or_default();
    Ok(vm.ctx.new_bytes(bytes))
}

/// Waits until one of the descriptors can be read, or its process has ended; the positions
/// of those.
pub fn wait_for(
    all: &[i32],
    timeout: Option<Duration>,
    vm: &VirtualMachine,
) -> PyResult<Vec<usize>> {
    let ready = retry(vm, Kind::AnyOf, 0, timeout, |left| {
        descriptors::wait(all, left)
    })?;
    ready.ok_or_else(|| bad_descriptor(vm))
}

#[vm::pymodule]
mod _manyhands {
    use super::*;
    use vm::{
        PyObjectRef,
        function::{ArgBytesLike, ArgIntoFloat, ArgMemoryBuffer},
    };

    /// The two ends of a pipe; of a one-way pipe, the end that receives comes first.
    #[pyfunction]
    fn pipe(duplex: bool, vm: &VirtualMachine) -> PyResult<(i32, i32)> {
        let made = if duplex {
            manyhands::pipe()
        } else {
            manyhands::one_way_pipe(objects::PIPE_CAPACITY)
        };
        let (first, second) = made.map_err(|error| exception(&error, vm))?;
        if let Some(made) = made::here(vm) {
            registry::add_pipe(first.ids(), second.ids(), &made);
        }
        let add = |end| match End::new(&end) {
            Ok(end) => Ok(descriptors::add(Descriptor::Connection(end))),
            Err(error) => Err(exception(&error, vm)),
        };
        Ok((add(first)?, add(second)?))
    }

    /// Sends a message, and with it the connections whose tokens are in it.
    #[pyfunction]
    fn send(descriptor: i32, bytes: ArgBytesLike, vm: &VirtualMachine) -> PyResult<()> {
        send_message(descriptor, &bytes.borrow_buf(), vm)
    }

    /// Receives a message.
    #[pyfunction]
    fn receive(descriptor: i32, vm: &VirtualMachine) -> PyResult<PyRef<PyBytes>> {
        receive_message(descriptor, vm)
    }

    /// Closes a descriptor.
    #[pyfunction]
    fn close(descriptor: i32, vm: &VirtualMachine) -> PyResult<()> {
        if descriptors::close(descriptor) {
            Ok(())
        } else {
            Err(bad_descriptor(vm))
        }
    }

    /// The token under which a connection travels with a pickle.
    #[pyfunction]
    fn share(descriptor: i32, vm: &VirtualMachine) -> PyResult<String> {
        let end = descriptors::connection(descriptor).ok_or_else(|| bad_descriptor(vm))?;
        Ok(objects::share(end))
    }

    /// A descriptor of the connection that came under this token.
    #[pyfunction]
    fn take(token: String, vm: &VirtualMachine) -> PyResult<i32> {
        let end = objects::take(&token)
            .ok_or_else(|| vm.new_os_error("the connection did not come with its pickle"))?;
        Ok(descriptors::add(Descriptor::Connection(end)))
    }

    /// Waits until one of the descriptors can be read, or its process has ended, for
    /// at most so many seconds; the positions of those.
    #[pyfunction]
    fn wait(
        all: Vec<i32>,
        timeout: Option<ArgIntoFloat>,
        vm: &VirtualMachine,
    ) -> PyResult<Vec<PyObjectRef>> {
        let timeout = timeout.and_then(|timeout| Wait::seconds(timeout.into_float()).duration());
        Ok(wait_for(&all, timeout, vm)?
            .into_iter()
            .map(|position| vm.ctx.new_int(position).into())
            .collect())
    }

    /// Counts that this process could import the program, or could not.
    #[pyfunction]
    fn imported(success: bool) {
        program::imported(success);
    }

    /// How many processes in a row could not import the program.
    #[pyfunction]
    fn failed_imports() -> u32 {
        program::failed_imports()
    }

    /// Starts a process that unpickles and runs this; its pid and its sentinel.
    #[pyfunction]
    fn start(
        pickle: ArgBytesLike,
        name: String,
        daemon: bool,
        warm: bool,
        vm: &VirtualMachine,
    ) -> PyResult<(u32, i32)> {
        let parcel = objects::start_message(&pickle.borrow_buf()).into_parcel();
        let start = program::start_of_child(parcel)
            .ok_or_else(|| vm.new_runtime_error("this is no process of a program"))?;
        super::start(start, name, daemon, warm).map_err(|error| exception(&error, vm))
    }

    /// The exit code of a child, which is forgotten with this call. `None` while it
    /// runs, if the call may not block.
    #[pyfunction]
    fn reap(pid: u32, block: bool, vm: &VirtualMachine) -> PyResult<Option<i32>> {
        let child = child(pid).ok_or_else(|| os_error(10, &[], vm))?;
        if !block {
            return super::reap(pid, block, &child).map_err(|error| exception(&error, vm));
        }
        retry(vm, Kind::Process, pid, None, |_| {
            let code = super::reap(pid, block, &child);
            manyhands::trace::note_end([pid, 0]);
            code
        })
    }

    /// Sends a signal to a process; 0 only asks whether it lives.
    #[pyfunction]
    fn kill(pid: u32, signal: i32, vm: &VirtualMachine) -> PyResult<()> {
        let no_process = || os_error(3, &[], vm);
        // A child that has ended is there until it is waited for.
        let is_child = child(pid).is_some();
        if !is_child && !manyhands::is_alive(pid) {
            return Err(no_process());
        }
        if signal == 0 {
            return Ok(());
        }
        let signal = Signal::try_from(signal)
            .map_err(|error| exception(&Error::OSError(error.to_string()), vm))?;
        match manyhands::signal::kill(pid, signal) {
            // It has ended meanwhile.
            Err(Error::ValueError(_)) if is_child => {}
            Err(Error::ValueError(_)) => return Err(no_process()),
            sent => sent.map_err(|error| exception(&error, vm))?,
        }
        // What a process sends to itself is handled before this returns.
        vm.check_signals()
    }

    /// Sets what a signal does to this process: 0 or 1, which are `SIG_DFL` and `SIG_IGN`,
    /// or a function to call.
    #[pyfunction]
    fn set_handler(signal: i32, handler: PyObjectRef, vm: &VirtualMachine) -> PyResult<()> {
        let action = match handler.is_callable() {
            true => Action::Catch,
            false if handler.clone().try_into_value::<i32>(vm)? == 1 => Action::Ignore,
            false => Action::Default,
        };
        signals::set_handler(signal, action, handler, vm)
    }

    /// Whether this process ignores a signal.
    #[pyfunction]
    fn is_ignored(signal: i32) -> bool {
        Signal::try_from(signal)
            .is_ok_and(|signal| manyhands::signal::getsignal(signal) == Action::Ignore)
    }

    /// The handler that `SIGINT` has from the beginning.
    #[pyfunction]
    fn default_int_handler(
        _signal: PyObjectRef,
        _frame: PyObjectRef,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        Err(signals::keyboard_interrupt(vm))
    }

    /// Reads the next bytes of the program's standard input into a buffer, and none at its
    /// end. Waits until there are some; returns how many there were.
    #[pyfunction]
    fn read_input(buffer: ArgMemoryBuffer, vm: &VirtualMachine) -> PyResult<usize> {
        let length = buffer.len();
        let bytes = retry(vm, Kind::Input, 0, None, |_| stdin::read(length))?;
        buffer.borrow_buf_mut()[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }

    /// Writes bytes to a standard stream: 1 or 2.
    #[pyfunction]
    fn write(stream: i32, bytes: ArgBytesLike) -> usize {
        let bytes = bytes.borrow_buf();
        output::write(stream == 2, &bytes);
        bytes.len()
    }

    /// Sleeps for so many seconds.
    #[pyfunction]
    fn sleep(seconds: ArgIntoFloat, vm: &VirtualMachine) -> PyResult<()> {
        let seconds = seconds.into_float();
        if seconds < 0.0 {
            return Err(vm.new_value_error("sleep length must be non-negative"));
        }
        let time = Wait::seconds(seconds).duration().unwrap_or(Duration::MAX);
        retry(vm, Kind::Time, 0, Some(time), |left| {
            manyhands::sleep(left.unwrap_or(Duration::MAX))
        })
    }

    /// Sleeps until the handler of a signal has run.
    #[pyfunction]
    fn pause(vm: &VirtualMachine) -> PyResult<()> {
        // Only a signal ends this sleep.
        let _ = waits::waiting(vm, Kind::Time, true, 0, || {
            manyhands::signal::interruptible(|| manyhands::sleep(Duration::MAX))
        });
        vm.check_signals()
    }

    /// Seconds on a clock that all processes share and that never goes back.
    #[pyfunction]
    fn monotonic() -> f64 {
        manyhands::trace::now_us() / 1e6
    }

    /// So many random bytes that nobody can guess.
    #[pyfunction]
    fn urandom(length: usize, vm: &VirtualMachine) -> PyResult<PyRef<PyBytes>> {
        let mut bytes = vec![0; length];
        match getrandom::fill(&mut bytes) {
            Ok(()) => Ok(vm.ctx.new_bytes(bytes)),
            Err(error) => Err(vm.new_os_error(error.to_string())),
        }
    }

    /// The pid of this process.
    #[pyfunction]
    fn getpid() -> u32 {
        manyhands::current_process().pid
    }

    /// Gives this thread a name on the page.
    #[pyfunction]
    fn set_thread_name(name: String) {
        manyhands::set_thread_name(&name);
    }

    /// The pid of the process that started this one; 1 for a main program.
    #[pyfunction]
    fn getppid() -> u32 {
        program::parent()
    }

    /// How many cores this machine has.
    #[pyfunction]
    fn cpu_count() -> u32 {
        manyhands::cpu_count()
    }

    /// Whether only one thread at a time runs Python.
    #[pyfunction]
    fn is_gil_enabled() -> bool {
        gil::is_enabled()
    }

    /// Ends this process at once, from any of its threads.
    #[pyfunction]
    fn exit(code: i32, vm: &VirtualMachine) {
        output::flush();
        signals::exit(code, vm);
    }

    /// The program's source.
    #[pyfunction]
    fn source() -> String {
        program::source()
    }

    /// What the program's source is compiled to, by `marshal`; `None` in its first
    /// process, before that has compiled it.
    #[pyfunction]
    fn code(vm: &VirtualMachine) -> Option<PyRef<PyBytes>> {
        program::code().map(|code| vm.ctx.new_bytes(code.to_vec()))
    }

    /// Keeps it for the children of this process.
    #[pyfunction]
    fn keep_code(code: ArgBytesLike) {
        program::keep_code(code.borrow_buf().to_vec());
    }

    /// What a child starts with: the pickle, and its parent's sentinel.
    #[pyfunction]
    fn inherited(vm: &VirtualMachine) -> Option<(PyRef<PyBytes>, Option<i32>)> {
        let (parcel, parent) = program::inherited()?;
        let add = |parent: Sentinel| descriptors::add(Descriptor::Sentinel(parent));
        Some((vm.ctx.new_bytes(parcel.open()), parent.map(add)))
    }

    /// Tells the page with which exception the program ended.
    #[pyfunction]
    fn tell_traceback(text: String) {
        program::tell_traceback(text);
    }
}

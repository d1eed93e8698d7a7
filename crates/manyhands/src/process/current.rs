//! What a process can ask about itself and its machine, and printing.
//!
//! This module must not import the start of processes.

use crate::kernel::{
    blocking, current, host, platform,
    trace::{HOST, Pid, TextKind},
};

/// Information about a process, alive or not. Unlike a [`crate::Process`] it cannot be
/// joined or killed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessInfo {
    /// The pid.
    pub pid: Pid,
    /// The name.
    pub name: String,
    /// Whether the process is a daemon.
    pub daemon: bool,
}

/// The process that runs this code (Python's `current_process()`). On the page, and
/// in a program started by [`crate::run`], it is named `MainProcess`. In a thread it
/// is the process whose memory the thread shares.
pub fn current_process() -> ProcessInfo {
    current::with(|current| match current {
        Some(current) => {
            let me = &current.identity;
            let (pid, name) = match &me.process {
                Some(process) => (process.pid, &process.name),
                None => (current.pid, &me.name),
            };
            ProcessInfo {
                pid,
                name: name.clone(),
                daemon: me.daemon,
            }
        }
        None => ProcessInfo {
            pid: HOST,
            name: "MainProcess".into(),
            daemon: false,
        },
    })
}

/// The number of this thread among all threads and processes (Python's
/// `threading.get_native_id`): the pid by which the trace tells of it. The first thread of
/// a process has the process's own.
pub fn get_native_id() -> u32 {
    own_pid()
}

/// Gives this thread a name, by which [`trace::name_of`](crate::trace::name_of) knows it
/// from now on. Does nothing in the first thread of a process, whose name is the process's.
pub fn set_thread_name(name: &str) {
    let is_thread =
        current::with(|current| current.is_some_and(|current| current.identity.process.is_some()));
    if is_thread {
        blocking::write(TextKind::Name, name);
    }
}

/// The pid of this process or thread.
pub(crate) fn own_pid() -> u32 {
    current::pid()
}

/// Whether a process or thread with this pid is alive. Any process may have started
/// it.
pub fn is_alive(pid: u32) -> bool {
    host::is_up() && current::table().find(pid).is_some()
}

/// The process that started this one (Python's `parent_process()`); `None` for
/// a main program.
pub fn parent_process() -> Option<ProcessInfo> {
    current::with(|current| {
        let parent = current?.identity.parent.clone()?;
        // A daemon may have no children, so a parent is never a daemon.
        Some(ProcessInfo {
            pid: parent.pid,
            name: parent.name,
            daemon: false,
        })
    })
}

/// The number of logical cores (Python's `cpu_count()`). The page may get fewer of
/// them than this; only a measurement shows how many.
pub fn cpu_count() -> u32 {
    if platform::IN_BROWSER {
        platform::cores()
    } else {
        std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32)
    }
}

/// Whether this code runs in the main program, and not in a process or thread that
/// this crate started.
///
/// A module's `main` (and a `#[wasm_bindgen(start)]` function) runs again in
/// every process, because each has its own instance. Guard it with this function,
/// as Python programs do under `spawn` with `if __name__ == "__main__":`.
///
/// ```no_run
/// // The first line of `main`:
/// if !manyhands::is_main() {
///     return;
/// }
/// ```
pub fn is_main() -> bool {
    !platform::IN_BROWSER || !platform::is_worker()
}

/// Whether this code may block. In a process it may. On the page the Web does not
/// allow it, and a call that would block returns
/// [`crate::Error::BlockingOnPage`]. A program that was itself loaded in a worker may block
/// once [`crate::prewarm`] has returned there.
pub fn may_block() -> bool {
    current::owner().1
}

#[doc(hidden)]
pub fn __print(error: bool, ends_line: bool, text: std::fmt::Arguments) {
    let text = text.to_string();
    if !platform::IN_BROWSER {
        let end = if ends_line { "\n" } else { "" };
        if error {
            std::eprint!("{text}{end}")
        } else {
            std::print!("{text}{end}")
        }
        return;
    }
    if current::with(|current| current.is_none()) {
        return platform::log(error, &text);
    }
    blocking::check_signal();
    let kind = match (error, ends_line) {
        (false, true) => TextKind::Stdout,
        (true, true) => TextKind::Stderr,
        (false, false) => TextKind::StdoutPart,
        (true, false) => TextKind::StderrPart,
    };
    blocking::write(kind, &text);
}

/// Prints a line to this process's standard output. The page receives the lines in
/// order, with the pid, through [`trace::subscribe`](crate::trace::subscribe);
/// without a subscriber they go to the browser's console.
#[macro_export]
macro_rules! println {
    ($($argument:tt)*) => { $crate::__print(false, true, ::std::format_args!($($argument)*)) };
}

/// [`println!`] without the end of the line (Python's `print(…, end="")`): what the
/// process prints next goes on after it. The page receives it at once, as a text whose
/// [`trace::OutputLine::ends_line`](crate::trace::OutputLine::ends_line) is false. The
/// text may itself contain ends of lines.
#[macro_export]
macro_rules! print {
    ($($argument:tt)*) => { $crate::__print(false, false, ::std::format_args!($($argument)*)) };
}

/// [`print!`] to the standard error stream.
#[macro_export]
macro_rules! eprint {
    ($($argument:tt)*) => { $crate::__print(true, false, ::std::format_args!($($argument)*)) };
}

/// [`println!`] to the standard error stream.
#[macro_export]
macro_rules! eprintln {
    ($($argument:tt)*) => { $crate::__print(true, true, ::std::format_args!($($argument)*)) };
}

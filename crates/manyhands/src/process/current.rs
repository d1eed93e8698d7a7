//! What a process can ask about itself and its machine.

use super::handle::ProcessInfo;
use crate::kernel::{
    blocking, current, host, platform,
    trace::{HOST, TextKind},
};

/// This process (Python's `current_process()`): on the page, and in a program
/// started by [`crate::run`], it is named `MainProcess`. In a thread, the
/// process whose memory it shares.
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

/// This process's pid, and nothing else of it.
pub(crate) fn own_pid() -> u32 {
    current::pid()
}

/// Is a process or thread of this pid alive, whoever started it?
pub fn is_alive(pid: u32) -> bool {
    host::is_up() && current::table().find(pid).is_some()
}

/// The process that started this one (Python's `parent_process()`); `None` for
/// a main program.
pub fn parent_process() -> Option<ProcessInfo> {
    current::with(|current| {
        let parent = current?.identity.parent.clone()?;
        // A daemon may have no children, so a parent is none.
        Some(ProcessInfo {
            pid: parent.pid,
            name: parent.name,
            daemon: false,
        })
    })
}

/// The number of logical cores (Python's `cpu_count()`). How many of them this
/// page really gets is another question: measure it.
pub fn cpu_count() -> u32 {
    if platform::IN_BROWSER {
        platform::cores()
    } else {
        std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32)
    }
}

/// Is this the main program, and not a process of ours?
///
/// A module's `main` (and a `#[wasm_bindgen(start)]` function) runs again in
/// every process, because each has its own instance: guard it, as Python's
/// `if __name__ == "__main__":` does under `spawn`.
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

/// May this code wait? In a process it may; on the page the Web forbids it, and
/// what would wait is [`crate::Error::BlockingOnPage`].
pub fn may_block() -> bool {
    current::owner().1
}

#[doc(hidden)]
pub fn __print(error: bool, text: std::fmt::Arguments) {
    let text = text.to_string();
    if !platform::IN_BROWSER {
        if error {
            std::eprintln!("{text}")
        } else {
            std::println!("{text}")
        }
        return;
    }
    if current::with(|current| current.is_none()) {
        return platform::log(error, &text);
    }
    blocking::check_signal();
    let kind = if error {
        TextKind::Stderr
    } else {
        TextKind::Stdout
    };
    blocking::write(kind, &text);
}

/// Prints a line of this process: it reaches the host's
/// [`trace::subscribe`](crate::trace::subscribe) in order, with the pid, or
/// else the browser's console.
#[macro_export]
macro_rules! println {
    ($($argument:tt)*) => { $crate::__print(false, ::std::format_args!($($argument)*)) };
}

/// [`println!`] to the standard error stream.
#[macro_export]
macro_rules! eprintln {
    ($($argument:tt)*) => { $crate::__print(true, ::std::format_args!($($argument)*)) };
}

/// Waits without blocking (Python's `asyncio.sleep`): for so long at least, as
/// Python's `time.sleep` does since 3.5.
pub async fn sleep(time: std::time::Duration) {
    platform::sleep(time.as_secs_f64() * 1e3).await;
}

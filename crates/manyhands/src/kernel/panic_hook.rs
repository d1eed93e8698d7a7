//! What a panic does in a process and in a thread.
//!
//! This module must not know what a process runs.

use super::{blocking, codec::in_progress, current, exit, table::EndRecord, trace::TextKind};
use crate::error::Reason;

/// Makes a panic of this process end it, with the text of the panic.
pub(super) fn set() {
    std::panic::set_hook(Box::new(on_panic));
}

/// Makes a panic in a thread that shares the host's memory end that thread only: all
/// threads of one memory share one panic hook. Called on the host when the kernel starts,
/// and again before the first thread, because the page may have set a hook in between.
#[cfg(feature = "threads")]
pub(crate) fn share() {
    use super::platform;
    // The page may go on after a panic, but the hook cannot be changed any more.
    if platform::is_worker() || std::thread::panicking() {
        return;
    }
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if platform::is_worker() {
            on_panic(info)
        } else {
            before(info)
        }
    }));
}

fn on_panic(info: &std::panic::PanicHookInfo) {
    let text = info.to_string();
    let name = current::with(|current| current.map(|current| current.identity.name.clone()));
    blocking::write(
        TextKind::Stderr,
        &format!("Process {}:\n{text}", name.unwrap_or_default()),
    );
    exit::abort_process_of_vital_thread();
    exit::exit(&match in_progress::error_of_panic(&text) {
        Some(error) => exit::record_of(&error),
        None => EndRecord {
            exit_code: 1,
            reason: Reason::Panicked,
            outcome: Some(text.into_bytes()),
        },
    });
}

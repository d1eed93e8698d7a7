//! The kernel's settings.
//!
//! This module must not know who reads them: the host does, when it starts the kernel.

use super::{layout::SLOT_COUNT, spin::Waiting, trace::Level};
use crate::Error;

/// The kernel's settings; see [`crate::configure`].
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How many processes may be alive at once, at most 1023. The limit stops a program
    /// that starts processes without end.
    pub max_processes: u32,
    /// How many ms a worker may take to start.
    pub start_timeout_ms: u32,
    /// The arena's initial size in bytes.
    pub arena_initial_bytes: u32,
    /// The size in bytes to which the arena may grow; at most 2 GiB.
    pub arena_max_bytes: u32,
    /// Use the JavaScript port even if the engine supports the faster one (for tests).
    pub force_javascript_port: bool,
    /// Which trace events are recorded.
    pub trace_level: Level,
    /// How processes wait.
    pub waiting: Waiting,
    /// About how many µs a process looks whether a wait is over already before it sleeps,
    /// at least 10. Processes that take longer to answer each other need more than the
    /// default of 10; more than 80, which is about how long it takes to wake a process that
    /// sleeps, is of no use.
    pub look_us: u32,
    /// The URL of the module's JavaScript glue, which workers load. `None` means the
    /// file that the glue was loaded from. Set it if a bundler moves that file.
    pub glue_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            max_processes: 256,
            start_timeout_ms: 30_000,
            arena_initial_bytes: 2 << 20,
            arena_max_bytes: 256 << 20,
            force_javascript_port: false,
            trace_level: Level::Default,
            waiting: Waiting::Adaptive,
            look_us: 10,
            glue_url: None,
        }
    }
}

impl Settings {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let refuse = |text: &str| Err(Error::ValueError(text.into()));
        if !(1..SLOT_COUNT).contains(&self.max_processes) {
            return refuse("max_processes must be from 1 to 1023");
        }
        if self.arena_max_bytes > 2 << 30 {
            return refuse("arena_max_bytes must be at most 2 GiB");
        }
        if !(1 << 20..=self.arena_max_bytes).contains(&self.arena_initial_bytes) {
            return refuse("arena_initial_bytes must be from 1 MiB to arena_max_bytes");
        }
        if !(10..=1000).contains(&self.look_us) {
            return refuse("look_us must be from 10 to 1000");
        }
        if self.start_timeout_ms == 0 {
            return refuse("start_timeout_ms must be at least 1");
        }
        Ok(())
    }
}

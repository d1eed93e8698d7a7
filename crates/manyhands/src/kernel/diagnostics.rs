//! The kernel's state, for reports.
//!
//! This module changes nothing.

use super::{
    arena::{Arena, Memory},
    current, host, platform,
    table::State,
};
use serde::{Deserialize, Serialize};

pub use super::arena::Port;

/// The state of the kernel and its platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diagnostics {
    /// Is shared memory available, so that processes can run?
    pub isolated: bool,
    /// Is the page hidden now? Browsers slow hidden pages down.
    pub hidden: bool,
    /// The browser's user-agent string.
    pub user_agent: String,
    /// The port that carries the arena; `None` before the first process.
    pub arena_port: Option<Port>,
    /// The arena's size in bytes.
    pub arena_bytes: u32,
    /// How much of it is in use, in bytes. The trace rings, which are kept for the next
    /// processes, do not count.
    pub arena_bytes_used: u32,
    /// How many processes are alive.
    pub processes: u32,
    /// How many warm workers wait for a process.
    pub warm_workers: u32,
    /// How many trace events were lost because the host was too busy to read them.
    pub lost_events: u32,
}

/// Reads the kernel's present state.
pub fn diagnostics() -> Diagnostics {
    let up = host::is_up();
    let count = |states: &[State]| {
        if up {
            current::table().count(states)
        } else {
            0
        }
    };
    Diagnostics {
        isolated: platform::IN_BROWSER && platform::isolated(),
        hidden: platform::IN_BROWSER && platform::hidden(),
        user_agent: if platform::IN_BROWSER {
            platform::agent()
        } else {
            String::new()
        },
        arena_port: host::arena_port(),
        arena_bytes: if up { Arena.size() } else { 0 },
        arena_bytes_used: if up { bytes_used() } else { 0 },
        processes: count(&[State::Starting, State::Running, State::Ending]),
        warm_workers: count(&[State::Warm]),
        lost_events: host::lost_events(),
    }
}

fn bytes_used() -> u32 {
    // In this order, so that a ring that is created meanwhile does no harm.
    let rings = current::table().ring_bytes();
    current::heap().used() - rings
}

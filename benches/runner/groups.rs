//! The groups of figures and how each is loaded.

use crate::browser::Kind;

/// One file of `benches/page/`.
pub struct Group {
    /// The group's name, as in the page's address.
    pub name: &'static str,
    /// The further queries with which its page is loaded, in this order, each
    /// in a browser of its own.
    pub loads: &'static [&'static str],
    /// How often that is done.
    pub repeats: usize,
}

/// All of them, in the order in which they are measured.
pub const GROUPS: &[Group] = &[
    Group {
        name: "start",
        loads: &[""],
        repeats: 1,
    },
    Group {
        name: "dispatcher",
        loads: &["place=worker", "place=page"],
        repeats: 2,
    },
    Group {
        name: "kill",
        loads: &[""],
        repeats: 1,
    },
    Group {
        name: "manager",
        loads: &[""],
        repeats: 1,
    },
    Group {
        name: "memory",
        loads: &["of=nothing", "of=bare_worker", "of=process"],
        repeats: 3,
    },
    Group {
        name: "live",
        loads: &[""],
        repeats: 1,
    },
    Group {
        name: "cycles",
        loads: &["of=spawn", "of=forkserver", "of=bare_worker"],
        repeats: 1,
    },
];

/// How many processes are tried to live at once: more than Chromium allows, and
/// in Firefox as many as anybody will want.
pub fn most_processes(kind: Kind) -> u32 {
    match kind {
        Kind::Chromium => 600,
        Kind::Firefox => 400,
    }
}

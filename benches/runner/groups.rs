//! The groups of figures and how each is loaded.

use test_support::browser::Kind;

/// One file of `benches/page/`.
pub struct Group {
    /// The group's name, as in the page's address.
    pub name: &'static str,
    /// The other parts of the address's query, one for each page load, in this order. Each
    /// load has a browser of its own.
    pub loads: &'static [&'static str],
    /// The number of times that all these page loads are made.
    pub repeats: usize,
    /// Whether the group is measured if the command line names no group.
    pub by_default: bool,
    /// The measurements of CPython, which run just before and just after the page loads: scripts
    /// in `benches/python/` with their arguments.
    pub cpython: &'static [&'static [&'static str]],
}

/// All groups, in the order in which they are measured.
pub const GROUPS: &[Group] = &[
    Group {
        name: "start",
        loads: &[""],
        repeats: 1,
        by_default: true,
        cpython: &[],
    },
    Group {
        name: "dispatcher",
        loads: &[""],
        repeats: 2,
        by_default: true,
        cpython: &[],
    },
    Group {
        name: "kill",
        loads: &[""],
        repeats: 1,
        by_default: true,
        cpython: &[],
    },
    Group {
        name: "manager",
        loads: &[""],
        repeats: 1,
        by_default: true,
        cpython: &[&["manager.py"]],
    },
    Group {
        name: "memory",
        loads: &["of=nothing", "of=bare_worker", "of=process"],
        repeats: 3,
        by_default: true,
        cpython: &[],
    },
    Group {
        name: "live",
        loads: &[""],
        repeats: 1,
        by_default: true,
        cpython: &[],
    },
    Group {
        name: "objects",
        loads: &[
            "of=floors",
            "of=waiting&way=wait",
            "of=waiting&way=spin",
            "of=waiting&way=adaptive",
            "of=trace",
        ],
        repeats: 1,
        by_default: true,
        cpython: &[&["objects.py"], &["objects.py", "--one-core"]],
    },
    Group {
        name: "limits",
        loads: &[""],
        repeats: 1,
        by_default: true,
        cpython: &[],
    },
    Group {
        name: "pools",
        loads: &[""],
        repeats: 1,
        by_default: true,
        cpython: &[&["pools.py"]],
    },
    Group {
        name: "soak",
        loads: &["minutes=1"],
        repeats: 1,
        by_default: true,
        cpython: &[],
    },
    Group {
        name: "soak-long",
        loads: &["minutes=10"],
        repeats: 1,
        by_default: false,
        cpython: &[],
    },
    Group {
        name: "cycles",
        loads: &["of=spawn", "of=forkserver", "of=bare_worker"],
        repeats: 1,
        by_default: true,
        cpython: &[],
    },
    Group {
        name: "compute",
        loads: &[""],
        repeats: 1,
        by_default: true,
        cpython: &[],
    },
    Group {
        name: "speed",
        loads: &[""],
        repeats: 1,
        by_default: false,
        cpython: &[],
    },
    Group {
        name: "rayon",
        loads: &["of=threads", "of=wasm_bindgen_rayon&rayon=2"],
        repeats: 3,
        by_default: false,
        cpython: &[],
    },
];

/// The number of processes that the group `live` tries to have alive at the same time: more than
/// Chromium allows, and enough for any program in Firefox.
pub fn max_live_processes(kind: Kind) -> u32 {
    match kind {
        Kind::Chromium => 600,
        Kind::Firefox => 400,
    }
}

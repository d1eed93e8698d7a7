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
    /// What CPython measures just before and just after: a script of
    /// `benches/python/` with its arguments.
    pub cpython: &'static [&'static [&'static str]],
}

/// All of them, in the order in which they are measured.
pub const GROUPS: &[Group] = &[
    Group {
        name: "start",
        loads: &[""],
        repeats: 1,
        cpython: &[],
    },
    Group {
        name: "dispatcher",
        loads: &["place=worker", "place=page"],
        repeats: 2,
        cpython: &[],
    },
    Group {
        name: "kill",
        loads: &[""],
        repeats: 1,
        cpython: &[],
    },
    Group {
        name: "memory",
        loads: &["of=nothing", "of=bare_worker", "of=process"],
        repeats: 3,
        cpython: &[],
    },
    Group {
        name: "live",
        loads: &[""],
        repeats: 1,
        cpython: &[],
    },
    Group {
        name: "objects",
        loads: &[
            "of=floors",
            "of=waiting&way=sleep",
            "of=waiting&way=spin",
            "of=waiting&way=adaptive",
            "of=trace&level=off",
            "of=trace&level=default",
            "of=trace&level=everything",
        ],
        repeats: 1,
        cpython: &[&["objects.py"], &["objects.py", "--one-core"]],
    },
    Group {
        name: "pools",
        loads: &[""],
        repeats: 1,
        cpython: &[&["pools.py"]],
    },
    Group {
        name: "cycles",
        loads: &["of=spawn", "of=forkserver", "of=bare_worker"],
        repeats: 1,
        cpython: &[],
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

//! The groups of figures and how each is loaded.

use test_support::browser::Kind;

/// One file of `benches/page/`.
pub struct Group {
    /// The group's name, as in the page's address.
    pub name: &'static str,
    /// The other parts of the address's query, one for each page load, in this order. Each
    /// load has a browser of its own.
    pub loads: &'static [&'static str],
    /// How often all these page loads are repeated.
    pub repeats: usize,
    /// Whether the group is measured when no group is named.
    pub usual: bool,
    /// The measurement of CPython just before and just after: a script in
    /// `benches/python/` with its arguments.
    pub cpython: &'static [&'static [&'static str]],
}

/// All groups, in the order in which they are measured.
pub const GROUPS: &[Group] = &[
    Group {
        name: "start",
        loads: &[""],
        repeats: 1,
        usual: true,
        cpython: &[],
    },
    Group {
        name: "dispatcher",
        loads: &[""],
        repeats: 2,
        usual: true,
        cpython: &[],
    },
    Group {
        name: "kill",
        loads: &[""],
        repeats: 1,
        usual: true,
        cpython: &[],
    },
    Group {
        name: "manager",
        loads: &[""],
        repeats: 1,
        usual: true,
        cpython: &[&["manager.py"]],
    },
    Group {
        name: "memory",
        loads: &["of=nothing", "of=bare_worker", "of=process"],
        repeats: 3,
        usual: true,
        cpython: &[],
    },
    Group {
        name: "live",
        loads: &[""],
        repeats: 1,
        usual: true,
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
        usual: true,
        cpython: &[&["objects.py"], &["objects.py", "--one-core"]],
    },
    Group {
        name: "limits",
        loads: &[""],
        repeats: 1,
        usual: true,
        cpython: &[],
    },
    Group {
        name: "pools",
        loads: &[""],
        repeats: 1,
        usual: true,
        cpython: &[&["pools.py"]],
    },
    Group {
        name: "soak",
        loads: &["minutes=1"],
        repeats: 1,
        usual: true,
        cpython: &[],
    },
    Group {
        name: "soak-long",
        loads: &["minutes=10"],
        repeats: 1,
        usual: false,
        cpython: &[],
    },
    Group {
        name: "cycles",
        loads: &["of=spawn", "of=forkserver", "of=bare_worker"],
        repeats: 1,
        usual: true,
        cpython: &[],
    },
    Group {
        name: "compute",
        loads: &[""],
        repeats: 1,
        usual: true,
        cpython: &[],
    },
    Group {
        name: "speed",
        loads: &[""],
        repeats: 1,
        usual: false,
        cpython: &[],
    },
    Group {
        name: "rayon",
        loads: &["of=threads", "of=wasm_bindgen_rayon&rayon=2"],
        repeats: 3,
        usual: false,
        cpython: &[],
    },
];

/// How many processes the group `live` tries to have alive at once: more than Chromium allows,
/// and enough for any program in Firefox.
pub fn most_processes(kind: Kind) -> u32 {
    match kind {
        Kind::Chromium => 600,
        Kind::Firefox => 400,
    }
}

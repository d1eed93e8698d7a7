//! The programs to begin from.

/// A program of this site's own.
pub struct Program {
    pub name: &'static str,
    pub title: &'static str,
    pub source: &'static str,
}

macro_rules! program {
    ($name:literal, $title:literal) => {
        Program {
            name: $name,
            title: $title,
            source: include_str!(concat!("programs/", $name, ".py")),
        }
    };
}

/// In the order of a tutorial. The end-to-end test runs each of them, and compares with
/// what CPython prints.
pub const PROGRAMS: [Program; 7] = [
    program!("process", "Processes: start, join, exit codes"),
    program!("queue", "A queue between producers and a consumer"),
    program!("pipe", "A pipe: questions and answers"),
    program!("lock", "A lock: verses that are not mixed"),
    program!("event", "Wait for an event, and for a condition"),
    program!("sentinel", "Wait for several processes at once"),
    program!("no-guard", "Without the guard: what goes wrong"),
];

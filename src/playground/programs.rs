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
pub const PROGRAMS: &[Program] = &[
    program!("process", "Processes: start, join, exit codes"),
    program!("map", "A pool: one function, many numbers"),
    program!("pool-methods", "A pool’s other methods"),
    program!("executor", "An executor: results as they come"),
    program!("queue", "A queue between producers and a consumer"),
    program!(
        "consumers",
        "Several consumers, and how they learn of the end"
    ),
    program!("pipe", "A pipe: questions and answers"),
    program!("pipe-stream", "A pipe: many messages in order"),
    program!("lock", "A lock: verses that are not mixed"),
    program!("two-locks", "Two locks: a deadlock, and who waits for whom"),
    program!("event", "Wait for an event, and for a turn"),
    program!("sentinel", "Wait for several processes at once"),
    program!("value", "A shared value, and the lock that it needs"),
    program!("manager", "A manager: one dict and one list for all"),
    program!("threads", "Threads that compute: with the GIL and without"),
    program!("asyncio", "asyncio: wait for many things at once"),
    program!("memory", "Threads share memory, processes do not"),
    program!("word-count", "Map and reduce: count words"),
    program!("worker-error", "An error in a worker: where it shows"),
    program!("no-guard", "Without the guard: what goes wrong"),
];

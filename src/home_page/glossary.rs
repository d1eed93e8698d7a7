//! The page `?glossary`: the terms of the field, one sentence or two for each. Each has an
//! address of its own, such as `?glossary#process`.

use super::super::browser;
use super::super::header::{Part, site_footer, site_header};
use yew::prelude::*;

/// The terms in the order of the alphabet: the name in the address, the term, and what it
/// means.
pub const TERMS: &[(&str, &str, &str)] = &[
    (
        "asyncio",
        "asyncio",
        "Python’s way to wait for many things at once in one thread. It helps with waiting, not with computing.",
    ),
    (
        "barrier",
        "Barrier",
        "A point at which each process waits until all of them have come.",
    ),
    (
        "chunk",
        "Chunk",
        "Tasks that a pool hands out together, so that it sends fewer messages.",
    ),
    (
        "condition",
        "Condition",
        "A lock with a waiting room: a process sleeps there until another one says that something has changed.",
    ),
    (
        "core",
        "Core",
        "A part of the processor that does one thing at a time. With four cores, four things happen at once.",
    ),
    (
        "daemon",
        "Daemon",
        "A process that is ended when the process that started it ends.",
    ),
    (
        "deadlock",
        "Deadlock",
        "Each waits for what another one holds, so that none can go on.",
    ),
    (
        "event",
        "Event",
        "A signal that one process gives and others wait for.",
    ),
    (
        "exit-code",
        "Exit code",
        "The number that a process leaves when it ends. 0 means that all went well; a negative one, that it was killed.",
    ),
    (
        "fork",
        "fork",
        "A way to start a process: the operating system copies the one that runs. A browser cannot do that.",
    ),
    (
        "forkserver",
        "forkserver",
        "A way to start processes: a small process that was prepared once starts all the others.",
    ),
    (
        "future",
        "Future",
        "A result that is not there yet. One can ask for it, wait for it, or cancel it.",
    ),
    (
        "gil",
        "GIL",
        "The global interpreter lock: CPython’s rule that only one thread of a process runs Python code at a time.",
    ),
    (
        "guard",
        "Guard",
        "The line “if __name__ == \"__main__\":” in a program. What stands below it is run by the first process only.",
    ),
    (
        "interval",
        "Interval",
        "The range in which the true value lies, 95 times in 100.",
    ),
    ("join", "join", "To wait until a process has ended."),
    (
        "lock",
        "Lock",
        "Only one process at a time may hold it; the others wait.",
    ),
    (
        "lost-update",
        "Lost update",
        "Two processes read a number, both add one, both write it back: one of the two additions is lost. A lock prevents it.",
    ),
    (
        "manager",
        "Manager",
        "A process that keeps lists and dictionaries for others, which ask it for each access.",
    ),
    (
        "map-reduce",
        "Map and reduce",
        "Do the same with every part, then put the results together.",
    ),
    (
        "multiprocessing",
        "multiprocessing",
        "The part of Python’s library that starts processes and lets them talk to each other.",
    ),
    (
        "pickling",
        "Pickling",
        "Turning an object into bytes, so that it can be sent to another process.",
    ),
    (
        "pipe",
        "Pipe",
        "A wire with two ends between two processes.",
    ),
    (
        "pool",
        "Pool",
        "Workers that wait for tasks, do them, and send the results back.",
    ),
    (
        "process",
        "Process",
        "A running program with a memory of its own. The computer can give each one a core.",
    ),
    (
        "queue",
        "Queue",
        "A pipe that many processes may put things into and take things from, first in, first out.",
    ),
    ("race", "Race", "The result depends on who was faster."),
    (
        "semaphore",
        "Semaphore",
        "A lock that so many may hold at the same time, but no more.",
    ),
    (
        "sentinel",
        "Sentinel",
        "A last message that says: no more will come.",
    ),
    (
        "serial-part",
        "Serial part",
        "The part of the work that cannot be shared out. It limits how much faster many processes can be.",
    ),
    (
        "shared-memory",
        "Shared memory",
        "A piece of memory that several processes read and write, so that nothing is copied.",
    ),
    (
        "spawn",
        "spawn",
        "A way to start a process: a new Python begins and reads the program again.",
    ),
    (
        "speed-up",
        "Speed-up",
        "How many times as fast: the time of one process, divided by the time of several.",
    ),
    (
        "start-up-cost",
        "Start-up cost",
        "The time before the first line of a new process runs.",
    ),
    (
        "strong-scaling",
        "Strong scaling",
        "The same work, with more hands. It shows how much sooner the work is done.",
    ),
    (
        "thread",
        "Thread",
        "A second hand inside one process, with the same memory.",
    ),
    (
        "weak-scaling",
        "Weak scaling",
        "More hands and as much more work. It shows whether that takes the same time.",
    ),
    (
        "worker",
        "Worker",
        "In a pool, a process that waits for tasks. In a browser (Web Worker), how a page runs a second program beside itself.",
    ),
];

/// The page.
#[component]
pub fn Glossary() -> Html {
    use_effect_with((), |()| {
        browser::describe(
            "Glossary",
            "The words of parallel programs in one sentence each: process, core, GIL, \
             pickling, sentinel, deadlock, speed-up and more.",
        );
        // The term in the address was not there when the browser looked for it.
        browser::scroll_into_view(browser::fragment().trim_start_matches('#'));
    });
    html! {
        <div class="page words-page">
            <a class="skip" href="#glossary">{ "To the terms" }</a>
            { site_header(Part::Home) }
            <main id="glossary">
                <h2 class="question">{ "Glossary" }</h2>
                <dl class="terms">
                    { for TERMS.iter().map(|(id, term, meaning)| html! {
                        <div key={*id} class="term" id={*id}>
                            <dt>{ *term }</dt>
                            <dd>{ *meaning }</dd>
                        </div>
                    }) }
                </dl>
            </main>
            { site_footer(Html::default()) }
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_in_order_and_explained_once() {
        for pair in TERMS.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} before {}", pair[0].0, pair[1].0);
        }
        for (id, _, meaning) in TERMS {
            let words = meaning.split_whitespace().count();
            assert!((3..=30).contains(&words), "{id}: {words} words");
            assert!(meaning.ends_with('.'), "{id}");
        }
    }
}

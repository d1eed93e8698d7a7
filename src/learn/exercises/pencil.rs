//! Questions that are answered by calculating, without a run.

use super::check::{Check, Question};
use super::random::Random;

/// How many chunks `Pool.map` makes of so many items if no `chunksize` is given, as CPython
/// calculates it: about four for each worker.
pub fn chunks(items: u32, workers: u32) -> u32 {
    let size = items.div_ceil(workers * 4).max(1);
    items.div_ceil(size)
}

/// Amdahl's limit: how many times as fast a program can become at most that takes so many
/// seconds, of which so many cannot be shared out.
pub fn limit(seconds: u32, serial_seconds: u32) -> f64 {
    f64::from(seconds) / f64::from(serial_seconds)
}

/// How many seconds so many equal tasks take at least, if each worker has a core of its own.
pub fn seconds_of(tasks: u32, task_seconds: u32, workers: u32) -> u32 {
    tasks.div_ceil(workers) * task_seconds
}

/// How much of the processes' time was used, in percent: 100 if `processes` are `processes`
/// times as fast as one.
pub fn efficiency(seconds_of_one: u32, seconds_of_all: u32, processes: u32) -> f64 {
    100.0 * f64::from(seconds_of_one) / f64::from(seconds_of_all * processes)
}

/// One question of each kind, with numbers drawn for each of them.
pub fn questions(mut random: impl FnMut() -> Random) -> Vec<Question> {
    let kinds: [fn(&mut Random) -> Question; 4] = [
        chunks_question,
        limit_question,
        tasks_question,
        efficiency_question,
    ];
    kinds.iter().map(|kind| kind(&mut random())).collect()
}

/// A whole number from `from` to `to`.
fn between(random: &mut Random, from: u32, to: u32) -> u32 {
    from + random.below((to - from + 1) as usize) as u32
}

fn question(
    name: &str,
    settings: &[(&str, u32)],
    text: String,
    (answer, tolerance): (f64, f64),
    because: String,
) -> Question {
    let settings = settings.iter();
    Question {
        name: name.to_owned(),
        text,
        choices: Vec::new(),
        settings: settings
            .map(|(name, value)| ((*name).to_owned(), value.to_string()))
            .collect(),
        check: Check::Known {
            answer,
            tolerance,
            because,
        },
    }
}

fn chunks_question(random: &mut Random) -> Question {
    let workers = between(random, 2, 6);
    let items = between(random, 30, 200);
    let size = items.div_ceil(workers * 4);
    let answer = chunks(items, workers);
    question(
        "chunks",
        &[("items", items), ("workers", workers)],
        format!(
            "`pool.map(f, range({items}))` is called on a pool of {workers} workers. Without a \
             `chunksize`, Python divides the number of items by four times the number of workers \
             and rounds up: so many items are in each chunk but the last. How many chunks are \
             there?"
        ),
        (f64::from(answer), 0.0),
        format!(
            "{items} ÷ (4 · {workers}), rounded up, makes {size} items in each chunk, and \
             {items} ÷ {size}, rounded up, makes {answer} chunks."
        ),
    )
}

fn limit_question(random: &mut Random) -> Question {
    let serial = between(random, 2, 12);
    let seconds = 10 * between(random, 5, 24);
    let answer = limit(seconds, serial);
    question(
        "limit",
        &[("seconds", seconds), ("serial", serial)],
        format!(
            "One process takes {seconds} seconds. {serial} of them go to a part that cannot be \
             shared out. How many times as fast can the program become at most, with as many \
             cores as you like? Give one figure after the point."
        ),
        // Half of the last figure that is asked for, whichever way it is rounded.
        (answer, 0.1),
        format!(
            "At best everything but the {serial} seconds takes no time, and {seconds} ÷ {serial} \
             = {answer:.1}. This is Amdahl’s limit."
        ),
    )
}

fn tasks_question(random: &mut Random) -> Question {
    let workers = between(random, 2, 8);
    let tasks = workers * between(random, 2, 5) + between(random, 1, workers - 1);
    let seconds = between(random, 2, 9);
    let answer = seconds_of(tasks, seconds, workers);
    question(
        "tasks",
        &[("tasks", tasks), ("workers", workers), ("seconds", seconds)],
        format!(
            "{tasks} tasks take {seconds} seconds each. A pool has {workers} workers, each with \
             a core of its own, and a task cannot be divided. After how many seconds is the last \
             task done, at the earliest?"
        ),
        (f64::from(answer), 0.0),
        format!(
            "{tasks} ÷ {workers}, rounded up, makes {} rounds of {seconds} seconds. In the last \
             one some workers have nothing to do.",
            tasks.div_ceil(workers)
        ),
    )
}

fn efficiency_question(random: &mut Random) -> Question {
    let processes = between(random, 2, 8);
    let together = between(random, 5, 20);
    let part = between(random, 55, 95);
    let alone = (together * processes * part).div_ceil(100);
    let answer = efficiency(alone, together, processes);
    question(
        "efficiency",
        &[
            ("alone", alone),
            ("together", together),
            ("processes", processes),
        ],
        format!(
            "The same work takes {alone} seconds by one process and {together} seconds by \
             {processes}. What is the efficiency, the speed-up divided by the number of \
             processes, in percent? Round to a whole number."
        ),
        (answer, 1.0),
        format!(
            "{alone} ÷ {together} is {:.2} times as fast, and divided by {processes} that is \
             {answer:.0} %.",
            f64::from(alone) / f64::from(together)
        ),
    )
}

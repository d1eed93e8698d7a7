//! The programs of the lessons in Rust (`lessons/*.rs`), each run as the lesson shows it.
//!
//! A lesson's answer must be what its program in Rust prints, or the comment at the head of
//! the program says what is different in Rust, and that is what is printed.
#![cfg(target_arch = "wasm32")]

mod common;

use common::setup;
use manyhands::{Error, Process, Target, kill_all, sleep_async, trace};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// What is known of a run.
#[derive(Default)]
struct Run {
    lines: Vec<String>,
    /// The processes that live, and whether each of them waits.
    living: BTreeMap<u32, bool>,
}

impl Run {
    fn add(&mut self, record: &trace::Record) {
        let event = match record {
            trace::Record::Output(line) => return self.lines.push(line.text.clone()),
            trace::Record::Event(event) => event,
        };
        match event.op {
            trace::Op::Start => drop(self.living.insert(event.object, false)),
            trace::Op::Exit => drop(self.living.remove(&event.pid)),
            trace::Op::BlockBegin => drop(self.living.insert(event.pid, true)),
            trace::Op::BlockEnd => drop(self.living.insert(event.pid, false)),
            _ => {}
        }
    }
}

/// Starts a program; what it does is in the run, for as long as the subscription lives.
fn start<T>(
    main: T,
) -> (
    Process<Result<(), Error>>,
    Rc<RefCell<Run>>,
    trace::Subscription,
)
where
    T: Target<(), fn() -> Result<(), Error>, Output = Result<(), Error>> + 'static,
{
    setup();
    let run = Rc::<RefCell<Run>>::default();
    let subscription = trace::subscribe({
        let run = run.clone();
        move |news| news.iter().for_each(|record| run.borrow_mut().add(record))
    });
    let process = Process::spawn(main, ()).unwrap();
    (process, run, subscription)
}

/// Runs a program to its end, and returns what it has printed.
async fn printed_by<T>(main: T) -> Vec<String>
where
    T: Target<(), fn() -> Result<(), Error>, Output = Result<(), Error>> + 'static,
{
    let (process, run, _subscription) = start(main);
    process.join_async().await.unwrap().unwrap();
    trace::flush();
    run.take().lines
}

/// Runs a program to its end, and asserts that it has printed these lines, in this order,
/// with others between them. Of a line that ends in "…", only the beginning must be so.
async fn prints<T>(main: T, wanted: &[&str])
where
    T: Target<(), fn() -> Result<(), Error>, Output = Result<(), Error>> + 'static,
{
    let lines = printed_by(main).await;
    let mut rest = lines.iter();
    for wanted in wanted {
        let found = rest.any(|line| match wanted.strip_suffix('…') {
            Some(begin) => line.starts_with(begin),
            None => line == wanted,
        });
        assert!(found, "“{wanted}” is missing in {lines:#?}");
    }
}

/// Runs a program to its end, and asserts that it has printed two different numbers, each
/// after one of these texts.
async fn differ<T>(main: T, texts: &[&str; 2])
where
    T: Target<(), fn() -> Result<(), Error>, Output = Result<(), Error>> + 'static,
{
    let lines = printed_by(main).await;
    let numbers = texts.map(|text| {
        let after = lines.iter().find_map(|line| line.strip_prefix(text));
        after.unwrap_or_else(|| panic!("“{text}” is missing in {lines:#?}"))
    });
    assert_ne!(numbers[0], numbers[1], "{lines:#?}");
}

/// Runs a program until each of its processes waits and no further event comes, asserts that
/// it has printed so many lines, and kills it.
async fn is_stuck<T>(main: T, printed: usize)
where
    T: Target<(), fn() -> Result<(), Error>, Output = Result<(), Error>> + 'static,
{
    let (process, run, _subscription) = start(main);
    let mut quiet = 0;
    while quiet < 5 {
        sleep_async(Duration::from_millis(100)).await;
        trace::flush();
        assert!(process.is_alive().unwrap(), "{:#?}", run.borrow().lines);
        let run = run.borrow();
        let all_wait = run.living.len() > 1 && run.living.values().all(|waits| *waits);
        quiet = if all_wait { quiet + 1 } else { 0 };
    }
    assert_eq!(
        run.borrow().lines.len(),
        printed,
        "{:#?}",
        run.borrow().lines
    );
    kill_all().await;
    process.join_async().await.unwrap_err();
}

macro_rules! lessons {
    ($($name:ident in $file:literal $check:ident $wanted:expr;)*) => {$(
        #[path = $file]
        mod $name;

        #[wasm_bindgen_test]
        async fn $name() {
            $check($name::main, $wanted).await;
        }
    )*};
}

lessons! {
    hands in "../../../lessons/hands.rs" prints &["the same results: true", "one process: …"];
    start_join in "../../../lessons/start-join.rs" prints
        &["this is the parent's last line", "the child has done its work"];
    nothing_shared in "../../../lessons/nothing-shared.rs" prints
        &["numbers in the other's list: 4", "numbers in the parent's list: 3"];
    pipe in "../../../lessons/pipe.rs" prints
        &["the worker's copy has this many: 2", "my list has this many items: 1"];
    sentinel in "../../../lessons/sentinel.rs" is_stuck 6;
    producers in "../../../lessons/producers.rs" prints &["items: 12", "calls of get: 15"];
    value in "../../../lessons/value.rs" differ &["added: ", "counted: "];
    deadlock in "../../../lessons/deadlock.rs" is_stuck 0;
    manager in "../../../lessons/manager.rs" prints
        &["items in the manager's list: 0", "after mutate: 1"];
    shared_memory in "../../../lessons/shared-memory.rs" prints
        &["bytes of a copy: 1000…", "the first byte is: 7"];
    pool in "../../../lessons/pool.rs" prints
        &["apply [3, 2, 1]", "map_async [3, 2, 1]", "in another order: imap_unordered"];
    futures in "../../../lessons/futures.rs" prints
        &["a root: 4", "a root: 3", "an error: item 0: …", "raised by: result"];
    map_reduce in "../../../lessons/map-reduce.rs" prints
        &["counters added: 4", "words: 58", "most common: the"];
    tiny_tasks in "../../../lessons/tiny-tasks.rs" prints
        &["without a pool: …", "one by one: …", "in chunks: …", "the same results: true"];
    workers in "../../../lessons/workers.rs" prints
        &["1 worker: …", "2 workers: …", "4 workers: …"];
    waiting in "../../../lessons/waiting.rs" prints &["together it is: faster"];
    lambda in "../../../lessons/lambda.rs" prints &["[0, 1, 4, 9, 16]", "[0, 10, 20, 30, 40]"];
    drain in "../../../lessons/drain.rs" prints
        &["the child has put everything", "the parent got 10000000 bytes"];
    guard in "../../../lessons/guard.rs" prints
        &["the child does its work", "exit code of the child: 0"];
    no_lock in "../../../lessons/no-lock.rs" differ &["tickets: ", "sold: "];
    unjoined in "../../../lessons/unjoined.rs" prints &["the total is: 0", "after join it is 30"];
    polling in "../../../lessons/polling.rs" prints &["items taken: 0"];
    killed in "../../../lessons/killed.rs" prints &["no result: A process in the process pool was terminated abruptly…"];
    left_pool in "../../../lessons/left-pool.rs" prints &["no result: the pool was terminated"];
    spawn_global in "../../../lessons/spawn-global.rs" prints
        &["the parent's language: Latin", "the child's language: English"];
}

//! Starting, results, names, nesting.

use crate::{common::*, setup};
use manyhands::*;
use std::{
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    time::Duration,
};
use wasm_bindgen_test::wasm_bindgen_test as test;

fn nothing() {}

fn add4(a: u8, b: i64, c: String, d: Vec<u16>) -> (u8, i64, String, Vec<u16>) {
    (a + 1, b + 1, c + "!", d.into_iter().rev().collect())
}

#[test]
async fn targets_take_none_to_four_arguments() {
    setup();
    Process::spawn(nothing, ())
        .unwrap()
        .join_async()
        .await
        .unwrap();
    let one = Process::spawn(|x: u64| x, u64::MAX - 1).unwrap();
    let two = Process::spawn(|x: i64, y: f64| x as f64 * y, (-3, 0.5)).unwrap();
    let three = Process::spawn(|a: u8, b: bool, c: char| (c, b, a), (1, true, 'π')).unwrap();
    let four = Process::spawn(add4, (1, i64::MAX - 1, "é".into(), vec![1, 2, 3])).unwrap();
    assert_eq!(one.join_async().await.unwrap(), u64::MAX - 1);
    assert_eq!(two.join_async().await.unwrap(), -1.5);
    assert_eq!(three.join_async().await.unwrap(), ('π', true, 1));
    let expected = (2, i64::MAX, "é!".into(), vec![3, 2, 1]);
    assert_eq!(four.join_async().await.unwrap(), expected);
}

#[test]
async fn partial_binds_the_first_argument() {
    setup();
    fn scale(factor: u64, x: u64) -> u64 {
        factor * x
    }
    let process = Process::spawn(partial(scale, 3), 14u64).unwrap();
    assert_eq!(process.join_async().await.unwrap(), 42);
    let process = Process::spawn(partial(|text: String| text.len(), "four".to_owned()), ());
    assert_eq!(process.unwrap().join_async().await.unwrap(), 4);
}

#[test]
async fn large_arguments_and_results_arrive() {
    setup();
    let bytes: Vec<u8> = (0..3_000_000u32).map(|n| (n * 7) as u8).collect();
    let process = Process::spawn(|bytes: Vec<u8>| bytes, bytes.clone()).unwrap();
    assert!(process.join_async().await.unwrap() == bytes);
}

#[test]
async fn exit_code_is_none_then_zero() {
    setup();
    let process = Process::spawn(|| current_process().pid, ()).unwrap();
    assert_eq!(process.exit_code().unwrap(), None);
    assert!(process.is_alive().unwrap());
    let pid = process.pid().unwrap();
    assert!(active_children().iter().any(|child| child.pid == pid));
    assert_eq!(process.join_async().await.unwrap(), pid);
    assert_eq!(process.exit_code().unwrap(), Some(0));
    assert!(!process.is_alive().unwrap());
    assert!(active_children().iter().all(|child| child.pid != pid));
    // A second join returns the same result.
    assert_eq!(process.join_async().await.unwrap(), pid);
}

#[test]
async fn names_are_pythons() {
    setup();
    fn child() -> (String, Option<String>) {
        (
            current_process().name,
            parent_process().map(|parent| parent.name),
        )
    }
    fn parent() -> Vec<(String, Option<String>)> {
        (0..2)
            .map(|_| Process::spawn(child, ()).unwrap().join().unwrap())
            .collect()
    }
    let process = Process::spawn(parent, ()).unwrap();
    let name = process.name().unwrap().to_owned();
    assert!(name.starts_with("Process-"), "{name}");
    let expected: Vec<_> = (1..3)
        .map(|n| (format!("{name}:{n}"), Some(name.clone())))
        .collect();
    assert_eq!(process.join_async().await.unwrap(), expected);

    let named = Process::builder().name("tidy").spawn(child, ()).unwrap();
    assert_eq!(named.name().unwrap(), "tidy");
    let expected = ("tidy".to_owned(), Some("MainProcess".to_owned()));
    assert_eq!(named.join_async().await.unwrap(), expected);
    assert_eq!(current_process().name, "MainProcess");
    assert_eq!(parent_process(), None);
}

#[test]
async fn a_root_program_reads_like_pythons() {
    setup();
    fn main() -> (String, bool, String, u64) {
        let process = Process::spawn(|x: u64| x * x, 12).unwrap();
        let name = process.name().unwrap().to_owned();
        (
            current_process().name,
            parent_process().is_none(),
            name,
            process.join().unwrap(),
        )
    }
    let expected = ("MainProcess".into(), true, "Process-1".into(), 144);
    assert_eq!(run(main).await.unwrap(), expected);
}

#[test]
async fn statics_are_private() {
    setup();
    static COUNT: AtomicU32 = AtomicU32::new(100);
    fn bump(times: u32) -> u32 {
        (0..times).for_each(|_| {
            COUNT.fetch_add(1, Relaxed);
        });
        COUNT.load(Relaxed)
    }
    COUNT.store(7, Relaxed);
    let first = Process::spawn(bump, 1).unwrap();
    let second = Process::spawn(bump, 2).unwrap();
    // Each process begins with the value that was compiled into the module, not with the
    // value of its parent or its sibling.
    assert_eq!(first.join_async().await.unwrap(), 101);
    assert_eq!(second.join_async().await.unwrap(), 102);
    assert_eq!(COUNT.load(Relaxed), 7);
}

#[test]
async fn both_start_methods_work() {
    setup();
    fn where_am_i() -> StartMethod {
        set_start_method(StartMethod::Forkserver);
        let below = Process::spawn(get_start_method, ())
            .unwrap()
            .join()
            .unwrap();
        assert_eq!(below, StartMethod::Spawn, "a setting is private, too");
        get_start_method()
    }
    for method in StartMethod::ALL {
        for _ in 0..3 {
            let process = Process::builder()
                .start_method(method)
                .spawn(where_am_i, ())
                .unwrap();
            assert_eq!(process.join_async().await.unwrap(), StartMethod::Forkserver);
        }
    }
    prewarm(2).await.unwrap();
    assert!(diagnostics().warm_workers >= 2);
}

/// Otherwise its start would take time from the processes that compute.
#[test]
async fn a_warm_worker_is_created_when_a_core_is_free() {
    setup();
    prewarm(2).await.unwrap();
    let all = diagnostics().warm_workers;
    keep_warm(all).unwrap();
    let running = Queue::new(0).unwrap();
    let computing: Vec<_> = (0..cpu_count())
        .map(|_| Process::spawn(say_so_and_loop, running.clone()).unwrap())
        .collect();
    // When they run, what was asked of the dispatcher before them has been done.
    for _ in &computing {
        running.get_async().await.unwrap();
    }
    let builder = Process::builder().start_method(StartMethod::Forkserver);
    let process = builder.spawn(nothing, ()).unwrap();
    process.join_async().await.unwrap();
    // A worker that had been asked for with that start would be there before this one.
    let process = Process::spawn(nothing, ()).unwrap();
    process.join_async().await.unwrap();
    assert_eq!(diagnostics().warm_workers, all - 1);
    for process in &computing {
        process.kill().unwrap();
    }
    while diagnostics().warm_workers < all {
        sleep_async(Duration::from_millis(1)).await;
    }
    for process in computing {
        assert_eq!(failure(&process).await.exit_code, -9);
    }
    keep_warm(2).unwrap();
}

#[test]
async fn close_fails_while_the_process_runs() {
    setup();
    let process = Process::spawn(nothing, ()).unwrap();
    let Err(Error::ValueError(text)) = process.close() else {
        // The process may have ended already; then closing it is allowed.
        return;
    };
    assert!(text.starts_with("Cannot close a process while it is still running"));
    process.join_async().await.unwrap();
    process.close().unwrap();
    process.close().unwrap();
    let closed = Error::ValueError("process object is closed".into());
    assert_eq!(process.pid().unwrap_err(), closed);
    assert_eq!(process.exit_code().unwrap_err(), closed);
    assert_eq!(process.is_alive().unwrap_err(), closed);
    assert_eq!(process.kill().unwrap_err(), closed);
    assert_eq!(process.join_async().await.unwrap_err(), closed);
}

#[test]
async fn blocking_on_the_page_is_a_typed_error() {
    setup();
    let process = Process::spawn(loop_until_killed, ()).unwrap();
    assert!(matches!(process.join(), Err(Error::BlockingOnPage { .. })));
    let timeout = std::time::Duration::from_millis(1);
    assert!(matches!(
        process.join_timeout(timeout),
        Err(Error::BlockingOnPage { .. })
    ));
    assert!(matches!(
        process.sentinel().unwrap().wait(),
        Err(Error::BlockingOnPage { .. })
    ));
    // To ask whether it has ended does not block.
    let no_time = std::time::Duration::ZERO;
    assert_eq!(process.join_timeout(no_time), Ok(None));
    let sentinel = process.sentinel().unwrap();
    assert_eq!(
        manyhands::connection::wait(&[&sentinel], Some(no_time)),
        Ok(vec![])
    );
    assert_eq!(process.join_timeout_async(timeout).await, Ok(None));
    process.kill().unwrap();
    assert_eq!(failure(&process).await.exit_code, -9);
    // A process that has ended can be joined without blocking.
    assert!(matches!(process.join(), Err(Error::ProcessError(_))));
}

fn say_so_and_loop(running: Queue<()>) {
    running.put(&()).unwrap();
    loop_until_killed();
}

pub fn loop_until_killed() {
    loop {
        std::hint::black_box(());
    }
}

#[test]
async fn a_timed_join_gives_up() {
    setup();
    fn main() -> (bool, bool) {
        let process = Process::spawn(loop_until_killed, ()).unwrap();
        let timeout = std::time::Duration::from_millis(20);
        let early = process.join_timeout(timeout).unwrap().is_none();
        process.terminate().unwrap();
        (
            early,
            process.join().is_err() && process.exit_code() == Ok(Some(-15)),
        )
    }
    assert_eq!(run(main).await.unwrap(), (true, true));
}

#[test]
async fn a_sentinel_can_be_waited_for_by_anybody() {
    setup();
    let sleeper = Process::spawn(loop_until_killed, ()).unwrap();
    let sentinel = sleeper.sentinel().unwrap();
    assert!(!sentinel.is_ready());
    let watcher = Process::spawn(
        |sentinel: Sentinel| {
            let early = sentinel
                .wait_timeout(std::time::Duration::from_millis(5))
                .unwrap();
            sentinel.wait().unwrap();
            (early, sentinel.is_ready())
        },
        sentinel,
    )
    .unwrap();
    sleeper.kill().unwrap();
    sentinel.wait_async().await;
    watcher.join_async().await.unwrap();
}

#[test]
async fn daemons_have_no_children_and_die_with_their_parent() {
    setup();
    let daemon = Process::builder().daemon(true).spawn(
        || {
            Process::spawn(nothing, ())
                .map(|_| ())
                .map_err(|error| error.to_string())
        },
        (),
    );
    let error = daemon.unwrap().join_async().await.unwrap().unwrap_err();
    assert_eq!(error, "daemonic processes are not allowed to have children");

    // The parent returns at once: its daemon is terminated, and its other child is joined.
    fn parent() -> (Sentinel, Sentinel) {
        let daemon = Process::builder()
            .daemon(true)
            .spawn(loop_until_killed, ())
            .unwrap();
        let other = Process::spawn(nothing, ()).unwrap();
        (daemon.sentinel().unwrap(), other.sentinel().unwrap())
    }
    let (daemon, other) = Process::spawn(parent, ())
        .unwrap()
        .join_async()
        .await
        .unwrap();
    assert!(daemon.is_ready() && other.is_ready());
}

#[test]
async fn a_deep_tree_of_processes() {
    setup();
    fn node(depth: u32) -> u32 {
        if depth == 0 {
            return 1;
        }
        let children: Vec<_> = (0..2)
            .map(|_| Process::spawn(node, depth - 1).unwrap())
            .collect();
        1 + children
            .iter()
            .map(|child| child.join().unwrap())
            .sum::<u32>()
    }
    assert_eq!(
        Process::spawn(node, 3u32)
            .unwrap()
            .join_async()
            .await
            .unwrap(),
        15
    );
}

#[test]
fn cores_are_counted() {
    assert!(cpu_count() >= 1);
    assert!(is_main());
}

/// As Python's `time.sleep` since 3.5: "the suspension time may be longer than
/// requested", not shorter. Timers of browsers leave fractions of a ms out.
#[test]
async fn sleep_takes_at_least_the_given_time() {
    setup();
    // The trace's clock starts with the first process.
    Process::spawn(nothing, ())
        .unwrap()
        .join_async()
        .await
        .unwrap();
    async fn slept(microseconds: u32) -> f64 {
        let begin = trace::now_us();
        sleep_async(Duration::from_micros(microseconds.into())).await;
        trace::now_us() - begin
    }
    for asked in [0, 200, 1_000, 1_900, 2_500, 10_700] {
        for _ in 0..10 {
            let slept = slept(asked).await;
            // Allows for the rounding of a time on the trace's clock.
            assert!(slept >= f64::from(asked) - 1.0, "{slept} of {asked} µs");
        }
    }
}

#[test]
async fn a_main_process_has_no_parent_and_leaves_its_exit_code() {
    setup();
    fn main_program() {
        assert_eq!(parent_process(), None);
        let child = Process::spawn(nothing, ()).unwrap();
        assert_eq!(child.name().unwrap(), "Process-1");
        child.join().unwrap();
        exit(7);
    }
    let builder = Process::builder().name("program").root();
    let process = builder.spawn(main_program, ()).unwrap();
    assert_eq!(process.name().unwrap(), "program");
    assert!(process.pid().unwrap() > 1);
    assert_eq!(ending(process).await, (7, Reason::Exited));
    let killed = Process::builder()
        .root()
        .spawn(loop_until_killed, ())
        .unwrap();
    killed.kill().unwrap();
    assert_eq!(ending(killed).await, (-9, Reason::Killed));
}

#[test]
async fn a_process_gives_its_children_its_sentinel() {
    setup();
    fn child(parent: Sentinel, ready: Event, seen: Queue<bool>) {
        let before = parent.is_ready();
        ready.set();
        parent.wait().unwrap();
        seen.put(&(!before && parent.is_ready())).unwrap();
    }
    fn parent(seen: Queue<bool>) {
        let ready = Event::new().unwrap();
        let me = Sentinel::own().unwrap();
        Process::spawn(child, (me, ready.clone(), seen)).unwrap();
        ready.wait().unwrap();
        // A process that ends in order waits for its children.
        kill(current_process().pid).unwrap();
        nothing();
    }
    assert_eq!(Sentinel::own(), None, "no process outlives the page");
    let seen = Queue::new(0).unwrap();
    let process = Process::spawn(parent, seen.clone()).unwrap();
    assert_eq!(ending(process).await, (-9, Reason::Killed));
    assert!(seen.get_async().await.unwrap());
}

//! Threads: start, sharing, panic, exit and end.

use super::{all_processes_ended, run_in_process};
use crate::common;
use manyhands::*;
use std::sync::{
    Arc, Condvar, Mutex,
    atomic::{AtomicU32, Ordering},
};
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Always true, but the compiler does not know it.
fn always_true() -> bool {
    COUNT.load(Ordering::Relaxed) != u32::MAX
}

static COUNT: AtomicU32 = AtomicU32::new(0);

#[test]
async fn threads_share_what_processes_do_not() {
    fn count(times: u32) {
        for _ in 0..times {
            COUNT.fetch_add(1, Ordering::SeqCst);
        }
    }
    fn program() {
        let threads: Vec<_> = (0..4)
            .map(|_| Thread::spawn(count, 1000).unwrap())
            .collect();
        for thread in &threads {
            thread.join().unwrap();
            assert!(!thread.is_alive());
        }
        assert_eq!(COUNT.load(Ordering::SeqCst), 4000);
        Process::spawn(count, 1000).unwrap().join().unwrap();
        assert_eq!(COUNT.load(Ordering::SeqCst), 4000);
    }
    COUNT.store(0, Ordering::SeqCst);
    run_in_process(program).await;
    assert_eq!(COUNT.load(Ordering::SeqCst), 0);
}

#[test]
async fn a_thread_takes_what_it_captures() {
    fn program() {
        let meeting = Arc::new((Mutex::new(0), Condvar::new()));
        let theirs = meeting.clone();
        let thread = Thread::run(move || {
            let (number, changed) = &*theirs;
            let mut number = number.lock().unwrap();
            while *number != 1 {
                number = changed.wait(number).unwrap();
            }
            *number = 2;
            "done".to_string()
        })
        .unwrap();
        *meeting.0.lock().unwrap() = 1;
        meeting.1.notify_one();
        assert_eq!(thread.join().unwrap(), "done");
        assert_eq!(*meeting.0.lock().unwrap(), 2);
        assert_eq!(Arc::strong_count(&meeting), 1);
    }
    run_in_process(program).await;
}

#[test]
async fn the_page_has_threads() {
    crate::setup();
    let numbers = Arc::new(Mutex::new(vec![1]));
    let theirs = numbers.clone();
    let thread = Thread::run(move || theirs.lock().unwrap().push(2)).unwrap();
    let refused = thread.join();
    // The thread may have ended already.
    assert!(
        matches!(refused, Err(Error::BlockingOnPage { .. }) | Ok(())),
        "{refused:?}"
    );
    thread.join_async().await.unwrap();
    assert_eq!(*numbers.lock().unwrap(), [1, 2]);
}

#[test]
async fn a_thread_reports_its_process() {
    fn program() -> (u32, u32, u32, bool) {
        let thread = Thread::builder()
            .name("second")
            .run(|| {
                // A thread that a thread started belongs to the same process.
                let inner = Thread::run(|| current_process().pid).unwrap();
                assert_eq!(inner.name(), "Thread-1:1");
                (current_process().pid, inner.join().unwrap())
            })
            .unwrap();
        assert_eq!(thread.name(), "second");
        assert!(active_children().is_empty());
        let (pid, inner) = thread.join().unwrap();
        let own = current_process().pid;
        (own, pid, inner, thread.native_id() != own)
    }
    let (own, pid, inner, differs) = run_in_process(program).await;
    assert_eq!((pid, inner), (own, own));
    assert!(differs);
}

#[test]
async fn shared_objects_can_be_sent_to_a_thread() {
    fn program() {
        let queue: Queue<u32> = Queue::new(1).unwrap();
        let lock = Lock::new().unwrap();
        let thread = Thread::spawn(
            |queue: Queue<u32>, lock: Lock| {
                let _guard = lock.lock().unwrap();
                for number in 0..100 {
                    queue.put(&number).unwrap();
                }
            },
            (queue.clone(), lock.clone()),
        )
        .unwrap();
        for number in 0..100 {
            assert_eq!(queue.get().unwrap(), number);
        }
        thread.join().unwrap();
        assert!(!lock.locked());
    }
    run_in_process(program).await;
}

#[test]
async fn a_panic_ends_its_thread_only() {
    fn program() {
        let lock = Lock::new().unwrap();
        let thread = Thread::spawn(
            |lock: Lock| {
                let guard = lock.lock().unwrap();
                assert!(!lock.locked(), "on purpose");
                drop(guard);
            },
            lock.clone(),
        )
        .unwrap();
        let error = thread.join().unwrap_err();
        let Error::ProcessError(error) = error else {
            panic!("{error}");
        };
        assert_eq!((error.exit_code, error.reason), (1, Reason::Panicked));
        assert!(error.text.contains("on purpose"), "{}", error.text);
        assert!(matches!(lock.lock(), Err(Error::OwnerDied { .. })));
        // The other threads go on, and new ones can be started.
        assert_eq!(Thread::run(|| 7).unwrap().join().unwrap(), 7);
    }
    run_in_process(program).await;
    let thread: Thread<()> = Thread::run(|| panic!("in the page's memory")).unwrap();
    let error = thread.join_async().await.unwrap_err();
    assert!(
        error.to_string().contains("in the page's memory"),
        "{error}"
    );
    let again = Thread::run(|| 8).unwrap();
    assert_eq!(again.join_async().await.unwrap(), 8);
}

#[test]
async fn exit_ends_its_thread_only() {
    fn program() -> i32 {
        let thread: Thread<()> = Thread::run(|| exit(7)).unwrap();
        match thread.join() {
            Err(Error::ProcessError(error)) => error.exit_code,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(run_in_process(program).await, 7);
}

#[test]
async fn a_process_joins_its_threads_and_not_its_daemons() {
    fn program(told: Event, kept: Event) {
        Thread::spawn(
            |told: Event| {
                told.wait().unwrap();
            },
            told,
        )
        .unwrap();
        let daemon = Thread::builder().daemon(true);
        daemon
            .spawn(
                |kept: Event| {
                    kept.wait().unwrap();
                },
                kept,
            )
            .unwrap();
        let looping = Thread::builder().daemon(true);
        looping.run::<_, ()>(|| while always_true() {}).unwrap();
    }
    crate::setup();
    let (told, kept) = (Event::new().unwrap(), Event::new().unwrap());
    let process = Process::spawn(program, (told.clone(), kept.clone())).unwrap();
    sleep_async(std::time::Duration::from_millis(50)).await;
    assert!(process.is_alive().unwrap());
    told.set();
    process.join_async().await.unwrap();
    // Daemonic threads end with their process, even in an endless loop.
    all_processes_ended().await;
    assert!(!kept.is_set());
}

/// As in CPython, where the system closes what a process has open before anybody sees that
/// the process has ended.
#[test]
async fn a_process_has_ended_when_its_daemons_hold_nothing() {
    fn serve(end: Connection, up: Event) {
        let daemon = Thread::builder().daemon(true);
        daemon
            .spawn(
                |end: Connection, up: Event| {
                    up.set();
                    end.recv::<u32>()
                },
                (end, up.clone()),
            )
            .unwrap();
        up.wait().unwrap();
    }
    fn program() {
        for _ in 0..5 {
            let (here, there) = pipe().unwrap();
            let up = Event::new().unwrap();
            let process = Process::spawn(serve, (there, up)).unwrap();
            process.join().unwrap();
            assert_eq!(here.send(&1u32), Err(Error::BrokenPipeError));
            assert_eq!(here.recv::<u32>(), Err(Error::EOFError));
        }
    }
    run_in_process(program).await;
}

#[test]
async fn the_threads_of_a_killed_process_end() {
    fn program(up: Semaphore) {
        let threads: Vec<_> = (0..3)
            .map(|_| {
                Thread::spawn(
                    |up: Semaphore| {
                        up.release().unwrap();
                        while always_true() {}
                    },
                    up.clone(),
                )
                .unwrap()
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }
    crate::setup();
    let up = Semaphore::new(0).unwrap();
    let process = Process::spawn(program, up.clone()).unwrap();
    for _ in 0..3 {
        up.acquire_async().await;
    }
    process.kill().unwrap();
    assert_eq!(common::ending(process).await, (-9, Reason::Killed));
    all_processes_ended().await;
}

#[test]
async fn threads_leave_no_memory_behind() {
    fn size() -> u32 {
        let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().into();
        let buffer: js_sys::SharedArrayBuffer = memory.buffer().into();
        buffer.byte_length()
    }
    fn some(many: u32) {
        for _ in 0..many {
            let threads = [0, 1].map(|n| Thread::run(move || vec![n; 1000].len()).unwrap());
            for thread in threads {
                assert_eq!(thread.join().unwrap(), 1000);
            }
        }
    }
    fn program() -> u32 {
        some(10);
        let before = size();
        some(60);
        size() - before
    }
    let grown = run_in_process(program).await;
    // A single stack has 1 MiB. A stack may be freed a moment after its thread has been
    // joined.
    assert!(grown <= 60 << 20, "120 threads left {grown} bytes behind");
    let before = diagnostics().arena_bytes_used;
    run_in_process(program).await;
    all_processes_ended().await;
    let grown = diagnostics().arena_bytes_used.saturating_sub(before);
    assert!(
        grown < 20_000,
        "140 threads left {grown} bytes in the arena"
    );
}

/// A thread has its own stack. The codec can use it, and refuses a value for which there
/// is not enough stack.
#[test]
async fn a_thread_reads_what_is_nested() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Nested(Option<Box<Nested>>);

    fn nested(depth: usize) -> Nested {
        (1..depth).fold(Nested(None), |inner, _| Nested(Some(Box::new(inner))))
    }
    fn round_trip(depth: usize) -> Result<(), Error> {
        loads::<Nested>(&dumps(&nested(depth))?).map(drop)
    }
    fn program() -> [bool; 2] {
        let arrives = Thread::spawn(|| round_trip(50), ()).unwrap().join();
        let refused = Thread::spawn(|| round_trip(2_000), ()).unwrap().join();
        [
            arrives.unwrap().is_ok(),
            matches!(refused.unwrap(), Err(Error::RecursionError { .. })),
        ]
    }
    crate::setup();
    let process = Process::spawn(program, ()).unwrap();
    assert_eq!(process.join_async().await.unwrap(), [true; 2]);
}

/// A thread has a number of its own, under which the page knows the name that it takes.
#[test]
async fn a_thread_takes_a_name() {
    fn program() -> (u32, u32) {
        set_thread_name("not the process's");
        let thread = Thread::run(|| {
            set_thread_name("reader");
            get_native_id()
        });
        let thread = thread.unwrap();
        assert_eq!(thread.join().unwrap(), thread.native_id());
        assert_eq!(get_native_id(), current_process().pid);
        (get_native_id(), thread.native_id())
    }
    let (process, thread) = run_in_process(program).await;
    trace::flush();
    assert_eq!(trace::name_of(thread).as_deref(), Some("reader"));
    assert_ne!(
        trace::name_of(process).as_deref(),
        Some("not the process's")
    );
}

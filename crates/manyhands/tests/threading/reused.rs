//! Workers that run one thread after another.

use super::run_in_process;
use manyhands::*;
use std::cell::Cell;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test as test;

thread_local! {
    static OWN: Cell<u32> = const { Cell::new(7) };
}

/// What a thread finds, and leaves for the next one: a thread-local, and a property of
/// the worker.
fn look_and_mark(number: u32) -> (u32, Option<u32>) {
    let (key, worker) = (JsValue::from_str("mark"), js_sys::global());
    let mark = js_sys::Reflect::get(&worker, &key).unwrap();
    js_sys::Reflect::set(&worker, &key, &number.into()).unwrap();
    (
        OWN.replace(number),
        mark.as_f64().map(|number| number as u32),
    )
}

fn start<R>(function: impl FnOnce() -> R + Send + 'static) -> Result<Thread<R>, Error>
where
    R: serde::Serialize + serde::de::DeserializeOwned + 'static,
{
    // SAFETY: the functions of these tests leave nothing behind.
    unsafe { Thread::builder().reuse_worker() }.run(function)
}

#[test]
async fn a_worker_runs_the_next_thread_with_new_thread_locals() {
    fn program() {
        let mut reused = 0;
        let mut ids = Vec::new();
        for number in 0..100 {
            let thread = start(move || look_and_mark(number)).unwrap();
            ids.push(thread.native_id());
            let (own, mark) = thread.join().unwrap();
            assert_eq!(own, 7);
            reused += u32::from(mark.is_some());
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 100);
        assert!(reused > 50, "{reused} of 100");
        // A thread that did not ask for it has a worker of its own.
        let other = Thread::run(|| look_and_mark(0)).unwrap();
        assert_eq!(other.join(), Ok((7, None)));
    }
    run_in_process(program).await;
}

#[test]
async fn a_worker_whose_thread_did_not_return_is_not_used_again() {
    fn program() {
        let exited: Result<Thread<()>, Error> = start(|| {
            look_and_mark(1);
            exit(3);
        });
        assert!(exited.unwrap().join().is_err());
        let panicked: Result<Thread<()>, Error> = start(|| {
            look_and_mark(1);
            panic!("on purpose");
        });
        assert!(panicked.unwrap().join().is_err());
        for _ in 0..5 {
            let next = start(|| look_and_mark(2).1).unwrap();
            assert_ne!(next.join(), Ok(Some(1)));
        }
    }
    run_in_process(program).await;
}

/// Chromium gives a page 125 memories. So a process's memory must become free with it,
/// although workers have run its threads.
#[test]
async fn kept_workers_end_with_their_process() {
    fn program() {
        let threads: Vec<_> = (0..2).map(|_| start(|| ()).unwrap()).collect();
        for thread in threads {
            thread.join().unwrap();
        }
    }
    crate::setup();
    for _ in 0..35 {
        let processes = [(); 4].map(|()| Process::spawn(program, ()).unwrap());
        for process in processes {
            process.join_async().await.unwrap();
        }
    }
}

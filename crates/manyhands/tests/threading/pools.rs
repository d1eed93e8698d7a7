//! Thread pools, thread executors and rayon.

use super::{all_processes_ended, run_in_process};
use crate::common;
use manyhands::*;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use wasm_bindgen_test::wasm_bindgen_test as test;

static SEEN: AtomicU32 = AtomicU32::new(0);

fn square(x: u64) -> u64 {
    SEEN.fetch_add(1, Ordering::SeqCst);
    x * x
}

#[test]
async fn a_thread_pool_has_the_methods_of_a_pool() {
    fn program() {
        let squares: Vec<u64> = (0..500).map(|x| x * x).collect();
        let processes = Pool::new(2).unwrap();
        let threads = ThreadPool::new(2).unwrap();
        assert_eq!(processes.map(square, 0..500).unwrap(), squares);
        assert_eq!(SEEN.load(Ordering::SeqCst), 0);
        assert_eq!(threads.map(square, 0..500).unwrap(), squares);
        assert_eq!(SEEN.load(Ordering::SeqCst), 500);
        for policy in Policy::ALL {
            let by = threads.policy(policy);
            assert_eq!(by.map(square, 0..500).unwrap(), squares, "{policy:?}");
        }
        let mut unordered: Vec<u64> = threads
            .imap_unordered(square, 0..500)
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        unordered.sort_unstable();
        assert_eq!(unordered, squares);
        threads.close();
        threads.join().unwrap();
        let executor = ThreadPoolExecutor::new(2).unwrap();
        let futures: Vec<_> = (0..20u64)
            .map(|x| executor.submit(square, x).unwrap())
            .collect();
        for (x, future) in futures.iter().enumerate() {
            assert_eq!(future.result().unwrap(), squares[x]);
        }
    }
    run_in_process(program).await;
    all_processes_ended().await;
}

#[test]
async fn the_page_drives_a_thread_pool() {
    crate::setup();
    let pool = ThreadPool::builder().processes(2).build().unwrap();
    let before = SEEN.load(Ordering::SeqCst);
    let squares = pool.map_async(square, 0..100).unwrap().await.unwrap();
    assert_eq!(squares[99], 99 * 99);
    assert_eq!(SEEN.load(Ordering::SeqCst), before + 100);
    pool.close();
    pool.join_async().await.unwrap();
}

#[test]
async fn a_panic_fails_its_item_and_the_pool_goes_on() {
    fn program() {
        let pool = ThreadPool::new(2).unwrap();
        let fussy = |x: u64| if x == 7 { panic!("not seven") } else { x };
        let error = pool.chunk_size(1).unwrap().map(fussy, 0..20).unwrap_err();
        let Error::TaskError(error) = error else {
            panic!("{error}");
        };
        assert_eq!(error.index, 7);
        assert!(error.to_string().contains("not seven"), "{error}");
        assert_eq!(pool.map(fussy, 8..10).unwrap(), [8, 9]);
        assert!(ThreadPool::new(0).is_err());
    }
    run_in_process(program).await;
}

#[test]
async fn rayon_runs_in_a_process() {
    fn program() -> u64 {
        let pool = rayon_pool(3).unwrap();
        assert_eq!(pool.current_num_threads(), 3);
        pool.install(|| (1..=100_000u64).into_par_iter().map(|x| x * x % 7).sum())
    }
    let serial = (1..=100_000u64).map(|x| x * x % 7).sum::<u64>();
    assert_eq!(run_in_process(program).await, serial);
    assert!(matches!(rayon_pool(2), Err(Error::BlockingOnPage { .. })));
    assert!(matches!(rayon_pool(0), Err(Error::ValueError(_))));
    all_processes_ended().await;
}

#[test]
async fn a_panic_in_a_rayon_loop_ends_the_process() {
    fn program() {
        let pool = rayon_pool(2).unwrap();
        pool.install(|| {
            (0..100).into_par_iter().for_each(|x| {
                assert_ne!(x, 50, "fifty");
            });
        });
    }
    crate::setup();
    let process = Process::spawn(program, ()).unwrap();
    assert_eq!(common::ending(process).await, (-6, Reason::Killed));
    all_processes_ended().await;
}

/// The same rule as for an executor with processes.
#[test]
async fn a_dropped_thread_executor_completes_what_was_submitted() {
    static SUM: AtomicU64 = AtomicU64::new(0);
    fn add(x: u64) {
        SUM.fetch_add(x, Ordering::Relaxed);
    }
    fn nested(x: u64) -> u64 {
        let executor = ThreadPoolExecutor::new(2).unwrap();
        executor
            .submit(|x: u64| x * x, x)
            .unwrap()
            .result()
            .unwrap()
    }
    fn program() {
        {
            let executor = ThreadPoolExecutor::new(2).unwrap();
            for x in 0..20 {
                executor.submit(add, x).unwrap();
            }
        }
        assert_eq!(SUM.load(Ordering::Relaxed), 190);
        let outer = ThreadPoolExecutor::new(2).unwrap();
        assert_eq!(outer.submit(nested, 12).unwrap().result(), Ok(144));
        let pool = ThreadPool::new(2).unwrap();
        let mut results = pool.imap(|x: u64| x * x, 0..300).unwrap();
        assert_eq!(results.next(), Some(Ok(0)));
        pool.close();
        pool.join().unwrap();
        assert!(results.map(Result::unwrap).eq((1..300).map(|x| x * x)));
    }
    Process::spawn(program, ())
        .unwrap()
        .join_async()
        .await
        .unwrap();
}

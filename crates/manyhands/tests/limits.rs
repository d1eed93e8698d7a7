//! The limit on living processes, and settings that are refused.
#![cfg(target_arch = "wasm32")]

mod common;

use common::*;
use manyhands::*;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test as test;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const LIMIT: u32 = 6;

fn setup() {
    with(Settings {
        max_processes: LIMIT,
        arena_max_bytes: 8 << 20,
        ..Settings::default()
    });
}

/// Returns when all processes have ended.
async fn wait_until_no_process_is_left() {
    let never = Queue::<()>::new(0).unwrap();
    while diagnostics().processes > 0 {
        let _ = never.get_timeout_async(Duration::from_millis(1)).await;
    }
}

/// Starts processes that start processes, without end.
fn bomb() -> String {
    let mut children = Vec::new();
    loop {
        match Process::spawn(bomb, ()) {
            Ok(child) => children.push(child),
            Err(error) => return error.to_string(),
        }
    }
}

#[test]
async fn a_fork_bomb_ends_with_a_readable_error() {
    setup();
    let text = Process::spawn(bomb, ())
        .unwrap()
        .join_async()
        .await
        .unwrap();
    assert!(
        text.starts_with("no more than 6 processes may live at once"),
        "{text}"
    );
    kill_all().await;
    assert_eq!(diagnostics().processes, 0);
}

#[test]
async fn starting_fails_at_the_process_limit_and_works_below_it() {
    setup();
    fn forever() {
        loop {
            active_children();
        }
    }
    let processes: Vec<_> = (0..LIMIT)
        .map(|_| Process::spawn(forever, ()).unwrap())
        .collect();
    let Err(error) = Process::spawn(forever, ()) else {
        panic!("one too many")
    };
    assert_eq!(error, Error::BlockingIOError { limit: LIMIT });
    for process in &processes {
        process.terminate().unwrap();
    }
    for process in &processes {
        assert_eq!(failure(process).await.exit_code, -15);
    }
    assert_eq!(
        Process::spawn(|| 1u8, ())
            .unwrap()
            .join_async()
            .await
            .unwrap(),
        1
    );
}

/// If something cannot be started as a whole, the part that was started is ended.
#[test]
async fn a_pool_that_cannot_start_all_its_workers_leaves_none() {
    setup();
    fn program() {
        let limit = Error::BlockingIOError { limit: LIMIT };
        assert_eq!(Pool::new(LIMIT).map(drop), Err(limit.clone()));
        // All places except that of this process are free again.
        let pool = Pool::new(LIMIT - 1).unwrap();
        assert_eq!(
            pool.map(|x: u32| x + 1, 0..9).unwrap(),
            (1..10).collect::<Vec<_>>()
        );
        drop(pool);
    }
    let process = Process::spawn(program, ()).unwrap();
    process.join_async().await.unwrap();
    let refused = Pool::new(LIMIT + 1).map(drop);
    assert_eq!(refused, Err(Error::BlockingIOError { limit: LIMIT }));
    // The page may not wait for their end, but they end soon.
    wait_until_no_process_is_left().await;
}

#[cfg(feature = "threads")]
#[test]
async fn a_rayon_pool_that_cannot_start_all_its_threads_leaves_none() {
    setup();
    fn program() {
        let limit = Error::BlockingIOError { limit: LIMIT };
        assert_eq!(rayon_pool(LIMIT).map(drop), Err(limit));
        // All places except that of this process are free again.
        let pool = rayon_pool(LIMIT - 1).unwrap();
        assert_eq!(pool.install(|| 2 + 2), 4);
    }
    let process = Process::spawn(program, ()).unwrap();
    process.join_async().await.unwrap();
    wait_until_no_process_is_left().await;
}

/// An executor goes on with fewer workers. If none is alive and none can be started, each
/// call fails with an error that says so.
#[test]
async fn executors_within_executors_end_in_typed_errors_at_the_limit() {
    setup();
    fn inner(_: u32) -> Result<u32, String> {
        let executor = ProcessPoolExecutor::new(LIMIT).unwrap();
        let calls: Vec<_> = (0..LIMIT)
            .map(|x| executor.submit(|x: u32| x, x).unwrap())
            .collect();
        let results: Result<Vec<u32>, Error> = calls.iter().map(Future::result).collect();
        let results = results.map_err(|error| error.to_string())?;
        Ok(results.into_iter().sum())
    }
    fn program() -> Vec<Result<u32, String>> {
        let executor = ProcessPoolExecutor::new(LIMIT).unwrap();
        let results = executor.map(inner, 0..2 * LIMIT).unwrap();
        results.map(Result::unwrap).collect()
    }
    let results = run(program).await.unwrap();
    assert_eq!(results.len() as u32, 2 * LIMIT);
    for result in results {
        match result {
            Ok(sum) => assert_eq!(sum, (0..LIMIT).sum::<u32>()),
            Err(text) => assert!(
                text.starts_with("no more than 6 processes may live"),
                "{text}"
            ),
        }
    }
    wait_until_no_process_is_left().await;
}

#[test]
async fn arguments_larger_than_the_arena_are_a_memory_error() {
    setup();
    let bytes = vec![1u8; 9 << 20];
    let Err(error) = Process::spawn(|bytes: Vec<u8>| bytes.len(), bytes) else {
        panic!("the arena's maximum is 8 MiB")
    };
    assert!(
        matches!(error, Error::MemoryError { bytes, limit } if bytes > 9 << 20 && limit == 8 << 20)
    );
    assert_eq!(
        Process::spawn(|| 1u8, ())
            .unwrap()
            .join_async()
            .await
            .unwrap(),
        1
    );
}

#[test]
async fn settings_out_of_range_and_too_late_are_refused() {
    setup();
    Process::spawn(|| (), ())
        .unwrap()
        .join_async()
        .await
        .unwrap();
    let Err(Error::ValueError(text)) = configure(Settings::default()) else {
        panic!("too late")
    };
    assert!(text.contains("before"), "{text}");
}

//! The limit of living processes, and settings that are refused.
#![cfg(target_arch = "wasm32")]

mod common;

use common::*;
use manyhands::*;
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

/// Starts processes that start processes, endlessly.
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
        text.starts_with("6 processes live already, which is the limit"),
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

#[test]
async fn arguments_larger_than_the_arena_are_a_memory_error() {
    setup();
    let bytes = vec![1u8; 9 << 20];
    let Err(error) = Process::spawn(|bytes: Vec<u8>| bytes.len(), bytes) else {
        panic!("the arena's maximum is 8 MiB")
    };
    assert!(matches!(error, Error::MemoryError { bytes } if bytes > 9 << 20));
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

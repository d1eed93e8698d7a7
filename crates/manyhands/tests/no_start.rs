//! Workers that start but never report it: the start time-out.
#![cfg(target_arch = "wasm32")]

mod common;

use common::*;
use manyhands::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[test]
async fn a_worker_that_stays_silent_times_out() {
    // Invalid settings are refused before the first process starts.
    for settings in [
        Settings {
            max_processes: 0,
            ..Settings::default()
        },
        Settings {
            max_processes: 5000,
            ..Settings::default()
        },
        Settings {
            arena_initial_bytes: 10,
            ..Settings::default()
        },
        Settings {
            arena_max_bytes: u32::MAX,
            ..Settings::default()
        },
        Settings {
            start_timeout_ms: 0,
            ..Settings::default()
        },
        Settings {
            look_us: 5,
            ..Settings::default()
        },
    ] {
        assert!(matches!(configure(settings), Err(Error::ValueError(_))));
    }
    // An empty script starts, but never reports it.
    let empty = "URL.createObjectURL(new Blob([''], { type: 'text/javascript' }))";
    let glue_url = js_sys::eval(empty).unwrap().as_string();
    configure(Settings {
        glue_url,
        start_timeout_ms: 200,
        ..Settings::default()
    })
    .unwrap();
    let process = Process::spawn(|| (), ()).unwrap();
    let error = failure(&process).await;
    assert_eq!((error.exit_code, error.reason), (1, Reason::StartTimedOut));
}

//! Workers whose script cannot be loaded.
#![cfg(target_arch = "wasm32")]

mod common;

use common::*;
use manyhands::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Has an effect only in the first test: the settings cannot change after the first
/// process.
fn without_a_script() {
    let _ = configure(Settings {
        glue_url: Some("./there-is-no-such-file.js".to_owned()),
        ..Settings::default()
    });
}

#[test]
async fn a_worker_that_cannot_be_loaded_is_a_typed_error() {
    without_a_script();
    let process = Process::spawn(|| (), ()).unwrap();
    let error = failure(&process).await;
    assert_eq!((error.exit_code, error.reason), (1, Reason::LoadFailed));
    assert!(
        error.to_string().contains("could not be started"),
        "{error}"
    );
}

/// The call does not wait for workers that will never start.
#[test]
async fn prewarm_says_so_too() {
    without_a_script();
    let error = prewarm(2).await.unwrap_err();
    assert!(
        matches!(&error, Error::OSError(text) if text.contains("could not be loaded")),
        "{error}"
    );
}

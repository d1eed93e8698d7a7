//! Workers whose script cannot be loaded.
#![cfg(target_arch = "wasm32")]

mod common;

use common::*;
use manyhands::*;
use wasm_bindgen_test::wasm_bindgen_test as test;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[test]
async fn a_worker_that_cannot_be_loaded_is_a_typed_error() {
    let glue_url = Some("./there-is-no-such-file.js".to_owned());
    configure(Settings {
        glue_url,
        ..Settings::default()
    })
    .unwrap();
    let process = Process::spawn(|| (), ()).unwrap();
    let error = failure(&process).await;
    assert_eq!((error.exit_code, error.reason), (1, Reason::LoadFailed));
    assert!(
        error.to_string().contains("could not be started"),
        "{error}"
    );
}

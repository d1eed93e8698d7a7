//! A process started by a crate that knows nothing of this repository's flags.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn squares_in_a_process() {
    assert_eq!(outside::squared_elsewhere(12).await, Ok((144, Some(0))));
}

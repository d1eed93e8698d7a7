//! Runs every experiment with a tiny plan in a browser: checks the structure of the report, its
//! digests, and that no process is left running. No test depends on how fast anything was.
#![cfg(target_arch = "wasm32")]

mod measured;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

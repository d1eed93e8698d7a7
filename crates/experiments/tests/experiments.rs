//! Every experiment with a tiny plan: the report's structure, its digests, and
//! that nothing is left behind. Never how fast anything was.
#![cfg(target_arch = "wasm32")]

mod measured;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

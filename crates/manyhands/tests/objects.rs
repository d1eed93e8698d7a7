//! What processes share, on the port that the browser offers.
#![cfg(target_arch = "wasm32")]

mod common;
mod sharing;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

fn setup() {
    common::with(sharing::small());
}

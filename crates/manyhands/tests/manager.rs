//! Managers, on the port that the browser offers.
#![cfg(target_arch = "wasm32")]

mod common;
mod managed;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

fn setup() {}

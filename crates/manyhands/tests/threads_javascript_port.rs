//! Threads on the JavaScript port, forced: the same rules.
#![cfg(target_arch = "wasm32")]

mod common;
mod threading;

use manyhands::Settings;
use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

fn setup() {
    common::with(Settings {
        force_javascript_port: true,
        ..Settings::default()
    });
}

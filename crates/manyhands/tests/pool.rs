//! Pools, on the port that the browser offers.
#![cfg(target_arch = "wasm32")]

mod common;
mod composites;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

fn setup() {
    common::with(manyhands::Settings {
        trace_level: manyhands::trace::Level::Everything,
        ..manyhands::Settings::default()
    });
}

//! Threads on the JavaScript port, forced: the same rules.
#![cfg(target_arch = "wasm32")]

mod common;
mod threading;

use manyhands::{DispatcherPlace, Settings};
use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

/// And the dispatcher on the page, so that this is tried, too.
fn setup() {
    common::with(Settings {
        force_javascript_port: true,
        dispatcher: DispatcherPlace::Page,
        ..Settings::default()
    });
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn the_forced_port_is_used() {
    setup();
    common::runs_on(manyhands::Port::JavaScript).await;
}

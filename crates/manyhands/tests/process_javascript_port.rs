//! `Process` on the JavaScript port, forced: the same rules.
#![cfg(target_arch = "wasm32")]

mod common;
mod rules;

use manyhands::Settings;
use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

fn setup() {
    common::with(Settings {
        force_javascript_port: true,
        ..Settings::default()
    });
}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn the_forced_port_is_used() {
    setup();
    manyhands::Process::spawn(|| (), ())
        .unwrap()
        .join_async()
        .await
        .unwrap();
    assert_eq!(
        manyhands::diagnostics().arena_port,
        Some(manyhands::Port::JavaScript)
    );
}

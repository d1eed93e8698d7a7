//! `Process` on the port that the browser offers, driven from the page.
#![cfg(target_arch = "wasm32")]

mod common;
mod rules;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);

fn setup() {}

#[wasm_bindgen_test::wasm_bindgen_test]
async fn multi_memory_is_used_where_it_is_offered() {
    manyhands::Process::spawn(|| (), ())
        .unwrap()
        .join_async()
        .await
        .unwrap();
    // Both browsers under test have it.
    assert_eq!(
        manyhands::diagnostics().arena_port,
        Some(manyhands::Port::TwoMemory)
    );
}

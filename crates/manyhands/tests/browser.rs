//! The tests of the library in a browser that need no settings of their own. They are one
//! module, which is compiled and linked once.
//!
//! `script/test` runs it twice: with the default port, and in a browser whose user agent
//! requests the JavaScript port (see `common::setup`). The same rules hold for both.
#![cfg(target_arch = "wasm32")]

mod common;
mod composites;
mod managed;
mod rules;
mod sharing;
#[cfg(feature = "threads")]
mod threading;

use common::setup;
use manyhands::Port;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// Both browsers that are tested support multi-memory.
#[wasm_bindgen_test]
async fn two_memories_are_used_where_they_are_offered() {
    setup();
    common::runs_on(Port::TwoMemory).await;
}

#[wasm_bindgen_test]
#[ignore = "only in a browser that asks for it"]
async fn the_javascript_port_is_used_where_it_is_asked_for() {
    setup();
    common::runs_on(Port::JavaScript).await;
}

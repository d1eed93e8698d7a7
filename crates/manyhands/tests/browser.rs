//! The library, driven from a page: what needs no settings of its own, in one
//! module, which is compiled and linked once.
//!
//! `script/test` runs it twice: as it is, and in a browser whose name says that
//! the JavaScript port is to be used (see `common::setup`). Both times the same
//! rules hold.
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

/// Both browsers under test have what the faster port needs.
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

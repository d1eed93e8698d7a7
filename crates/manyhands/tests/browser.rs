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

#[wasm_bindgen_test]
async fn the_port_is_the_one_asked_for() {
    setup();
    // Both browsers under test have what the faster port needs.
    common::runs_on(match common::javascript_port_asked_for() {
        true => Port::JavaScript,
        false => Port::TwoMemory,
    })
    .await;
}

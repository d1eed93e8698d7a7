//! What tests and benchmarks share: a static file server, a driven browser, and
//! what must hold for the files that leave the page.
//!
//! Native only; nothing that ships may depend on this crate. `server` uses the
//! standard library alone, so that `script/serve` compiles it without crates.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, reason = "used by this repository's tests alone")]

pub mod browser;
pub mod chrome_trace;
pub mod report_schema;
pub mod server;

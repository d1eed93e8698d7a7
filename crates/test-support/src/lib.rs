//! What tests and benchmarks share, in reading order:
//! - `server`: a static file server. It uses only the standard library, so that
//!   `script/serve` can compile it without any other crate;
//! - `browser`: a real browser, driven over WebDriver;
//! - `chrome_trace` and `report_schema`: checks for the files that the page exports.
//!
//! Native only. This crate must not import the library, the experiments or the page, and
//! nothing that ships may depend on it.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, reason = "used by this repository's tests alone")]

pub mod browser;
pub mod chrome_trace;
pub mod report_schema;
pub mod server;

//! Reports: their findings, writing them as JSON and CSV, and reading them.
#![cfg(not(target_arch = "wasm32"))]

mod reported;

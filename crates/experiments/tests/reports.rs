//! Reports: what recordings say, what leaves as JSON and CSV, and what is read
//! from anywhere.
#![cfg(not(target_arch = "wasm32"))]

mod reported;

//! What `script/bench` runs: serves the benchmark program, drives a browser
//! through every group of figures, and prints what the samples come to.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../../tests/support/browser.rs"]
mod browser;
#[cfg(not(target_arch = "wasm32"))]
mod drive;
#[cfg(not(target_arch = "wasm32"))]
mod figures;
#[cfg(not(target_arch = "wasm32"))]
mod groups;
#[cfg(not(target_arch = "wasm32"))]
mod machine;
#[cfg(not(target_arch = "wasm32"))]
mod options;
#[cfg(not(target_arch = "wasm32"))]
mod python;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../../tests/support/server.rs"]
#[allow(dead_code, reason = "the end-to-end test uses the rest")]
mod server;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    let outcome = options::read(std::env::args().skip(1)).and_then(drive::all);
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("error: {sentence}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(target_arch = "wasm32")]
fn main() {}

//! What `script/record` runs: drives a browser through every experiment of the
//! built page and keeps the reports, with what CPython shows of the same claims
//! on the same machine.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../../tests/support/browser.rs"]
mod browser;
#[cfg(not(target_arch = "wasm32"))]
mod claims;
#[cfg(not(target_arch = "wasm32"))]
mod machine;
#[cfg(not(target_arch = "wasm32"))]
mod options;
#[cfg(not(target_arch = "wasm32"))]
mod page;
#[cfg(not(target_arch = "wasm32"))]
mod plans;
#[cfg(not(target_arch = "wasm32"))]
mod python;
#[cfg(not(target_arch = "wasm32"))]
mod record;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../../tests/support/server.rs"]
#[allow(dead_code, reason = "the end-to-end test uses the rest")]
mod server;
#[cfg(not(target_arch = "wasm32"))]
mod stored;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    let outcome = options::read(std::env::args().skip(1)).and_then(|options| match options.task {
        options::Task::Record(_) => record::all(&options),
        options::Task::Claims => claims::table(&options.folder).map(|table| print!("{table}")),
    });
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

//! The program of `script/bench`: serves the benchmark page, drives a browser through every
//! group of figures, and prints the figures.
// Native only: it is empty when it is compiled for the browser.
#![cfg_attr(target_arch = "wasm32", no_main)]
#![cfg(not(target_arch = "wasm32"))]

mod against;
mod drive;
mod figures;
mod groups;
mod machine;
mod options;
mod python;

fn main() -> std::process::ExitCode {
    let read = options::read(std::env::args().skip(1));
    let outcome = read.and_then(|mut options| match options.against.take() {
        Some(other) => against::compare(options, other),
        None => drive::all(options),
    });
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("error: {sentence}");
            std::process::ExitCode::FAILURE
        }
    }
}

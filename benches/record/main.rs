//! What `script/record` runs: drives a browser through every experiment of the
//! built page and keeps the reports, with what CPython shows of the same claims
//! on the same machine.
// It is nothing in a browser, which has no such `main`.
#![cfg_attr(target_arch = "wasm32", no_main)]
#![cfg(not(target_arch = "wasm32"))]

mod claims;
mod machine;
mod options;
mod page;
mod plans;
mod python;
mod record;
mod stored;

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

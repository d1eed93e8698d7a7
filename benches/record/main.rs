//! The program of `script/record`: drives a browser through every experiment of the built
//! page, and stores the reports and CPython's results for the same claims on the same
//! machine.
// Native only: it is empty when it is compiled for the browser.
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

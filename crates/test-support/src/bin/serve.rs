//! Serves the built site on this machine, as `script/serve` does:
//!
//! ```text
//! serve [--port N] [--dir dist] [--prefix /some/path/] [--no-isolation]
//! ```
//!
//! Prints the address when the page is available there, and serves until it is stopped
//! with Ctrl-C.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::ExitCode;

#[path = "../server.rs"]
#[allow(dead_code, reason = "the end-to-end test uses the rest")]
mod server;

use server::{Options, Server};

const USAGE: &str = "usage: serve [--port N] [--dir dist] [--prefix /some/path/] [--no-isolation]";

fn main() -> ExitCode {
    match options(std::env::args().skip(1)).and_then(serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("error: {sentence}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options::new("dist");
    options.port = 8080;
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let missing = || format!("{argument} needs a value\n{USAGE}");
            arguments.next().ok_or_else(missing)
        };
        match argument.as_str() {
            "--port" => {
                let port = value()?;
                let wrong = |_| format!("'{port}' is not a port (a number from 0 to 65535)");
                options.port = port.parse().map_err(wrong)?;
            }
            "--dir" => options.root = value()?.into(),
            "--prefix" => options.prefix = value()?,
            "--no-isolation" => options.isolation = false,
            _ => return Err(format!("'{argument}' is not an option\n{USAGE}")),
        }
    }
    Ok(options)
}

fn serve(options: Options) -> Result<(), String> {
    let server = Server::start(options).map_err(|error| error.to_string())?;
    let url = server.url();
    let status = first_answer(&url).map_err(|error| format!("{url} does not answer: {error}"))?;
    if !status.contains(" 200 ") {
        return Err("the folder has no index.html: build the site first (script/build)".into());
    }
    println!("{url}");
    server.wait();
    Ok(())
}

/// Requests the first page as a browser does, and returns the status line.
fn first_answer(url: &str) -> std::io::Result<String> {
    let address = url.trim_start_matches("http://");
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let mut stream = TcpStream::connect(host)?;
    write!(
        stream,
        "HEAD /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}

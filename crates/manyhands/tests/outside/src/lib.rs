//! A small crate that uses the library from outside of this repository.

use manyhands::{Error, Process};

fn square(n: u32) -> u32 {
    n * n
}

/// Squares a number in a process of its own; also returns its exit code.
pub async fn squared_elsewhere(n: u32) -> Result<(u32, Option<i32>), Error> {
    let process = Process::spawn(square, n)?;
    Ok((process.join_async().await?, process.exit_code()?))
}

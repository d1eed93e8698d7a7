// The error is a value that the caller has to look at, in a pool as well: here nobody waits
// for ever for a worker that is gone.
use manyhands::{Error, ProcessPoolExecutor, current_process, kill, println};

fn work(number: u64) -> u64 {
    let _ = kill(current_process().pid); // ends this process at once
    number * number
}

pub fn main() -> Result<(), Error> {
    let executor = ProcessPoolExecutor::new(2)?;
    let future = executor.submit(work, 3)?;
    match future.result() {
        Ok(square) => println!("the result is {square}"),
        Err(error) => println!("no result: {error}"),
    }
    Ok(())
}

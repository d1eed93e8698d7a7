// A pool ends its workers when it is dropped, at the end of its block. The result says so at
// once, also without a time-out.
use manyhands::{Error, Pool, println, sleep};
use std::time::Duration;

fn work(number: u64) -> u64 {
    let _ = sleep(Duration::from_millis(500));
    number * number
}

pub fn main() -> Result<(), Error> {
    let result = {
        let pool = Pool::new(2)?;
        pool.apply_async(work, 7)?
    };
    match result.get() {
        Ok(square) => println!("the result is {square:?}"),
        Err(error) => println!("no result: {error}"),
    }
    Ok(())
}

// A panic is Rust's exception that nobody expects. It travels back in the future as an error.
use manyhands::{Error, ProcessPoolExecutor, println};

fn root(number: i64) -> i64 {
    assert!(number >= 0, "isqrt() argument must be nonnegative");
    number.isqrt()
}

pub fn main() -> Result<(), Error> {
    let mut raised_by = "nothing";
    let executor = ProcessPoolExecutor::new(2)?;
    let mut futures = Vec::new();
    for number in [16, 9, -4] {
        match executor.submit(root, number) {
            Ok(future) => futures.push(future),
            Err(_) => raised_by = "submit",
        }
    }
    for future in futures {
        match future.result() {
            Ok(root) => println!("a root: {root}"),
            Err(error) => {
                raised_by = "result";
                println!("an error: {error}");
            }
        }
    }
    println!("raised by: {raised_by}");
    Ok(())
}

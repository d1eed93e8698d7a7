// Rust computes faster, so a task must be larger still before its journey pays.
use manyhands::{Error, Instant, Pool, println};

const STEPS: u64 = 1;

fn task(number: u64) -> u64 {
    (number..number + STEPS).map(|step| step % 7).sum()
}

fn timed(name: &str, run: impl FnOnce() -> Result<Vec<u64>, Error>) -> Result<u64, Error> {
    let began = Instant::now();
    let result = run()?;
    println!("{name}: {:.4} s", began.elapsed().as_secs_f64());
    Ok(result.iter().sum())
}

pub fn main() -> Result<(), Error> {
    let single = Pool::new(2)?.chunk_size(1)?;
    let chunks = single.chunk_size(50)?; // the same workers
    single.map(|x: u32| x, 0..2)?; // the workers are there now
    let results = [
        timed("without a pool", || Ok((0..400).map(task).collect()))?,
        timed("one by one", || single.map(task, 0..400))?,
        timed("in chunks", || chunks.map(task, 0..400))?,
    ];
    println!("the same results: {}", results[0] == results[1] && results[1] == results[2]);
    Ok(())
}

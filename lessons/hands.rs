use manyhands::{Error, Instant, Pool, println};

const WORKERS: u32 = 2;
const STEPS: u64 = 2_000_000;

fn task(number: u64) -> u64 {
    (0..STEPS).map(|step| step * number % 7).sum()
}

pub fn main() -> Result<(), Error> {
    let began = Instant::now();
    let alone: Vec<u64> = (0..8).map(task).collect();
    let one = began.elapsed();

    let pool = Pool::new(WORKERS)?.chunk_size(1)?;
    pool.map(|x: u32| x, 0..WORKERS)?; // the workers are there now
    let began = Instant::now();
    let together = pool.map(task, 0..8)?;
    let several = began.elapsed();

    println!("the same results: {}", alone == together);
    println!("one process: {:.3} s", one.as_secs_f64());
    println!("several processes: {:.3} s", several.as_secs_f64());
    Ok(())
}

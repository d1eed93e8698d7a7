use manyhands::{Error, Instant, Pool, cpu_count, println};

const TASKS: u64 = 8;
const STEPS: u64 = 1_000_000;

fn task(number: u64) -> u64 {
    (0..STEPS).map(|step| step * number % 11).sum()
}

pub fn main() -> Result<(), Error> {
    println!("logical cores: {}", cpu_count());
    for workers in [1, 2, 4] {
        let pool = Pool::new(workers)?.chunk_size(1)?;
        pool.map(|x: u32| x, 0..workers)?; // the workers are there now
        let began = Instant::now();
        pool.map(task, 0..TASKS)?;
        let seconds = began.elapsed().as_secs_f64();
        let plural = if workers == 1 { "" } else { "s" };
        println!("{workers} worker{plural}: {seconds:.3} s");
    }
    Ok(())
}

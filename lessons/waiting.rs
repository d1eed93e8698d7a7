// Rust has no GIL. Four processes that wait need no more cores than one. (Threads, too, can
// wait side by side: `manyhands::Thread`, with the feature `threads`.)
use manyhands::{Error, Instant, Process, println, sleep};
use std::time::Duration;

fn task() -> Result<(), Error> {
    sleep(Duration::from_millis(500))
}

pub fn main() -> Result<(), Error> {
    let began = Instant::now();
    for _ in 0..4 {
        task()?;
    }
    let one = began.elapsed().as_secs_f64();
    println!("one after the other: {one:.2} s");

    let began = Instant::now();
    let mut processes = Vec::new();
    for _ in 0..4 {
        processes.push(Process::spawn(task, ())?);
    }
    for process in processes {
        process.join()??;
    }
    let together = began.elapsed().as_secs_f64();
    println!("at the same time: {together:.2} s");
    println!("together it is: {}", if together < one { "faster" } else { "slower" });
    Ok(())
}

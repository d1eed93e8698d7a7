use manyhands::{Error, Process, Queue, println, sleep};
use std::time::Duration;

fn produce(queue: Queue<char>) -> Result<(), Error> {
    sleep(Duration::from_millis(300))?; // stands for some work
    for item in ['a', 'b', 'c'] {
        queue.put(&item)?;
    }
    Ok(())
}

pub fn main() -> Result<(), Error> {
    let queue = Queue::new(0)?;
    let child = Process::spawn(produce, queue.clone())?;
    let mut items = Vec::new();
    while !queue.is_empty() {
        items.push(queue.get()?);
    }
    println!("items taken: {}", items.len());
    child.join()?
}

// Here this is no mistake: `put` returns when the item is in shared memory, which has room
// for it, and no thread of the child has to stay to write it into a pipe.
use manyhands::{Error, Process, Queue, println};

fn produce(queue: Queue<String>) -> Result<(), Error> {
    queue.put(&"x".repeat(10_000_000))?;
    println!("the child has put everything");
    Ok(())
}

pub fn main() -> Result<(), Error> {
    let queue = Queue::new(0)?;
    let child = Process::spawn(produce, queue.clone())?;
    child.join()??;
    println!("the parent got {} bytes", queue.get()?.len());
    Ok(())
}

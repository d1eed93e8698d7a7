use manyhands::{Error, Process, Queue, current_process, println};

const PRODUCERS: u32 = 3;
const ITEMS: u32 = 4;

fn produce(queue: Queue<Option<String>>) -> Result<(), Error> {
    for number in 0..ITEMS {
        let name = current_process().name;
        queue.put(&Some(format!("{name} number {number}")))?;
    }
    queue.put(&None)
}

pub fn main() -> Result<(), Error> {
    let queue = Queue::new(0)?;
    let mut producers = Vec::new();
    for _ in 0..PRODUCERS {
        producers.push(Process::spawn(produce, queue.clone())?);
    }
    let (mut calls, mut finished) = (0, 0);
    while finished < PRODUCERS {
        calls += 1;
        match queue.get()? {
            Some(item) => println!("{item}"),
            None => finished += 1,
        }
    }
    for producer in producers {
        producer.join()??;
    }
    println!("items: {}", calls - finished);
    println!("calls of get: {calls}");
    Ok(())
}

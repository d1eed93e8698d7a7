// The sentinel has a type: a queue of `Option` has room for "no more". But the compiler
// cannot count the takers, so this program is stuck as well.
use manyhands::{Error, Process, Queue, println};

const SENTINELS: u32 = 1;

fn consume(queue: Queue<Option<String>>) -> Result<(), Error> {
    while let Some(word) = queue.get()? {
        println!("took {word}");
    }
    Ok(())
}

pub fn main() -> Result<(), Error> {
    let queue = Queue::new(0)?;
    let consumers = [
        Process::spawn(consume, queue.clone())?,
        Process::spawn(consume, queue.clone())?,
    ];
    for word in "many hands make light work today".split(' ') {
        queue.put(&Some(word.to_owned()))?;
    }
    for _ in 0..SENTINELS {
        queue.put(&None)?;
    }
    for consumer in consumers {
        consumer.join()??;
    }
    println!("all consumers have ended");
    Ok(())
}

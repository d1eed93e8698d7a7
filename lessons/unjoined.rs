// A child's result comes from `join`, so in Rust one would rather return the number than
// share it: then there is no total before the children have ended. With a shared number the
// mistake is the same as in Python.
use manyhands::{Error, Process, Value, println, sleep};
use std::time::Duration;

fn add(total: Value<i32>) -> Result<(), Error> {
    sleep(Duration::from_millis(300))?; // stands for some work
    *total.lock()? += 10;
    Ok(())
}

pub fn main() -> Result<(), Error> {
    let total = Value::new(0)?;
    let mut children = Vec::new();
    for _ in 0..3 {
        children.push(Process::spawn(add, total.clone())?);
    }
    println!("the total is: {}", total.get()?); // too early
    for child in children {
        child.join()??;
    }
    println!("after join it is {}", total.get()?);
    Ok(())
}

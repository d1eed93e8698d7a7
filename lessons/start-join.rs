// `spawn` makes the process and starts it. As in Python, a program ends only when its
// children have ended.
use manyhands::{Error, Process, println, sleep};
use std::time::Duration;

fn hello() -> Result<(), Error> {
    sleep(Duration::from_millis(300))?; // stands for some work
    println!("the child has done its work");
    Ok(())
}

pub fn main() -> Result<(), Error> {
    let child = Process::spawn(hello, ())?;
    println!("the child was started");
    if child.is_alive()? {
        println!("it is still at work");
    }
    println!("this is the parent's last line");
    Ok(())
}

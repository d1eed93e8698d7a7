// A child is told which function to call, and calls only this. It does not come to the lines
// that start it, so a program that is run by `manyhands::run` needs no guard. (The `main` of
// the module itself does run again in every process: there `is_main()` is the guard.)
use manyhands::{Error, Process, println};

fn work() {
    println!("the child does its work");
}

pub fn main() -> Result<(), Error> {
    let child = Process::spawn(work, ())?;
    child.join()?;
    println!("exit code of the child: {}", child.exit_code()?.unwrap_or(-1));
    Ok(())
}

// A guard releases its lock at the end of its scope. That does not prevent a deadlock:
// the order of the locks is not a matter of types, and the compiler accepts this.
use manyhands::{Barrier, Error, Lock, Process, println};

fn cook(name: String, first: Lock, second: Lock, line_up: Barrier) -> Result<(), Error> {
    let _first = first.lock()?;
    line_up.wait()?; // the other cook holds a lock as well
    let _second = second.lock()?;
    println!("{name} cuts the onions");
    Ok(())
}

pub fn main() -> Result<(), Error> {
    let (knife, board, line_up) = (Lock::new()?, Lock::new()?, Barrier::new(2)?);
    let ada = ("Ada".to_owned(), knife.clone(), board.clone(), line_up.clone());
    let ben = ("Ben".to_owned(), board, knife, line_up);
    let cooks = [Process::spawn(cook, ada)?, Process::spawn(cook, ben)?];
    for process in cooks {
        process.join()??;
    }
    println!("dinner is served");
    Ok(())
}

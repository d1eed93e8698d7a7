// Each process has its own statics, even behind a `Mutex`.
use manyhands::{Error, Process, println};
use std::sync::Mutex;

static NUMBERS: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn append() -> usize {
    let mut numbers = NUMBERS.lock().unwrap();
    numbers.extend([1, 2, 3, 4]);
    numbers.len()
}

pub fn main() -> Result<(), Error> {
    NUMBERS.lock().unwrap().extend([1, 2, 3]);
    let other = Process::spawn(append, ())?;
    println!("numbers in the other's list: {}", other.join()?);
    let ours = NUMBERS.lock().unwrap().len();
    println!("numbers in the parent's list: {ours}");
    Ok(())
}

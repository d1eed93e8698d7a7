// The memory is freed when the last process lets go of it, so there is no `close` to forget.
use manyhands::{Error, Process, SharedMemory, dumps, println};

const SIZE: usize = 1_000_000;

fn change(block: SharedMemory) -> Result<(), Error> {
    block.write(0, &[7])
}

pub fn main() -> Result<(), Error> {
    let block = SharedMemory::create(None, SIZE)?;
    let child = Process::spawn(change, block.clone())?;
    child.join()??;
    let mut first = [0];
    block.read(0, &mut first)?;
    println!("bytes of a copy: {}", dumps(&vec![0_u8; SIZE])?.len());
    println!("the first byte is: {}", first[0]);
    block.unlink()
}

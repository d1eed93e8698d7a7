// `Value::add` is Python's `count.value += 1`: it reads, adds and writes back. An update
// that is never lost has another name, `fetch_add`.
use manyhands::{Array, Barrier, Error, Process, Value, println};

const ROUNDS: u32 = 50;
const TIMES: u32 = 20_000;

fn add(
    place: usize,
    count: Value<u32>,
    own: Array<u32>,
    line_up: Barrier,
) -> Result<u32, Error> {
    for round in 1..=ROUNDS {
        line_up.wait()?; // both begin at the same time
        for _ in 0..TIMES {
            count.add(1)?;
            own.add(place, 1)?;
        }
        line_up.wait()?; // both have ended
        if count.get()? != own.to_vec()?.iter().sum::<u32>() {
            return Ok(round);
        }
    }
    Ok(ROUNDS)
}

pub fn main() -> Result<(), Error> {
    let (count, own, line_up) = (Value::new(0)?, Array::new(2)?, Barrier::new(2)?);
    let start = |place| Process::spawn(add, (place, count.clone(), own.clone(), line_up.clone()));
    let adders = [start(0_usize)?, start(1)?];
    let [one, _] = adders.map(|adder| adder.join());
    println!("added: {}", own.to_vec()?.iter().sum::<u32>());
    println!("counted: {}", count.get()?);
    println!("rounds: {}", one??);
    Ok(())
}

// A closure without captures is sent as the number of its code, so this works. One that
// captures does not compile, because what it captures would stay in this process:
//
//     let base = 10;
//     pool.map(move |number: u64| base * number, 0..5)?;
//     error: a target may not capture anything […] bind it with manyhands::partial
//
// `partial` sends the value along.
use manyhands::{Error, Pool, partial, println};

pub fn main() -> Result<(), Error> {
    let pool = Pool::new(2)?;
    println!("{:?}", pool.map(|number: u64| number * number, 0..5)?);
    let base = 10_u64;
    let times = partial(|base: u64, number: u64| base * number, base);
    println!("{:?}", pool.map(times, 0..5)?);
    Ok(())
}

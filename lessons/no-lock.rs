// Rust's promise "no data races" ends at the memory of one process: a `Value` can be read by
// one seller and changed by another in between, and the compiler accepts that.
use manyhands::{Error, Pool, Value, partial, println, sleep};
use std::time::Duration;

const SELLERS: u32 = 4;
const TICKETS: i32 = 2;

fn sell(tickets: Value<i32>, seller: u32) -> Result<Option<u32>, Error> {
    if tickets.get()? <= 0 {
        return Ok(None);
    }
    sleep(Duration::from_millis(50))?; // the customer looks for coins
    tickets.fetch_add(-1);
    Ok(Some(seller))
}

pub fn main() -> Result<(), Error> {
    let tickets = Value::new(0)?;
    let pool = Pool::new(SELLERS)?.chunk_size(1)?;
    for sale in 1..=10 {
        tickets.set(TICKETS)?;
        let sold = pool.try_map(partial(sell, tickets.clone()), 0..SELLERS)?;
        let sold = sold.iter().flatten().count();
        if sold != TICKETS as usize || sale == 10 {
            println!("sale: {sale}");
            println!("tickets: {TICKETS}");
            println!("sold: {sold}");
            break;
        }
    }
    Ok(())
}

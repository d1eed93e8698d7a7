// `map` and `starmap` are one here, since a tuple fills several parameters. What ends in
// `_async` can be awaited, and `get` waits for it as in Python.
use manyhands::{Error, Pool, println, sleep};
use std::time::Duration;

fn wait(tenths: u64) -> u64 {
    let _ = sleep(Duration::from_millis(100 * tenths));
    tenths
}

pub fn main() -> Result<(), Error> {
    let tasks = [3, 2, 1];
    let pool = Pool::new(3)?.chunk_size(1)?;
    let one_by_one = tasks.map(|tenths| pool.apply(wait, tenths));
    let results = [
        ("apply", one_by_one.into_iter().collect::<Result<Vec<_>, _>>()?),
        ("map", pool.map(wait, tasks)?),
        ("map_async", pool.map_async(wait, tasks)?.get()?),
        ("imap", pool.imap(wait, tasks)?.collect::<Result<_, _>>()?),
        ("imap_unordered", pool.imap_unordered(wait, tasks)?.collect::<Result<_, _>>()?),
    ];
    for (name, result) in &results {
        println!("{name} {result:?}");
    }
    let others = results.iter().filter(|(_, result)| *result != tasks);
    let others: Vec<_> = others.map(|(name, _)| *name).collect();
    println!("in another order: {}", others.join(", "));
    Ok(())
}

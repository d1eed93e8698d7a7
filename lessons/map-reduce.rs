// A pool has both steps in one call, `map_reduce`. Here the parts are counted as well.
use manyhands::{Error, Pool, println};
use std::collections::BTreeMap;

const PARTS: usize = 4;
const POEM: &str = "the day is short the work is long\nthe worker sleeps the hand is slow\n\
    one hand will sing one simple song\nand many hands will make it grow\n\
    the wage is high the master calls\nno one must end what they began\n\
    and no one leaves until it falls\nso lend a hand if hand you can";

type Counter = BTreeMap<String, u32>;

fn count(lines: Vec<String>) -> Counter {
    let mut counter = Counter::new();
    for word in lines.iter().flat_map(|line| line.split(' ')) {
        *counter.entry(word.to_owned()).or_default() += 1;
    }
    counter
}

pub fn main() -> Result<(), Error> {
    let lines: Vec<String> = POEM.lines().map(str::to_owned).collect();
    let parts = lines.chunks(lines.len() / PARTS).map(<[String]>::to_vec);
    let counters = Pool::new(2)?.map(count, parts)?;
    println!("counters added: {}", counters.len());
    let mut total = Counter::new();
    for (word, count) in counters.into_iter().flatten() {
        *total.entry(word).or_default() += count;
    }
    println!("words: {}", total.values().sum::<u32>());
    let most = total.iter().max_by_key(|(_, count)| **count);
    println!("most common: {}", most.map_or("", |(word, _)| word));
    Ok(())
}

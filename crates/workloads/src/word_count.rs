//! Word count, the classic example of map-reduce: *map* counts the words of a page,
//! *shuffle* sends each word to its reducer, *reduce* adds the counts.
//!
//! In Python: `sum(pool.map(lambda page: Counter(page.split()), pages), Counter())`.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Inputs, Task},
    digits::grouped,
    random::mix,
};
use std::{collections::BTreeMap, ops::Range};

pub use super::corpus::{Corpus, PAGE};

pub(super) struct WordCount;

impl Definition for WordCount {
    fn about(&self) -> &'static About {
        &About {
            name: "word-count",
            title: "Word count",
            description: "Counts how often each word occurs in a corpus, by map and reduce: what a chunk gives back is a table, not a number.",
            unit: "pages",
            item: "a page of 250 words",
            bound: Bound::Cpu,
            seeded: true,
            sizes: (1, 10_000_000),
            presets: [2_000, 20_000, 80_000],
        }
    }

    fn prepare(&self, _: u64, seed: u64, host: &mut dyn Host) -> Inputs {
        host.checkpoint();
        Inputs::Corpus(Corpus::new(seed))
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        let Inputs::Corpus(corpus) = task.inputs else {
            return tally;
        };
        for item in items {
            host.checkpoint();
            let page = corpus.page(item);
            let mut words = 0;
            for (word, count) in map(&page) {
                tally.add_row(word, &[count]);
                words += count;
            }
            tally.add(item, words.into(), 0);
        }
        tally
    }

    fn answer(&self, _: u64, tally: &Tally) -> String {
        let rows = tally.table().iter();
        let count = |row: &(&String, &Vec<u64>)| row.1.first().copied().unwrap_or(0);
        match rows.max_by_key(count) {
            Some(row) => format!(
                "{} words, {} different ones; the most frequent is '{}', {} times",
                grouped(tally.value()),
                grouped(tally.table().len() as u128),
                row.0,
                grouped(count(&row).into())
            ),
            None => "no words".to_owned(),
        }
    }
}

/// Map: how often each word occurs in a text.
pub fn map(text: &str) -> BTreeMap<&str, u64> {
    let mut counts = BTreeMap::new();
    for word in text.split_ascii_whitespace() {
        *counts.entry(word).or_default() += 1;
    }
    counts
}

/// Shuffle: the number of the reducer that counts a word.
pub fn reducer(word: &str, reducers: u32) -> u32 {
    let hash = word
        .bytes()
        .fold(0, |hash, byte| mix(hash ^ u64::from(byte)));
    (hash % u64::from(reducers.max(1))) as u32
}

/// Reduce: adds the counts of one mapper to the counts so far.
pub fn reduce<'a>(
    into: &mut BTreeMap<String, u64>,
    counts: impl IntoIterator<Item = (&'a str, u64)>,
) {
    for (word, count) in counts {
        match into.get_mut(word) {
            Some(sum) => *sum = sum.wrapping_add(count),
            None => {
                into.insert(word.to_owned(), count);
            }
        }
    }
}

//! The corpus whose words are counted: pages of made-up words. As in a real corpus, the
//! n-th most frequent word is n times rarer than the first (Zipf's law).
//!
//! This module must not import any workload.

use super::random::Random;

/// The number of words of one page.
pub const PAGE: usize = 250;

/// The number of different words.
const VOCABULARY: u64 = 2000;

const CONSONANTS: [&str; 16] = [
    "b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr",
];

const VOWELS: [&str; 8] = ["a", "e", "i", "o", "u", "ai", "ea", "ou"];

/// The pages whose words are counted.
pub struct Corpus {
    seed: u64,
    vocabulary: Vec<String>,
    /// For each word, the sum of its weight and the weights of all words before it.
    weights: Vec<u64>,
}

impl Corpus {
    /// The corpus of a seed. Each seed has its own vocabulary.
    pub fn new(seed: u64) -> Corpus {
        let mut random = Random::new(seed, u64::MAX);
        let mut sum = 0;
        Corpus {
            seed,
            vocabulary: (0..VOCABULARY).map(|_| word(&mut random)).collect(),
            weights: (1..=VOCABULARY)
                .map(|rank| {
                    sum += (1 << 32) / rank;
                    sum
                })
                .collect(),
        }
    }

    /// A page's text: words with spaces between them.
    pub fn page(&self, item: u64) -> String {
        let mut random = Random::new(self.seed, item);
        let all = self.weights.last().copied().unwrap_or(0);
        let mut text = String::with_capacity(PAGE * 8);
        for _ in 0..PAGE {
            let drawn = random.below_u64(all);
            let rank = self.weights.partition_point(|weight| *weight <= drawn);
            text.push_str(&self.vocabulary[rank]);
            text.push(' ');
        }
        text
    }
}

/// A random word of one to three syllables.
fn word(random: &mut Random) -> String {
    let mut word = String::new();
    for _ in 0..=random.below(3) {
        word.push_str(CONSONANTS[random.below(CONSONANTS.len())]);
        word.push_str(VOWELS[random.below(VOWELS.len())]);
    }
    word
}

//! Chains of SHA-256 hashes, in which each hash is the hash of the previous one. The steps
//! of a chain cannot run in parallel, but different chains can.
//!
//! In Python: `for _ in range(1000): block = hashlib.sha256(block).digest()`.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Task},
    digits::counted,
};
use sha2::{Digest, Sha256};
use std::ops::Range;

/// The number of hashes in one chain.
pub const LINKS: u32 = 1000;

/// Hashes between two checkpoints.
const CHECKPOINT_INTERVAL: u32 = 128;

pub(super) struct Sha256Chain;

impl Definition for Sha256Chain {
    fn about(&self) -> &'static About {
        &About {
            name: "sha256-chain",
            title: "SHA-256 chains",
            description: "Hashes a hash a thousand times, for every chain: whole numbers, shifted and mixed, and hardly any memory.",
            unit: "chains",
            item: "a chain of 1,000 hashes",
            bound: Bound::Cpu,
            seeded: true,
            sizes: (1, 1_000_000),
            presets: [200, 2_000, 8_000],
        }
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        for item in items {
            let hash = chain(task.seed, item, LINKS, host);
            let (words, _) = hash.as_chunks::<8>();
            let [first, rest @ ..] = [0, 1, 2, 3].map(|word| u64::from_le_bytes(words[word]));
            // The sum has only 64 bits of each hash, so that it is easy to compare with
            // Python's; the other bits go into the digest.
            let rest = rest.into_iter().fold(0, |hash, word| hash ^ word);
            tally.add(item, first.into(), rest);
        }
        tally
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        format!(
            "{}; the first 8 bytes of their ends add up to {:x}",
            counted(size, "chain"),
            tally.value()
        )
    }
}

/// The last hash of a chain of `links` hashes. The chain begins with the 8 bytes of the
/// seed and the 8 bytes of the item, in little-endian order.
pub fn chain(seed: u64, item: u64, links: u32, host: &mut dyn Host) -> [u8; 32] {
    let mut hash = Sha256::new()
        .chain_update(seed.to_le_bytes())
        .chain_update(item.to_le_bytes())
        .finalize();
    for link in 1..links {
        if link % CHECKPOINT_INTERVAL == 1 {
            host.checkpoint();
        }
        hash = Sha256::digest(hash);
    }
    hash.into()
}

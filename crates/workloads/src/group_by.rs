//! Group-by over a table of sales that is generated from the seed: what each shop sold.
//!
//! In Python: `sales.groupby("shop")[["pieces", "cents"]].sum()`, chunk by chunk.

use super::{
    Bound, Host, Tally,
    definition::{About, Definition, Task, block},
    digits::{counted, grouped},
    random::mix,
};
use std::ops::Range;

/// Rows of one item.
const BLOCK: u64 = 8192;

/// The number of shops.
pub const SHOPS: usize = 64;

pub(super) struct GroupBy;

impl Definition for GroupBy {
    fn about(&self) -> &'static About {
        &About {
            name: "group-by",
            title: "Group by",
            description: "Goes through a table of sales and adds up what each shop sold: little to compute for every row, and many rows.",
            unit: "rows",
            item: "a block of 8,192 rows",
            bound: Bound::Cpu,
            seeded: true,
            sizes: (1, 4_000_000_000),
            presets: [10_000_000, 100_000_000, 400_000_000],
        }
    }

    fn items(&self, size: u64) -> u64 {
        size.div_ceil(BLOCK)
    }

    fn compute(&self, task: &Task, items: Range<u64>, host: &mut dyn Host) -> Tally {
        let mut tally = Tally::default();
        let mut groups = [[0_u64; 3]; SHOPS];
        for item in items {
            host.checkpoint();
            let mut revenue = 0_u64;
            for number in block(task.size, BLOCK, item) {
                let sale = sale(task.seed, number);
                let [rows, pieces, cents] = &mut groups[sale.shop % SHOPS];
                *rows += 1;
                *pieces += sale.pieces;
                *cents += sale.cents;
                revenue += sale.cents;
            }
            tally.add(item, revenue.into(), 0);
        }
        for (shop, group) in groups.iter().enumerate().filter(|(_, group)| group[0] > 0) {
            tally.add_row(&name(shop), group);
        }
        tally
    }

    fn answer(&self, size: u64, tally: &Tally) -> String {
        let cents = |row: &(&String, &Vec<u64>)| row.1.get(2).copied().unwrap_or(0);
        match tally.table().iter().max_by_key(cents) {
            Some(best) => format!(
                "{}; {} sold most, for {} of {} in all",
                counted(size, "sale"),
                best.0,
                grouped((cents(&best) / 100).into()),
                grouped(tally.value() / 100)
            ),
            None => "no sales".to_owned(),
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// The number of the shop, below [`SHOPS`].
    pub shop: usize,
    /// The number of pieces that were sold.
    pub pieces: u64,
    /// The price of all pieces together, in cents.
    pub cents: u64,
}

/// The row with this number. Shops with smaller numbers sell more often.
pub fn sale(seed: u64, row: u64) -> Sale {
    let bits = mix(mix(seed) ^ row);
    let shops = SHOPS as u64;
    let (one, other) = (bits % shops, (bits >> 8) % shops);
    let pieces = 1 + (bits >> 16) % 12;
    Sale {
        shop: one.min(other) as usize,
        pieces,
        cents: pieces * (99 + (bits >> 32) % 9_901),
    }
}

/// The name of a shop in the tally's table.
pub fn name(shop: usize) -> String {
    format!("shop {shop:02}")
}

//! `Tally`: the result of some items of a workload.

use super::random::mix;
use num_bigint::BigUint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The result of some items of a workload. Merging the tallies of all items, in any order
/// and any division, gives the result of the job.
///
/// It contains only integers, since their addition and multiplication are exactly
/// associative and commutative, unlike those of floating-point numbers. All fields start
/// empty, and most workloads use only the first three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    items: u64,
    value: u128,
    /// The sum of the hashes of all items, from which the digest is computed.
    hashes: u64,
    /// The product of the items' factors, if the answer is a product.
    #[serde(with = "bytes")]
    product: Option<BigUint>,
    /// Rows of sums, by the row's name.
    table: BTreeMap<String, Vec<u64>>,
}

impl Tally {
    /// Adds one item: its value, which is added to the answer, and a hash of everything
    /// else that the item computed.
    pub(super) fn add(&mut self, item: u64, value: u128, detail: u64) {
        let words = [value as u64, (value >> 64) as u64, detail];
        let hash = words.into_iter().fold(mix(item), |h, word| mix(h ^ word));
        self.items = self.items.wrapping_add(1);
        self.value = self.value.wrapping_add(value);
        self.hashes = self.hashes.wrapping_add(hash);
    }

    /// Adds to the columns of a row.
    pub(super) fn add_row(&mut self, name: &str, columns: &[u64]) {
        match self.table.get_mut(name) {
            Some(row) => add_columns(row, columns),
            None => {
                self.table.insert(name.to_owned(), columns.to_vec());
            }
        }
    }

    /// Sets the factor that these items contribute.
    pub(super) fn set_product(&mut self, product: BigUint) {
        self.product = Some(product);
    }

    /// The merged result of both.
    #[must_use]
    pub fn merge(mut self, mut other: Tally) -> Tally {
        // The smaller table is put into the larger one.
        if self.table.len() < other.table.len() {
            std::mem::swap(&mut self.table, &mut other.table);
        }
        for (name, columns) in other.table {
            match self.table.get_mut(&name) {
                Some(row) => add_columns(row, &columns),
                None => {
                    self.table.insert(name, columns);
                }
            }
        }
        Tally {
            items: self.items.wrapping_add(other.items),
            value: self.value.wrapping_add(other.value),
            hashes: self.hashes.wrapping_add(other.hashes),
            product: match (self.product, other.product) {
                (Some(one), Some(another)) => Some(one * another),
                (one, another) => one.or(another),
            },
            table: self.table,
        }
    }

    /// The merged result of all tallies. Big products of about the same length are
    /// multiplied with each other, which is much faster than multiplying one after another.
    /// Only a few tallies are in memory at a time.
    pub fn merge_all(tallies: impl IntoIterator<Item = Tally>) -> Tally {
        // An entry with rank r is merged from 2ʳ tallies; the ranks are descending.
        let mut stack: Vec<(u32, Tally)> = Vec::new();
        for mut tally in tallies {
            let mut rank = 0;
            while let Some((_, other)) = stack.pop_if(|(other, _)| *other == rank) {
                tally = other.merge(tally);
                rank += 1;
            }
            stack.push((rank, tally));
        }
        let rest = stack.into_iter().rev().map(|(_, tally)| tally);
        rest.fold(Tally::default(), Tally::merge)
    }

    /// The number of items.
    pub fn items(&self) -> u64 {
        self.items
    }

    /// The sum of the items' values; [`answer`](super::Workload::answer) makes a sentence
    /// of it.
    pub fn value(&self) -> u128 {
        self.value
    }

    /// The product of the items' factors; 1 if there are none.
    pub fn product(&self) -> BigUint {
        self.product.clone().unwrap_or(BigUint::ZERO + 1_u32)
    }

    /// Rows of sums in the order of their names, such as the count of each word or the sums
    /// of each group.
    pub fn table(&self) -> &BTreeMap<String, Vec<u64>> {
        &self.table
    }

    /// A digest of the results of all items, as 16 hexadecimal digits. It changes when an
    /// item is lost, computed twice or computed wrongly. It does not depend on the order or
    /// on how the items were divided.
    pub fn digest(&self) -> String {
        let words = [self.value as u64, (self.value >> 64) as u64, self.hashes];
        let mut hash = words
            .into_iter()
            .fold(mix(self.items), |h, word| mix(h ^ word));
        if let Some(product) = &self.product {
            for word in product.iter_u64_digits() {
                hash = mix(hash ^ word);
            }
        }
        for (name, columns) in &self.table {
            for word in name.bytes().map(u64::from).chain(columns.iter().copied()) {
                hash = mix(hash ^ word);
            }
        }
        format!("{hash:016x}")
    }
}

/// Adds column by column; missing columns count as 0.
fn add_columns(row: &mut Vec<u64>, columns: &[u64]) {
    if row.len() < columns.len() {
        row.resize(columns.len(), 0);
    }
    for (sum, column) in row.iter_mut().zip(columns) {
        *sum = sum.wrapping_add(*column);
    }
}

/// A big number is serialised as its bytes, in little-endian order.
mod bytes {
    use num_bigint::BigUint;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(
        number: &Option<BigUint>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        number
            .as_ref()
            .map(BigUint::to_bytes_le)
            .serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<BigUint>, D::Error> {
        let bytes = Option::<Vec<u8>>::deserialize(deserializer)?;
        Ok(bytes.map(|bytes| BigUint::from_bytes_le(&bytes)))
    }
}

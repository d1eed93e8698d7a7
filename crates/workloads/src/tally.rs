//! What a piece of work gives back.

use super::random::mix;
use num_bigint::BigUint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The result of some items of a workload: merge those of all items, in any
/// order and however they were divided, for the whole.
///
/// Whole numbers only: adding and multiplying them is exactly associative and
/// commutative, which it is not for floating-point numbers. Every part of a
/// tally starts empty, and most workloads need only the first three.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    items: u64,
    value: u128,
    mixed: u64,
    /// A factor of the answer, where the answer is a product.
    #[serde(with = "bytes")]
    product: Option<BigUint>,
    /// Rows of sums by name.
    table: BTreeMap<String, Vec<u64>>,
}

impl Tally {
    /// Counts one item in: the value that adds up to the answer, and a hash of
    /// whatever else the item computed.
    pub(super) fn add(&mut self, item: u64, value: u128, detail: u64) {
        let words = [value as u64, (value >> 64) as u64, detail];
        let hash = words.into_iter().fold(mix(item), |h, word| mix(h ^ word));
        self.items = self.items.wrapping_add(1);
        self.value = self.value.wrapping_add(value);
        self.mixed = self.mixed.wrapping_add(hash);
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

    /// Both results together.
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
            mixed: self.mixed.wrapping_add(other.mixed),
            product: match (self.product, other.product) {
                (Some(one), Some(another)) => Some(one * another),
                (one, another) => one.or(another),
            },
            table: self.table,
        }
    }

    /// All results together. Of many big products, those of about the same length
    /// are multiplied with each other, which is far faster than one after another;
    /// only a few tallies are kept at a time.
    pub fn merge_all(tallies: impl IntoIterator<Item = Tally>) -> Tally {
        // Each stands for 2ʳ tallies, with r falling.
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

    /// How many items are in it.
    pub fn items(&self) -> u64 {
        self.items
    }

    /// The sum of the items' values, which [`answer`](super::Workload::answer)
    /// puts into words.
    pub fn value(&self) -> u128 {
        self.value
    }

    /// The product of the items' factors: 1 where there are none.
    pub fn product(&self) -> BigUint {
        self.product.clone().unwrap_or(BigUint::ZERO + 1_u32)
    }

    /// Rows of sums in the order of their names: how often each word was
    /// counted, what each group adds up to.
    pub fn table(&self) -> &BTreeMap<String, Vec<u64>> {
        &self.table
    }

    /// 16 hexadecimal digits that stand for the result of every item: an item
    /// lost, done twice or done wrong gives others; the order and how the items
    /// were divided do not matter.
    pub fn digest(&self) -> String {
        let words = [self.value as u64, (self.value >> 64) as u64, self.mixed];
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

/// Adds column by column; a shorter row counts as filled up with zeros.
fn add_columns(row: &mut Vec<u64>, columns: &[u64]) {
    if row.len() < columns.len() {
        row.resize(columns.len(), 0);
    }
    for (sum, column) in row.iter_mut().zip(columns) {
        *sum = sum.wrapping_add(*column);
    }
}

/// A big number travels as its bytes, the least one first.
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

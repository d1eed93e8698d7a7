//! SplitMix64 (Steele, Lea and Flood, 2014): the random numbers and the hash of
//! this room. Three lines, one multiplication chain, the same on every machine.

/// A well-mixed hash of one number.
pub(crate) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A stream of random numbers.
pub(crate) struct Random(u64);

impl Random {
    /// The stream of one seed and one number of a series: streams with
    /// neighbouring numbers have nothing in common.
    pub(crate) fn new(seed: u64, number: u64) -> Random {
        Random(mix(mix(seed) ^ number))
    }

    /// The next number.
    #[inline]
    pub(crate) fn next(&mut self) -> u64 {
        let number = mix(self.0);
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        number
    }

    /// An index below `len`, which must not be 0. The bias is `len / 2⁶⁴`.
    pub(crate) fn below(&mut self, len: usize) -> usize {
        ((u128::from(self.next()) * len as u128) >> 64) as usize
    }
}

//! SplitMix64 (Steele, Lea and Flood, 2014): the random numbers and the hash that all
//! workloads use. It gives the same numbers on every machine.

/// A well-mixed hash of one number.
pub fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A stream of random numbers.
pub struct Random(u64);

impl Random {
    /// The stream with this number of a seed. Streams with neighbouring numbers are
    /// independent.
    pub fn new(seed: u64, number: u64) -> Random {
        Random(mix(mix(seed) ^ number))
    }

    /// The next number.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        let number = mix(self.0);
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        number
    }

    /// A number in [0, 1): one of 2⁵³ values.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number below `limit`; 0 if `limit` is 0. The bias is `limit / 2⁶⁴`.
    #[inline]
    pub fn below_u64(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(limit)) >> 64) as u64
    }

    /// An index below `len`, which must not be 0.
    pub fn below(&mut self, len: usize) -> usize {
        self.below_u64(len as u64) as usize
    }
}

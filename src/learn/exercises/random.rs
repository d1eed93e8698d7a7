//! Random numbers that depend on nothing but their seed.

/// SplitMix64 (Steele, Lea and Flood, 2014), which gives the same numbers for the same seed
/// everywhere.
pub struct Random(u64);

impl Random {
    /// The numbers of this seed for one purpose. Those of other purposes do not depend on how
    /// many are drawn here.
    pub fn new(seed: u32, purpose: u32) -> Random {
        let mut random = Random(u64::from(seed) << 32 | u64::from(purpose));
        random.next();
        random
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, or 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        // (The quotient of 2⁶⁴ and a small number is so large that no number is drawn more
        // often than another one to any degree that matters.)
        (self.next() % end.max(1) as u64) as usize
    }

    /// One of these; `None` if there is none.
    pub fn one_of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        all.get(self.below(all.len()))
    }

    /// Puts these into a random order.
    pub fn shuffle<T>(&mut self, all: &mut [T]) {
        for last in (1..all.len()).rev() {
            all.swap(last, self.below(last + 1));
        }
    }
}

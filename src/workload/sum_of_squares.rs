//! The sum of squares: the plainest loop there is.

use std::{hint::black_box, ops::Range};

/// The sum of `n²` over the range, whose end must not exceed 2³².
pub(super) fn sum(numbers: Range<u64>) -> u128 {
    let mut sum = 0_u128;
    for number in numbers {
        // LLVM knows the closed formula of this sum and would put it in the
        // loop's place, so that any size took no time at all. Hidden numbers
        // have to be added one by one.
        let number = black_box(number);
        sum += u128::from(number.wrapping_mul(number));
    }
    sum
}

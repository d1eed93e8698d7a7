//! Statistics of few samples.
#![cfg(not(target_arch = "wasm32"))]

use experiments::Summary;
use experiments::statistics::{median, quartiles, speed_up};
use proptest::prelude::*;

#[test]
fn medians_and_quartiles_as_numpy_computes_them() {
    assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
    assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    // numpy.quantile([7, 15, 36, 39, 40, 41], [.25, .5, .75])
    let samples = [40.0, 7.0, 36.0, 15.0, 41.0, 39.0];
    assert_eq!(quartiles(&samples), Some([20.25, 37.5, 39.75]));
    assert_eq!(quartiles(&[5.0]), Some([5.0, 5.0, 5.0]));
}

#[test]
fn without_finite_samples_there_are_no_statistics() {
    for samples in [&[][..], &[f64::NAN], &[1.0, f64::INFINITY]] {
        assert_eq!(median(samples), None);
        assert_eq!(quartiles(samples), None);
        assert_eq!(Summary::of(samples), None);
        assert_eq!(speed_up(samples, &[1.0]), None);
        assert_eq!(speed_up(&[1.0], samples), None);
    }
    assert_eq!(speed_up(&[1.0], &[0.0]), None);
    assert_eq!(speed_up(&[-1.0], &[1.0]), None);
}

#[test]
fn one_run_shows_no_spread() {
    let one = Summary::of(&[0.5]).unwrap();
    assert_eq!((one.median, one.low, one.high, one.n), (0.5, 0.5, 0.5, 1));
    let ratio = speed_up(&[3.0], &[2.0]).unwrap();
    assert_eq!(
        (ratio.low, ratio.median, ratio.high, ratio.n),
        (1.5, 1.5, 1.5, 1)
    );
}

#[test]
fn a_speed_up_is_the_ratio_of_medians() {
    let ratio = speed_up(&[2.0, 2.2, 1.8], &[1.0, 1.25, 0.8, 1.0]).unwrap();
    assert_eq!((ratio.median, ratio.min, ratio.max), (2.0, 1.6, 2.5));
    assert_eq!(ratio.n, 3);
    assert!(ratio.low < 2.0 && ratio.high > 2.0);
}

#[test]
fn the_interval_of_a_median_covers_it_about_as_often_as_it_says() {
    // 400 experiments of 15 samples each from an exponential distribution, whose median is ln 2.
    // The percentile interval should contain it in 93–96 % of the experiments.
    let mut state = 1_u64;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    let covered = (0..400)
        .filter(|_| {
            let samples: Vec<f64> = (0..15).map(|_| -uniform().ln()).collect();
            let summary = Summary::of(&samples).unwrap();
            (summary.low..=summary.high).contains(&std::f64::consts::LN_2)
        })
        .count();
    assert!((360..=396).contains(&covered), "{covered} of 400");
}

proptest! {
    #[test]
    fn a_summary_is_in_order_and_the_same_each_time(
        samples in prop::collection::vec(1e-6..1e3_f64, 1..12),
        rotation in 0..12_usize,
    ) {
        let summary = Summary::of(&samples).unwrap();
        prop_assert!(summary.min <= summary.low && summary.low <= summary.median);
        prop_assert!(summary.median <= summary.high && summary.high <= summary.max);
        prop_assert_eq!(summary.n as usize, samples.len());
        let mut rotated = samples.clone();
        rotated.rotate_left(rotation % samples.len());
        prop_assert_eq!(Summary::of(&rotated), Some(summary));
        let [first, second, third] = quartiles(&samples).unwrap();
        prop_assert!(summary.min <= first && first <= second && second <= third && third <= summary.max);
        prop_assert_eq!(Some(second), median(&samples));
    }

    #[test]
    fn a_speed_up_is_in_order_and_its_inverse_is_the_reciprocal(
        main in prop::collection::vec(1e-3..1e3_f64, 1..10),
        other in prop::collection::vec(1e-3..1e3_f64, 1..10),
    ) {
        let there = speed_up(&main, &other).unwrap();
        let back = speed_up(&other, &main).unwrap();
        prop_assert!(there.low <= there.median && there.median <= there.high);
        prop_assert!(there.min <= there.median && there.median <= there.max);
        prop_assert!((there.median * back.median - 1.0).abs() < 1e-12);
        let same = speed_up(&main, &main).unwrap();
        prop_assert_eq!(same.median, 1.0);
    }
}

/// The approximation for many samples agrees with the resampling of fewer samples.
#[test]
fn the_interval_narrows_with_the_root_of_the_number_of_samples() {
    let of = |n: u32| {
        // Evenly spaced from 0 to 1.
        let samples: Vec<f64> = (0..n).map(|k| f64::from(k) / f64::from(n - 1)).collect();
        let summary = Summary::of(&samples).unwrap();
        assert!((summary.median - 0.5).abs() < 1e-9);
        assert!(summary.low < 0.5 && summary.high > 0.5);
        (summary.high - summary.low) * f64::from(n).sqrt()
    };
    // The standard deviation of the median of n uniform samples is 1/(2√n).
    for n in [80, 100, 101, 400, 10_000, 500_000] {
        let width = of(n);
        assert!((1.7..2.2).contains(&width), "{n}: {width}");
    }
}

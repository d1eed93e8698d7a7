//! Laws of scaling, break-even points, latencies, outliers and clocks. The fits find the
//! parameters from which the samples were made.
#![cfg(not(target_arch = "wasm32"))]

use experiments::{
    Samples, Summary,
    break_even::{BreakEven, LinearFit, Winner},
    clock::{Batch, STEPS_PER_SAMPLE, batch_size, rounds_taking, step, steps_per_sample},
    latency::{Bar, Percentiles, histogram},
    outliers::{fences, outliers},
    scaling::{Amdahl, UniversalScalability, efficiency, karp_flatt},
    statistics::{Difference, difference},
};
use proptest::prelude::*;

/// Running times that follow a law, `runs` for each number of workers, with a relative noise
/// that is the same on every machine.
fn measured(workers: &[u32], runs: u32, noise: f64, law: impl Fn(f64) -> f64) -> Vec<Samples> {
    let mut state = 1_u64;
    let mut noisy_factor = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        1.0 + noise * ((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0)
    };
    let mut seconds = |workers: u32| -> Vec<f64> {
        let seconds = law(f64::from(workers));
        (0..runs).map(|_| seconds * noisy_factor()).collect()
    };
    workers
        .iter()
        .map(|workers| Samples::new(*workers, seconds(*workers)))
        .collect()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * b.abs().max(1e-3)
}

const WORKERS: [u32; 6] = [1, 2, 3, 4, 6, 8];

#[test]
fn efficiency_and_karp_flatt_as_in_the_textbook() {
    assert_eq!(efficiency(3.0, 4), Some(0.75));
    assert_eq!(efficiency(f64::NAN, 4), None);
    assert_eq!(efficiency(1.0, 0), None);
    // A tenth serial: 1/(0.1 + 0.9/4) = 3.0769 on four processors.
    assert!(close(karp_flatt(1.0 / 0.325, 4).unwrap(), 0.1));
    assert!(karp_flatt(4.0, 4).unwrap().abs() < 1e-12);
    assert!(karp_flatt(5.0, 4).unwrap() < 0.0);
    for (speed_up, workers) in [(1.0, 1), (1.0, 0), (0.0, 4), (f64::INFINITY, 4)] {
        assert_eq!(karp_flatt(speed_up, workers), None);
    }
}

#[test]
fn amdahl_s_law_is_fitted() {
    let law = |p: f64| 2.0 * (0.1 + 0.9 / p);
    let exact = Amdahl::fit(&measured(&WORKERS, 1, 0.0, law)).unwrap();
    assert!(close(exact.serial.value, 0.1) && close(exact.one_worker_seconds, 2.0));
    assert!(close(exact.limit().unwrap(), 10.0) && exact.deviation < 1e-9);
    assert!(close(exact.speed_up(4.0), 1.0 / 0.325) && close(exact.seconds(1.0), 2.0));
    assert_eq!(exact.serial.low, exact.serial.high);
    let noisy = Amdahl::fit(&measured(&WORKERS, 9, 0.05, law)).unwrap();
    assert!((noisy.serial.value - 0.1).abs() < 0.03, "{noisy:?}");
    assert!(
        noisy.serial.low < 0.1 && noisy.serial.high > 0.1,
        "{noisy:?}"
    );
    assert!(noisy.serial.high - noisy.serial.low < 0.08 && noisy.deviation < 0.05);
}

#[test]
fn the_serial_fraction_stays_between_0_and_1() {
    // The speed-up is greater than the number of workers, for example because of caches.
    let superlinear = Amdahl::fit(&measured(&WORKERS, 1, 0.0, |p| 1.0 / p.powf(1.1))).unwrap();
    assert_eq!((superlinear.serial.value, superlinear.limit()), (0.0, None));
    // Slower with every worker.
    let slower = Amdahl::fit(&measured(&WORKERS, 1, 0.0, |p| p)).unwrap();
    assert_eq!((slower.serial.value, slower.limit()), (1.0, Some(1.0)));
    let both = UniversalScalability::fit(&measured(&WORKERS, 1, 0.0, |p| 1.0 / p.powf(1.1)));
    let both = both.unwrap();
    assert_eq!((both.contention.value, both.coherence.value), (0.0, 0.0));
    assert_eq!(
        (both.peak.workers, both.peak.low, both.peak.high),
        (None, None, None)
    );
}

#[test]
fn the_universal_law_is_fitted_with_its_peak() {
    let law = |p: f64| 3.0 * (1.0 + 0.05 * (p - 1.0) + 0.01 * p * (p - 1.0)) / p;
    let exact = UniversalScalability::fit(&measured(&WORKERS, 1, 0.0, law)).unwrap();
    assert!(close(exact.contention.value, 0.05) && close(exact.coherence.value, 0.01));
    assert!(close(exact.one_worker_seconds, 3.0) && close(exact.seconds(4.0), law(4.0)));
    let peak = 95_f64.sqrt();
    assert!(close(exact.peak.workers.unwrap(), peak));
    assert!(exact.speed_up(peak) > exact.speed_up(peak - 0.5));
    assert!(exact.speed_up(peak) > exact.speed_up(peak + 0.5));
    let noisy = UniversalScalability::fit(&measured(&WORKERS, 9, 0.02, law)).unwrap();
    assert!((noisy.contention.value - 0.05).abs() < 0.03, "{noisy:?}");
    assert!(
        noisy.coherence.low < 0.01 && noisy.coherence.high > 0.01,
        "{noisy:?}"
    );
    assert!(
        noisy.peak.low.unwrap() < peak && noisy.peak.high.unwrap() > peak,
        "{noisy:?}"
    );
    // Amdahl's law is the case without coherence.
    let amdahl = |p: f64| 0.2 + 0.8 / p;
    let fit = UniversalScalability::fit(&measured(&WORKERS, 1, 0.0, amdahl)).unwrap();
    assert!(close(fit.contention.value, 0.2) && fit.coherence.value < 1e-9);
    assert!(fit.peak.workers.is_none_or(|workers| workers > 1e3));
}

#[test]
fn too_few_or_invalid_samples_give_no_fit() {
    let one = Samples::new(1, [1.0]);
    let two = Samples::new(2, [0.6, 0.7]);
    assert_eq!(Amdahl::fit(&[]), None);
    assert_eq!(Amdahl::fit(&[one.clone(), one.clone()]), None);
    assert!(Amdahl::fit(&[one.clone(), two.clone()]).is_some());
    assert_eq!(UniversalScalability::fit(&[one.clone(), two.clone()]), None);
    assert_eq!(LinearFit::fit(std::slice::from_ref(&one)), None);
    for broken in [
        Samples::new(3, []),
        Samples::new(0, [1.0]),
        Samples::new(3, [0.0]),
        Samples::new(3, [f64::NAN]),
        Samples::new(f64::INFINITY, [1.0]),
    ] {
        let samples = [one.clone(), two.clone(), broken];
        assert_eq!(Amdahl::fit(&samples), None);
        assert_eq!(UniversalScalability::fit(&samples), None);
        assert_eq!(LinearFit::fit(&samples), None);
        assert_eq!(BreakEven::fit(&samples, &samples), None);
    }
}

#[test]
fn lines_break_even_where_they_cross() {
    let line = |fixed, per_unit| LinearFit { fixed, per_unit };
    // No fixed cost and 1 per unit, compared with a fixed cost of 90 and a quarter per unit.
    let comparison = BreakEven::of(line(0.0, 1.0), line(90.0, 0.25));
    let BreakEven::At {
        size, below, above, ..
    } = comparison
    else {
        panic!("{comparison:?}")
    };
    assert!(close(size, 120.0));
    assert_eq!((below, above), (Winner::First, Winner::Second));
    let first = BreakEven::Always {
        winner: Winner::First,
    };
    let second = BreakEven::Always {
        winner: Winner::Second,
    };
    assert_eq!(BreakEven::of(line(1.0, 1.0), line(2.0, 3.0)), first);
    assert_eq!(BreakEven::of(line(3.0, 3.0), line(2.0, 1.0)), second);
    assert_eq!(BreakEven::of(line(3.0, 1.0), line(2.0, 1.0)), second);
    assert_eq!(BreakEven::of(line(2.0, 1.0), line(2.0, 3.0)), first);
    assert_eq!(
        BreakEven::of(line(2.0, 1.0), line(2.0, 1.0)),
        BreakEven::Equal
    );
    let nan = line(f64::NAN, f64::NAN);
    assert_eq!(BreakEven::of(nan, nan), BreakEven::Equal);
}

#[test]
fn break_even_is_found_in_noisy_runs() {
    let sizes = [10, 20, 50, 100, 200, 500];
    let main = measured(&sizes, 7, 0.05, |size| 0.001 * size);
    let pool = measured(&sizes, 7, 0.05, |size| 0.09 + 0.000_25 * size);
    let comparison = BreakEven::fit(&main, &pool).unwrap();
    let BreakEven::At {
        size,
        low,
        high,
        below,
        above,
    } = comparison
    else {
        panic!("{comparison:?}")
    };
    assert!((size - 120.0).abs() < 12.0, "{comparison:?}");
    assert!(low < 120.0 && high.unwrap() > 120.0 && low > 100.0 && high.unwrap() < 140.0);
    assert_eq!((below, above), (Winner::First, Winner::Second));
    let always = BreakEven::fit(
        &pool,
        &measured(&sizes, 3, 0.0, |size| 0.08 + 0.0002 * size),
    );
    assert_eq!(
        always,
        Some(BreakEven::Always {
            winner: Winner::Second
        })
    );
    let fitted = LinearFit::fit(&main).unwrap();
    assert!((fitted.at(100.0) - 0.1).abs() < 0.005);
}

#[test]
fn percentiles_are_measured_latencies() {
    let latencies: Vec<f64> = (1..=1000).rev().map(f64::from).collect();
    let found = Percentiles::of(&latencies).unwrap();
    assert_eq!((found.p50, found.p90, found.p99), (500.0, 900.0, 990.0));
    assert_eq!((found.p999, found.max, found.n), (999.0, 1000.0, 1000));
    assert_eq!(found.mean, 500.5);
    let one = Percentiles::of(&[7.0]).unwrap();
    assert_eq!((one.p50, one.p999, one.max), (7.0, 7.0, 7.0));
    for nothing in [&[][..], &[-1.0], &[f64::NAN]] {
        assert_eq!(Percentiles::of(nothing), None);
        assert_eq!(histogram(nothing, 1.0), None);
    }
}

#[test]
fn histograms_have_round_edges_and_no_gap() {
    let bars = histogram(&[0.5, 1.0, 1.5, 30.0, 0.01], 1.0).unwrap();
    let bar = |from, to, count| Bar { from, to, count };
    assert_eq!(
        bars,
        [
            bar(0.0, 1.0, 2),
            bar(1.0, 2.0, 2),
            bar(2.0, 5.0, 0),
            bar(5.0, 10.0, 0),
            bar(10.0, 20.0, 0),
            bar(20.0, 50.0, 1),
        ]
    );
    assert_eq!(histogram(&[0.25], 0.001).unwrap(), [bar(0.2, 0.5, 1)]);
    assert_eq!(histogram(&[0.0], 1.0).unwrap(), [bar(0.0, 1.0, 1)]);
    assert_eq!(histogram(&[1.0], 0.0), None);
    assert_eq!(histogram(&[1.0], f64::NAN), None);
}

#[test]
fn outliers_are_found() {
    let samples = [1.0, 1.1, 0.9, 1.05, 3.0, 0.95, 0.1];
    let found = outliers(&samples);
    let named: Vec<(usize, f64, bool)> = found
        .iter()
        .map(|one| (one.index, one.value, one.above))
        .collect();
    assert_eq!(named, [(4, 3.0, true), (6, 0.1, false)]);
    assert!(outliers(&[1.0, 1.0, 9.0]).is_empty());
    assert!(outliers(&[]).is_empty() && outliers(&[f64::NAN; 9]).is_empty());
    assert_eq!(fences(&[1.0, 2.0, 3.0, 4.0, 5.0]), Some((-1.0, 7.0)));
}

#[test]
fn a_difference_is_shown_where_intervals_lie_apart() {
    let summary = |samples: &[f64]| Summary::of(samples).unwrap();
    let fast = summary(&[1.0, 1.1, 1.05, 1.02, 1.07]);
    let slow = summary(&[2.0, 2.1, 2.05, 2.02, 1.97]);
    let wide = summary(&[0.5, 1.0, 1.5, 2.0, 2.5]);
    assert_eq!(difference(&fast, &slow), Difference::Less);
    assert_eq!(difference(&slow, &fast), Difference::Greater);
    assert_eq!(difference(&fast, &wide), Difference::NotShown);
    assert_eq!(difference(&fast, &fast), Difference::NotShown);
    let once = summary(&[9.0]);
    assert_eq!(difference(&fast, &once), Difference::TooFewRuns);
}

#[test]
fn samples_take_many_steps_of_the_clock() {
    // 5 µs steps, 2 µs of work: 250 times make 500 µs.
    assert_eq!(batch_size(5.0, 2.0, STEPS_PER_SAMPLE), Some(250));
    assert_eq!(batch_size(5.0, 1e6, STEPS_PER_SAMPLE), Some(1));
    assert_eq!(
        batch_size(1.0, 1e-300, STEPS_PER_SAMPLE),
        Some(1_000_000_000)
    );
    for (step, once) in [(5.0, 0.0), (5.0, -1.0), (f64::NAN, 1.0), (5.0, f64::NAN)] {
        assert_eq!(batch_size(step, once, STEPS_PER_SAMPLE), None);
    }
}

#[test]
fn the_step_of_a_clock_is_seen() {
    // A clock that is read every 3 µs and rounded down to 20 µs. Its third change is twice as
    // large.
    let mut time = 0.0;
    let coarse = move || {
        time += 3.0;
        let steps = f64::floor(time / 20.0);
        20.0 * if steps > 2.0 { steps + 1.0 } else { steps }
    };
    assert_eq!(step(coarse), Some(20.0));
    assert_eq!(step(|| 1.0), None);
    // On a clock of 100 ms that is read every 0.1 µs, only one change is waited for.
    let mut readings = 0;
    let very_coarse = || {
        readings += 1;
        100_000.0 * (f64::from(readings) / 1e6).floor()
    };
    assert_eq!(step(very_coarse), Some(100_000.0));
    assert!(readings <= 1_000_001, "{readings}");
}

/// Measures calls of 2 µs with a clock of 20 µs. Some batches, those for which `delayed` is true,
/// take 5 ms longer. Returns the time of one call and the number of measured batches.
fn on_a_busy_machine(batch: &mut Batch, mut delayed: impl FnMut(u32) -> bool) -> (f64, u32) {
    for measured in 1..100 {
        let work = 2.0 * batch.size() as f64;
        let time = if delayed(measured) {
            work + 5_000.0
        } else {
            work
        };
        if let Some(once) = batch.time_per_call((time / 20.0).floor() * 20.0, 50_000.0) {
            return (once, measured);
        }
    }
    panic!("the measurement does not end: {batch:?}");
}

#[test]
fn a_batch_grows_until_it_is_long_enough_for_the_clock() {
    let quiet = on_a_busy_machine(&mut Batch::new(20.0, STEPS_PER_SAMPLE), |_| false);
    assert!((quiet.0 - 2.0).abs() < 0.02, "{quiet:?}");
    // A delay in any one of the batches changes neither the result nor the size of the batch.
    for at in 1..=quiet.1 {
        let mut batch = Batch::new(20.0, STEPS_PER_SAMPLE);
        let once = on_a_busy_machine(&mut batch, |measured| measured == at);
        assert!((once.0 - 2.0).abs() < 0.02, "{at}: {once:?}");
        assert!(batch.size() >= 1_000, "{at}: {batch:?}");
    }
    // A batch that turns out to be too short later grows again.
    let mut batch = Batch::new(20.0, 10);
    assert!(batch.time_per_call(300.0, 50_000.0).is_none());
    assert_eq!(batch.time_per_call(260.0, 50_000.0), Some(260.0));
    assert!(batch.grow_if_too_short(100.0));
    assert_eq!(batch.size(), 4);
    assert!(!batch.grow_if_too_short(200.0));
}

/// Measures rounds that take 20 ns each for the first two million, because the code is not
/// optimised yet, and then 2 ns each. Some measurements, those for which `delayed` is true, take
/// 30 ms longer.
/// The clock has this step, in µs. Returns the number of rounds of 5 ms and the time that the
/// search took, in µs.
fn rounds_of_5_ms(step: f64, delayed: impl Fn(u32) -> bool) -> (Option<u64>, f64) {
    let (mut time, mut done, mut measure) = (0.0, 0_u64, 0);
    let found = rounds_taking(step, 5_000.0, |rounds| {
        let begin = (f64::floor(time / step)) * step;
        let cold = rounds.min(2_000_000_u64.saturating_sub(done));
        done += rounds;
        measure += 1;
        time += 0.020 * cold as f64 + 0.002 * (rounds - cold) as f64;
        if delayed(measure) {
            time += 30_000.0;
        }
        f64::floor(time / step) * step - begin
    });
    (found, time)
}

/// The result is 5 ms of rounds of 2 ns, for any delays and only with optimised code.
#[test]
fn tasks_are_as_long_as_planned() {
    for step in [5.0, 100.0, 1_000.0, 16_667.0, 100_000.0] {
        for delayed_in in 0..30 {
            // One measurement is delayed, or most of them are, as on a busy machine.
            let once = rounds_of_5_ms(step, |measure| measure == delayed_in);
            let often = rounds_of_5_ms(step, |measure| measure % 4 != delayed_in % 4);
            for (rounds, took) in [once, often] {
                let error = rounds.unwrap() as f64 / 2_500_000.0 - 1.0;
                let rough = 1.0 / f64::from(steps_per_sample(step, STEPS_PER_SAMPLE)) + 0.02;
                assert!(error.abs() < rough, "{step} {delayed_in}: {error}");
                assert!(took < 5e6, "{step} {delayed_in}: {took} µs");
            }
        }
    }
    assert_eq!(rounds_taking(5.0, 5_000.0, |_| 0.0), None);
}

/// A sample takes a few steps of a clock of 100 ms, and not a hundred.
#[test]
fn coarse_clocks_do_not_make_runs_very_long() {
    assert_eq!(steps_per_sample(5.0, STEPS_PER_SAMPLE), 100);
    assert_eq!(steps_per_sample(1_000.0, STEPS_PER_SAMPLE), 100);
    assert_eq!(steps_per_sample(16_667.0, STEPS_PER_SAMPLE), 14);
    assert_eq!(steps_per_sample(100_000.0, STEPS_PER_SAMPLE), 3);
    assert_eq!(steps_per_sample(100_000.0, 1), 1);
    for call in [0.2, 15.0, 3_000.0, 80_000.0] {
        let step = 100_000.0;
        let (mut batch, mut time) = (Batch::new(step, STEPS_PER_SAMPLE), 0.0);
        let once = loop {
            let begin = f64::floor(time / step) * step;
            time += call * batch.size() as f64;
            let took = f64::floor(time / step) * step - begin;
            if let Some(once) = batch.time_per_call(took, 50_000.0) {
                break once;
            }
        };
        assert!((once / call - 1.0).abs() < 0.5, "{call}: {once}");
        assert!(time < 3e6, "{call}: {time} µs");
    }
}

#[test]
fn a_batch_stops_growing_if_the_clock_stands_still() {
    // The clock stands still, so the largest batch took less than a step.
    let mut batch = Batch::new(20.0, STEPS_PER_SAMPLE)
        .starting_at(7)
        .max_size(200);
    let mut sizes = Vec::new();
    let once = loop {
        sizes.push(batch.size());
        if let Some(once) = batch.time_per_call(0.0, 50_000.0) {
            break once;
        }
    };
    assert_eq!((sizes, once), (vec![7, 70, 200, 200], 20.0 / 200.0));
    // A long batch is measured once. An invalid time is measured again.
    assert_eq!(
        Batch::new(20.0, STEPS_PER_SAMPLE).time_per_call(60_000.0, 50_000.0),
        Some(60_000.0)
    );
    assert!(Batch::new(20.0, STEPS_PER_SAMPLE).grow_if_too_short(f64::NAN));
    assert_eq!(Batch::new(5.0, STEPS_PER_SAMPLE).starting_at(0).size(), 1);
}

#[test]
fn fits_can_be_serialised() {
    let samples = measured(&WORKERS, 3, 0.02, |p| 0.2 + 0.8 / p);
    let fit = UniversalScalability::fit(&samples).unwrap();
    let bytes = postcard::to_allocvec(&fit).unwrap();
    assert_eq!(postcard::from_bytes(&bytes), Ok(fit));
    let json = serde_json::to_value(fit).unwrap();
    assert_eq!(json["contention"]["value"], fit.contention.value);
    let comparison = BreakEven::of(
        LinearFit {
            fixed: 0.0,
            per_unit: 1.0,
        },
        LinearFit {
            fixed: 9.0,
            per_unit: 0.5,
        },
    );
    let json = serde_json::to_value(comparison).unwrap();
    assert_eq!(
        (&json["kind"], &json["above"]),
        (&"at".into(), &"second".into())
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_samples_make_a_fit_panic_or_leave_its_bounds(
        points in prop::collection::vec(
            (1..200_u32, prop::collection::vec(1e-9..1e6_f64, 1..5)), 0..8),
    ) {
        let samples: Vec<Samples> =
            points.into_iter().map(|(at, values)| Samples::new(at, values)).collect();
        if let Some(fit) = Amdahl::fit(&samples) {
            prop_assert!((0.0..=1.0).contains(&fit.serial.value));
            prop_assert!(fit.serial.low <= fit.serial.value && fit.serial.value <= fit.serial.high);
            prop_assert!(fit.one_worker_seconds > 0.0 && fit.deviation >= 0.0);
        }
        if let Some(fit) = UniversalScalability::fit(&samples) {
            prop_assert!(fit.contention.low >= 0.0 && fit.coherence.low >= 0.0);
            prop_assert!(fit.contention.value.is_finite() && fit.coherence.high.is_finite());
            prop_assert!(fit.peak.workers.is_none_or(|workers| workers >= 1.0));
            prop_assert!(fit.peak.high.is_none() || fit.peak.low <= fit.peak.high);
        }
        if let Some(BreakEven::At { size, low, high, .. }) = BreakEven::fit(&samples, &samples[..samples.len() / 2]) {
            prop_assert!(0.0 <= low && low <= size && high.is_none_or(|high| high >= size));
        }
    }

    #[test]
    fn histograms_count_every_latency_once(
        latencies in prop::collection::vec(0.0..1e5_f64, 1..60), exponent in -12..6_i32,
    ) {
        let bars = histogram(&latencies, 10_f64.powi(exponent)).unwrap();
        let counted: u32 = bars.iter().map(|bar| bar.count).sum();
        prop_assert_eq!(counted as usize, latencies.len());
        prop_assert!(bars.windows(2).all(|pair| pair[0].to == pair[1].from));
        for bar in &bars {
            let inside = latencies.iter().filter(|one| (bar.from..bar.to).contains(*one));
            prop_assert_eq!(inside.count() as u32, bar.count);
        }
        let found = Percentiles::of(&latencies).unwrap();
        let rising = [found.p50, found.p90, found.p99, found.p999, found.max];
        prop_assert!(rising.is_sorted() && latencies.contains(&found.p50));
    }
}

//! Workloads: known answers, and chunks that can be done in any order.
#![cfg(not(target_arch = "wasm32"))]

use manyhands::workload::{Tally, Workload, mandelbrot};
use proptest::prelude::*;

fn whole(workload: Workload, size: u64, seed: u64) -> Tally {
    workload.share(size, seed, 0, 1)
}

/// A size of each workload that takes little time in an unoptimised build.
fn small(workload: Workload) -> u64 {
    match workload {
        Workload::Mandelbrot => 40,
        _ => 10_000,
    }
}

#[test]
fn sums_of_squares_follow_the_formula() {
    for n in [1_000_u64, 1_001, 4_099, 200_000] {
        let m = u128::from(n);
        let formula = (m - 1) * m * (2 * m - 1) / 6;
        assert_eq!(whole(Workload::SumOfSquares, n, 1).value(), formula);
    }
    // The last chunk of the largest size, where squares almost fill 64 bits.
    let size = *Workload::SumOfSquares.sizes().end();
    let chunks = Workload::SumOfSquares.chunks(size);
    let below = |n: u64| (u128::from(n) - 1) * u128::from(n) * (2 * u128::from(n) - 1) / 6;
    let last = Workload::SumOfSquares.compute(size, 1, chunks - 1);
    assert_eq!(last.value(), below(size) - below(size - size / chunks));
}

#[test]
fn primes_are_counted_right() {
    let known = [
        (1_000, 168),
        (10_000, 1_229),
        (1_000_000, 78_498),
        (1_000_003, 78_498),
        (1_000_004, 78_499),
    ];
    for (size, primes) in known {
        assert_eq!(whole(Workload::PrimeCount, size, 1).value(), primes);
    }
    // Every small size against trial division: chunks begin and end anywhere.
    let is_prime = |n: u64| {
        n >= 2
            && (2..n)
                .take_while(|d| d * d <= n)
                .all(|d| !n.is_multiple_of(d))
    };
    let mut primes = 0;
    for size in 0..1_200 {
        assert_eq!(
            whole(Workload::PrimeCount, size, 1).value(),
            primes,
            "{size}"
        );
        primes += u128::from(is_prime(size));
    }
}

#[test]
fn primes_are_counted_right_far_out() {
    // The last chunk of the largest size, by striking out the multiples of
    // every number up to the root: slow, and nothing to get wrong.
    let size = *Workload::PrimeCount.sizes().end();
    let chunks = Workload::PrimeCount.chunks(size);
    let first = size - size / chunks;
    let mut composite = vec![false; (size - first) as usize];
    for divisor in 2..=size.isqrt() {
        let offset = first.next_multiple_of(divisor) - first;
        for multiple in (offset as usize..composite.len()).step_by(divisor as usize) {
            composite[multiple] = true;
        }
    }
    let primes = composite.iter().filter(|composite| !**composite).count();
    let counted = Workload::PrimeCount.compute(size, 1, chunks - 1).value();
    assert_eq!(counted, primes as u128);
}

#[test]
fn pi_comes_closer_with_more_points() {
    let points = 2_000_000;
    let hits = whole(Workload::MonteCarloPi, points, 1).value();
    let pi = 4.0 * hits as f64 / points as f64;
    // Five standard deviations of 4·hits/n.
    let deviation = (std::f64::consts::PI * (4.0 - std::f64::consts::PI) / points as f64).sqrt();
    assert!((pi - std::f64::consts::PI).abs() < 5.0 * deviation, "{pi}");
}

#[test]
fn the_mandelbrot_set_has_its_area() {
    let side = 300;
    let inside = whole(Workload::Mandelbrot, side, 1).value();
    let area = inside as f64 * (2.5 / side as f64).powi(2);
    assert!((area - 1.5066).abs() < 0.02, "{area}");
    // The picture is symmetric, and its rows are what was counted.
    let picture: Vec<Vec<u16>> = (0..60).map(|y| mandelbrot::row(60, y).collect()).collect();
    for y in 0..60 {
        let mirrored = picture[59 - y].iter().zip(&picture[y]);
        assert!(mirrored.filter(|(a, b)| a != b).count() <= 2, "row {y}");
    }
    let inside = picture
        .concat()
        .iter()
        .filter(|n| **n == mandelbrot::LIMIT)
        .count();
    assert_eq!(whole(Workload::Mandelbrot, 60, 1).value(), inside as u128);
}

#[test]
fn digests_do_not_change_between_versions_and_machines() {
    // Recorded once: other digits mean that old reports cannot be compared
    // with new ones, or that this machine computes differently.
    let digests = Workload::ALL.map(|workload| whole(workload, small(workload), 7).digest());
    assert_eq!(
        digests,
        [
            "2b515f35789f1144",
            "4279982d3d49ff63",
            "ca616789825a6b17",
            "7096e3893179e00b",
        ]
    );
}

#[test]
fn only_random_workloads_look_at_the_seed() {
    for workload in Workload::ALL {
        let size = small(workload);
        let differs = whole(workload, size, 1) != whole(workload, size, 2);
        assert_eq!(differs, workload == Workload::MonteCarloPi, "{workload}");
    }
}

#[test]
fn a_lost_doubled_or_foreign_chunk_changes_the_digest() {
    for workload in Workload::ALL {
        let size = small(workload);
        let whole = whole(workload, size, 1);
        let chunk = |n| workload.compute(size, 1, n);
        let without_last = (0..workload.chunks(size) - 1)
            .map(chunk)
            .fold(Tally::default(), Tally::merge);
        for wrong in [
            without_last,
            whole.merge(chunk(0)),
            without_last.merge(chunk(0)),
        ] {
            assert_ne!(wrong.digest(), whole.digest(), "{workload}");
        }
        assert_eq!(chunk(workload.chunks(size)), Tally::default());
        assert_eq!(chunk(u64::MAX), Tally::default());
    }
}

#[test]
fn answers_read_well() {
    let answer = |workload: Workload, size| workload.answer(size, &whole(workload, size, 1));
    assert_eq!(
        answer(Workload::SumOfSquares, 1_000),
        "the squares of the numbers below 1,000 add up to 332,833,500"
    );
    assert_eq!(
        answer(Workload::PrimeCount, 1_000_000),
        "78,498 primes below 1,000,000"
    );
    assert!(answer(Workload::MonteCarloPi, 100_000).starts_with("π ≈ 3.1"));
    let mandelbrot = answer(Workload::Mandelbrot, 100);
    assert!(
        mandelbrot.contains(" of 10,000 pixels are in the set, an area of 1.5"),
        "{mandelbrot}"
    );
}

#[test]
fn names_presets_and_sizes_fit_together() {
    for workload in Workload::ALL {
        assert_eq!(workload.name().parse(), Ok(workload));
        let json = serde_json::to_value(workload).unwrap();
        assert_eq!(json, workload.name());
        let sizes = workload.presets().map(|(_, size)| size);
        assert!(sizes.is_sorted() && sizes.iter().all(|size| workload.sizes().contains(size)));
        assert_eq!(workload.default_size(), sizes[1]);
        assert!(workload.description().ends_with('.') && !workload.title().is_empty());
    }
    let error = "fibonacci".parse::<Workload>().unwrap_err().to_string();
    assert_eq!(
        error,
        "unknown workload 'fibonacci': choose one of sum-of-squares, monte-carlo-pi, prime-count, mandelbrot"
    );
}

proptest! {
    #[test]
    fn any_order_and_any_division_give_the_same_tally(
        which in 0..4_usize,
        size in 16..600_u64,
        seed: u64,
        workers in 1..9_u32,
        keys in prop::collection::vec(any::<u32>(), 256),
    ) {
        let workload = Workload::ALL[which];
        let size = if workload == Workload::Mandelbrot { size % 24 + 1 } else { size };
        let expected = whole(workload, size, seed);
        let mut chunks: Vec<u64> = (0..workload.chunks(size)).collect();
        chunks.sort_by_key(|chunk| keys[*chunk as usize]);
        // Shuffled chunks in groups, the groups merged from the right.
        let shuffled = chunks
            .chunks(workers as usize)
            .map(|group| {
                group
                    .iter()
                    .map(|chunk| workload.compute(size, seed, *chunk))
                    .fold(Tally::default(), Tally::merge)
            })
            .rfold(Tally::default(), Tally::merge);
        prop_assert_eq!(shuffled, expected);
        let shares = (0..workers)
            .map(|worker| workload.share(size, seed, worker, workers))
            .fold(Tally::default(), Tally::merge);
        prop_assert_eq!(shares, expected);
        prop_assert_eq!(shares.digest(), expected.digest());
        prop_assert_eq!(expected.chunks(), workload.chunks(size));
    }
}

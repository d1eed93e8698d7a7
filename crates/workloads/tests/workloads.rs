//! Workloads: their items can be computed in any order and any division, for every size.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use std::{ops::Range, time::Duration};
use workloads::{Bound, CountingHost, Host, Job, NullHost, Prepared, Tally, Waits, Workload};

fn full_tally(workload: Workload, size: u64, seed: u64) -> Tally {
    workload.share(size, seed, 0, 1)
}

/// A small size of each workload, with a few items, that is fast in an unoptimised build.
fn small(workload: Workload) -> u64 {
    match workload {
        Workload::AddOne | Workload::Factorial => 300,
        Workload::PrimeCount => 200_000,
        Workload::Mandelbrot | Workload::MatrixProduct => 40,
        Workload::NBody | Workload::Sha256Chain => 3,
        Workload::ImageFilter | Workload::Pipeline => 2,
        Workload::Server => 4,
        Workload::WordCount | Workload::Sleep | Workload::Scrape => 12,
        _ => 20_000,
    }
}

fn job(workload: Workload) -> Job {
    Job::new(workload, small(workload), 7).unwrap()
}

/// Runs a job in many chunks, from the last to the first, and in all rounds. Every value is
/// serialised, as between processes.
fn by_chunks(job: &Job, chunks: u64) -> Tally {
    let sent = |tally: Tally| -> Tally {
        postcard::from_bytes(&postcard::to_allocvec(&tally).unwrap()).unwrap()
    };
    let workers: Vec<Prepared> = (0..3).map(|_| job.prepare(&mut NullHost)).collect();
    let mut shared = job.first_round();
    loop {
        let tally = (0..chunks)
            .rev()
            .map(|chunk| {
                let worker = &workers[chunk as usize % 3];
                let items = job.chunk(chunk, chunks);
                sent(worker.run(&shared, items, &mut NullHost))
            })
            .fold(Tally::default(), Tally::merge);
        match job.next_round(&shared, &tally) {
            Some(next) => shared = next,
            None => return tally,
        }
    }
}

#[test]
fn every_division_gives_the_serial_digest() {
    for workload in Workload::ALL {
        let job = job(workload);
        let serial = job.serial(&mut NullHost);
        assert_eq!(serial.items(), job.items(), "{workload}");
        for chunks in [1, 2, 5, job.items(), job.items() + 3] {
            let tally = by_chunks(&job, chunks);
            assert_eq!(tally.digest(), serial.digest(), "{workload}, {chunks}");
            assert_eq!(tally, serial, "{workload}, {chunks}");
        }
        if !workload.has_rounds() {
            assert_eq!(
                full_tally(workload, job.size(), job.seed()),
                serial,
                "{workload}"
            );
        }
    }
}

#[test]
fn a_lost_doubled_or_foreign_item_changes_the_digest() {
    for workload in Workload::ALL {
        let job = job(workload);
        let (prepared, shared) = (job.prepare(&mut NullHost), job.first_round());
        let run = |items: Range<u64>| prepared.compute(&shared, items, &mut NullHost);
        let items = job.items();
        let (all, first, rest) = (run(0..items), run(0..1), run(1..items));
        let wrong = [
            rest.clone(),
            all.clone().merge(first.clone()),
            rest.clone().merge(run(1..2)),
        ];
        for wrong in wrong {
            assert_ne!(wrong.digest(), all.digest(), "{workload}");
        }
        assert_eq!(first.merge(rest), all);
        for none in [
            items..u64::MAX,
            u64::MAX..u64::MAX,
            Range { start: 2, end: 1 },
        ] {
            assert_eq!(run(none), Tally::default(), "{workload}");
        }
        let chunks = workload.chunks(job.size());
        assert_eq!(workload.compute(job.size(), 1, chunks), Tally::default());
        assert_eq!(workload.compute(job.size(), 1, u64::MAX), Tally::default());
    }
}

#[test]
fn only_seeded_workloads_depend_on_the_seed() {
    for workload in Workload::ALL {
        let size = small(workload);
        let differs =
            full_tally(workload, size, 1).digest() != full_tally(workload, size, 2).digest();
        assert_eq!(differs, workload.is_seeded(), "{workload}");
    }
}

#[test]
fn checkpoints_are_frequent_and_waits_are_as_announced() {
    for workload in Workload::ALL {
        let job = job(workload);
        let mut host = CountingHost::default();
        let tally = job.run(0..job.items(), &mut host);
        assert!(host.checkpoints > 0, "{workload}");
        let waits: Duration = (0..job.items()).map(|item| job.waits(item).total()).sum();
        assert_eq!(host.slept, waits, "{workload}");
        assert_eq!(workload.waits(), host.sleeps > 0, "{workload}");
        assert_eq!(
            workload.waits(),
            matches!(workload.bound(), Bound::Io | Bound::Mixed)
        );
        // As an event loop does it: with timers of its own, and the compute separately.
        let (prepared, shared) = (job.prepare(&mut host), job.first_round());
        let mut loop_host = NoSleep;
        let computed = (0..job.items())
            .map(|item| prepared.compute(&shared, item..item + 1, &mut loop_host))
            .fold(Tally::default(), Tally::merge);
        assert_eq!(computed, tally, "{workload}");
    }
}

/// A host that panics when it is asked to wait, as an event loop must never block.
struct NoSleep;

impl Host for NoSleep {
    fn checkpoint(&mut self) {}

    fn sleep(&mut self, _: Duration) {
        panic!("an event loop was put to sleep");
    }
}

#[test]
fn long_items_have_checkpoints() {
    // Items that take long even at the default sizes.
    for (workload, size, least) in [
        (Workload::Mandelbrot, 2_000, 1_000),
        (Workload::MatrixProduct, 400, 700),
        (Workload::ImageFilter, 1, 100),
        (Workload::Factorial, 4_000, 150),
        (Workload::Pipeline, 1, 30),
        (Workload::Sha256Chain, 1, 7),
        (Workload::NBody, 1, 4),
    ] {
        let job = Job::new(workload, size, 1).unwrap();
        let mut host = CountingHost::default();
        let rows = if workload == Workload::Mandelbrot {
            1_000..1_010
        } else {
            0..job.items()
        };
        job.run(rows, &mut host);
        let least = if workload == Workload::Mandelbrot {
            200
        } else {
            least
        };
        assert!(host.checkpoints >= least, "{workload}: {host:?}");
    }
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
        assert!(workload.description().ends_with(['.', ')']) && !workload.title().is_empty());
        assert!(!workload.unit().is_empty() && !workload.item().is_empty());
        let computes = !workload.waits() && !workload.has_rounds();
        assert_eq!(
            Workload::COMPUTE.contains(&workload),
            computes,
            "{workload}"
        );
        let job = Job::new(workload, workload.default_size(), 1).unwrap();
        assert_eq!(job.first_round().is_empty(), !workload.has_rounds());
        assert!(job.items() >= 10, "{workload}: enough items for many hands");
    }
    let error = "fibonacci".parse::<Workload>().unwrap_err().to_string();
    assert!(error.starts_with("unknown workload 'fibonacci': choose one of sum-of-squares, "));
    assert!(error.ends_with(", server, pipeline"));
}

#[test]
fn a_job_has_a_size_that_its_workload_allows() {
    for workload in Workload::ALL {
        let (low, high) = (*workload.sizes().start(), *workload.sizes().end());
        for size in [low, high] {
            let job = Job::new(workload, size, 3).unwrap();
            assert_eq!(
                (job.workload(), job.size(), job.seed()),
                (workload, size, 3)
            );
            let sent = postcard::to_allocvec(&job).unwrap();
            assert_eq!(postcard::from_bytes(&sent), Ok(job));
        }
        for size in [low - 1, high + 1, u64::MAX] {
            assert!(Job::new(workload, size, 3).is_err(), "{workload} {size}");
        }
        // A job that was deserialised is checked, too.
        let json = format!(
            "{{\"workload\":\"{workload}\",\"size\":{},\"seed\":1}}",
            high + 1
        );
        assert!(serde_json::from_str::<Job>(&json).is_err());
    }
    assert_eq!(
        Job::new(Workload::Mandelbrot, 9_000, 1)
            .unwrap_err()
            .to_string(),
        "the size of 'mandelbrot' must be from 16 to 8,192 pixels per side, but is 9,000"
    );
}

#[test]
fn the_smallest_and_the_largest_size_work() {
    for workload in Workload::ALL {
        for size in [0, 1, *workload.sizes().start()] {
            let tally = full_tally(workload, size, u64::MAX);
            assert!(!workload.answer(size, &tally).is_empty());
            assert!(!workload.answer(size, &Tally::default()).is_empty());
        }
        assert_eq!(full_tally(workload, 0, 1).items(), 0, "{workload}");
        // The last item of the largest size, if it is not too much work.
        let job = Job::new(workload, *workload.sizes().end(), u64::MAX).unwrap();
        assert_eq!(workload.chunks(u64::MAX), workload.chunks(job.size()));
        if !matches!(workload, Workload::MatrixProduct | Workload::Mandelbrot) {
            let last = job.items() - 1;
            assert_eq!(
                job.run(last..u64::MAX, &mut NullHost).items(),
                1,
                "{workload}"
            );
        }
        for item in [job.items() - 1, u64::MAX] {
            let Waits { before, after } = job.waits(item);
            assert!(before + after < Duration::from_secs(1));
            let _ = job.arrival(item);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn any_size_any_division_and_any_order_give_the_same_tally(
        which in 0..Workload::ALL.len(),
        share in 0.0..=1.0_f64,
        seed: u64,
        cuts in prop::collection::vec(0.0..=1.0_f64, 0..6),
        keys in prop::collection::vec(any::<u32>(), 8),
    ) {
        let workload = Workload::ALL[which];
        let size = (small(workload) as f64 * share) as u64;
        let job = Job::new(workload, size.max(*workload.sizes().start()), seed).unwrap();
        let mut ends: Vec<u64> = (cuts.iter())
            .map(|cut| (job.items() as f64 * cut) as u64)
            .chain([0, job.items()])
            .collect();
        ends.sort_unstable();
        let mut ranges: Vec<(u32, Range<u64>)> = ends
            .windows(2)
            .zip(keys)
            .map(|(ends, key)| (key, ends[0]..ends[1]))
            .collect();
        ranges.sort_by_key(|(key, _)| *key);
        let prepared = job.prepare(&mut NullHost);
        let shared = job.first_round();
        let run = |range: Range<u64>| prepared.compute(&shared, range, &mut NullHost);
        // Merged from the right; the serial tally is merged from the left.
        let divided = (ranges.into_iter())
            .map(|(_, range)| run(range))
            .rfold(Tally::default(), Tally::merge);
        let serial = run(0..job.items());
        prop_assert_eq!(divided.digest(), serial.digest());
        prop_assert_eq!(divided, serial);
    }

    #[test]
    fn shares_make_the_whole(
        which in 0..Workload::ALL.len(), share in 0.0..=1.0_f64, seed: u64, workers in 0..9_u32,
    ) {
        let workload = Workload::ALL[which];
        let size = (small(workload) as f64 * share) as u64;
        let shares = (0..workers.max(1))
            .map(|worker| workload.share(size, seed, worker, workers))
            .fold(Tally::default(), Tally::merge);
        prop_assert_eq!(shares.digest(), full_tally(workload, size, seed).digest());
        let chunks = || (0..workload.chunks(size)).map(|chunk| workload.compute(size, seed, chunk));
        let all = Tally::merge_all(chunks().take(11));
        prop_assert_eq!(all, chunks().take(11).fold(Tally::default(), Tally::merge));
    }

    #[test]
    fn no_range_and_no_shared_numbers_make_a_panic(
        which in 0..Workload::ALL.len(), start: u64, end: u64, near in 0..40_u64,
        shared in prop::collection::vec(any::<u64>(), 0..20), chunk: u64, chunks: u64,
    ) {
        let job = job(Workload::ALL[which]);
        let prepared = job.prepare(&mut NullHost);
        let items = job.items();
        let tally = prepared.run(&shared, near..end, &mut NullHost);
        prop_assert_eq!(tally.items(), end.min(items).saturating_sub(near));
        let tally = prepared.run(&shared, start..near, &mut NullHost);
        prop_assert_eq!(tally.items(), near.min(items).saturating_sub(start));
        let _ = job.next_round(&shared, &tally);
        let range = job.chunk(chunk, chunks);
        prop_assert!(range.start <= range.end && range.end <= items);
    }
}

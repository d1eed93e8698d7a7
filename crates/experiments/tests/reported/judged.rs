//! Every claim, with samples for which it is true, not true or too close to call, and with samples
//! to which its rule does not apply.

use super::*;
use Outcome::{CannotBeSaid, DoesNotHold, Holds, TooClose};

/// The samples of one point: with little spread, or with so much that intervals overlap.
struct At {
    id: &'static str,
    unit: &'static str,
    x: f64,
    label: Option<&'static str>,
    samples: Vec<f64>,
}

fn at(id: &'static str, unit: &'static str, x: f64, figure: f64) -> At {
    let samples = around(figure);
    let label = None;
    At {
        id,
        unit,
        x,
        label,
        samples,
    }
}

/// Samples from half of the figure to twice the figure.
fn wide(id: &'static str, unit: &'static str, x: f64, figure: f64) -> At {
    let samples = [0.5, 0.6, 1.0, 1.7, 2.0].map(|factor| figure * factor);
    At {
        samples: samples.to_vec(),
        ..at(id, unit, x, figure)
    }
}

fn of_method(id: &'static str, name: &'static str, x: f64, figure: f64) -> At {
    At {
        label: Some(name),
        ..at(id, "ms", x, figure)
    }
}

/// A recording of these samples on a machine with this number of cores.
fn recorded(query: &str, cores: u32, points: Vec<At>) -> Recording {
    let mut recording = recording(query);
    recording.environment.logical_cores = cores;
    for at in points {
        let found = recording.series.iter().position(|one| one.id == at.id);
        let index = found.unwrap_or_else(|| {
            let (axis, measure) = (Quantity::new("", ""), Quantity::new("", at.unit));
            recording
                .series
                .push(Series::new(at.id, at.id, axis, measure));
            recording.series.len() - 1
        });
        let point = recording.series[index].point(at.x);
        point.label = at.label.map(str::to_owned);
        for sample in at.samples {
            point.sample(sample, false);
        }
    }
    recording
}

/// The verdict about a claim, with its sentence.
fn judged(recording: Recording, claim: &str) -> (Outcome, String) {
    let report = Report::new(recording);
    let mut found = report.findings.iter();
    let finding = found
        .find(|one| one.claim.as_ref().is_some_and(|one| one.claim.id == claim))
        .unwrap_or_else(|| panic!("{claim} is not judged"));
    let verdict = finding.claim.as_ref().unwrap();
    if verdict.outcome == CannotBeSaid {
        let sentence = &finding.sentence;
        assert!(
            sentence.starts_with("This cannot be said here: "),
            "{sentence}"
        );
    }
    (verdict.outcome, finding.sentence.clone())
}

/// A verdict "too close to call" gives the interval, since the figure alone may look clear.
#[test]
fn a_clear_figure_with_a_wide_interval_shows_the_interval() {
    let points = vec![
        at("tiny-loop", "ms", 1e4, 0.01),
        wide("tiny-pool", "ms", 1e4, 3.0),
    ];
    let (outcome, sentence) = judged(recorded("experiment=granularity", 2, points), "tiny-tasks");
    assert_eq!(outcome, TooClose);
    assert!(
        sentence.ends_with("The 95 % interval reaches from 147× to 612×, across the limit."),
        "{sentence}"
    );
}

fn check(
    claim: &str,
    (query, cores): (&str, u32),
    points: Vec<At>,
    expected: Outcome,
    words: &str,
) {
    let (outcome, sentence) = judged(recorded(query, cores, points), claim);
    assert_eq!(outcome, expected, "{claim}: {sentence}");
    assert!(sentence.contains(words), "{claim}: {sentence}");
}

#[test]
fn every_claim_states_its_rule() {
    for claim in Experiment::ALL.into_iter().flat_map(Experiment::claims) {
        assert!(
            claim.rule.ends_with('.') && claim.rule.contains(": true"),
            "{}: {}",
            claim.id,
            claim.rule
        );
    }
}

#[test]
fn without_samples_no_claim_is_judged() {
    for experiment in Experiment::ALL {
        let query = format!("experiment={experiment}");
        for claim in experiment.claims() {
            check(claim.id, (&query, 4), Vec::new(), CannotBeSaid, ": ");
        }
    }
}

#[test]
fn near_linear() {
    let on = |cores| ("experiment=speed-up&workers=4", cores);
    let times = |one: At| vec![at("main", "s", 1.0, 4.0), one];
    let four = |figure| at("processes", "s", 4.0, figure);
    let check = |on, points, outcome, words| check("near-linear", on, points, outcome, words);
    check(on(4), times(four(1.1)), Holds, "4 processes were 3.6×");
    check(on(8), times(four(1.1)), Holds, "3.6×");
    check(on(4), times(four(2.0)), DoesNotHold, "2.0×");
    check(
        on(4),
        times(wide("processes", "s", 4.0, 1.15)),
        TooClose,
        "3.5×",
    );
    // The claim is about 4 cores, and not about 4 processes on 2 cores.
    check(
        on(2),
        times(four(2.0)),
        CannotBeSaid,
        "this machine has 2 cores",
    );
    check(
        on(1),
        times(four(2.0)),
        CannotBeSaid,
        "this machine has 1 core,",
    );
    let two = vec![at("main", "s", 1.0, 4.0), at("processes", "s", 2.0, 2.0)];
    check(on(4), two, CannotBeSaid, "with 4 processes.");
}

/// The browser reports 4 cores, but other programs use 2 of them.
#[test]
fn near_linear_needs_cores_that_are_free() {
    let points = vec![at("main", "s", 1.0, 4.0), at("processes", "s", 4.0, 2.0)];
    let mut recording = recorded("experiment=speed-up&workers=4", 4, points);
    recording.calibration = Some(Calibration::new([(1, vec![1.0]), (4, vec![2.0, 2.1])]));
    let (outcome, sentence) = judged(recording, "near-linear");
    assert_eq!(outcome, CannotBeSaid);
    assert!(
        sentence.contains("4 independent workers were only 2.0× as fast as one"),
        "{sentence}"
    );
}

#[test]
fn gil_threads() {
    let on = |cores| ("experiment=speed-up&workers=4", cores);
    let threads = |one: f64, two: At| vec![at("threads-gil", "s", 1.0, one), two];
    let two = |figure| at("threads-gil", "s", 2.0, figure);
    let check = |on, points, outcome, words| check("gil-threads", on, points, outcome, words);
    check(on(2), threads(4.0, two(4.2)), Holds, "0.95× as fast as one");
    check(on(2), threads(4.0, two(2.1)), DoesNotHold, "1.9×");
    let spread = wide("threads-gil", "s", 2.0, 4.0);
    check(on(2), threads(4.0, spread), TooClose, "1.00×");
    check(on(1), threads(4.0, two(4.0)), CannotBeSaid, "1 core");
    let one = vec![at("threads-gil", "s", 1.0, 4.0)];
    check(on(2), one, CannotBeSaid, "not measured");
    let none = vec![at("main", "s", 1.0, 4.0)];
    check(
        on(2),
        none,
        CannotBeSaid,
        "not measured: a single thread with a GIL.",
    );
    let beyond = threads(4.0, at("threads-gil", "s", 4.0, 4.0));
    check(on(2), beyond, CannotBeSaid, "not measured");
}

#[test]
fn more_than_cores() {
    let on = ("experiment=speed-up&workers=4", 2);
    let both = |beyond: At| vec![at("processes", "s", 2.0, 2.0), beyond];
    let four = |figure| at("processes", "s", 4.0, figure);
    let check = |points, outcome, words| check("more-than-cores", on, points, outcome, words);
    check(
        both(four(2.0)),
        Holds,
        "2 processes took 2 s, 4 processes took 2 s: 1.00×",
    );
    check(both(four(2.5)), Holds, "0.80×");
    check(both(four(1.0)), DoesNotHold, "2.0×");
    check(both(wide("processes", "s", 4.0, 2.0)), TooClose, "1.00×");
    let within = vec![
        at("processes", "s", 1.0, 4.0),
        at("processes", "s", 2.0, 2.0),
    ];
    check(
        within,
        CannotBeSaid,
        "measures no number of processes beyond that",
    );
}

#[test]
fn pickling_dominates() {
    let on = ("experiment=messaging&repeats=5", 2);
    let table = |x: f64, encode: f64, transit: At| {
        vec![
            at("table-codec", "µs", x, 2.0 * encode),
            at("table-codec-encode", "µs", x, encode),
            transit,
            at("table-codec-decode", "µs", x, encode),
        ]
    };
    let transit = |x, figure| at("table-codec-transit", "µs", x, figure);
    let check = |points, outcome, words| check("pickling-dominates", on, points, outcome, words);
    check(
        table(1e6, 200.0, transit(1e6, 100.0)),
        Holds,
        "4.0× as long",
    );
    check(table(1e6, 20.0, transit(1e6, 100.0)), DoesNotHold, "0.40×");
    let spread = wide("table-codec-transit", "µs", 1e6, 100.0);
    check(table(1e6, 50.0, spread), TooClose, "1.00×");
    let small = table(1e3, 200.0, transit(1e3, 100.0));
    check(small, CannotBeSaid, "the largest table had 1,000 bytes");
    // The browser encodes a structured clone within its transit.
    let clone = vec![
        at("table-clone", "µs", 1e6, 9.0),
        at("table-clone-encode", "µs", 1e6, 9.0),
        at("table-clone-transit", "µs", 1e6, 1.0),
        at("table-clone-decode", "µs", 1e6, 9.0),
    ];
    check(clone, CannotBeSaid, "a table by the codec or as JSON");
}

#[test]
fn pipe_faster() {
    let on = ("experiment=messaging&repeats=5", 2);
    let trips = |pipe: f64, queue: At| vec![at("latency-pipe", "µs", 16.0, pipe), queue];
    let queue = |figure| at("latency-queue", "µs", 16.0, figure);
    let rates = |mut points: Vec<At>, pipe: f64, queue: f64| {
        points.push(at("stream-pipe", "MB/s", 1e6, pipe));
        points.push(at("stream-queue", "MB/s", 1e6, queue));
        points
    };
    let check = |points, outcome, words| check("pipe-faster", on, points, outcome, words);
    check(
        trips(5.0, queue(9.0)),
        Holds,
        "a Pipe took 5 µs and a Queue 9 µs",
    );
    check(
        rates(trips(5.0, queue(9.0)), 9e3, 8.9e3),
        Holds,
        "one after another",
    );
    check(trips(9.0, queue(5.0)), DoesNotHold, "9 µs");
    // A pipe that is slower where messages come one after another is not faster.
    check(rates(trips(5.0, queue(9.0)), 1e3, 5e3), DoesNotHold, "MB/s");
    check(
        trips(5.0, wide("latency-queue", "µs", 16.0, 5.0)),
        TooClose,
        "5 µs",
    );
    let pipe = vec![at("latency-pipe", "µs", 16.0, 5.0)];
    check(pipe, CannotBeSaid, "not measured: “Queue”");
}

#[test]
fn shared_memory_large() {
    let on = ("experiment=messaging&repeats=5", 2);
    let both = |x: f64, codec: f64, shared: At| vec![at("integers-codec", "µs", x, codec), shared];
    let shared = |x, figure| at("integers-shared", "µs", x, figure);
    let check = |points, outcome, words| check("shared-memory-large", on, points, outcome, words);
    check(both(1e6, 5_000.0, shared(1e6, 200.0)), Holds, "25× as long");
    check(both(1e6, 300.0, shared(1e6, 200.0)), DoesNotHold, "1.5×");
    let spread = wide("integers-shared", "µs", 1e6, 200.0);
    check(both(1e6, 400.0, spread), TooClose, "2.0×");
    let small = both(1e4, 5_000.0, shared(1e4, 200.0));
    check(small, CannotBeSaid, "the largest array had 10,000 bytes");
}

#[test]
fn tiny_tasks() {
    let on = ("experiment=granularity", 2);
    let both = |pool: At| vec![at("tiny-loop", "ms", 1e4, 0.01), pool];
    let pool = |figure| at("tiny-pool", "ms", 1e4, figure);
    let check = |points, outcome, words| check("tiny-tasks", on, points, outcome, words);
    check(both(pool(36.38)), Holds, "3,638× the time of a loop");
    check(both(pool(0.5)), DoesNotHold, "50×");
    check(both(wide("tiny-pool", "ms", 1e4, 2.5)), TooClose, "250×");
    let once = At {
        samples: vec![36.38],
        ..pool(36.38)
    };
    // A single run has no interval, so the verdict is not "too close to call".
    check(
        both(once),
        CannotBeSaid,
        "it was measured once, and an interval needs 3",
    );
}

/// A second of work by one process and by a pool of two, which needs `per_task` seconds more for
/// each task.
fn sweep(per_task: f64, counts: &[f64]) -> Vec<At> {
    let points = counts.iter().flat_map(|&n| {
        let pool = if n < 2.0 { 1.0 } else { 0.5 } + per_task * n;
        [
            at("alone-uniform", "s", n, 1.0),
            at("pool-uniform", "s", n, pool),
        ]
    });
    points.collect()
}

#[test]
fn tenth_of_a_second() {
    let on = |cores| ("experiment=granularity", cores);
    let few = [1.0, 2.0, 4.0, 8.0, 16.0];
    let check = |on, points, outcome, words| check("tenth-of-a-second", on, points, outcome, words);
    // With 16 tasks of 62.5 ms the pool needs 1.3 s, with 2 of 500 ms 0.6 s.
    check(
        on(2),
        sweep(0.05, &few),
        Holds,
        "With tasks of 62.5 ms the pool took 1.30 s",
    );
    let many = [1.0, 2.0, 8.0, 128.0, 2_048.0];
    check(
        on(2),
        sweep(0.001, &many),
        DoesNotHold,
        "With tasks of 7.81 ms each",
    );
    check(on(2), sweep(0.031_25, &few), TooClose, "the pool took 1 s");
    check(on(1), sweep(0.001, &many), CannotBeSaid, "1 core");
    // A line fitted to tasks of half a second predicts nothing about much shorter tasks.
    check(
        on(2),
        sweep(1e-4, &[2.0, 4.0]),
        CannotBeSaid,
        "no task was shorter than 100 ms",
    );
    check(
        on(2),
        sweep(2.0, &few),
        CannotBeSaid,
        "faster with no length",
    );
}

#[test]
fn chunks_help() {
    let on = ("experiment=granularity", 2);
    let pool = |most: At| vec![at("pool-uniform", "s", 8.0, 0.5), most];
    let most = |x, figure| at("pool-uniform", "s", x, figure);
    let check = |points, outcome, words| check("chunks-help", on, points, outcome, words);
    check(
        pool(most(8_192.0, 2.0)),
        Holds,
        "In 8,192 tasks the work took 4.0× the time that it took in 8",
    );
    check(pool(most(8_192.0, 0.6)), DoesNotHold, "1.2×");
    check(
        pool(wide("pool-uniform", "s", 8_192.0, 1.0)),
        TooClose,
        "2.0×",
    );
    check(
        pool(most(128.0, 2.0)),
        CannotBeSaid,
        "cut into 128 tasks at most",
    );
}

#[test]
fn start_up_cost() {
    let on = ("experiment=start-up&counts=1,4", 2);
    let one = |figure| vec![at("joined-spawn", "ms", 1.0, figure)];
    let check = |points, outcome, words| check("start-up-cost", on, points, outcome, words);
    check(one(90.0), Holds, "spawn 90 ms");
    check(one(15.0), DoesNotHold, "spawn 15 ms");
    check(one(400.0), DoesNotHold, "spawn 400 ms");
    check(
        vec![wide("joined-spawn", "ms", 1.0, 50.0)],
        TooClose,
        "50 ms",
    );
    let four = vec![at("joined-spawn", "ms", 4.0, 90.0)];
    check(four, CannotBeSaid, "not measured");
    let both = vec![
        at("joined-spawn", "ms", 1.0, 90.0),
        at("joined-forkserver", "ms", 1.0, 1.0),
    ];
    check(both, Holds, "spawn 90 ms, forkserver 1 ms");
}

#[test]
fn memory_cost() {
    let asked = ("experiment=start-up&counts=4&browser-memory=yes", 2);
    let not_asked = ("experiment=start-up&counts=4", 2);
    let worker = |figure| {
        vec![
            at("memory-spawn", "MiB", 4.0, 1.5),
            at("browser-worker", "MiB", 4.0, figure),
        ]
    };
    let own = |figure| vec![at("memory-spawn", "MiB", 4.0, figure)];
    let check = |on, points, outcome, words| check("memory-cost", on, points, outcome, words);
    check(asked, worker(20.0), Holds, "a worker takes 20 MiB");
    check(asked, worker(2.0), DoesNotHold, "2 MiB");
    check(
        asked,
        vec![wide("browser-worker", "MiB", 4.0, 10.0)],
        TooClose,
        "10 MiB",
    );
    // The module's own memory is only a part of a process's memory. If it is below the range, the
    // claim cannot be judged.
    check(not_asked, own(1.5), CannotBeSaid, "was not asked");
    check(asked, own(1.5), CannotBeSaid, "did not answer");
    check(not_asked, own(100.0), DoesNotHold, "100 MiB");
}

#[test]
fn updates_lost() {
    let on = ("experiment=sharing&workers=2", 2);
    let lost = |x, samples: [f64; 5]| {
        vec![At {
            samples: samples.to_vec(),
            ..at("lost", "%", x, 0.0)
        }]
    };
    let check = |points, outcome, words| check("updates-lost", on, points, outcome, words);
    check(
        lost(2.0, [20.0, 30.0, 25.0, 27.0, 26.0]),
        Holds,
        "lost additions in 5 of 5 runs: 26 %",
    );
    check(
        lost(2.0, [0.0; 5]),
        DoesNotHold,
        "which does not make it safe",
    );
    // The median run lost no addition, so the claim is not "true here".
    let seldom = lost(2.0, [0.0, 0.0, 0.0, 1.0, 2.0]);
    check(
        seldom,
        TooClose,
        "in 2 of 5 runs: 0 % in the middle one, 2 % at most",
    );
    check(lost(1.0, [0.0; 5]), CannotBeSaid, "nobody to share with");
}

#[test]
fn lock_costs() {
    let on = ("experiment=sharing&workers=2", 2);
    let both = |x: f64, locked: f64, partial: At| vec![at("locked", "µs", x, locked), partial];
    let partial = |x, figure| at("partial", "µs", x, figure);
    let check = |points, outcome, words| check("lock-costs", on, points, outcome, words);
    check(both(2.0, 0.2, partial(2.0, 0.01)), Holds, "20× the time");
    check(both(2.0, 0.2, partial(2.0, 0.4)), DoesNotHold, "0.50×");
    check(both(2.0, 0.2, partial(2.0, 0.2)), TooClose, "1.00×");
    check(
        both(1.0, 0.2, partial(1.0, 0.01)),
        CannotBeSaid,
        "only one process",
    );
    check(
        vec![at("locked", "µs", 2.0, 0.2)],
        CannotBeSaid,
        "not measured: “partial sums”",
    );
    // A wrong sum under the lock prevents a verdict.
    let mut wrong = recorded(on.0, 2, both(2.0, 0.2, partial(2.0, 0.01)));
    wrong.series[0].point(2.0).result("3".to_owned(), "4");
    let (outcome, sentence) = judged(wrong, "lock-costs");
    assert_eq!(outcome, CannotBeSaid);
    assert!(sentence.contains("the results differ"), "{sentence}");
}

#[test]
fn manager_slow() {
    let on = ("experiment=sharing&workers=2", 2);
    let both = |manager: f64, locked: At| vec![at("manager", "µs", 2.0, manager), locked];
    let locked = |figure| at("locked", "µs", 2.0, figure);
    let check = |points, outcome, words| check("manager-slow", on, points, outcome, words);
    check(both(40.0, locked(0.2)), Holds, "200× the time");
    check(both(0.1, locked(0.2)), DoesNotHold, "0.50×");
    check(both(0.2, wide("locked", "µs", 2.0, 0.2)), TooClose, "1.00×");
    check(vec![locked(0.2)], CannotBeSaid, "not measured: “Manager”");
}

/// A pipeline with queues of 1, with the shares of the time for which its stages are at work, in
/// per cent.
fn pipeline(busy: [f64; 3], rates: &[(f64, f64)]) -> Vec<At> {
    let [read, smooth, write] = busy;
    let mut points = vec![
        at("busy-read-1", "%", 1.0, read),
        at("busy-smooth-1", "%", 1.0, smooth),
        at("busy-write-1", "%", 1.0, write),
    ];
    points.extend(rates.iter().map(|(x, rate)| at("rate-1", "1/s", *x, *rate)));
    points
}

#[test]
fn slowest_stage() {
    let on = |cores| {
        (
            "experiment=pipelines&capacities=1&readers=1&writers=1",
            cores,
        )
    };
    let smoothing = [40.0, 99.0, 30.0];
    let two = |rate| [(1.0, 100.0), (2.0, rate)];
    let check = |on, points, outcome, words| check("slowest-stage", on, points, outcome, words);
    check(
        on(4),
        pipeline(smoothing, &two(180.0)),
        Holds,
        "1.8× as many",
    );
    check(
        on(4),
        pipeline(smoothing, &two(100.0)),
        DoesNotHold,
        "1.00×",
    );
    check(on(4), pipeline(smoothing, &two(110.0)), TooClose, "1.10×");
    // This plan never changes the slowest stage.
    let reading = pipeline([90.0, 26.0, 69.0], &two(96.0));
    check(on(4), reading, CannotBeSaid, "reading is the slowest stage");
    let alike = pipeline([40.0, 99.0, 98.0], &two(100.0));
    check(on(4), alike, CannotBeSaid, "writing is nearly as slow");
    let one = pipeline(smoothing, &[(1.0, 100.0)]);
    check(on(4), one, CannotBeSaid, "only 1 process smoothing");
    // Without a gain, too few cores may be the cause. A gain counts in any case.
    check(
        on(2),
        pipeline(smoothing, &two(100.0)),
        CannotBeSaid,
        "4 processes share 2 cores",
    );
    check(on(2), pipeline(smoothing, &two(180.0)), Holds, "1.8×");
}

#[test]
fn bounded_queue() {
    let on = ("experiment=pipelines&capacities=8", 2);
    let depths = |samples: [f64; 5]| {
        vec![At {
            samples: samples.to_vec(),
            ..at("depth-read-8", "", 1.0, 0.0)
        }]
    };
    let check = |points, outcome, words| check("bounded-queue", on, points, outcome, words);
    check(
        depths([7.0, 8.0, 8.0, 8.0, 6.0]),
        Holds,
        "held 8 of 8 recordings",
    );
    check(depths([7.0, 8.0, 9.0, 8.0, 6.0]), DoesNotHold, "9 of 8");
    check(depths([1.0, 2.0, 8.0, 1.0, 1.0]), TooClose, "8 of 8");
    check(
        depths([1.0, 2.0, 1.0, 1.0, 1.0]),
        CannotBeSaid,
        "no queue was ever full",
    );
}

#[test]
fn imap_first() {
    let on = ("experiment=pool-methods&workers=2", 2);
    let both = |imap: At| vec![of_method("first", "map", 0.0, 90.0), imap];
    let imap = |figure| of_method("first", "imap", 2.0, figure);
    let check = |on, points, outcome, words| check("imap-first", on, points, outcome, words);
    check(
        on,
        both(imap(5.0)),
        Holds,
        "imap gave its first result after 5 ms, map after 90 ms",
    );
    check(on, both(imap(180.0)), DoesNotHold, "180 ms");
    check(on, both(imap(90.0)), TooClose, "90 ms");
    let single = ("experiment=pool-methods&workers=2&items=1", 2);
    check(single, both(imap(5.0)), CannotBeSaid, "with a single task");
    check(on, vec![imap(5.0)], CannotBeSaid, "not measured: map");
}

#[test]
fn unordered_first() {
    let on = ("experiment=pool-methods&workers=2", 2);
    let both = |quick: f64| {
        vec![
            of_method("half", "imap", 2.0, 55.0),
            of_method("half", "imap_unordered", 3.0, quick),
        ]
    };
    let check = |on, points, outcome, words| check("unordered-first", on, points, outcome, words);
    check(
        on,
        both(20.0),
        Holds,
        "imap_unordered gave half of its results after 20 ms",
    );
    check(on, both(90.0), DoesNotHold, "90 ms");
    check(on, both(55.0), TooClose, "55 ms");
    let even = ("experiment=pool-methods&workers=2&skew=uniform", 2);
    check(
        even,
        both(20.0),
        CannotBeSaid,
        "all tasks take equally long",
    );
    let alone = ("experiment=pool-methods&workers=1", 2);
    check(alone, both(20.0), CannotBeSaid, "a single worker");
}

#[test]
fn event_loop_best() {
    let on = ("experiment=io-bound&workload=sleep&size=60", 2);
    let both = |event_loop: f64, processes: f64| {
        vec![
            at("event-loop", "s", 30.0, event_loop),
            at("processes", "s", 8.0, processes),
        ]
    };
    let check = |on, points, outcome, words| check("event-loop-best", on, points, outcome, words);
    check(
        on,
        both(0.08, 0.11),
        Holds,
        "the event loop took 80 ms and processes 0.11 s",
    );
    check(on, both(0.2, 0.11), DoesNotHold, "0.20 s");
    check(on, both(0.11, 0.11), TooClose, "0.11 s");
    let few = ("experiment=io-bound&workload=sleep&size=4", 2);
    check(
        few,
        both(0.08, 0.11),
        CannotBeSaid,
        "4 are not many connections",
    );
    // The event loop is not the best choice if threads are as fast.
    let with_threads = |threads: f64| {
        let mut points = both(0.08, 0.11);
        points.push(at("threads-gil", "s", 8.0, threads));
        points
    };
    check(on, with_threads(0.2), Holds, "threads 0.20 s");
    check(on, with_threads(0.08), TooClose, "threads 80 ms");
    check(on, with_threads(0.04), DoesNotHold, "threads 40 ms");
}

#[test]
fn sleep_is_work() {
    let on = ("experiment=io-bound&workload=sleep&size=60", 4);
    let all = |sleep: f64, compute: At| {
        vec![
            at("posing-sleep", "s", 1.0, 0.4),
            at("posing-sleep", "s", 4.0, sleep),
            at("posing-compute", "s", 1.0, 0.4),
            compute,
        ]
    };
    let compute = |figure| at("posing-compute", "s", 4.0, figure);
    let check = |points, outcome, words| check("sleep-is-work", on, points, outcome, words);
    check(
        all(0.105, compute(0.107)),
        Holds,
        "slept 3.8× as fast as one, and computed 3.7×",
    );
    check(
        all(0.105, compute(0.21)),
        DoesNotHold,
        "sleeping needs no core, work does",
    );
    check(
        all(0.105, wide("posing-compute", "s", 4.0, 0.11)),
        TooClose,
        "3.6×",
    );
    let sleep = vec![
        at("posing-sleep", "s", 1.0, 0.4),
        at("posing-sleep", "s", 4.0, 0.1),
    ];
    check(sleep, CannotBeSaid, "not measured");
}

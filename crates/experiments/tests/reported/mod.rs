//! Invented recordings of every experiment, and tests of their reports.

mod coarse;
mod cpython_script;
mod decided;
mod judged;
mod read;
mod said;
mod schema;

use experiments::*;
use manyhands::StartMethod;

pub const CORES: u32 = 2;
pub const PROCESSES: Model = Model::Processes(StartMethod::Forkserver);

/// A recording of a query's plan, without series.
pub fn recording(query: &str) -> Recording {
    let (plan, invalid, _) = Plan::from_query(query, CORES);
    assert_eq!(invalid, [], "{query}");
    Recording {
        plan,
        environment: Environment {
            user_agent: "a browser".to_owned(),
            logical_cores: CORES,
            isolated: true,
            arena_port: "two-memory".to_owned(),
            clock_step_us: 5.0,
            recorded_at: "2026-11-21T12:00:00Z".to_owned(),
            hidden: false,
            throttled: false,
        },
        calibration: None,
        series: Vec::new(),
        answer: None,
        responsiveness: None,
        lanes: Vec::new(),
        provenance: None,
    }
}

/// Samples around a figure.
pub fn around(figure: f64) -> Vec<f64> {
    [0.98, 0.99, 1.0, 1.01, 1.02]
        .map(|factor| figure * factor)
        .to_vec()
}

/// A series with samples around a figure at each point.
pub fn series(
    id: &str,
    (axis, measure): (&'static str, &'static str),
    figures: &[(f64, f64)],
) -> Series {
    let mut series = Series::new(
        id,
        id,
        Quantity::new(axis, ""),
        Quantity::new("time", measure),
    );
    for (x, figure) in figures {
        for sample in around(*figure) {
            series.point(*x).sample(sample, false);
        }
    }
    series
}

/// The same with a name for each point.
pub fn named(id: &str, unit: &'static str, figures: &[(&str, f64)]) -> Series {
    let mut series = Series::new(
        id,
        id,
        Quantity::new("method", ""),
        Quantity::new("time", unit),
    );
    for (x, (name, figure)) in figures.iter().enumerate() {
        let point = series.point(x as f64);
        point.label = Some((*name).to_owned());
        for sample in around(*figure) {
            point.sample(sample, false);
        }
    }
    series
}

pub fn report(query: &str, series: Vec<Series>) -> Report {
    let mut recording = recording(query);
    recording.series = series;
    Report::new(recording)
}

pub fn speed_up() -> Report {
    let mut recording = recording("experiment=speed-up&workers=4&repeats=5&scaling=strong,weak");
    let time = ("processes", "s");
    recording.series = vec![
        series("main", time, &[(1.0, 4.0)]).of_model(Model::Main),
        series(
            "processes",
            time,
            &[(1.0, 4.1), (2.0, 2.1), (3.0, 2.2), (4.0, 2.5)],
        )
        .of_model(PROCESSES),
        series("start-up", ("processes", "ms"), &[(1.0, 3.0), (2.0, 3.5)]),
        series(
            "computing",
            ("processes", "ms"),
            &[(1.0, 4_000.0), (2.0, 2_000.0)],
        ),
        series("weak", time, &[(1.0, 4.1), (2.0, 4.2), (4.0, 8.4)]).of_model(PROCESSES),
        series("threads-gil", time, &[(1.0, 4.0), (2.0, 4.2), (4.0, 4.4)])
            .of_model(Model::Threads(Locking::Gil)),
    ];
    recording.calibration = Some(Calibration::new([(1, vec![1.0]), (2, vec![1.9, 1.95])]));
    Report::new(recording)
}

pub fn sharing() -> Report {
    let at = ("processes", "µs");
    let mut unlocked = series("unlocked", at, &[(1.0, 0.02), (2.0, 0.03)]).of_way("unlocked");
    unlocked.may_be_wrong = true;
    unlocked.point(2.0).result("311".to_owned(), "400");
    let mut locked = series("locked", at, &[(1.0, 0.08), (2.0, 0.2)]).of_way("locked");
    locked.point(2.0).result("400".to_owned(), "400");
    report(
        "experiment=sharing&workers=2",
        vec![
            unlocked,
            locked,
            series("atomic", at, &[(1.0, 0.01), (2.0, 0.02)]),
            series("partial", at, &[(1.0, 0.001), (2.0, 0.0005)]),
            series("manager", at, &[(1.0, 30.0), (2.0, 40.0)]),
            series("lost", ("processes", "%"), &[(1.0, 0.0), (2.0, 27.0)]),
        ],
    )
}

pub fn io_bound() -> Report {
    let at = ("at once", "s");
    report(
        "experiment=io-bound&workload=sleep&size=60",
        vec![
            series("main", at, &[(1.0, 0.6)]).of_model(Model::Main),
            series("event-loop", at, &[(1.0, 0.6), (8.0, 0.08)]).of_model(Model::EventLoop),
            series("processes", at, &[(1.0, 0.62), (8.0, 0.11)]).of_model(PROCESSES),
            series("posing-sleep", at, &[(1.0, 0.4), (4.0, 0.11)]),
            series("posing-compute", at, &[(1.0, 0.4), (4.0, 0.21)]),
        ],
    )
}

/// A second of work, which two workers halve. Each task costs a millisecond more.
pub fn granularity() -> Report {
    let counts = [1.0, 2.0, 8.0, 128.0, 2_048.0];
    let alone: Vec<_> = counts.map(|n| (n, 1.0)).to_vec();
    let pool: Vec<_> = counts
        .map(|n: f64| (n, if n < 2.0 { 1.0 } else { 0.5 } + 0.001 * n))
        .to_vec();
    let at = ("tasks", "s");
    report(
        "experiment=granularity&chunks=1,2,8,128,2048",
        vec![
            series("alone-uniform", at, &alone),
            series("pool-uniform", at, &pool),
            named("policies-uniform", "s", &[("shared", 0.6), ("static", 0.5)]),
            series("tiny-loop", ("tasks", "ms"), &[(10_000.0, 0.01)]),
            series("tiny-pool", ("tasks", "ms"), &[(10_000.0, 8.0)]),
        ],
    )
}

pub fn start_up() -> Report {
    let at = ("processes", "ms");
    let mut all = Vec::new();
    for (method, called, joined) in [("spawn", 11.0, 15.0), ("forkserver", 0.4, 1.0)] {
        all.push(series(
            &format!("called-{method}"),
            at,
            &[(1.0, called), (4.0, 2.0 * called)],
        ));
        all.push(series(
            &format!("joined-{method}"),
            at,
            &[(1.0, joined), (4.0, 2.0 * joined)],
        ));
        all.push(series(
            &format!("memory-{method}"),
            ("processes", "MiB"),
            &[(1.0, 1.5), (4.0, 1.5)],
        ));
    }
    report("experiment=start-up&counts=1,4", all)
}

pub fn pipelines() -> Report {
    let at = ("smoothers", "%");
    let mut all = vec![series(
        "rate-1",
        ("smoothers", "1/s"),
        &[(1.0, 100.0), (2.0, 180.0)],
    )];
    for (stage, one, two) in [
        ("read", 40.0, 80.0),
        ("smooth", 99.0, 70.0),
        ("write", 30.0, 60.0),
    ] {
        all.push(series(
            &format!("busy-{stage}-1"),
            at,
            &[(1.0, one), (2.0, two)],
        ));
    }
    let mut depth = Series::new(
        "depth-read-1",
        "depth",
        Quantity::new("smoothers", ""),
        Quantity::new("recordings", ""),
    );
    for x in [1.0, 2.0] {
        for sample in [0.0, 1.0, 1.0] {
            depth.point(x).sample(sample, false);
        }
    }
    all.push(depth);
    let mut over_time = Series::new(
        "over-time-read-1",
        "over time",
        Quantity::new("time", "ms"),
        Quantity::new("recordings", ""),
    );
    for (at, depth) in [(1.0, 1.0), (2.5, 0.0), (4.0, 1.0)] {
        over_time.point(at).sample(depth, false);
    }
    all.push(over_time);
    report("experiment=pipelines&transformers=1,2&capacities=1", all)
}

pub fn pool_methods() -> Report {
    report(
        "experiment=pool-methods&workers=2&items=8",
        vec![
            named(
                "first",
                "ms",
                &[("map", 90.0), ("imap", 50.0), ("imap_unordered", 5.0)],
            ),
            named(
                "half",
                "ms",
                &[("map", 90.0), ("imap", 55.0), ("imap_unordered", 20.0)],
            ),
            named(
                "last",
                "ms",
                &[("map", 90.0), ("imap", 91.0), ("imap_unordered", 89.0)],
            ),
            series("arrivals-map", ("task", "ms"), &[(0.0, 90.0), (1.0, 90.0)]),
        ],
    )
}

pub fn messaging() -> Report {
    let at = ("payload", "µs");
    let mut all = vec![
        series("table-codec", at, &[(1e3, 20.0), (1e6, 9_000.0)]),
        series("table-codec-encode", at, &[(1e3, 8.0), (1e6, 4_000.0)]),
        series("table-codec-transit", at, &[(1e3, 4.0), (1e6, 300.0)]),
        series("table-codec-decode", at, &[(1e3, 8.0), (1e6, 4_700.0)]),
        series("integers-codec", at, &[(1e3, 9.0), (1e6, 5_000.0)]),
        series("integers-shared", at, &[(1e3, 12.0), (1e6, 200.0)]),
        series("stream-pipe", ("message", "MB/s"), &[(1e6, 8_000.0)]),
        series("stream-queue", ("message", "MB/s"), &[(1e6, 7_900.0)]),
    ];
    for (id, time) in [("latency-pipe", 5.0), ("latency-queue", 9.0)] {
        all.push(series(id, at, &[(16.0, time)]));
    }
    report("experiment=messaging&sizes=1000,1000000", all)
}

pub fn all() -> Vec<Report> {
    vec![
        speed_up(),
        messaging(),
        granularity(),
        start_up(),
        sharing(),
        pipelines(),
        pool_methods(),
        io_bound(),
    ]
}

//! Reports of the speed-up experiment and their sentences.
#![cfg(not(target_arch = "wasm32"))]

use experiments::{
    Calibration, Environment, Experiment, IdealShare, Model, Plan, Quantity, Recording, Report,
    Responsiveness, SCHEMA, Series, SpeedUp, speed_ups,
};
use manyhands::StartMethod;

const PROCESSES: Model = Model::Processes(StartMethod::Forkserver);
const DIGEST: &str = "0123456789abcdef";

/// The runs of one model with a number of workers, all with the same start-up time.
#[derive(Clone)]
struct Runs {
    model: Model,
    workers: u32,
    seconds: Vec<f64>,
    startup_ms: f64,
    digests: Vec<&'static str>,
}

fn runs(model: Model, workers: u32, seconds: &[f64], startup_ms: f64) -> Runs {
    Runs {
        model,
        workers,
        seconds: seconds.to_vec(),
        startup_ms,
        digests: vec![DIGEST],
    }
}

fn recording(all: Vec<Runs>) -> Recording {
    let axis = || Quantity::new("processes", "");
    let series = |id: &str, unit| Series::new(id, id, axis(), Quantity::new("time", unit));
    let mut main = series("main", "s").of_model(Model::Main);
    let mut processes = series("processes", "s").of_model(PROCESSES);
    let [mut startup, mut computing] = ["start-up", "computing"].map(|id| series(id, "ms"));
    for one in all {
        let x = f64::from(one.workers);
        let point = match one.model {
            Model::Main => main.point(x),
            _ => processes.point(x),
        };
        for digest in one.digests {
            point.result(digest.to_owned(), DIGEST);
        }
        for seconds in one.seconds {
            point.sample(seconds, false);
            if one.model != Model::Main {
                for _ in 0..one.workers {
                    startup.point(x).sample(one.startup_ms, false);
                    let rest = seconds * 1000.0 - one.startup_ms;
                    computing.point(x).sample(rest, false);
                }
            }
        }
    }
    let query = "workload=prime-count&size=1e6&workers=2&repeats=3";
    Recording {
        plan: Plan::from_query(query, 2).0,
        environment: Environment {
            user_agent: "a browser".to_owned(),
            logical_cores: 2,
            isolated: true,
            arena_port: "two-memory".to_owned(),
            clock_step_us: 5.0,
            recorded_at: "2026-11-20T12:00:00Z".to_owned(),
            hidden: false,
            throttled: false,
        },
        calibration: Some(Calibration::new([
            (2, vec![1.5, 2.0, 1.75]),
            (1, vec![1.0]),
            (3, vec![]),
        ])),
        series: vec![main, processes, startup, computing],
        answer: Some("78,498 primes below 1,000,000".to_owned()),
        responsiveness: None,
        lanes: Vec::new(),
        provenance: None,
    }
}

fn report(all: Vec<Runs>) -> Report {
    Report::new(recording(all))
}

/// The main thread compared with 2 processes, with three runs around each time.
fn two(main: f64, processes: f64, startup_ms: f64) -> Report {
    let around = |time: f64| [time * 0.99, time, time * 1.01];
    report(vec![
        runs(Model::Main, 1, &around(main), 0.0),
        runs(PROCESSES, 2, &around(processes), startup_ms),
    ])
}

#[test]
fn a_gain() {
    let report = two(3.4, 2.0, 31.0);
    assert_eq!(
        report.sentence,
        "2 processes were 1.7× as fast as the main thread; starting them cost 31 ms, and this work saved 46× that."
    );
    let best = SpeedUp::best(&speed_ups(&report)).unwrap().to_owned();
    assert_eq!(
        (
            best.workers,
            best.summary.n,
            best.share.map(IdealShare::ideal)
        ),
        (2, 3, Some(1.75))
    );
    assert!((best.summary.median - 1.7).abs() < 1e-12);
    assert_eq!(best.share, Some(IdealShare::NoDifference { ideal: 1.75 }));
    assert!(report.agree);
    let quick = two(3.4, 2.0, 0.0).sentence;
    assert_eq!(
        quick,
        "2 processes were 1.7× as fast as the main thread; starting them took no time to speak of."
    );
}

#[test]
fn the_sentence_is_about_the_best_speed_up() {
    let report = report(vec![
        runs(Model::Main, 1, &[3.0, 3.0], 0.0),
        runs(PROCESSES, 1, &[3.1, 3.1], 20.0),
        runs(PROCESSES, 2, &[1.5, 1.5], 40.0),
        runs(PROCESSES, 3, &[2.0, 2.0], 60.0),
    ]);
    assert_eq!(
        SpeedUp::best(&speed_ups(&report))
            .unwrap()
            .to_owned()
            .workers,
        2
    );
    assert!(
        report.sentence.starts_with(
            "2 processes were 2.0× as fast as the main thread; starting them cost 40 ms"
        )
    );
    let rows = speed_ups(&report);
    assert_eq!(rows[2].share, None);
    assert_eq!(report.calibration.as_ref().unwrap().effective_cores, 1.75);
}

#[test]
fn no_gain() {
    assert_eq!(
        two(0.020, 0.040, 31.0).sentence,
        "2 processes were only 0.50× as fast as the main thread: starting them cost 31 ms, more than the 11 ms they saved."
    );
    assert_eq!(
        two(0.020, 0.040, 5.0).sentence,
        "2 processes were only 0.50× as fast as the main thread: starting them cost 5.0 ms, and the work itself ran no faster either."
    );
    assert_eq!(
        two(0.020, 0.040, 0.0).sentence,
        "2 processes were only 0.50× as fast as the main thread: starting them took no time to speak of, but the work itself ran no faster."
    );
}

#[test]
fn no_difference_shown() {
    let sentence = report(vec![
        runs(Model::Main, 1, &[0.9, 1.0, 1.1], 0.0),
        runs(PROCESSES, 1, &[0.95, 1.0, 1.15], 12.0),
    ])
    .sentence;
    let rest = sentence
        .strip_prefix("No difference shown: 1 process was 0.")
        .unwrap();
    assert!(
        rest.ends_with(
            "× as fast as the main thread (95 % interval of 3 runs); starting it cost 12 ms."
        ),
        "{sentence}"
    );
}

#[test]
fn a_single_run_shows_no_spread() {
    let once = |processes: f64| {
        report(vec![
            runs(Model::Main, 1, &[1.0], 0.0),
            runs(PROCESSES, 2, &[processes], 10.0),
        ])
        .sentence
    };
    assert_eq!(
        once(0.5),
        "2 processes were 2.0× as fast as the main thread in a single run, which shows no spread; starting them cost 10 ms, and this work saved 51× that."
    );
    assert!(once(2.0).contains("main thread in a single run, which shows no spread: starting"));
    assert_eq!(
        once(1.0),
        "No difference shown: 2 processes were as fast as the main thread in a single run, which shows no spread."
    );
}

#[test]
fn different_results_are_reported() {
    let main = runs(Model::Main, 1, &[1.0], 0.0);
    let right = runs(PROCESSES, 1, &[1.0], 10.0);
    let with = |digests: &[&'static str]| {
        let mut wrong = runs(PROCESSES, 2, &[1.0], 10.0);
        wrong.digests = digests.to_vec();
        let report = report(vec![main.clone(), right.clone(), wrong]);
        assert!(!report.agree);
        assert_eq!(
            report.sentence,
            "The results differ and must not be trusted: processes (2 processes)."
        );
        assert_eq!(report.series_of("processes").unwrap().points.len(), 2);
    };
    with(&["fedcba9876543210"]);
    with(&[DIGEST, "b"]);
    with(&["a", "b"]);
}

#[test]
fn an_incomplete_recording_says_what_is_missing() {
    let main = runs(Model::Main, 1, &[1.0], 0.0);
    let processes = runs(PROCESSES, 1, &[0.0], 0.0);
    let cases = [
        (vec![main.clone()], "only the main thread was measured"),
        (vec![processes.clone()], "only processes were measured"),
        (
            vec![main, processes],
            "a time is below the clock’s step (5 µs). Choose more work",
        ),
    ];
    for (series, missing) in cases {
        let report = report(series);
        assert_eq!(
            report.sentence,
            format!("No speed-up can be told: {missing}.")
        );
        assert_eq!(SpeedUp::best(&speed_ups(&report)), None);
    }
}

#[test]
fn json_reads_back_and_is_computed_again() {
    let mut recording = recording(vec![
        runs(Model::Main, 1, &[3.4, 3.5, 3.6], 0.0),
        runs(PROCESSES, 2, &[1.9, 2.0, 2.1], 31.0),
    ]);
    recording.responsiveness = Some(Responsiveness {
        main_longest_freeze_ms: 3500.0,
        processes_longest_freeze_ms: 17.0,
    });
    let report = Report::new(recording);
    let mut json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(json["schema"], SCHEMA);
    assert_eq!(json["experiment"], "speed-up");
    assert_eq!(json["plan"]["workload"], "prime-count");
    assert_eq!(json["plan"]["start"], "forkserver");
    assert_eq!(json["environment"]["isolated"], true);
    assert_eq!(json["calibration"]["ideal"][1]["speed_up"], 1.75);
    assert_eq!(json["series"][0]["model"], "main");
    assert_eq!(json["series"][1]["model"], "processes-forkserver");
    assert_eq!(json["series"][1]["points"][0]["samples"][1], 2.0);
    assert_eq!(json["series"][1]["points"][0]["summary"]["median"], 2.0);
    assert_eq!(json["agree"], true);
    assert_eq!(report.experiment(), Experiment::SpeedUp);
    assert_eq!(Report::read(&report.to_json()).unwrap(), report);
    json["sentence"] = "2 processes were 9000× faster.".into();
    json["series"][1]["points"][0]["summary"]["median"] = 9000.0.into();
    json["findings"] = serde_json::json!([]);
    assert_eq!(Report::read(&json.to_string()).unwrap(), report);
}

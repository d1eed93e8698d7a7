//! Reports and the sentence made from them.
#![cfg(not(target_arch = "wasm32"))]

use manyhands::StartMethod;
use manyhands::experiment::{
    Breakdown, Calibration, Environment, Measurements, Model, Report, Responsiveness, Run, SCHEMA,
    Series, SpeedUpPlan,
};
use manyhands::workload::Workload;

/// A series with the same start-up in every run.
fn series(model: Model, workers: u32, seconds: &[f64], startup_ms: f64) -> Series {
    let processes = if model == Model::Main {
        0
    } else {
        workers as usize
    };
    let runs: Vec<Run> = (seconds.iter())
        .map(|seconds| Run {
            seconds: *seconds,
            digest: "0123456789abcdef".to_owned(),
            startup_ms: vec![startup_ms; processes],
            breakdowns: vec![Breakdown {
                startup_ms,
                computing_ms: seconds * 1000.0 - startup_ms,
                ..Breakdown::default()
            }],
        })
        .collect();
    Series::new(model, workers, &runs)
}

fn report(series: Vec<Series>) -> Report {
    Report::new(Measurements {
        plan: SpeedUpPlan {
            workload: Workload::PrimeCount,
            size: 1_000_000,
            workers: 2,
            repeats: 3,
            start_method: StartMethod::Forkserver,
            seed: 1,
        },
        environment: Environment {
            user_agent: "a browser".to_owned(),
            logical_cores: 2,
            isolated: true,
            arena_port: "two-memory".to_owned(),
            clock_step_us: 5.0,
            recorded_at: "2026-11-20T12:00:00Z".to_owned(),
        },
        calibration: Calibration::new([(2, vec![1.5, 2.0, 1.75]), (1, vec![1.0]), (3, vec![])]),
        series,
        answer: "78,498 primes below 1,000,000".to_owned(),
        lanes: Vec::new(),
    })
}

/// Main against 2 processes, three runs around each time.
fn two(main: f64, processes: f64, startup_ms: f64) -> Report {
    let around = |time: f64| [time * 0.99, time, time * 1.01];
    report(vec![
        series(Model::Main, 1, &around(main), 0.0),
        series(Model::Processes, 2, &around(processes), startup_ms),
    ])
}

#[test]
fn a_gain() {
    let report = two(3.4, 2.0, 31.0);
    assert_eq!(
        report.sentence,
        "2 processes were 1.7× faster; starting them cost 31 ms, which this work earned back 46 times."
    );
    let best = report.best().unwrap();
    assert_eq!(
        (best.workers, best.summary.n, best.ideal),
        (2, 3, Some(1.75))
    );
    assert!((best.summary.median - 1.7).abs() < 1e-12);
    assert!((best.efficiency.unwrap() - 1.7 / 1.75).abs() < 1e-12);
    assert!(report.agree);
    let quick = two(3.4, 2.0, 0.0).sentence;
    assert_eq!(
        quick,
        "2 processes were 1.7× faster; starting them took no time to speak of."
    );
}

#[test]
fn the_best_row_speaks() {
    let report = report(vec![
        series(Model::Main, 1, &[3.0, 3.0], 0.0),
        series(Model::Processes, 1, &[3.1, 3.1], 20.0),
        series(Model::Processes, 2, &[1.5, 1.5], 40.0),
        series(Model::Processes, 3, &[2.0, 2.0], 60.0),
    ]);
    assert_eq!(report.best().unwrap().workers, 2);
    assert!(
        report
            .sentence
            .starts_with("2 processes were 2.0× faster; starting them cost 40 ms")
    );
    assert_eq!(report.speed_up[2].ideal, None);
    assert_eq!(report.speed_up[2].efficiency, None);
    assert_eq!(report.calibration.effective_cores, 1.75);
}

#[test]
fn no_gain() {
    assert_eq!(
        two(0.020, 0.040, 31.0).sentence,
        "2 processes were no faster here (0.50× the main thread's speed): starting them cost 31 ms, more than the 11 ms they saved."
    );
    assert_eq!(
        two(0.020, 0.040, 5.0).sentence,
        "2 processes were no faster here (0.50× the main thread's speed): starting them cost 5.0 ms, and the work itself ran no faster either."
    );
    assert_eq!(
        two(0.020, 0.040, 0.0).sentence,
        "2 processes were no faster here (0.50× the main thread's speed): starting them took no time to speak of, but the work itself ran no faster."
    );
}

#[test]
fn no_difference_shown() {
    let sentence = report(vec![
        series(Model::Main, 1, &[0.9, 1.0, 1.1], 0.0),
        series(Model::Processes, 1, &[0.95, 1.0, 1.15], 12.0),
    ])
    .sentence;
    let rest = sentence
        .strip_prefix("No difference shown: 1 process was 0.")
        .unwrap();
    assert!(
        rest.ends_with(
            " times as fast as the main thread (95 % interval of 3 runs); starting it cost 12 ms."
        ),
        "{sentence}"
    );
}

#[test]
fn a_single_run_shows_no_spread() {
    let once = |processes: f64| {
        report(vec![
            series(Model::Main, 1, &[1.0], 0.0),
            series(Model::Processes, 2, &[processes], 10.0),
        ])
        .sentence
    };
    assert_eq!(
        once(0.5),
        "2 processes were 2.0× faster in a single run, which shows no spread; starting them cost 10 ms, which this work earned back 51 times."
    );
    assert!(once(2.0).contains("speed in a single run, which shows no spread): starting"));
    assert_eq!(
        once(1.0),
        "No difference shown: 2 processes were as fast as the main thread in a single run, which shows no spread."
    );
}

#[test]
fn different_results_are_not_to_be_trusted() {
    let mut wrong = series(Model::Processes, 2, &[1.0], 10.0);
    wrong.digest = "fedcba9876543210".to_owned();
    let right = series(Model::Processes, 1, &[1.0], 10.0);
    let report_of = |wrong| {
        let report = report(vec![
            series(Model::Main, 1, &[1.0], 0.0),
            right.clone(),
            wrong,
        ]);
        assert!(!report.agree);
        report.sentence
    };
    assert_eq!(
        report_of(wrong),
        "The results differ and must not be trusted: the main thread and 2 processes do not agree."
    );
    // Runs of one series that differ among themselves.
    let runs = ["a", "b"].map(|digest| Run {
        seconds: 1.0,
        digest: digest.to_owned(),
        ..Run::default()
    });
    let mixed = Series::new(Model::Processes, 2, &runs);
    assert_eq!(mixed.digest, "a,b");
    assert!(report_of(mixed.clone()).contains("2 processes do not agree"));
    // Even if all are equally wrong.
    let all = report(vec![Series::new(Model::Main, 1, &runs), mixed]);
    assert!(!all.agree);
    assert!(
        all.sentence
            .contains("the main thread got different results in different runs")
    );
    assert!(!report(Vec::new()).agree);
}

#[test]
fn half_an_experiment_says_what_is_missing() {
    let main = series(Model::Main, 1, &[1.0], 0.0);
    let processes = series(Model::Processes, 1, &[0.0], 0.0);
    let cases = [
        (vec![main.clone()], "only the main thread was measured"),
        (vec![processes.clone()], "only processes were measured"),
        (
            vec![main, processes],
            "the times were too short for this browser's clock",
        ),
    ];
    for (series, missing) in cases {
        let report = report(series);
        assert_eq!(
            report.sentence,
            format!("No speed-up can be told: {missing}.")
        );
        assert_eq!(report.best(), None);
    }
}

#[test]
fn a_series_keeps_raw_samples_and_medians() {
    let part = |computing_ms| Breakdown {
        computing_ms,
        ..Breakdown::default()
    };
    let run = |seconds, startup_ms: &[f64], parts: &[f64]| Run {
        seconds,
        digest: "d".to_owned(),
        startup_ms: startup_ms.to_vec(),
        breakdowns: parts.iter().copied().map(part).collect(),
    };
    let runs = [
        run(2.0, &[3.0, 4.0], &[10.0, 30.0]),
        run(1.0, &[5.0, 6.0], &[20.0, 90.0]),
    ];
    let series = Series::new(Model::Processes, 2, &runs);
    assert_eq!(series.seconds, [2.0, 1.0]);
    assert_eq!(series.startup_ms, [3.0, 4.0, 5.0, 6.0]);
    assert_eq!(
        (series.digest.as_str(), series.breakdown),
        ("d", part(25.0))
    );
}

#[test]
fn json_has_the_published_shape_and_reads_back() {
    let mut report = two(3.5, 2.0, 31.0);
    report.responsiveness = Some(Responsiveness {
        main_longest_freeze_ms: 3500.0,
        processes_longest_freeze_ms: 17.0,
    });
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    assert_eq!(json["schema"], "manyhands-report/1");
    assert_eq!(json["experiment"], "speed-up");
    assert_eq!(json["plan"]["workload"], "prime-count");
    assert_eq!(json["plan"]["unit"], "numbers");
    assert_eq!(json["plan"]["start_method"], "forkserver");
    assert_eq!(json["environment"]["isolated"], true);
    assert_eq!(json["calibration"]["ideal"][1]["speed_up"], 1.75);
    assert_eq!(json["series"][0]["model"], "main");
    assert_eq!(json["series"][1]["seconds"][1], 2.0);
    assert_eq!(json["series"][1]["breakdown"]["startup_ms"], 31.0);
    assert_eq!(json["speed_up"][0]["median"], 1.75);
    assert_eq!(json["speed_up"][0]["efficiency"], 1.0);
    assert_eq!(json["responsiveness"]["main_longest_freeze_ms"], 3500.0);
    assert_eq!(json["agree"], true);
    assert_eq!(Report::from_json(&report.to_json()).unwrap(), report);
}

#[test]
fn reading_computes_again_and_refuses_other_schemas() {
    let report = two(3.5, 2.0, 31.0);
    let mut json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
    json["sentence"] = "2 processes were 9000× faster.".into();
    json["speed_up"][0]["median"] = 9000.0.into();
    assert_eq!(Report::from_json(&json.to_string()).unwrap(), report);
    json["schema"] = "manyhands-report/2".into();
    let error = Report::from_json(&json.to_string())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("manyhands-report/2") && error.contains(SCHEMA),
        "{error}"
    );
    assert!(Report::from_json("{").is_err());
}

//! The script that measures the speed-up with CPython writes reports as a browser does.

use experiments::{Experiment, Report};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;
use test_support::report_schema::{check, validator};
use workloads::{Job, NullHost, Workload};

fn script() -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut python = Command::new("python3");
    python.arg(root.join("static/manyhands_speed_up.py"));
    python
}

#[test]
fn a_report_of_cpython_fits_the_schema_and_is_read() {
    let path = std::env::temp_dir().join(format!("manyhands-cpython-{}.json", std::process::id()));
    let size = 50_001;
    let ran = script()
        .args([
            "--size",
            &size.to_string(),
            "--workers",
            "3",
            "--repeats",
            "2",
        ])
        .arg("--output")
        .arg(&path)
        .output()
        .expect("python3");
    assert!(
        ran.status.success(),
        "{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    check(&validator(), &json);

    let report = Report::read(&text).unwrap();
    assert_eq!(report.experiment(), Experiment::SpeedUp);
    assert!(report.agree, "every result is right");
    let job = Job::new(Workload::SumOfSquares, size, 1).unwrap();
    let tally = job.serial(&mut NullHost);
    assert_eq!(report.answer.as_deref(), Some(&*job.answer(&tally)));
    let [main, processes] = &report.series[..] else {
        panic!("{:?}", report.series)
    };
    assert_eq!(
        (main.points.len(), processes.points.len()),
        (1, 3),
        "1, 2 and 3 processes"
    );
    for point in main.points.iter().chain(&processes.points) {
        assert_eq!(point.samples.len(), 2);
        assert_eq!(point.digests, [tally.digest()], "it did the same work");
    }
    let chart = report
        .chart("speed-up")
        .expect("the chart of a browser's report");
    assert_eq!(chart.lines[0].dots.len(), 3);
}

#[test]
fn the_script_says_what_it_does_not_take() {
    for (option, value) in [("--size", "10"), ("--workers", "0"), ("--repeats", "1000")] {
        let ran = script().args([option, value]).output().expect("python3");
        assert_eq!(ran.status.code(), Some(2), "{option} {value}");
        let said = String::from_utf8(ran.stderr).unwrap();
        assert!(
            said.contains(&format!("{option} must be between")),
            "{said}"
        );
    }
}

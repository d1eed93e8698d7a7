//! Recordings with a clock of 100 ms, as in browsers that prevent fingerprinting.

use super::*;

const STEP_US: f64 = 100_000.0;

/// A series of times in ms, each of which is a single reading of a clock of 100 ms.
fn readings(id: &str, points: &[(f64, [f64; 5])]) -> Series {
    let (axis, time) = (Quantity::new("processes", ""), Quantity::new("time", "ms"));
    let mut series = Series::new(id, id, axis, time).timed_once();
    for (x, samples) in points {
        for sample in samples {
            series.point(*x).sample(*sample, false);
        }
    }
    series
}

fn coarse(query: &str, series: Vec<Series>) -> Report {
    let mut recording = recording(query);
    recording.environment.clock_step_us = STEP_US;
    recording.series = series;
    Report::new(recording)
}

/// Everything that a reader sees.
fn texts(report: &Report) -> Vec<&str> {
    let cells = report.tables.iter().flat_map(|table| &table.rows).flatten();
    let charts = report.charts.iter().map(|chart| &chart.sentence);
    let findings = report.findings.iter().map(|finding| &finding.sentence);
    let all = cells
        .chain(charts)
        .chain(findings)
        .chain([&report.sentence]);
    all.map(String::as_str).collect()
}

#[test]
fn times_below_the_step_of_the_clock_are_marked() {
    let quick = [0.0, 0.0, 100.0, 0.0, 0.0];
    let report = coarse(
        "experiment=start-up&counts=1,4",
        vec![
            readings("joined-spawn", &[(1.0, quick), (4.0, [300.0; 5])]),
            readings("called-spawn", &[(1.0, quick)]),
            readings("called-forkserver", &[(1.0, [0.0; 5])]),
        ],
    );
    assert_eq!(
        report.sentence,
        "From start to end, 1 process that does nothing took below the clock’s step (100 ms) by spawn."
    );
    for text in texts(&report) {
        assert!(
            !text.starts_with("0 ms") && !text.contains(" 0 ms"),
            "{text}"
        );
        assert!(!text.contains('−'), "{text}");
    }
    let verdict = report.findings[0].claim.as_ref().unwrap();
    assert_eq!(verdict.claim.id, "start-up-cost");
    assert_eq!(verdict.outcome, Outcome::CannotBeSaid);
    assert_eq!(
        report.findings[0].sentence,
        "This cannot be said here: a time that is compared is below the clock’s step (100 ms)."
    );
    // Times below the clock's step are not drawn.
    let chart = report.chart("joined").unwrap();
    let dots: Vec<f64> = chart.lines[0].dots.iter().map(|dot| dot.x).collect();
    assert_eq!(dots, [4.0]);
    assert!(report.chart("called").is_none());
    let again = Report::read(&report.to_json()).unwrap();
    assert!(again == report);
}

/// An average over many calls may be far below the step.
#[test]
fn times_that_were_measured_in_batches_are_shown() {
    let report = coarse(
        "experiment=sharing&workers=2",
        vec![series("locked", ("processes", "µs"), &[(2.0, 0.2)])],
    );
    assert!(
        report.sentence.contains("One addition cost 0.20 µs"),
        "{}",
        report.sentence
    );
}

/// No difference is shown between times of 3 and 4 steps, since each may be off by a step.
#[test]
fn a_difference_of_one_step_is_not_shown() {
    let at = |id: &str, samples: f64| {
        let (axis, time) = (Quantity::new("processes", ""), Quantity::new("time", "s"));
        let mut series = Series::new(id, id, axis, time).timed_once();
        (0..5).for_each(|_| series.point(1.0).sample(samples, false));
        series
    };
    let recorded = |event_loop: f64, processes: f64| {
        let query = "experiment=io-bound&workload=sleep&size=60";
        let all = vec![at("event-loop", event_loop), at("processes", processes)];
        let report = coarse(query, all);
        report.findings[0].claim.as_ref().unwrap().outcome
    };
    assert_eq!(recorded(0.3, 0.4), Outcome::TooClose);
    assert_eq!(recorded(0.3, 0.9), Outcome::Holds);
}

/// A speed-up of times that are a few steps long has a wide interval. Shorter times give no
/// speed-up.
#[test]
fn the_interval_of_a_speed_up_includes_the_step_of_the_clock() {
    let of = |id: &str, seconds: f64| {
        let (axis, time) = (Quantity::new("processes", ""), Quantity::new("time", "s"));
        let mut series = Series::new(id, id, axis, time).timed_once();
        (0..5).for_each(|_| series.point(1.0).sample(seconds, false));
        series
    };
    let report = coarse(
        "experiment=speed-up",
        vec![of("main", 0.4), of("processes", 0.2)],
    );
    let rows = speed_ups(&report);
    assert!(
        rows[0].summary.low < 1.0 && rows[0].summary.high > 2.5,
        "{rows:?}"
    );
    let report = coarse(
        "experiment=speed-up",
        vec![of("main", 0.0), of("processes", 0.0)],
    );
    assert_eq!(speed_ups(&report), []);
    assert!(
        report.sentence.contains("below the clock’s step (100 ms)"),
        "{}",
        report.sentence
    );
}

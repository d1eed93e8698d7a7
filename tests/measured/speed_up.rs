use super::report_of;
use manyhands::experiment::Role;
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn the_same_work_by_more_and_more() {
    let report = report_of(
        "experiment=speed-up&workload=prime-count&size=20000&workers=2&repeats=3&start=forkserver&threads=none",
    )
    .await;
    assert_eq!(report.answer.as_deref(), Some("2,262 primes below 20,000"));
    let calibration = report.calibration.as_ref().unwrap();
    assert_eq!(calibration.ideal.len(), 2);
    assert_eq!(calibration.ideal[0].speed_up, 1.0);
    let processes = report.series_of("processes").unwrap();
    assert_eq!(processes.points.len(), 2);
    // A process of two has a start-up each time.
    let start_up = report.series_of("start-up").unwrap();
    assert_eq!(start_up.at(2.0).unwrap().samples.len(), 6);
    assert_eq!(report.lanes.len(), 2);
    assert!(report.chart("speed-up").is_some());
}

#[test]
async fn as_much_work_for_each() {
    let report = report_of(
        "experiment=speed-up&workload=prime-count&size=20000&workers=3&repeats=3&scaling=strong,weak",
    )
    .await;
    let weak = report.series_of("weak").unwrap();
    let places: Vec<f64> = weak.points.iter().map(|point| point.x).collect();
    assert_eq!(places, [1.0, 2.0, 3.0]);
    // As much work again gives another digest: nothing was left out.
    let digests: Vec<_> = weak.points.iter().map(|point| &point.digests).collect();
    assert!(digests[0] != digests[1] && digests[1] != digests[2]);
    assert!(report.chart("weak").is_some());
    let chart = report.chart("speed-up").unwrap();
    let fitted = chart.lines.iter().filter(|line| line.role == Role::Fitted);
    assert_eq!(fitted.count(), 2);
    assert!(report.tables.iter().any(|table| table.id == "scaling"));
}

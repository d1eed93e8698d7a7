use super::report_of;
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn the_same_work_by_more_and_more() {
    let report = report_of(
        "experiment=speed-up&workload=prime-count&size=20000&workers=2&repeats=3&start=forkserver",
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

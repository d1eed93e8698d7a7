use super::report_of;
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn five_methods_and_when_their_results_come() {
    let report = report_of(
        "experiment=pool-methods&workers=2&items=9&task=1&chunk=1&repeats=3&start=forkserver",
    )
    .await;
    for (index, method) in ["map", "starmap", "imap", "imap-unordered", "apply-async"]
        .into_iter()
        .enumerate()
    {
        let arrivals = report.series_of(&format!("arrivals-{method}")).unwrap();
        assert_eq!(arrivals.points.len(), 9, "{method}");
        assert!(arrivals.points.iter().all(|point| point.samples.len() == 3));
        let x = index as f64;
        let at = |id: &str| report.series_of(id).unwrap().at(x).unwrap().samples.clone();
        for (first, last) in at("first").into_iter().zip(at("last")) {
            assert!(0.0 < first && first <= last, "{method}");
        }
    }
    // The workers measure how long the tasks took.
    let length = report.series_of("task-length").unwrap();
    assert_eq!(length.points.len(), 5);
    assert!(length.points.iter().all(|point| point.samples.len() == 3));
    // imap returns the results in the order of the tasks.
    let imap = report.series_of("arrivals-imap").unwrap();
    for repeat in 0..3 {
        let times: Vec<f64> = imap
            .points
            .iter()
            .map(|point| point.samples[repeat])
            .collect();
        assert!(times.is_sorted(), "{times:?}");
    }
}

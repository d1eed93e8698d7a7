use super::report_of;
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn every_method_of_counting() {
    let report =
        report_of("experiment=sharing&workers=2&increments=300&repeats=3&start=spawn").await;
    for method in ["unlocked", "locked", "atomic", "partial", "manager"] {
        let series = report.series_of(method).unwrap();
        assert_eq!(series.way.as_deref(), Some(method));
        let positions: Vec<f64> = series.points.iter().map(|point| point.x).collect();
        assert_eq!(positions, [1.0, 2.0], "{method}");
        // One process alone loses no addition by any method.
        assert!(series.points[0].correct, "{method}");
        assert!(series.points[0].samples.iter().all(|time| *time > 0.0));
    }
    let lost = report.series_of("lost").unwrap();
    assert!(
        lost.at(1.0)
            .unwrap()
            .samples
            .iter()
            .all(|lost| *lost == 0.0)
    );
    let together = lost.at(2.0).unwrap();
    assert!(
        together
            .samples
            .iter()
            .all(|lost| (0.0..100.0).contains(lost))
    );
    assert!(!report.series_of("locked").unwrap().may_be_wrong);
    assert!(report.findings.iter().any(|one| one.claim.is_some()));
}

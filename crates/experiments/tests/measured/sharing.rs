use super::report_of;
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn five_ways_to_count() {
    let report =
        report_of("experiment=sharing&workers=2&increments=300&repeats=3&start=spawn").await;
    for way in ["unlocked", "locked", "atomic", "partial", "manager"] {
        let series = report.series_of(way).unwrap();
        assert_eq!(series.way.as_deref(), Some(way));
        let places: Vec<f64> = series.points.iter().map(|point| point.x).collect();
        assert_eq!(places, [1.0, 2.0], "{way}");
        // One process alone loses nothing, whatever the way.
        assert!(series.points[0].correct, "{way}");
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

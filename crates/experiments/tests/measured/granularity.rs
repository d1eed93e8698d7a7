use super::report_of;
use experiments::{Experiment, Plan};
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn few_large_and_many_small_tasks() {
    let report = report_of(
        "experiment=granularity&workload=prime-count&size=1e6&workers=2&chunks=1,2,4&repeats=3&start=forkserver\
         &skew=uniform,skewed&policies=shared,static,guided,auto,stealing",
    )
    .await;
    for kind in ["uniform", "skewed"] {
        for id in ["alone", "pool"] {
            let series = report.series_of(&format!("{id}-{kind}")).unwrap();
            let positions: Vec<f64> = series.points.iter().map(|point| point.x).collect();
            assert_eq!(positions, [1.0, 2.0, 4.0], "{id}-{kind}");
            // Every division of the work gives the same result.
            assert!(series.points.iter().all(|point| point.digests.len() == 1));
        }
        let policies = report.series_of(&format!("policies-{kind}")).unwrap();
        let names: Vec<_> = (policies.points.iter())
            .map(|point| point.label.as_deref().unwrap())
            .collect();
        assert_eq!(names, ["shared", "static", "guided", "auto", "stealing"]);
    }
    let tiny = report.series_of("tiny-pool").unwrap();
    assert_eq!(tiny.points[0].digests, ["50005000"]);
    let claims: Vec<_> = (report.findings.iter())
        .filter_map(|one| Some(one.claim.as_ref()?.claim.id))
        .collect();
    assert_eq!(claims, ["tiny-tasks", "tenth-of-a-second", "chunks-help"]);
    let (plan, ..) = Plan::from_query("experiment=granularity", 2);
    assert_eq!(plan.experiment(), Experiment::Granularity);
}

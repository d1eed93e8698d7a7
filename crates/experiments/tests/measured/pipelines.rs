use super::report_of;
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn stages_with_full_and_empty_queues_between() {
    let report = report_of(
        "experiment=pipelines&items=8&transformers=1,2&capacities=1,3&repeats=2&start=forkserver",
    )
    .await;
    for capacity in [1, 3] {
        let rate = report.series_of(&format!("rate-{capacity}")).unwrap();
        assert_eq!(rate.points.len(), 2);
        assert!(rate.points.iter().all(|point| point.digests.len() == 1));
        for stage in ["read", "smooth"] {
            let depth = report
                .series_of(&format!("depth-{stage}-{capacity}"))
                .unwrap();
            for point in &depth.points {
                // The length of the queue is sampled once for each recording in each repeat. It
                // never exceeds the capacity.
                assert_eq!(point.samples.len(), 16, "{stage}");
                let limit = f64::from(capacity);
                assert!(
                    point
                        .samples
                        .iter()
                        .all(|depth| (0.0..=limit).contains(depth))
                );
            }
            let over_time = report.series_of(&format!("over-time-{stage}-{capacity}"));
            let samples: usize = (over_time.unwrap().points.iter())
                .map(|point| point.samples.len())
                .sum();
            assert_eq!(samples, 8);
        }
        for stage in ["read", "smooth", "write"] {
            let busy = report
                .series_of(&format!("busy-{stage}-{capacity}"))
                .unwrap();
            let all = busy.points.iter().flat_map(|point| &point.samples);
            assert!(
                all.clone().all(|share| *share > 0.0 && *share <= 100.0),
                "{stage}"
            );
        }
    }
}

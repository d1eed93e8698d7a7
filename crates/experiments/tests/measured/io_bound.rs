use super::report_of;
use experiments::Model;
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn the_same_waits_by_every_model() {
    let report = report_of(
        "experiment=io-bound&workload=sleep&size=4&workers=1,2&repeats=2&posing=yes&start=spawn",
    )
    .await;
    let models = ["main", "event-loop", "processes"].map(|id| report.series_of(id).unwrap());
    assert_eq!(models[1].model, Some(Model::EventLoop));
    let digests: Vec<_> = (models.iter().flat_map(|one| &one.points))
        .flat_map(|point| &point.digests)
        .collect();
    // The event loop has one more point, with all waits at the same time.
    assert_eq!(digests.len(), 6);
    assert_eq!(models[1].points[2].x, 4.0);
    assert!(digests.iter().all(|digest| *digest == digests[0]));
    for id in ["posing-sleep", "posing-compute"] {
        let positions: Vec<f64> = (report.series_of(id).unwrap().points.iter())
            .map(|point| point.x)
            .collect();
        assert_eq!(positions, [1.0, 4.0], "{id}");
    }
}

#[test]
async fn a_server_says_when_each_request_was_answered() {
    let report = report_of(
        "experiment=io-bound&workload=server&size=6&workers=2&repeats=1&posing=no&start=forkserver",
    )
    .await;
    for id in ["answers-main", "answers-event-loop", "answers-processes"] {
        let series = report.series_of(id).unwrap();
        assert_eq!(series.points[0].samples.len(), 6, "{id}");
        // A request waits at least a millisecond for its database.
        let mut took = series.points[0].samples.iter();
        assert!(took.all(|ms| *ms >= 0.999), "{id}: {series:?}");
    }
}

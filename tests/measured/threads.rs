use super::report_of;
use manyhands::experiment::{Locking, Model};
use wasm_bindgen_test::wasm_bindgen_test as test;

const ALL: [(&str, Locking); 3] = [
    ("threads-gil", Locking::Gil),
    ("threads-gil-released", Locking::Released),
    ("threads-free", Locking::Free),
];

/// That every digest is right was checked with the report.
#[test]
async fn the_same_work_by_threads() {
    for work in [
        "prime-count&size=20000",
        "word-count&size=20",
        "matrix-product&size=40",
    ] {
        let report = report_of(&format!(
            "experiment=speed-up&workload={work}&workers=2&repeats=1\
             &threads=threads-gil,threads-gil-released,threads-free"
        ))
        .await;
        for (id, locking) in ALL {
            let series = report.series_of(id).unwrap();
            assert_eq!(series.model, Some(Model::Threads(locking)));
            assert_eq!(series.points.len(), 2, "{work} {id}");
        }
        let chart = report.chart("speed-up").unwrap();
        assert!(
            chart
                .lines
                .iter()
                .any(|line| line.series.as_deref() == Some("threads-gil"))
        );
    }
}

#[test]
async fn threads_wait_too() {
    let report = report_of(
        "experiment=io-bound&workload=server&size=6&workers=2&repeats=1&posing=no\
         &models=main,threads-gil",
    )
    .await;
    let answers = report.series_of("answers-threads-gil").unwrap();
    assert_eq!(answers.points[0].samples.len(), 6);
    assert!(answers.points[0].samples.iter().all(|ms| *ms >= 0.9));
}

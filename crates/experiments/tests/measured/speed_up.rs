use super::report_of;
use charts::Role;
use wasm_bindgen_test::wasm_bindgen_test as test;
use workloads::{Job, NullHost, Workload};

#[test]
async fn the_same_work_by_more_processes() {
    // Enough work for every browser's clock: otherwise there is no calibration.
    let report = report_of(
        "experiment=speed-up&workload=prime-count&size=1000000&workers=2&repeats=3&start=forkserver&threads=none",
    )
    .await;
    assert_eq!(
        report.answer.as_deref(),
        Some("78,498 primes below 1,000,000")
    );
    let calibration = report.calibration.as_ref().unwrap();
    assert_eq!(calibration.ideal.len(), 2);
    assert_eq!(calibration.ideal[0].speed_up, 1.0);
    let processes = report.series_of("processes").unwrap();
    assert_eq!(processes.points.len(), 2);
    // Each of the two processes has a start-up time in each of the three repeats.
    let start_up = report.series_of("start-up").unwrap();
    assert_eq!(start_up.at(2.0).unwrap().samples.len(), 6);
    assert_eq!(report.lanes.len(), 2);
    // The process that computed the expected result beforehand has no lane.
    assert!(
        report
            .lanes
            .iter()
            .all(|lane| lane.name != "Expected result")
    );
    assert!(report.chart("speed-up").is_some());
}

#[test]
async fn weak_scaling_gives_each_process_all_of_the_work() {
    let report = report_of(
        "experiment=speed-up&workload=prime-count&size=20000&workers=3&repeats=3&scaling=strong,weak",
    )
    .await;
    let weak = report.series_of("weak").unwrap();
    let positions: Vec<f64> = weak.points.iter().map(|point| point.x).collect();
    assert_eq!(positions, [1.0, 2.0, 3.0]);
    // Each process does all of the work, so each number of processes has another digest.
    let digests: Vec<_> = weak.points.iter().map(|point| &point.digests).collect();
    assert!(digests[0] != digests[1] && digests[1] != digests[2]);
    assert!(report.chart("weak").is_some());
    let chart = report.chart("laws").unwrap();
    let fitted = chart.lines.iter().filter(|line| line.role == Role::Fitted);
    // Three numbers of processes are enough for the law with two parameters only.
    assert_eq!(fitted.count(), 1);
    assert!(report.tables.iter().any(|table| table.id == "scaling"));
}

/// Work in rounds gives the same result on every execution model as on one thread.
#[test]
async fn work_in_rounds() {
    #[cfg(feature = "threads")]
    let threads = "threads-gil,threads-gil-released,threads-free";
    #[cfg(not(feature = "threads"))]
    let threads = "none";
    let report = report_of(&format!(
        "experiment=speed-up&workload=k-means&size=20000&workers=3&repeats=1\
         &scaling=strong,weak&threads={threads}"
    ))
    .await;
    let job = Job::new(Workload::KMeans, 20_000, 1).unwrap();
    let tally = job.serial(&mut NullHost);
    assert_eq!(report.answer, Some(job.answer(&tally)));
    // The digest of the first round alone is different.
    let first = Workload::KMeans.share(20_000, 1, 0, 1);
    assert_ne!(first.digest(), tally.digest());
    let series = ["main", "processes"].into_iter();
    for id in series.chain(threads.split(',').filter(|id| *id != "none")) {
        let series = report.series_of(id).unwrap();
        assert!(!series.points.is_empty(), "{id}");
        for point in &series.points {
            assert_eq!(point.digests, [tally.digest()], "{id} at {}", point.x);
        }
    }
    assert_eq!(report.series_of("weak").unwrap().points.len(), 3);
    // The waits for the next round's centres do not count as computing.
    for id in ["computing", "waiting"] {
        let points = &report.series_of(id).unwrap().points;
        assert!(
            points
                .iter()
                .all(|point| point.samples.iter().all(|ms| *ms >= 0.0))
        );
    }
}

/// Several workloads that the tests above do not use.
#[test]
async fn other_workloads() {
    for work in [
        "word-count&size=20",
        "group-by&size=20000",
        "factorial&size=300",
        "add-one&size=20000",
        "image-filter&size=10",
    ] {
        let report = report_of(&format!(
            "experiment=speed-up&workload={work}&workers=2&repeats=1&threads=none"
        ))
        .await;
        assert!(report.answer.is_some(), "{work}");
    }
}

use super::report_of;
use experiments::{Cancel, Locking, Model, Observer, Plan, run};
use timeline::{Lane, LiveLanes, Span, SpanKind};
use wasm_bindgen_test::wasm_bindgen_test as test;

const ALL: [(&str, Locking); 3] = [
    ("threads-gil", Locking::Gil),
    ("threads-gil-released", Locking::Released),
    ("threads-free", Locking::Free),
];

/// `report_of` has checked that every digest is right.
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
    let latencies = report.series_of("answers-threads-gil").unwrap();
    assert_eq!(latencies.points[0].samples.len(), 6);
    assert!(latencies.points[0].samples.iter().all(|ms| *ms >= 0.9));
}

/// The lanes of the last run of each model.
#[derive(Default)]
struct LastLanes {
    measuring: Option<Model>,
    lanes: Vec<(Model, Vec<Lane>)>,
}

impl Observer for LastLanes {
    fn measuring(&mut self, model: Model, begin: bool) {
        self.measuring = begin.then_some(model);
    }

    fn live(&mut self, live: &LiveLanes) {
        if let Some(model) = self.measuring {
            self.lanes.retain(|(one, _)| *one != model);
            self.lanes.push((model, live.lanes.clone()));
        }
    }
}

fn of(lane: &Lane, kind: SpanKind) -> Vec<Span> {
    let mut spans = lane.spans.list();
    spans.retain(|span| span.kind == kind);
    spans
}

/// Waits that the kernel does not see, for a lock of the standard library or for rayon, are shown
/// in the lanes.
#[test]
async fn waits_outside_the_kernel_are_shown() {
    let query = "experiment=speed-up&workload=prime-count&size=2000000&workers=2&repeats=1\
                 &threads=threads-gil,threads-free";
    let (plan, invalid, _) = Plan::from_query(query, manyhands::cpu_count());
    assert_eq!(invalid, []);
    let mut last = LastLanes::default();
    run(&plan, &Cancel::new(), &mut last).await.unwrap();
    let named = |locking, name: &str| -> Vec<Lane> {
        let mut all = last.lanes.iter();
        let found = all.find(|(model, _)| *model == Model::Threads(locking));
        let lanes = &found.unwrap().1;
        let named = lanes.iter().filter(|lane| lane.name.starts_with(name));
        named.cloned().collect()
    };

    // A thread that starts late may find no work, so there may be fewer lanes than threads.
    let [main, threads] = ["Threads", "rayon-"].map(|name| named(Locking::Free, name));
    assert!(main.len() == 1 && !threads.is_empty());
    let waits = of(&main[0], SpanKind::Waiting);
    // The threads' work ends while the main thread waits for it. The tolerance is the possible
    // difference between two clocks.
    let work: Vec<Span> = (threads.iter())
        .flat_map(|thread| of(thread, SpanKind::Computing))
        .collect();
    let within = |end: f64| {
        let mut waits = waits.iter();
        waits.any(|wait| wait.start_us - 100.0 < end && end < wait.end_us + 100.0)
    };
    assert!(
        work.iter().any(|span| within(span.end_us)),
        "{work:?} in {waits:?}"
    );

    let threads = named(Locking::Gil, "Thread-");
    assert!(!threads.is_empty());
    // A thread waits for the lock or, at the end of the round, for the other thread.
    let waited = |lane: &Lane| lane.total_ms(SpanKind::Waiting) > 0.0;
    assert!(threads.iter().any(waited), "{threads:?}");
}

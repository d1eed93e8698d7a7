use super::report_of;
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
async fn one_process_and_three_by_both_methods() {
    let report = report_of("experiment=start-up&counts=1,3&repeats=2").await;
    for method in ["spawn", "forkserver"] {
        let at = |id: &str, count: f64| {
            let series = report.series_of(&format!("{id}-{method}")).unwrap();
            series.at(count).unwrap().samples.clone()
        };
        for (count, processes) in [(1.0, 2), (3.0, 6)] {
            assert_eq!(at("called", count).len(), processes, "{method}");
            assert_eq!(at("joined", count).len(), 2, "{method}");
            // A process has at least one page of memory, and less than 4 GiB.
            assert!(
                at("memory", count)
                    .iter()
                    .all(|mib| (0.06..4096.0).contains(mib))
            );
        }
        let all_called = at("called", 3.0).into_iter().fold(0.0, f64::max);
        let all_joined = at("joined", 3.0).into_iter().fold(0.0, f64::max);
        assert!(0.0 < all_called && all_called <= all_joined, "{method}");
    }
}

/// A browser may answer, even after half a minute, or may not answer. The report says which, and
/// no process is left running.
#[test]
async fn the_browser_is_asked_for_memory() {
    let report = report_of("experiment=start-up&counts=2&repeats=1&browser-memory=yes").await;
    let said = |words: &str| {
        report
            .findings
            .iter()
            .any(|one| one.sentence.contains(words))
    };
    match report.series_of("browser-total") {
        Some(total) => {
            assert!(total.at(2.0).unwrap().samples[0] > 0.06, "MiB");
            assert!(said("With 2 idle workers, the browser says"));
        }
        None => assert!(said("The browser did not say")),
    }
    if let Some(each) = report.series_of("browser-worker") {
        let samples = &each.at(2.0).unwrap().samples;
        assert!(samples.len() >= 2 && samples.iter().all(|mib| *mib > 0.0));
    }
    let without = report_of("experiment=start-up&counts=1&repeats=1").await;
    assert!(
        without
            .series
            .iter()
            .all(|one| !one.id.starts_with("browser"))
    );
}

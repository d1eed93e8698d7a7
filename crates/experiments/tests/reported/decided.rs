//! The table "Which model should I use?".

use super::*;

#[test]
fn without_reports_the_advice_is_the_default() {
    let table = decide(&[]);
    assert_eq!(table.len(), 7);
    assert!(
        table
            .iter()
            .all(|row| row.because.is_none() && row.advice.ends_with('.'))
    );
}

#[test]
fn reports_fill_the_table_with_figures() {
    let reports = all();
    let table = decide(&reports.iter().collect::<Vec<_>>());
    for row in &table {
        let because = row
            .because
            .as_deref()
            .unwrap_or_else(|| panic!("{}", row.situation));
        assert!(
            because.ends_with('.') && row.advice.ends_with('.'),
            "{row:?}"
        );
    }
    assert_eq!(table[0].advice, "Processes: 2 of them.");
    assert_eq!(
        table[0].because.as_deref(),
        Some("2 processes were 1.9× as fast as the main thread.")
    );
    assert_eq!(table[1].advice, "The event loop.");
    assert_eq!(table[4].advice, "Partial.");
    assert_eq!(table[5].advice, "imap_unordered.");
    assert_eq!(
        table[6].because.as_deref(),
        Some("The time until a new one is at work: 0.40 ms (forkserver).")
    );
}

#[test]
fn a_report_with_wrong_results_is_not_used() {
    let mut recording = sharing().recording;
    recording.series[1]
        .point(2.0)
        .result("399".to_owned(), "400");
    let wrong = Report::new(recording);
    assert!(decide(&[&wrong])[4].because.is_none());
}

/// The smallest median alone does not decide the advice.
#[test]
fn methods_without_a_shown_difference_are_all_advised() {
    let half = |imap: f64| {
        let methods = [("map", 90.0), ("imap", imap), ("imap_unordered", 20.0)];
        let report = report(
            "experiment=pool-methods&workers=2",
            vec![named("half", "ms", &methods)],
        );
        decide(&[&report])[5].advice.clone()
    };
    assert_eq!(half(50.0), "imap_unordered.");
    assert_eq!(half(20.1), "imap_unordered or imap: no difference shown.");
}

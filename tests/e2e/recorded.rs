//! The recorded reports that come with the page. They are shown if no experiment can run, can be
//! compared with the visitor's reports otherwise, and are fetched only when they are needed.

use super::builds::copy_of_dist;
use super::experiments::EXPERIMENTS;
use super::page::Page;
use super::refused::still_host;
use super::{SMALL_RUN, experiment, serve};
use serde_json::Value;
use std::fs;
use test_support::report_schema;
use test_support::server::Server;

/// The number of requests for recorded reports.
fn fetched(server: &Server) -> usize {
    let seen = server.seen();
    let recorded = |path: &str| path.contains("/recorded-");
    seen.iter().filter(|seen| recorded(&seen.path)).count()
}

const HEADING: &str = "document.querySelector('#recorded')?.innerText ?? ''";

pub async fn shows_a_recorded_run_where_it_cannot_run(page: Page) {
    let server = still_host(&format!("recorded-{:?}", page.kind));
    for (number, (name, _)) in EXPERIMENTS.into_iter().enumerate() {
        let address = format!("{}?experiment={name}", server.url());
        page.open(&address).await;
        let report = page.until_report().await;
        report_schema::check(&report_schema::validator(), &report);
        assert_eq!(report["experiment"], name);
        assert_eq!(fetched(&server), number + 1, "{name}: its own, once");
        let heading = page.text(HEADING).await;
        let machine = &report["provenance"]["machine"]["processor"];
        for words in [
            "Recorded on",
            "cannot run it itself",
            "at the top of this page",
            machine.as_str().expect("a processor"),
        ] {
            assert!(heading.contains(words), "{name}: {words}: {heading}");
        }
        // It is shown by the same components as the visitor's own report.
        let charts = report["charts"].as_array().expect("charts").len();
        page.until(
            "all charts to be drawn",
            &format!("document.querySelectorAll('.drawing').length === {charts}"),
        )
        .await;
        page.until_shown("#sentence").await;
        page.until_shown("#findings").await;
        assert!(!page.is_idle().await);
        // Elements that are useful only during a run are not shown.
        for idle in ["#now", "#misbehave"] {
            let found = format!("document.querySelector('{idle}')");
            assert_eq!(page.evaluate(&found).await, Value::Null, "{name}: {idle}");
        }
    }
}

pub async fn compares_with_a_recorded_run(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    let report = page.until_report().await;
    page.until_idle().await;
    assert_eq!(
        fetched(&server),
        0,
        "nothing is fetched before it is wanted"
    );
    assert_eq!(page.text(HEADING).await, "");
    page.click("#load-recorded").await;
    page.until_shown("#comparison").await;
    let words = page
        .text("document.querySelector('#comparison').innerText")
        .await;
    assert!(
        words.contains("Compared with the recorded run") && words.contains("Measured on 20"),
        "{words}"
    );
    assert_eq!(fetched(&server), 1);
    assert_eq!(page.report().await, report, "this page's own report stays");
    page.click("#unload").await;
    page.until(
        "the recorded run to be gone",
        "!document.querySelector('#comparison') && document.querySelector('#load-recorded')",
    )
    .await;

    // As long as the visitor has no report, the recorded one stands for the answer.
    page.open(&format!("{}?experiment=start-up", server.url()))
        .await;
    page.until_shown("#recorded").await;
    let heading = page.text(HEADING).await;
    let answer = page.text("document.querySelector('#card').dataset.answer");
    assert_eq!(answer.await, "recorded");
    assert!(!page.has_report().await, "it is no report of the visitor’s");
    assert!(
        heading.contains("Recorded on") && heading.contains("Press Run"),
        "{heading}"
    );
}

pub async fn says_when_a_recorded_run_is_missing(page: Page) {
    let folder = copy_of_dist(&format!("no-recorded-{:?}", page.kind));
    for entry in fs::read_dir(folder.join("assets")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name().to_string_lossy().starts_with("recorded-") {
            fs::remove_dir_all(entry.path()).unwrap();
        }
    }
    let server = serve(|options| options.root = folder.clone());
    page.open(&experiment(&server)).await;
    page.until_ready().await;
    page.click("#load-recorded").await;
    page.until_shown("#unrecorded").await;
    page.until_words_are_shown("could not be loaded").await;
    page.until_words_are_shown("404").await;
    assert!(!page.has_report().await);
    // The page still works.
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    page.until_report().await;

    fs::remove_file(folder.join("service-worker.js")).unwrap();
    let plain = serve(|options| {
        options.root = folder;
        options.isolation = false;
    });
    page.open(&format!("{}?measure", plain.url())).await;
    page.until(
        "a word about the missing run",
        &format!("({HEADING}).includes('could not be loaded')"),
    )
    .await;
}

//! A page that the browser slows down detects this and says so in the report.

use super::page::Page;
use super::serve;
use serde_json::{Value, json};

/// A plan of a few steps that takes a moment.
const PLAN: &str = "?experiment=start-up&counts=1&methods=spawn&repeats=3";

/// Makes the page believe that it is hidden, as behind another tab.
const HIDE: &str = "
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    return document.visibilityState;";

/// Delays the next timers, as browsers do on a page that has been hidden for long.
const THROTTLE: &str = "
    const set = window.setTimeout.bind(window);
    let left = 3;
    window.setTimeout = (call, time, ...rest) => set(call, left-- > 0 ? time + 1500 : time, ...rest);
    return null;";

pub async fn a_page_out_of_sight_or_slowed_down_marks_its_samples(page: Page) {
    let server = serve(|_| ());
    for (script, flag, words) in [
        (HIDE, "hidden", "out of sight"),
        (THROTTLE, "throttled", "slowed this page"),
    ] {
        page.open(&format!("{}{PLAN}", server.url())).await;
        page.until_ready().await;
        page.client.execute(script, Vec::new()).await.unwrap();
        page.click("#run").await;
        let report = page.until_report().await;
        let environment = &report["environment"];
        assert_eq!(environment[flag], true, "{environment}");
        page.until_words_are_shown(words).await;
        if flag == "hidden" {
            // The page was hidden all the time, so every sample is marked, also in the CSV
            // file.
            let points = report["series"].as_array().unwrap().iter();
            for point in points.flat_map(|series| series["points"].as_array().unwrap()) {
                let all: Vec<usize> = (0..point["samples"].as_array().unwrap().len()).collect();
                assert_eq!(point["disturbed"], json!(all), "{point}");
            }
        }
    }
    // A page that was always visible reports nothing.
    page.open(&format!("{}{PLAN}&run=1", server.url())).await;
    let report = page.until_report().await;
    assert_eq!(report["environment"]["hidden"], false);
    let said = "document.querySelector('#disturbance')";
    if report["environment"]["throttled"] == false {
        assert_eq!(page.evaluate(said).await, Value::Null);
    }
}

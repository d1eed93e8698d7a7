//! Lanes with more events than there are pixels: all events are counted, all of their
//! time is drawn, and the page stays responsive.

use super::files::load;
use super::page::Page;
use super::serve;
use serde_json::{Value, json};

const LANES: u64 = 8;
const SPANS_OF_EACH: u64 = 12_500;

/// A report with many processes, each of which computes for 32 µs and waits for 8 µs in
/// turns. All end at the same time.
fn busy_lanes() -> Value {
    let spans = (0..SPANS_OF_EACH).map(|number| {
        let turn = 40 * (number / 2);
        match number % 2 {
            0 => json!({ "kind": "computing", "start_us": turn, "end_us": turn + 32 }),
            _ => json!({ "kind": "waiting", "start_us": turn + 32, "end_us": turn + 40 }),
        }
    });
    let spans: Vec<Value> = spans.collect();
    let lane =
        |pid| json!({ "pid": pid, "name": format!("busy-{pid}"), "spans": &spans, "exit_code": 0 });
    (2..2 + LANES).map(lane).collect()
}

/// The painted share of the first and of the last tenth of each lane, from 0 to 1.
const PAINTED: &str = "
    [...document.querySelectorAll('#lanes .lane canvas')].map(canvas => {
        const { width, height } = canvas;
        const part = (from) => {
            const { data } = canvas.getContext('2d').getImageData(from, 0, Math.floor(width / 10), height);
            let painted = 0;
            for (let at = 3; at < data.length; at += 4) painted += data[at] > 0;
            return painted / (data.length / 4);
        };
        return [part(0), part(width - Math.floor(width / 10) - 1)];
    })";

pub async fn a_hundred_thousand_spans_are_drawn_and_the_page_answers(page: Page) {
    let server = serve(|_| ());
    let plan = "?experiment=sharing&ways=manager&workers=2&increments=2000&repeats=1";
    page.open(&format!("{}{plan}&run=1", server.url())).await;
    let mut report = page.until_report().await;
    page.until(
        "the end of the run",
        "!document.querySelector('#run').disabled",
    )
    .await;
    // The number of additions that sleep, and so record an event, depends on the machine: if the
    // answer comes immediately, the process does not sleep.
    let heard = page
        .text("document.querySelector('.lanes-length').innerText")
        .await;
    let words: Vec<&str> = heard.split_whitespace().collect();
    let events = words.iter().position(|word| word.starts_with("event"));
    let count: u64 = words[events.unwrap() - 1].replace(',', "").parse().unwrap();
    assert!(count > 0, "{heard}");

    report["lanes"] = busy_lanes();
    page.open(&format!("{}?experiment=sharing", server.url()))
        .await;
    page.until_ready().await;
    load(&page, &report.to_string()).await;
    let drawn = format!("document.querySelectorAll('#lanes .lane canvas').length === {LANES}");
    page.until("all lanes", &drawn).await;
    page.until(
        "paint on them",
        &format!("{PAINTED}.every(([first, last]) => first > 0.95 && last > 0.95)"),
    )
    .await;
    let words = page
        .text("document.querySelector('#lanes .lane').ariaLabel")
        .await;
    assert!(words.contains("computing 200 ms, waiting 50 ms"), "{words}");
    // The page is responsive: a run starts and ends.
    page.click("#run").await;
    page.until(
        "lanes of its own",
        "document.querySelector('#lanes').innerText.includes('event')",
    )
    .await;
    page.until_report().await;
}

//! Reports from files: saved reports can be loaded again, and no file, whatever it
//! contains, freezes the page, runs a script or removes what is shown.

use super::page::Page;
use super::{SMALL_RUN, experiment, serve};
use serde_json::{Value, json};

const SAID: &str = "document.querySelector('#unreadable')?.innerText ?? ''";

/// Gives a file to the page as if a visitor had chosen it. `parts` is a JavaScript
/// expression for a list of texts, in which `report` is the page's own report. The page
/// creates the file itself, so that no large text must be sent to it.
async fn put(page: &Page, name: &str, parts: &str) {
    let script = format!(
        "const report = document.querySelector('#report')?.textContent ?? '';
        const files = new DataTransfer();
        files.items.add(new File({parts}, arguments[0], {{ type: 'application/json' }}));
        const input = document.querySelector('#load');
        input.files = files.files;
        input.dispatchEvent(new Event('change', {{ bubbles: true }}));
        return null;"
    );
    let given = page.client.execute(&script, vec![name.into()]).await;
    given.unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// The same with a short text from this program.
pub async fn load(page: &Page, text: &str) {
    put(page, "other.json", &format!("[{}]", Value::from(text))).await;
}

pub async fn reports_come_back_and_bad_files_are_explained(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    let report = page.until_report().await;
    page.until_idle().await;
    let text = report.to_string();
    load(&page, &text).await;
    page.until_shown("#comparison").await;
    let compared = "document.querySelector('#comparison').innerText";
    let words = page.text(compared).await;
    // Two repeats are too few for a comparison, so the page does not compare them.
    assert!(
        words.contains("other.json") && words.contains("too few runs to tell"),
        "{words}"
    );
    assert_eq!(page.report().await, report, "this page's own report stays");

    let newer = text.replace("manyhands-report/2", "manyhands-report/3");
    // The series has a script as its name, and more samples than are allowed.
    let mut evil = report.clone();
    evil["series"][0]["label"] = json!("<img src=x onerror='window.evil = true'>");
    let mut huge = report.clone();
    let one_million: Vec<u32> = vec![1; 1_000_000];
    huge["series"][0]["points"][0]["samples"] = json!(one_million);
    for (file, words) in [
        (text[..text.len() / 2].to_owned(), "cut off"),
        (newer, "newer"),
        ("<html>".to_owned(), "JSON"),
        (huge.to_string(), "samples"),
    ] {
        load(&page, &file).await;
        let said = "document.querySelector('#unreadable')?.innerText ?? ''";
        page.until(
            &format!("a complaint with {words}"),
            &format!("({said}).includes('{words}')"),
        )
        .await;
        assert_eq!(page.report().await, report, "nothing is lost");
        assert_ne!(page.text(compared).await, "", "the file before stays");
    }
    load(&page, &evil.to_string()).await;
    page.until(
        "the evil name as text",
        "document.body.innerText.includes('onerror=')",
    )
    .await;
    assert_eq!(page.evaluate("window.evil ?? null").await, Value::Null);
    page.click("#unload").await;
    page.until(
        "the file to be gone",
        "!document.querySelector('#comparison')",
    )
    .await;

    // If the visitor has no report of their own, the page shows the one from the file.
    page.open(&experiment(&server)).await;
    page.until_ready().await;
    load(&page, &text).await;
    page.until_shown("#answer-figure").await;
}

/// The name of a file, a JavaScript expression for the parts of its text, and a word of
/// the expected error.
const HOSTILE: [(&str, &str, &str); 16] = [
    (
        "larger.json",
        "Array(17).fill('1,'.repeat(1 << 20))",
        "larger than any report",
    ),
    (
        "thirty-mib.json",
        "Array(15).fill('1,'.repeat(1 << 20))",
        "not a JSON object",
    ),
    ("spaces.json", "['{', ' '.repeat(30 << 20)]", "cut off"),
    ("empty.json", "['']", "cut off"),
    (
        "picture.json",
        "[new Uint8Array(1 << 16).map((_, n) => n * 31)]",
        "not JSON",
    ),
    ("truncated.json", "[report.slice(0, -2)]", "cut off"),
    (
        "halved.json",
        "[report.slice(0, report.length / 2)]",
        "cut off",
    ),
    ("deep.json", "['['.repeat(1 << 20)]", "not a JSON object"),
    (
        "deep-objects.json",
        "['{\"schema\":'.repeat(100000)]",
        "invalid type",
    ),
    (
        "deep-samples.json",
        "[report.replace('\"samples\":[', '\"samples\":[' + '['.repeat(1e6) + ']'.repeat(1e6) + ',')]",
        "invalid type",
    ),
    (
        "newer.json",
        "[report.replace('manyhands-report/2', 'manyhands-report/99')]",
        "newer Manyhands",
    ),
    (
        "other-schema.json",
        "[report.replace('manyhands-report/2', '<img src=x onerror=alert(1)>')]",
        "not one of Manyhands",
    ),
    (
        "five-million.json",
        "[report.replace('\"samples\":[', '\"samples\":[' + '1.5,'.repeat(5e6))]",
        "more than 500000 samples",
    ),
    (
        "no-list.json",
        "[report.replace('\"samples\":[', '\"samples\":1000000000,\"x\":[')]",
        "invalid type",
    ),
    (
        "many-series.json",
        "[report.replace('\"series\":[', '\"series\":[' + '{},'.repeat(1e6))]",
        "missing field",
    ),
    (
        "<img src=x onerror='evil = 1'>.json",
        "['<script>evil = 1</script>']",
        "not JSON",
    ),
];

pub async fn hostile_files_are_answered_and_take_nothing_away(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    let report = page.until_report().await;
    page.until_idle().await;
    for (name, parts, words) in HOSTILE {
        put(&page, name, parts).await;
        let about = Value::from(format!("{name}: "));
        page.until(
            &format!("a word about {name}"),
            &format!("({SAID}).startsWith({about})"),
        )
        .await;
        let said = page.text(SAID).await;
        assert!(said.contains(words), "{name}: {said}");
        assert!(said.chars().count() < 400, "{name}: {said}");
        assert_eq!(page.report().await, report, "{name}: nothing is lost");
    }
    nothing_was_made_of_text(&page).await;
    // The page still works: it loads a valid file and measures again.
    put(&page, "good.json", "[report]").await;
    page.until_shown("#comparison").await;
    assert_eq!(page.text(SAID).await, "", "the complaint goes");
    page.click("#run").await;
    let old = &report["environment"]["recorded_at"];
    page.until(
        "the next report",
        &format!(
            "JSON.parse(document.querySelector('#report').textContent)\
             .environment.recorded_at !== {old}"
        ),
    )
    .await;
}

/// Text that contains an image, a script and the end of a script, in case anything
/// interprets it as HTML.
const SCRIPT: &str =
    "</script></p><img src=x onerror='evil = 1'><script>evil = 1</script><!--\u{202e}${evil}";

/// Asserts that no element and no script was created from a text.
async fn nothing_was_made_of_text(page: &Page) {
    for nothing in [
        "window.evil ?? null",
        "document.querySelector('#app img')",
        "document.querySelector('#app script:not(#report)')",
    ] {
        assert_eq!(page.evaluate(nothing).await, Value::Null, "{nothing}");
    }
}

pub async fn scripts_in_a_file_stay_text(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    let report = page.until_report().await;
    page.until_idle().await;
    let mut evil = report.clone();
    let script = json!(SCRIPT);
    for part in evil["series"].as_array_mut().unwrap() {
        part["label"] = script.clone();
        part["measure"]["label"] = script.clone();
        part["axis"]["label"] = script.clone();
        for point in part["points"].as_array_mut().unwrap() {
            point["label"] = script.clone();
        }
    }
    for lane in evil["lanes"].as_array_mut().unwrap() {
        lane["name"] = script.clone();
    }
    evil["answer"] = script.clone();
    for place in ["user_agent", "recorded_at", "arena_port"] {
        evil["environment"][place] = script.clone();
    }
    let shown = format!(
        "document.body.innerText.includes({})",
        json!("onerror='evil = 1'")
    );

    // The file is shown beside this page's own report, and then alone, in all charts
    // and tables and in the report that the page contains.
    let text = evil.to_string();
    load(&page, &text).await;
    page.until("the text, compared", &shown).await;
    nothing_was_made_of_text(&page).await;
    page.open(&experiment(&server)).await;
    page.until_ready().await;
    load(&page, &text).await;
    page.until("the text, shown", &shown).await;
    page.until("charts", "document.querySelector('.drawing')")
        .await;
    page.evaluate(
        "[...document.querySelectorAll('.tool[aria-expanded]')].forEach(one => one.click())",
    )
    .await;
    page.until(
        "their tables",
        "document.querySelector('.tool[aria-expanded=true]')",
    )
    .await;
    nothing_was_made_of_text(&page).await;
    let held = page.report().await;
    assert_eq!(held["series"][0]["label"], script, "whole, and only text");
}

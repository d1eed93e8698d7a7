//! axe-core, the usual checker of accessibility, finds nothing to object to on any page.

use super::page::Page;
use super::serve;
use serde_json::{Value, json};
use std::fs;

const STARTED: &str =
    "document.documentElement.dataset.started === 'yes' && document.querySelector('.masthead')";
const EDITOR: &str =
    "document.querySelector('#program')?.shadowRoot && document.querySelector('#run')";
const LESSON: &str = "document.querySelector('.lesson #program')?.shadowRoot";
const RECORDED: &str = "document.querySelector('[data-answer=recorded] #answer-figure')";
const REPORT: &str = "document.querySelector('#report')?.textContent.trim()";
const ENDED: &str = "['ended', 'failed'].includes(document.querySelector('#status').dataset.state)";

/// The addresses of all pages, and what is true once all of a page is there.
const PAGES: [(&str, &str); 24] = [
    ("", STARTED),
    ("?learn", "document.querySelector('.learn-group')"),
    ("?learn=value", LESSON),
    (
        "?learn&lessons=pipe,value",
        "document.querySelector('.learn-group')",
    ),
    (
        "?learn=exercises&seed=7",
        "document.querySelector('.exercise')",
    ),
    (
        "?learn=exercises&seed=7&key",
        "document.querySelector('.key-answer')",
    ),
    ("?class", "document.querySelector('#class #load')"),
    ("?run", EDITOR),
    ("?run&embed=1", EDITOR),
    ("?glossary", STARTED),
    ("?rust", STARTED),
    ("?faults", STARTED),
    ("?check", "document.documentElement.dataset.checked"),
    ("404.html", "document.querySelector('h1')"),
    ("?experiment=speed-up", RECORDED),
    ("?experiment=messaging", RECORDED),
    ("?experiment=granularity", RECORDED),
    ("?experiment=start-up", RECORDED),
    ("?experiment=sharing", RECORDED),
    ("?experiment=pipelines", RECORDED),
    ("?experiment=pool-methods", RECORDED),
    ("?experiment=io-bound", RECORDED),
    (
        "?experiment=sharing&workers=2&increments=300&repeats=3&run=1",
        REPORT,
    ),
    (super::SMALL_RUN, REPORT),
];

/// The pages that run Python, and what is true after a run.
const RUNS: [(&str, &str, &str); 4] = [
    ("", STARTED, ENDED),
    ("?run", EDITOR, ENDED),
    (
        "?learn=value",
        LESSON,
        "document.querySelector('#run-answer')",
    ),
    (
        "?learn=deadlock",
        LESSON,
        "document.querySelector('#blocked')",
    ),
];

/// Runs axe-core, once in light colours with all its rules, and once in dark colours, in which
/// only contrasts differ. The result is a text for each violation.
const RUN_AXE: &str = "
    const done = arguments[arguments.length - 1];
    const found = [];
    const told = ({ id, nodes }, theme) => nodes.map((node) =>
        `${id} (${theme}): ${node.target.join(' ')}: ${node.failureSummary} ${node.html}`);
    const run = async () => {
        for (const [theme, options] of [['light', {}], ['dark', { runOnly: ['color-contrast'] }]]) {
            document.documentElement.dataset.theme = theme;
            const { violations } = await axe.run(document, options);
            found.push(...violations.flatMap((one) => told(one, theme)));
        }
    };
    run().then(() => done(found), (error) => done([String(error)]));";

/// The text of axe-core, which `script/bootstrap` installs.
fn axe_core() -> String {
    let path = std::env::var("MANYHANDS_AXE").expect(
        "MANYHANDS_AXE is the path of axe-core's axe.min.js: script/test e2e installs it and sets it",
    );
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub async fn axe_finds_nothing(page: Page) {
    let server = serve(|_| ());
    let script = axe_core() + ";" + RUN_AXE;
    let mut found = Vec::new();
    for (query, ready) in PAGES {
        page.open(&format!("{}{query}", server.url())).await;
        page.until(&format!("all of {query}"), ready).await;
        found.push((query, check(&page, &script).await));
    }
    // The last page has a report, which is compared with the recorded one.
    page.click("#load-recorded").await;
    page.until_shown("#comparison").await;
    found.push(("#comparison", check(&page, &script).await));
    for (query, ready, ended) in RUNS {
        page.open(&format!("{}{query}", server.url())).await;
        page.until(&format!("all of {query}"), ready).await;
        page.click("#run").await;
        page.until(&format!("the end of the run of {query}"), ended)
            .await;
        found.push((query, check(&page, &script).await));
    }
    found.retain(|(_, violations)| *violations != json!([]));
    assert!(found.is_empty(), "{found:#?}");
}

/// Opens what is closed at first, and checks the page.
async fn check(page: &Page, script: &str) -> Value {
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        .await;
    let found = page.client.execute_async(script, Vec::new()).await;
    found.unwrap_or_else(|error| panic!("axe-core: {error}"))
}

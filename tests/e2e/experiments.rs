//! The page of each experiment: running, cancelling, invalid parameters, keyboard
//! control of charts, and exports.

use super::files::load;
use super::page::Page;
use super::{SMALL_RUN, serve};
use serde_json::{Value, json};
use test_support::{chrome_trace as chrome, report_schema as published};

/// Every experiment with a plan that takes a moment.
pub const EXPERIMENTS: [(&str, &str); 8] = [
    (
        "speed-up",
        "workload=prime-count&size=20000&workers=2&repeats=2",
    ),
    (
        "messaging",
        "payloads=number,table,bytes&ways=clone,codec,transfer,shared&sizes=1000,4000&repeats=2",
    ),
    (
        "granularity",
        "workload=prime-count&size=1000000&workers=2&chunks=1,4&repeats=2",
    ),
    ("start-up", "counts=1,2&repeats=2"),
    ("sharing", "workers=2&increments=300&repeats=2"),
    (
        "pipelines",
        "items=8&transformers=1&capacities=1,3&repeats=2",
    ),
    ("pool-methods", "workers=2&items=9&task=1&chunk=1&repeats=2"),
    (
        "io-bound",
        "workload=sleep&size=4&workers=1,2&repeats=2&posing=no",
    ),
];

/// The address of an experiment that starts immediately.
pub fn address(name: &str, plan: &str) -> String {
    format!("?experiment={name}&{plan}&run=1")
}

/// Checks what must hold for the report of every experiment and for its charts.
async fn check(page: &Page, name: &str, report: &Value) {
    assert_eq!(report["schema"], "manyhands-report/2");
    assert_eq!(report["experiment"], name);
    published::check(&published::validator(), report);
    assert!(report["plan"].is_object(), "{name}: a plan");
    assert_eq!(report["environment"]["isolated"], true, "{name}");
    let series = report["series"].as_array().expect("a list of series");
    assert!(series.len() >= 2, "{name}: {} series", series.len());
    for one in series {
        assert!(one["label"].as_str().is_some_and(|label| !label.is_empty()));
        let points = one["points"].as_array().expect("points");
        let samples = |point: &Value| point["samples"].as_array().map_or(0, Vec::len);
        let sampled = points.iter().map(samples).sum::<usize>();
        assert!(sampled > 0, "{name}: samples of {}", one["label"]);
    }
    assert_eq!(report["agree"], true, "{name}: {}", report["sentence"]);
    // Every chart is drawn and has a sentence and points.
    let charts = report["charts"].as_array().expect("charts").len();
    assert!(charts > 0, "{name}: charts");
    page.until(
        "all charts to be drawn",
        &format!(
            "document.querySelectorAll('.drawing').length === {charts} && \
             [...document.querySelectorAll('figure.chart .points')].every(one => one.querySelector('.point'))"
        ),
    )
    .await;
    let silent = "[...document.querySelectorAll('.chart-sentence')].filter(one => !one.innerText.trim()).length";
    assert_eq!(page.evaluate(silent).await, json!(0), "{name}: sentences");
    let sentence = page
        .text("document.querySelector('#sentence').innerText")
        .await;
    assert!(!sentence.is_empty(), "{name}");
    // No drawing is wider than its container.
    let wide = "[...document.querySelectorAll('.drawing')].filter(one => \
                one.getBoundingClientRect().right > one.parentElement.getBoundingClientRect().right + 1).length";
    assert_eq!(page.evaluate(wide).await, json!(0), "{name}: wide drawings");
}

pub async fn every_experiment_leaves_a_report(page: Page) {
    let server = serve(|_| ());
    for (name, plan) in EXPERIMENTS {
        page.open(&format!("{}{}", server.url(), address(name, plan)))
            .await;
        let report = page.until_report().await;
        check(&page, name, &report).await;
        let state = page
            .text("document.querySelector('#status').dataset.state")
            .await;
        assert_eq!(state, "done", "{name}");
    }
}

pub async fn links_lead_from_experiment_to_experiment(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    let first = page.until_report().await;
    let shown = |name: &str| {
        format!("document.querySelector('#experiment').dataset.experiment === '{name}'")
    };
    page.until_idle().await;
    page.click("a[href='?experiment=sharing']").await;
    page.until("another experiment", &shown("sharing")).await;
    let search = page.text("location.search").await;
    assert!(search.starts_with("?experiment=sharing"), "{search}");
    assert!(!page.has_report().await);
    // After the Back button, the earlier results are still there.
    page.client.back().await.unwrap();
    page.until("the first experiment", &shown("speed-up")).await;
    assert_eq!(page.report().await, first);
    // During a run the other pages can be read, and the run goes on.
    let long = "workers=2&increments=10000000&repeats=50";
    page.open(&format!("{}{}", server.url(), address("sharing", long)))
        .await;
    let running = "document.querySelector('#status')?.dataset.state === 'running'";
    page.until("the run to begin", running).await;
    page.click("a[href='?experiment=messaging']").await;
    page.until("the other page", &shown("messaging")).await;
    page.until(
        "the run's progress there",
        &format!(
            "{running} && document.querySelector('#status').innerText.startsWith('Sharing: ')"
        ),
    )
    .await;
    page.click("#cancel").await;
    page.until_idle().await;
    page.until("the same page", &shown("messaging")).await;
}

pub async fn cancel_stops_any_experiment(page: Page) {
    let server = serve(|_| ());
    for (name, plan) in [
        ("messaging", "sizes=1000000,10000000&repeats=50"),
        ("sharing", "workers=2&increments=10000000&repeats=50"),
        ("granularity", "workload=prime-count&workers=2&repeats=50"),
    ] {
        page.open(&format!("{}{}", server.url(), address(name, plan)))
            .await;
        page.until(
            "the run to begin",
            "document.querySelector('#status')?.dataset.state === 'running'",
        )
        .await;
        page.click("#cancel").await;
        page.until(
            "the run to be cancelled",
            "document.querySelector('#status').dataset.state === 'cancelled'",
        )
        .await;
        assert!(page.is_idle().await, "{name}");
        assert!(!page.has_report().await, "{name}");
    }
}

pub async fn a_bad_parameter_is_explained(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}?experiment=%3Cscript%3E&run=1", server.url()))
        .await;
    page.until_ready().await;
    let said = page.complaint("experiment").await;
    assert!(
        said.contains("speed-up") && said.contains("io-bound"),
        "{said}"
    );
    for (name, plan, field) in [
        ("messaging", "sizes=1,2&repeats=1", "sizes"),
        ("messaging", "payloads=everything", "payloads"),
        ("start-up", "counts=1,2,3,4,5,6,7,8,9,10,11", "counts"),
        ("sharing", "increments=1e99", "increments"),
        ("pool-methods", "items=3&chunk=9", "chunk"),
        ("io-bound", "models=", "models"),
    ] {
        page.open(&format!("{}{}", server.url(), address(name, plan)))
            .await;
        page.until_ready().await;
        assert_ne!(page.complaint(field).await, "", "{name}: {plan}");
        let state = page
            .text("document.querySelector('#status').dataset.state")
            .await;
        assert_eq!(state, "ready", "{name}: a plan with a fault does not start");
        let status = "document.querySelector('#status').innerText";
        let status = page.text(status).await;
        assert!(status.contains("Nothing was started"), "{name}: {status}");
    }
}

/// The element that has the keyboard focus.
async fn focused(page: &Page) -> String {
    page.text("document.activeElement.getAttribute('aria-label')")
        .await
}

pub async fn a_chart_is_walked_by_keys(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    page.until_report().await;
    page.until_shown("#answer-figure").await;
    page.until(
        "points",
        "document.querySelectorAll('#chart-speed-up .point').length >= 4",
    )
    .await;
    // The Tab key moves to the chart as a whole, not to each of its points.
    let stops = "document.querySelectorAll('#chart-speed-up .point[tabindex=\"0\"]').length";
    assert_eq!(page.evaluate(stops).await, json!(1));
    page.evaluate("document.querySelector('#chart-speed-up .point[tabindex=\"0\"]').focus()")
        .await;
    let first = focused(&page).await;
    assert!(first.contains("1 process"), "{first}");
    let tooltip = "document.querySelector('#chart-speed-up .tooltip')?.textContent ?? ''";
    page.until("a tooltip", tooltip).await;
    page.press('\u{e014}').await; // →
    let second = focused(&page).await;
    assert!(
        second.contains("2 processes") && second.contains('×'),
        "{second}"
    );
    page.until(
        "its tooltip",
        &format!("({tooltip}).includes('2 processes')"),
    )
    .await;
    page.press('\u{e015}').await; // ↓
    let ideal = focused(&page).await;
    assert!(ideal.contains("ideal"), "{ideal}");
    page.press('\u{e011}').await; // Home
    assert!(focused(&page).await.contains("1 process"));
    page.press('\u{e00c}').await; // Escape
    page.until(
        "no tooltip",
        "!document.querySelector('#chart-speed-up .tooltip')",
    )
    .await;
}

/// Stores what the page saves as files instead of saving it.
pub const CATCH: &str = "
    window.saved = [];
    const make = URL.createObjectURL.bind(URL);
    const texts = new Map();
    URL.createObjectURL = (blob) => {
        const url = make(blob);
        texts.set(url, blob.text());
        return url;
    };
    HTMLAnchorElement.prototype.click = function () {
        const { download, href } = this;
        Promise.resolve(texts.get(href) ?? href).then((text) => window.saved.push([download, text]));
    };
    return null;";

/// Clicks an element; returns the name and the text of the file that is saved.
pub async fn saved_by(page: &Page, selector: &str) -> (String, String) {
    page.evaluate("window.saved.length = 0").await;
    let click = format!("document.querySelector({}).click()", Value::from(selector));
    page.evaluate(&click).await;
    page.until(&format!("a file from {selector}"), "window.saved.length")
        .await;
    let name = page.text("window.saved[0][0]").await;
    (name, page.text("window.saved[0][1]").await)
}

pub async fn everything_can_be_taken_away(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    let report = page.until_report().await;
    page.until(
        "the drawing",
        "document.querySelector('#chart-speed-up .drawing')",
    )
    .await;
    page.client.execute(CATCH, Vec::new()).await.unwrap();

    let (name, text) = saved_by(&page, "#save-json").await;
    assert_eq!(name, "manyhands-speed-up.json");
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), report);
    let (_, text) = saved_by(&page, "#save-csv").await;
    assert!(text.starts_with("experiment,series,"), "{text}");
    let (_, text) = saved_by(&page, "#save-trace").await;
    let trace: Value = serde_json::from_str(&text).unwrap();
    assert!(
        trace["traceEvents"]
            .as_array()
            .is_some_and(|events| events.len() >= 2)
    );

    let button = |kind: &str| format!("#chart-speed-up [data-export={kind}]");
    let (_, text) = saved_by(&page, &button("CSV")).await;
    assert!(text.starts_with("series,processes,"), "{text}");
    let (name, text) = saved_by(&page, &button("SVG")).await;
    assert_eq!(name, "manyhands-chart-speed-up.svg");
    // The file needs no other file: a browser can parse it as XML, and it contains its own
    // colours.
    let parsed = page
        .client
        .execute(
            "const drawing = new DOMParser().parseFromString(arguments[0], 'image/svg+xml');
             return [drawing.querySelector('parsererror')?.textContent ?? '',
                     drawing.querySelector('title')?.textContent ?? '',
                     drawing.querySelectorAll('path[stroke^=rgb]').length];",
            vec![text.clone().into()],
        )
        .await
        .unwrap();
    assert_eq!(parsed[0], "", "{text}");
    assert_ne!(parsed[1], "");
    assert!(parsed[2].as_u64() > Some(5), "{parsed}: {text}");
    assert!(!text.contains("class=") && !text.contains("var("), "{text}");
    let (name, picture) = saved_by(&page, &button("PNG")).await;
    assert_eq!(name, "manyhands-chart-speed-up.png");
    // The data URL of an empty picture would have only a few hundred characters.
    assert!(picture.starts_with("data:image/png;base64,"), "{picture}");
    assert!(picture.len() > 20_000, "{} letters", picture.len());
}

pub async fn every_experiment_has_a_chrome_trace(page: Page) {
    let server = serve(|_| ());
    for (name, plan) in EXPERIMENTS {
        page.open(&format!("{}{}", server.url(), address(name, plan)))
            .await;
        page.until_report().await;
        page.client.execute(CATCH, Vec::new()).await.unwrap();
        let (file, text) = saved_by(&page, "#save-trace").await;
        assert_eq!(file, format!("manyhands-{name}.trace.json"));
        let events = chrome::parsed(&text);
        chrome::check(&events);
        let phases = |phase: &str| events.iter().filter(|event| event["ph"] == phase).count();
        // Processes were named, ran, were started by another process, and were
        // measured.
        for phase in ["M", "X", "i", "s", "f"] {
            assert!(phases(phase) > 0, "{name}: no {phase}");
        }
        for what in ["process", "target"] {
            assert!(
                events.iter().any(|event| event["name"] == what),
                "{name}: {what}"
            );
        }
        assert!(
            events.iter().any(|event| event["cat"] == "measured"),
            "{name}"
        );
        if name == "pipelines" {
            assert!(phases("C") > 0, "{name}: the queues' depth");
        }
    }
    // Threads are listed below their process.
    let work = "workload=prime-count&size=20000&workers=2&repeats=1&threads=threads-gil";
    page.open(&format!("{}{}", server.url(), address("speed-up", work)))
        .await;
    page.until_report().await;
    page.client.execute(CATCH, Vec::new()).await.unwrap();
    let (_, text) = saved_by(&page, "#save-trace").await;
    let events = chrome::parsed(&text);
    let named = |what: &str, name: &str| {
        let found = events
            .iter()
            .find(|event| event["name"] == what && event["args"]["name"].as_str() == Some(name));
        found.unwrap_or_else(|| panic!("no {what} {name}"))
    };
    let process = named("process_name", "Threads");
    assert_eq!(named("thread_name", "Thread-1")["pid"], process["pid"]);
    // A report that was loaded from a file has the trace of its lanes.
    let report = page.report().await;
    page.open(&format!("{}?experiment=speed-up", server.url()))
        .await;
    page.until_ready().await;
    load(&page, &report.to_string()).await;
    page.until_shown("#save-trace").await;
    page.client.execute(CATCH, Vec::new()).await.unwrap();
    let (_, text) = saved_by(&page, "#save-trace").await;
    chrome::check(&chrome::parsed(&text));
}

pub async fn work_in_rounds_runs(page: Page) {
    let server = serve(|_| ());
    let plan = "workload=k-means&size=20000&workers=2&repeats=1";
    page.open(&format!("{}{}", server.url(), address("speed-up", plan)))
        .await;
    let report = page.until_report().await;
    check(&page, "speed-up", &report).await;
    let answer = page
        .text("document.querySelector('#answer').innerText")
        .await;
    assert!(answer.contains("20,000 points in"), "{answer}");
    let chosen = page
        .text("document.querySelector('#workload').selectedOptions[0].value")
        .await;
    assert_eq!(chosen, "k-means");
}

/// A picture counts as drawn only if its pixels differ.
const PAINTED: &str = "[...document.querySelectorAll('#filtered canvas')].map(canvas => {
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    const bright = data.filter((_, place) => place % 4 === 1);
    return Math.max(...bright.subarray(0, 5000)) > Math.min(...bright.subarray(0, 5000));
})";

pub async fn the_image_filter_shows_a_picture_before_and_after(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}?workload=image-filter", server.url()))
        .await;
    page.until_ready().await;
    page.until("two canvases", &format!("({PAINTED}).length === 2"))
        .await;
    page.until("both painted", &format!("({PAINTED}).every(one => one)"))
        .await;
}

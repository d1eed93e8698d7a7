//! Home, the pages of words, and what all pages have in common.

use super::builds::{copy_of_dist, dist, files_below};
use super::page::Page;
use super::serve;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use test_support::server::Server;

/// The pages that open by themselves, by their queries, with the header's link that is
/// marked there.
const PAGES: [(&str, &str); 8] = [
    ("", ""),
    ("?learn", "Learn"),
    ("?learn=pipe", "Learn"),
    ("?run", "Run your own"),
    ("?measure", "Measure"),
    ("?experiment=messaging", "Measure"),
    ("?rust", "For Rust"),
    ("?glossary", ""),
];

/// The pages that may stand in a frame of another page.
const EMBEDDED: [&str; 2] = ["?run&embed", "?learn=value&embed"];

const ANSWER: &str = "document.querySelector('#home-number').dataset.answer ?? ''";
const STATE: &str = "document.querySelector('#status').dataset.state";
const LOG: &str = "document.querySelector('#home-log').textContent";
const LABEL: &str = "document.querySelector('#home-label').innerText";

async fn open(page: &Page, server: &Server, query: &str) {
    page.open(&format!("{}{query}", server.url())).await;
    page.until(
        "the program to start",
        "document.documentElement.dataset.started === 'yes' && document.querySelector('.masthead')",
    )
    .await;
}

fn asked_for_python(server: &Server) -> usize {
    let seen = server.seen();
    let python = |path: &str| path.starts_with("/python/");
    seen.iter().filter(|seen| python(&seen.path)).count()
}

/// When the lines of the program were printed, in ms, and what they say, by the log of a run.
fn printed(log: &str) -> Vec<(f64, &str)> {
    let lines = log.lines().filter_map(|line| line.split_once(" printed "));
    lines
        .map(|(at, text)| (at.parse().expect("a time"), text))
        .collect()
}

/// The recorded run is there at once; the number after a run follows from that run.
pub async fn home_shows_a_recorded_run_and_then_its_own(page: Page) {
    let server = serve(|_| ());
    open(&page, &server, "").await;
    let sentence = page
        .text("document.querySelector('.home-sentence').innerText")
        .await;
    let cores = page.evaluate("navigator.hardwareConcurrency").await;
    assert!(sentence.contains(&format!("{cores} core")), "{sentence}");
    let label = page.text(LABEL).await;
    assert!(label.contains("Recorded on"), "{label}");
    let recorded: f64 = page.text(ANSWER).await.parse().expect("a number");
    assert!(recorded > 1.0, "{recorded}");
    let words = "[...document.querySelectorAll('.home-sentence, .home-terms, #home-label, #home-number, \
                 .home-dot, #status')].map((one) => one.innerText).join(' ').split(/\\s+/).length";
    let words = page.evaluate(words).await.as_u64();
    assert!(words <= Some(80), "{words:?} words");
    // What the button says it fetches is what the build has.
    let said = "document.querySelector('#status').innerText";
    page.until("the size", &format!("/\\d\\sMB/.test({said})"))
        .await;
    let said = page.text(said).await;
    let length = fs::metadata(dist().join(only_python_module()))
        .unwrap()
        .len();
    let megabytes = format!("{:.0}\u{a0}MB", length as f64 / 1e6);
    assert!(
        said.contains(&megabytes),
        "{said}: this host does not compress"
    );
    assert_eq!(asked_for_python(&server), 0, "nothing is fetched before");

    page.click("#run").await;
    page.until("the run", &format!("({LABEL}).includes('Running')"))
        .await;
    // While it runs, a line of the program is marked, and the dot moves.
    page.until("the line at work", "document.querySelector('.is-at-work')")
        .await;
    let line = page
        .text("document.querySelector('.is-at-work').textContent")
        .await;
    assert!(line.contains("map(prime"), "{line}");
    let dot = "document.querySelector('.home-dot circle').getAttribute('cx')";
    let before = page.text(dot).await;
    page.until("the dot to move", &format!("{dot} !== '{before}'"))
        .await;
    page.until("the end", &format!("{STATE} === 'ended'")).await;
    let log = page.text(LOG).await;
    let printed = printed(&log);
    let texts: Vec<_> = printed.iter().map(|(_, text)| *text).collect();
    assert_eq!(texts[1], "302", "the primes between 20,000 and 23,000");
    assert_eq!(texts[3], texts[1], "{log}");
    let times = (printed[1].0 - printed[0].0) / (printed[3].0 - printed[2].0);
    let answer: f64 = page.text(ANSWER).await.parse().expect("a number");
    assert!((answer - times).abs() < 0.02, "{answer} of {log}");
    let label = page.text(LABEL).await;
    assert!(label.contains("Your run"), "{label}");
    let processes = log.lines().filter(|line| line.contains(" starting "));
    assert_eq!(processes.count() as u64, 1 + cores.as_u64().unwrap());
    assert!(asked_for_python(&server) > 0);
}

/// The path of Python's module in the build.
fn only_python_module() -> String {
    let all = files_below(&dist());
    let module = all
        .iter()
        .find(|path| path.starts_with("python/") && path.ends_with("_bg.wasm"));
    module.expect("Python is part of the site").clone()
}

pub async fn home_stops_its_run(page: Page) {
    let server = serve(|_| ());
    open(&page, &server, "").await;
    for _ in 0..2 {
        page.click("#run").await;
        page.until("the line at work", "document.querySelector('.is-at-work')")
            .await;
        page.click("#stop").await;
        page.until("the end", &format!("{STATE} === 'ended'")).await;
        page.until_words_are_shown("Stopped.").await;
        assert_eq!(page.text(ANSWER).await, "", "there is no number");
    }
    page.click("#run").await;
    page.until("the number", &format!("({ANSWER}) && {STATE} === 'ended'"))
        .await;
}

/// Where memory cannot be shared, the recorded run stays, with the reason.
pub async fn home_keeps_the_recorded_run_where_python_cannot_run(page: Page) {
    let folder = copy_of_dist(&format!("home-still-{:?}", page.kind));
    fs::remove_file(folder.join("service-worker.js")).unwrap();
    let server = serve(|options| {
        options.root = folder;
        options.isolation = false;
    });
    open(&page, &server, "").await;
    page.until_words_are_shown("Processes cannot run here")
        .await;
    page.until_words_are_shown("service worker").await;
    let disabled = page
        .evaluate("document.querySelector('#run').disabled")
        .await;
    assert_eq!(disabled, json!(true));
    let recorded: f64 = page.text(ANSWER).await.parse().expect("a number");
    assert!(recorded > 1.0, "{recorded}");
}

pub async fn every_page_has_the_header_and_its_own_title(page: Page) {
    let server = serve(|_| ());
    let mut titles = Vec::new();
    for (query, marked) in PAGES {
        open(&page, &server, query).await;
        let links = "[...document.querySelectorAll('.site a')].map((link) => link.innerText)";
        let expected = json!(["Learn", "Run your own", "Measure", "For Rust"]);
        assert_eq!(page.evaluate(links).await, expected, "{query}");
        let current = "document.querySelector('.site [aria-current]')?.innerText ?? ''";
        assert_eq!(page.text(current).await, marked, "{query}");
        let description = "document.querySelector('meta[name=description]').content";
        page.until(
            "a title of its own",
            "document.title.endsWith(' · Manyhands')",
        )
        .await;
        titles.push([
            page.text("document.title").await,
            page.text(description).await,
        ]);
        // Each link inside the site leads to a page.
        let dead = "[...document.querySelectorAll('a[href]')].map((link) => link.getAttribute('href'))\
                    .filter((to) => !/^(https:|#|\\.\\/$|\\?(learn|run|measure|faults|rust|glossary|check|class|experiment)\\b|LICENSE|python\\/|assets\\/)/.test(to))";
        assert_eq!(page.evaluate(dead).await, json!([]), "{query}");
    }
    let texts: std::collections::BTreeSet<_> = titles.iter().flatten().collect();
    // `?measure` opens the first experiment; all others differ.
    assert_eq!(texts.len(), 2 * titles.len(), "{titles:#?}");
    // What other sites add to an address does not lead elsewhere.
    open(&page, &server, "?utm_source=elsewhere").await;
    page.until("Home", "document.querySelector('#home')").await;
    for licence in ["LICENSE-MIT.txt", "LICENSE-APACHE.txt"] {
        assert!(dist().join(licence).is_file(), "{licence}");
    }
}

pub async fn terms_are_explained_where_they_stand(page: Page) {
    let server = serve(|_| ());
    open(&page, &server, "").await;
    let links = "[...document.querySelectorAll('#home a[href*=glossary]')].map((a) => a.getAttribute('href'))";
    let links = page.evaluate(links).await;
    let links = links.as_array().expect("a list").clone();
    assert!(links.len() >= 2, "{links:?}");
    for link in links.iter().filter_map(Value::as_str) {
        page.open("about:blank").await;
        open(&page, &server, link).await;
        let (_, id) = link.split_once('#').unwrap();
        let top = format!("document.getElementById('{id}').getBoundingClientRect().top");
        page.until(
            &format!("{id} in sight"),
            &format!("{top} >= 0 && {top} < innerHeight"),
        )
        .await;
    }
}

/// Light, dark, or as the system asks: at once, kept, and on every page.
pub async fn the_colours_are_the_visitors_choice(page: Page) {
    let server = serve(|_| ());
    open(&page, &server, "").await;
    let ground = "getComputedStyle(document.body).backgroundColor";
    let system = page.text(ground).await;
    let mut grounds = Vec::new();
    for theme in ["light", "dark"] {
        page.set("theme", theme).await;
        page.until(
            "the colours",
            &format!("document.documentElement.dataset.theme === '{theme}'"),
        )
        .await;
        grounds.push(page.text(ground).await);
        for query in ["?glossary", "?measure", "?run", ""] {
            open(&page, &server, query).await;
            assert_eq!(
                page.text(ground).await,
                grounds[grounds.len() - 1],
                "{query}"
            );
            let chosen = page.text("document.querySelector('#theme').value").await;
            assert_eq!(chosen, theme, "{query}");
        }
    }
    assert_ne!(grounds[0], grounds[1]);
    page.set("theme", "system").await;
    page.until("the system's colours", &format!("{ground} === '{system}'"))
        .await;
    open(&page, &server, "").await;
    assert_eq!(page.text(ground).await, system);
}

pub async fn the_example_for_rust_runs(page: Page) {
    let server = serve(|_| ());
    open(&page, &server, "?rust").await;
    page.click("#run").await;
    page.until_words_are_shown("The process returned 144.")
        .await;
}

/// At 320 px, and with text of twice the size, nothing is wider than the window.
pub async fn pages_fit_a_narrow_window_and_large_text(page: Page) {
    let server = serve(|_| ());
    let queries = PAGES.map(|(query, _)| query);
    for query in queries.into_iter().chain(EMBEDDED) {
        let frame = format!("{}{query}", server.url());
        page.open(&format!("{}404.html", server.url())).await;
        for (width, size) in [(320, "100%"), (640, "200%")] {
            // Browsers have no windows as narrow as this; a frame has any width. The page
            // in it has the same origin, so that its text can be made larger.
            let script = "
                const [address, width, size, done] = arguments;
                const frame = document.createElement('iframe');
                frame.width = width; frame.height = 800; frame.src = address;
                document.body.replaceChildren(frame);
                const look = () => {
                    const page = frame.contentDocument;
                    const root = page?.documentElement;
                    if (!page?.querySelector('.masthead, .is-embedded') || !page.querySelector('h2, #run')) {
                        return requestAnimationFrame(look);
                    }
                    if (size !== '100%') root.style.fontSize = size;
                    // The page is laid out anew in the next frame.
                    requestAnimationFrame(() => requestAnimationFrame(() =>
                        done([page.scrollingElement.scrollWidth, frame.clientWidth])));
                };
                look();";
            let arguments = vec![json!(frame), json!(width), json!(size)];
            let widths = page.client.execute_async(script, arguments).await;
            let widths = widths.unwrap_or_else(|error| panic!("{query}: {error}"));
            assert!(
                widths[0].as_u64() <= widths[1].as_u64(),
                "{query} at {width} px, text {size}: {widths}"
            );
        }
    }
}

/// Runs the program of Home five times and keeps the run in the middle, by its number.
pub async fn records_the_run_of_home(page: Page) {
    let server = serve(|_| ());
    open(&page, &server, "").await;
    let mut runs = Vec::new();
    for _ in 0..5 {
        page.click("#run").await;
        page.until("the number", &format!("({ANSWER}) && {STATE} === 'ended'"))
            .await;
        runs.push((page.text(ANSWER).await, page.text(LOG).await));
    }
    runs.sort();
    let (_, log) = &runs[runs.len() / 2];
    let about = page
        .text(
            "`date ${new Date().toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })}\\n` \
             + `browser Chromium ${navigator.userAgent.match(/Chrome\\/(\\d+)/)[1]}\\n` \
             + `cores ${navigator.hardwareConcurrency}\\n`",
        )
        .await;
    let begin: f64 = log.split(' ').next().unwrap().parse().unwrap();
    let mut text =
        "# A run of primes.py, which Home shows before the visitor runs it. Times are in ms.\n\
                    # The ignored end-to-end test home_is_recorded writes this file.\n"
            .to_owned()
            + &about;
    for line in log.lines() {
        let (at, what) = line.split_once(' ').unwrap();
        let at: f64 = at.parse().unwrap();
        text += &format!("{:.0} {what}\n", at - begin);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/home_page/recorded.txt");
    fs::write(file, text).unwrap();
}

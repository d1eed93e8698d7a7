//! The answer comes first: where it is on the screen, how many words there are beside it, and
//! that it stays where it is while an experiment is running.

use super::experiments::EXPERIMENTS;
use super::page::{Page, in_browser};
use super::serve;
use serde_json::Value;
use test_support::browser::{Kind, Setup};

/// The largest number of words that a page of an experiment shows before anything is opened.
const MOST_WORDS: u64 = 600;

/// The top and the bottom of the card and the top of the button Run, in px from the top of the
/// page.
const PLACES: &str = "(() => {
    const of = (selector) => document.querySelector(selector).getBoundingClientRect();
    const card = of('[data-answer]');
    return [card.top, card.bottom, of('.bar-buttons').top].map(y => Math.round(y + scrollY));
})()";

fn numbers(value: &Value) -> Vec<i64> {
    let all = value.as_array().expect("a list of numbers");
    all.iter().filter_map(Value::as_i64).collect()
}

/// In the sizes of a laptop and a phone: the recorded run is shown at first, the whole answer is
/// on the first screen, and there is little to read.
pub async fn the_answer_comes_first(kind: Kind) {
    for size in [(1440, 900), (390, 844)] {
        let setup = Setup {
            size,
            ..Setup::default()
        };
        in_browser(kind, setup, move |page| answer_first(page, size.1.into())).await;
    }
}

async fn answer_first(page: Page, height: i64) {
    let server = serve(|_| ());
    let mut bars = 0;
    for (name, _) in EXPERIMENTS {
        page.open(&format!("{}?experiment={name}", server.url()))
            .await;
        page.until(
            "the recorded run",
            "document.querySelector('[data-answer=recorded] #answer-figure')",
        )
        .await;
        let open = "document.querySelectorAll('details[open]').length";
        assert_eq!(page.evaluate(open).await, 0, "{name}: all is closed");
        let words = "document.body.innerText.split(/\\s+/).filter(word => /[\\p{L}\\p{N}]/u.test(word)).length";
        let words = page.evaluate(words).await.as_u64().unwrap();
        let places = numbers(&page.evaluate(PLACES).await);
        let (top, bottom) = (places[0], places[1]);
        println!("{name} at {height}: the answer from {top} to {bottom} px, {words} words");
        assert!(words <= MOST_WORDS, "{name}: {words} words");
        assert!(top < height / 2, "{name}: the answer begins at {top} px");
        assert!(bottom <= height, "{name}: the answer ends at {bottom} px");
        // Its link is in sight in the row of links, which scrolls sideways on a phone.
        let link = "(({ left, right }) => left >= 0 && right <= innerWidth)(\
                    document.querySelector('.experiments [aria-current]').getBoundingClientRect())";
        assert_eq!(page.evaluate(link).await, true, "{name}: its link");
        let recorded = page.text("document.querySelector('#recorded').innerText");
        assert!(recorded.await.contains("Recorded on"), "{name}");
        // Nothing is grey and empty: the figure, the sentence and the verdict are there.
        for part in ["#answer-figure", "#sentence", ".card-claim .verdict"] {
            page.until_shown(part).await;
        }
        bars += bars_that_are_drawn(&page, name).await;
    }
    assert!(bars > 0, "some experiment has bars");
}

/// The number of bars in the charts of the page, each of which has an area on the screen.
async fn bars_that_are_drawn(page: &Page, name: &str) -> usize {
    page.open_sections().await;
    page.until("the charts", "document.querySelector('.drawing')")
        .await;
    let sizes = "[...document.querySelectorAll('.drawing rect.bar')].map(bar => \
                 [Number(bar.getAttribute('width')), bar.getBoundingClientRect().height])";
    let sizes = page.evaluate(sizes).await;
    let sizes: Vec<(f64, f64)> = serde_json::from_value(sizes).expect("pairs of numbers");
    for &(drawn, shown) in &sizes {
        assert!(drawn == 0.0 || shown > 0.0, "{name}: a bar is not shown");
    }
    sizes.len()
}

/// Measures the cumulative layout shift, as the Web Vitals define it: the greatest sum of the
/// shifts without a cause by the visitor that are less than a second apart, in at most five
/// seconds. Firefox does not measure shifts.
const WATCH_SHIFTS: &str = "
    window.shifts = 0;
    let [sum, first, last] = [0, 0, -Infinity];
    if (PerformanceObserver.supportedEntryTypes.includes('layout-shift'))
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
                if (entry.hadRecentInput) continue;
                const now = entry.startTime;
                if (now - last > 1000 || now - first > 5000) [sum, first] = [0, now];
                sum += entry.value;
                last = now;
                window.shifts = Math.max(window.shifts, sum);
            }
        }).observe({ type: 'layout-shift' });
    return null;";

pub async fn a_run_keeps_the_place_of_the_answer(page: Page) {
    let server = serve(|_| ());
    let plan = "?experiment=speed-up&size=30000000&workers=2&repeats=3";
    page.open(&format!("{}{plan}", server.url())).await;
    let recorded = "document.querySelector('[data-answer=recorded] #answer-figure')";
    page.until("the recorded run", recorded).await;
    let before = numbers(&page.evaluate(PLACES).await);
    page.client.execute(WATCH_SHIFTS, Vec::new()).await.unwrap();
    page.click("#run").await;
    page.until(
        "the stage with lanes",
        "document.querySelector('[data-measuring=true] .stage #lanes .lane[role=listitem]')",
    )
    .await;
    let while_running = numbers(&page.evaluate(PLACES).await);
    assert_eq!(while_running, before, "the stage is where the answer was");
    let inside = "(() => {
        const of = (selector) => document.querySelector(selector).getBoundingClientRect();
        return of('.stage').bottom <= of('#card').bottom && of('.stage').top >= of('#card').top;
    })()";
    assert_eq!(page.evaluate(inside).await, true);
    page.until(
        "the own answer",
        "document.querySelector('[data-answer=own][data-measuring=false] #answer-figure')",
    )
    .await;
    let after = numbers(&page.evaluate(PLACES).await);
    assert_eq!(after[0], before[0], "the answer is where the stage was");
    let shifts = page.evaluate("window.shifts").await.as_f64().unwrap();
    println!("layout shifts of a run: {shifts:.3}");
    assert!(shifts < 0.1, "{shifts}");
    assert_eq!(
        page.evaluate("!document.querySelector('#recorded')").await,
        true
    );
}

pub async fn the_claims_are_one_step_away(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}?experiment=sharing", server.url()))
        .await;
    page.until_shown(".card-claim .verdict").await;
    let outcome = page.text("document.querySelector('.card-claim').dataset.outcome");
    assert_eq!(outcome.await, "True on this machine");
    // The recorded run says nothing about this machine.
    let words = page.text("document.querySelector('.card-claim .verdict').innerText");
    assert!(words.await.starts_with("True on the machine of this run"));
    page.click(".card-claim button").await;
    page.until(
        "the claims with the keyboard's focus",
        "document.activeElement === document.querySelector('#section-claims[open] > summary')",
    )
    .await;
    page.until_words_are_shown("How this is judged: ").await;
}

pub async fn a_wrong_setting_is_opened(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}?experiment=speed-up", server.url()))
        .await;
    let hidden = "document.querySelector('#settings').hidden";
    // With the recorded run, which is fetched, the page is drawn again.
    page.until_ready().await;
    page.until_shown("#answer-figure").await;
    assert_eq!(page.evaluate(hidden).await, true);
    page.click("#more").await;
    page.until("the settings to open", &format!("!({hidden})"))
        .await;
    page.set("repeats", "many").await;
    page.click("#more").await;
    page.until_shown("[data-error-for=repeats]").await;
    page.click("#run").await;
    page.until(
        "the focus on the wrong field",
        "document.activeElement.id === 'repeats'",
    )
    .await;
    assert_eq!(page.evaluate(hidden).await, false, "an error is seen");
}

pub async fn faults_have_a_page_of_their_own(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}?experiment=speed-up", server.url()))
        .await;
    page.until_shown("#question").await;
    assert_eq!(
        page.evaluate("document.querySelector('#misbehave')").await,
        Value::Null
    );
    page.click("a[href='?faults']").await;
    page.until_shown("#misbehave-title").await;
    page.click("#fault-exit").await;
    page.until(
        "the exit code of the one that leaves",
        "[...document.querySelectorAll('.lane-end')].some(one => one.innerText.includes('exit 7'))",
    )
    .await;
    page.until(
        "the other two to finish",
        "[...document.querySelectorAll('.lane-end')].filter(one => one.innerText === 'done').length === 2",
    )
    .await;
    page.click("#fault-loop").await;
    page.until_shown(".kill").await;
    page.click(".kill").await;
    page.until(
        "the one that was killed",
        "[...document.querySelectorAll('.lane-end')].some(one => one.innerText.includes('exit −9'))",
    )
    .await;
}

/// The presenter view: large type, and an answer that is covered until it is revealed, by keys.
pub async fn a_presenter_reveals_the_answer(page: Page) {
    let server = serve(|_| ());
    let visible = "(() => {
        const figure = document.querySelector('#answer-figure');
        return !!figure && getComputedStyle(figure).visibility === 'visible';
    })()";
    let size = "parseFloat(getComputedStyle(document.documentElement).fontSize)";
    page.open(&format!("{}?experiment=speed-up&present", server.url()))
        .await;
    page.until("the figure", "document.querySelector('#answer-figure')")
        .await;
    assert_eq!(page.evaluate(visible).await, false, "it is covered");
    page.until_words_are_shown("What do you expect?").await;
    let large = page.evaluate(size).await.as_f64().unwrap();
    page.press('v').await;
    page.until("the answer", visible).await;
    page.press('n').await;
    page.until(
        "the next experiment, covered",
        &format!(
            "document.querySelector('#experiment').dataset.experiment === 'messaging' \
             && document.querySelector('#answer-figure') && !{visible}"
        ),
    )
    .await;
    page.press('r').await;
    page.until(
        "a run",
        "document.querySelector('#status').dataset.state === 'running'",
    )
    .await;
    page.click("#cancel").await;
    page.until_idle().await;
    page.press('\u{e00c}').await; // Escape
    page.until("the answer in the common view", visible).await;
    let common = page.evaluate(size).await.as_f64().unwrap();
    assert!(large > common * 1.15, "{large} px and {common} px");
}

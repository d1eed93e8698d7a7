//! What a teacher does: exercises and their results, links for the class, the presenter view of
//! lessons, and a class on one picture.

use super::builds::dist;
use super::experiments::{CATCH, saved_by};
use super::page::Page;
use super::serve;
use serde_json::{Value, json};
use std::fs;

/// Keys by their numbers in the protocol of WebDriver.
const PAGE_UP: char = '\u{e00e}';
const PAGE_DOWN: char = '\u{e00f}';

const RIGHT: &str = "document.querySelector('#score').dataset.right";

async fn open_sheet(page: &Page, address: &str) {
    page.open(address).await;
    page.until(
        "the sheet",
        "document.querySelectorAll('.exercise').length === 9",
    )
    .await;
}

/// Drops files onto the page: names and texts.
async fn drop_files(page: &Page, files: &[(String, String)]) {
    let script = "
        const files = new DataTransfer();
        for (const [name, text] of arguments[0]) files.items.add(new File([text], name));
        document.querySelector('.page').dispatchEvent(
            new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: files }));";
    page.client
        .execute(script, vec![json!(files)])
        .await
        .unwrap();
}

/// A seed draws the same sheet again; answers are checked, by a run where there is a program,
/// count once, outlive a reload, and are handed in as JSON and CSV.
pub async fn exercises_are_checked_and_handed_in(page: Page) {
    let server = serve(|_| ());
    let address = format!("{}?learn=exercises&seed=7", server.url());
    open_sheet(&page, &format!("{}?learn=exercises", server.url())).await;
    let drawn = page
        .text("new URLSearchParams(location.search).get('seed')")
        .await;
    assert_eq!(drawn.len(), 4, "a seed is drawn: {drawn}");
    open_sheet(&page, &address).await;
    let texts = "[...document.querySelectorAll('.exercise')].map((one) => one.textContent)";
    let sheet = page.evaluate(texts).await;

    // A calculation, wrong: the limit is never 0.
    page.click("#exercise-7 .check-answer").await;
    page.until(
        "what is missing",
        "document.querySelector('#exercise-7 [role=alert]')",
    )
    .await;
    page.set("given-7", "0").await;
    page.click("#exercise-7 .check-answer").await;
    page.until(
        "a verdict",
        "document.querySelector('#exercise-7').dataset.right === 'false'",
    )
    .await;

    // All questions about programs: the first choice, or a number.
    let mut right = 0;
    for number in 1..=5 {
        let field = format!("document.querySelector('#given-{number}')");
        if page.evaluate(&format!("!!{field}")).await == true {
            page.set(&format!("given-{number}"), "4").await;
        } else {
            page.click(&format!("#exercise-{number} input")).await;
        }
        page.until(
            "the end of the run before",
            &format!("!document.querySelector('#exercise-{number} .check-answer').disabled"),
        )
        .await;
        page.click(&format!("#exercise-{number} .check-answer"))
            .await;
        let verdict = format!("document.querySelector('#exercise-{number}').dataset.right");
        page.until("a verdict from the run", &verdict).await;
        right += usize::from(page.text(&verdict).await == "true");
    }
    assert_eq!(page.text(RIGHT).await, right.to_string());

    page.open(&address).await;
    page.until("the kept answers", &format!("{RIGHT} === '{right}'"))
        .await;
    assert_eq!(
        page.evaluate("document.querySelectorAll('.exercise-verdict').length")
            .await,
        6
    );
    page.client.execute(CATCH, Vec::new()).await.unwrap();
    page.click("#save-json").await;
    page.until_words_are_shown("There is no name").await;
    page.set("name", "Ada Lovelace").await;
    let (name, result) = saved_by(&page, "#save-json").await;
    assert_eq!(name, "manyhands-exercises-Ada-Lovelace-7.json");
    let (name, csv) = saved_by(&page, "#save-csv").await;
    assert_eq!(name, "manyhands-exercises-Ada-Lovelace-7.csv");
    let result: Value = serde_json::from_str(&result).unwrap();
    assert_eq!(
        (&result["name"], &result["seed"]),
        (&json!("Ada Lovelace"), &json!(7))
    );
    assert_eq!(result["score"], right);
    assert_eq!(result["questions"][6]["given"], "0");
    assert_eq!(csv.lines().count(), 10);

    // Another name and another browser: the same questions.
    page.evaluate("localStorage.clear()").await;
    open_sheet(&page, &address).await;
    assert_eq!(page.evaluate(texts).await, sheet);

    // The teacher's key has the right answers, from runs of its own.
    page.open(&format!("{address}&key")).await;
    page.until(
        "all answers",
        "document.querySelectorAll('.key-answer[data-answer]').length === 9",
    )
    .await;
    let key = page
        .evaluate("[...document.querySelectorAll('.key-answer')].map((one) => one.dataset.answer)")
        .await;
    for (at, question) in result["questions"].as_array().unwrap().iter().enumerate() {
        if !question["answer"].is_null() {
            assert_eq!(key[at], question["answer"], "{question}");
        }
    }

    // The result of one, and what is none, on the class's page.
    page.open(&format!("{}?class", server.url())).await;
    page.until_shown("#class").await;
    let one = ("ada.json".to_owned(), result.to_string());
    drop_files(&page, &[one, ("photo.jpg".to_owned(), "no".to_owned())]).await;
    page.until(
        "the table",
        "document.querySelector('#class-results tbody tr')",
    )
    .await;
    page.until_words_are_shown("Ada Lovelace").await;
    page.until("what is wrong", "document.querySelector('#refused li')")
        .await;
    let why = page
        .text("document.querySelector('#refused li').textContent")
        .await;
    assert!(why.starts_with("photo.jpg: "), "{why}");
}

/// A link opens a lesson with its knobs, with hidden answers, for presenting, and in a frame.
pub async fn a_link_carries_a_lesson(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}?learn=pipe", server.url())).await;
    page.until("the lesson", "document.querySelector('.lesson')")
        .await;
    page.until_ready().await;
    page.set("knob-ITEMS", "3").await;
    page.click(".class-link summary").await;
    page.click("[data-adds='answers=hidden']").await;
    let link = page
        .text("document.querySelector('#class-link').value")
        .await;
    assert!(
        link.ends_with("?learn=pipe&ITEMS=3&answers=hidden"),
        "{link}"
    );

    page.open(&link).await;
    page.until("the lesson", "document.querySelector('.lesson')")
        .await;
    page.until_ready().await;
    assert_eq!(
        page.text("document.querySelector('#knob-ITEMS').value")
            .await,
        "3"
    );
    page.click("#run").await;
    page.until("the covered answer", "document.querySelector('#cover')")
        .await;
    let answer = "document.querySelector('#run-answer')?.dataset.answer ?? ''";
    assert_eq!(page.text(answer).await, "");
    page.until_idle().await;
    let printed =
        "document.querySelector('.lesson-right').textContent.includes('this many items: 3')";
    assert_eq!(page.evaluate(printed).await, false, "it is covered");
    page.click("#reveal").await;
    page.until("the answer", &format!("{answer} === '3'")).await;
    page.until("what it printed", printed).await;

    // The presenter's keys: run, reveal, next. They work with the focus on a choice, too.
    page.open(&format!("{}?learn=pipe&present", server.url()))
        .await;
    page.until("the lesson", "document.querySelector('.lesson')")
        .await;
    page.until_ready().await;
    page.click("input[name=guess][value='2']").await;
    page.press('r').await;
    page.until("the covered answer", "document.querySelector('#cover')")
        .await;
    page.press('v').await;
    page.until("the answer", &format!("{answer} === '1'")).await;
    page.until_idle().await;
    page.press('n').await;
    page.until(
        "the next lesson",
        "document.querySelector('[data-lesson=sentinel]')",
    )
    .await;
    assert!(page.text("location.search").await.contains("present"));
    let presented = "document.documentElement.dataset.presented";
    assert_eq!(page.evaluate(presented).await, "");
    // A clicker leads on: run, answer, next; and back.
    page.press(PAGE_DOWN).await;
    page.until("the covered answer", "document.querySelector('#cover')")
        .await;
    page.press(PAGE_DOWN).await;
    page.until("the answer", &format!("{answer} === 'stuck'"))
        .await;
    page.press(PAGE_DOWN).await;
    page.until(
        "the lesson after it",
        "document.querySelector('[data-lesson=producers]')",
    )
    .await;
    page.press(PAGE_UP).await;
    page.until(
        "the lesson before it",
        "document.querySelector('[data-lesson=sentinel] #program')?.shadowRoot",
    )
    .await;
    // Keys in the editor are the editor's: this one does not lead on, but the next one runs.
    page.evaluate(
        "document.querySelector('#program').shadowRoot.querySelector('[contenteditable]')\
         .dispatchEvent(new KeyboardEvent('keydown', { key: 'n', bubbles: true, composed: true }))",
    )
    .await;
    page.press(PAGE_DOWN).await;
    page.until(
        "the covered answer",
        "document.querySelector('[data-lesson=sentinel] #cover')",
    )
    .await;
    page.press('\u{e00c}').await; // Escape
    page.until("the common view", &format!("{presented} === undefined"))
        .await;
    assert!(!page.text("location.search").await.contains("present"));

    page.open(&format!("{}?learn=pipe&ITEMS=2&embed", server.url()))
        .await;
    page.until(
        "the lesson",
        "document.querySelector('#learn.is-embedded .lesson')",
    )
    .await;
    assert_eq!(
        page.evaluate("document.querySelector('.masthead, .foot')")
            .await,
        Value::Null
    );
    let own = page.text("document.querySelector('#own-page').href").await;
    assert!(own.ends_with("?learn=pipe&ITEMS=2"), "{own}");

    // An experiment's link hides its answer until it is asked for.
    let address = format!("{}?experiment=start-up&answers=hidden", server.url());
    page.open(&address).await;
    page.until(
        "the covered answer",
        "document.querySelector('#cover #reveal')",
    )
    .await;
    assert_eq!(
        page.evaluate("document.querySelector('#section-claims')")
            .await,
        Value::Null
    );
    page.click("#reveal").await;
    page.until("the claims", "document.querySelector('#section-claims')")
        .await;
    assert!(
        page.text("location.search")
            .await
            .contains("answers=hidden")
    );
}

/// A teacher ticks lessons in an order; the class sees these only, and is led through them.
pub async fn a_choice_of_lessons_is_one_link(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}?learn", server.url())).await;
    page.until("the list", "document.querySelector('#choice')")
        .await;
    page.click("#choice > summary").await;
    for name in ["value", "pipe", "hands"] {
        page.click(&format!("[data-chooses={name}]")).await;
    }
    page.click("[data-chooses=hands]").await;
    page.click("#choice .class-link summary").await;
    page.click("#choice [data-adds='answers=hidden']").await;
    let link = page
        .text("document.querySelector('#class-link').value")
        .await;
    assert!(
        link.ends_with("?learn&lessons=value,pipe&answers=hidden"),
        "{link}"
    );
    page.open(&link).await;
    page.until("the list", "document.querySelector('.learn-group')")
        .await;
    let listed = "[...document.querySelectorAll('.learn-title')].map((one) => one.textContent)";
    assert_eq!(
        page.evaluate(listed).await,
        json!(["A shared value and the lost update", "A pipe has two ends"])
    );
    assert_eq!(
        page.evaluate("document.querySelector('#for-teachers')")
            .await,
        Value::Null
    );
    page.click("#learn-next").await;
    page.until("the first", "document.querySelector('[data-lesson=value]')")
        .await;
    page.until_words_are_shown("Lesson 1 of 2").await;
    page.click("#next").await;
    page.until("the second", "document.querySelector('[data-lesson=pipe]')")
        .await;
    page.until("no third", "!document.querySelector('#next')")
        .await;
    let query = page.text("location.search").await;
    assert!(
        query.ends_with("&lessons=value,pipe&answers=hidden"),
        "{query}"
    );
}

/// Reports become one chart with a point for each, and bad files take nothing away.
pub async fn a_class_makes_one_picture(page: Page) {
    let server = serve(|_| ());
    let folder = fs::read_dir(dist().join("assets")).unwrap().flatten();
    let folder = folder.map(|entry| entry.path());
    let recorded = (folder.into_iter())
        .find(|path| {
            path.file_name()
                .unwrap()
                .to_string_lossy()
                .starts_with("recorded-")
        })
        .expect("the recorded reports");
    let report = fs::read_to_string(recorded.join("speed-up.json")).unwrap();
    let mut files: Vec<(String, String)> = (0..8)
        .map(|at| {
            let stamp = format!("2026-11-26T09:5{at}:00.000Z");
            let mut report: Value = serde_json::from_str(&report).unwrap();
            report["environment"]["recorded_at"] = stamp.into();
            (format!("laptop-{at}.json"), report.to_string())
        })
        .collect();
    files.push(("cut.json".to_owned(), report[..1000].to_owned()));
    page.open(&format!("{}?class", server.url())).await;
    page.until_shown("#class").await;
    drop_files(&page, &files).await;
    page.until(
        "one picture of eight",
        "document.querySelector('[data-experiment=speed-up]')?.dataset.reports === '8' \
         && document.querySelector('#refused li')",
    )
    .await;
    page.until(
        "the drawing",
        "document.querySelector('#chart-class-speed-up .drawing')",
    )
    .await;
    let why = page
        .text("document.querySelector('#refused').textContent")
        .await;
    assert!(why.contains("cut.json") && why.contains("cut off"), "{why}");
    page.click("#names summary").await;
    page.set("name-1", "Ada’s").await;
    page.click(".class-values summary").await;
    page.until_words_are_shown("Ada’s").await;
    // A reload keeps the files and their names.
    page.open(&format!("{}?class", server.url())).await;
    page.until(
        "the picture after a reload",
        "document.querySelector('[data-experiment=speed-up]')?.dataset.reports === '8'",
    )
    .await;
    page.click("#names summary").await;
    assert_eq!(
        page.text("document.querySelector('#name-1').value").await,
        "Ada’s"
    );
    page.click("#clear").await;
    page.until(
        "nothing",
        "document.querySelector('#class').dataset.files === '0'",
    )
    .await;
    page.open(&format!("{}?class", server.url())).await;
    page.until_shown("#class").await;
    assert_eq!(
        page.text("document.querySelector('#class').dataset.files")
            .await,
        "0"
    );
    let script = page
        .text("document.querySelector('a[download]').href")
        .await;
    let seen = page
        .evaluate(&format!(
            "fetch('{script}').then((answer) => answer.text())"
        ))
        .await;
    assert!(
        seen.as_str().is_some_and(|text| text.contains("CPython")),
        "the script is there"
    );
}

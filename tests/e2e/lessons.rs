//! The lessons: each opens, runs, and answers its question from its own run.

use super::builds::copy_of_dist;
use super::page::Page;
use super::refused::{foreign, still_host};
use super::serve;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const ANSWER: &str = "document.querySelector('#run-answer')?.dataset.answer";

/// Each lesson, and the answers that its program may give as it is. How fast a machine is,
/// and how many cores it has, decides some of them.
const ANSWERS: &[(&str, &[&str])] = &[
    ("hands", &["one process", "several processes"]),
    ("start-join", &["Process-1"]),
    ("nothing-shared", &["3"]),
    ("pipe", &["1"]),
    ("sentinel", &["stuck"]),
    ("producers", &["15"]),
    ("value", &["less"]),
    ("deadlock", &["stuck"]),
    ("manager", &["0"]),
    ("shared-memory", &["7"]),
    ("pool", &["imap_unordered"]),
    ("futures", &["result"]),
    ("map-reduce", &["4"]),
    ("tiny-tasks", &["without a pool"]),
    ("workers", &["1 worker", "2 workers", "4 workers"]),
    ("waiting", &["faster"]),
    ("lambda", &["PicklingError"]),
    ("drain", &["stuck"]),
    ("guard", &["1"]),
    ("no-lock", &["more"]),
    ("unjoined", &["0"]),
    ("polling", &["0"]),
    ("killed", &["BrokenProcessPool"]),
    ("left-pool", &["TimeoutError"]),
    ("spawn-global", &["English"]),
];

/// Knobs that change the answer: lesson, knob, value, and the answer then.
const TURNED: &[(&str, &str, &str, &str)] = &[
    ("start-join", "JOIN", "True", "MainProcess"),
    ("nothing-shared", "KIND", "Thread", "4"),
    ("sentinel", "SENTINELS", "2", "ends"),
    ("producers", "PRODUCERS", "2", "10"),
    ("value", "LOCK", "True", "same"),
    ("deadlock", "ORDER", "\"same\"", "ends"),
    ("manager", "PUT_BACK", "True", "1"),
    ("shared-memory", "SHARE", "False", "0"),
    ("pool", "WORKERS", "1", "none"),
    ("futures", "LAST", "4", "nothing"),
    ("map-reduce", "PARTS", "2", "2"),
    ("lambda", "LAMBDA", "False", "none"),
    ("drain", "BYTES", "10", "ends"),
    ("guard", "GUARD", "True", "0"),
    ("no-lock", "LOCK", "True", "same"),
    ("unjoined", "JOIN", "True", "30"),
    ("polling", "POLL", "False", "3"),
    ("killed", "DIE", "False", "none"),
    ("left-pool", "INSIDE", "True", "none"),
    ("spawn-global", "PASS", "True", "Latin"),
];

/// What such an answer then says of the wait that explains it.
const WAITS: &[(&str, &str)] = &[
    ("start-join", ", until Process-1 had ended."),
    ("no-lock", " had acquired at line "),
];

async fn open(page: &Page, url: &str, name: &str) {
    page.open(&format!("{url}?learn={name}")).await;
    page.until(
        "the lesson",
        &format!("document.querySelector('.lesson[data-lesson=\"{name}\"]')"),
    )
    .await;
    page.until_ready().await;
}

/// Runs the lesson's program until it gives an answer, and ends a stuck one.
async fn run(page: &Page) -> String {
    page.click("#run").await;
    page.until("an answer", "document.querySelector('#run-answer')")
        .await;
    let answer = page.text(ANSWER).await;
    if page
        .text("document.querySelector('#status').dataset.state")
        .await
        == "busy"
    {
        page.click("#stop").await;
        page.until(
            "the end, or an offer to kill",
            "!document.querySelector('#run').disabled \
             || document.querySelector('#stop').textContent === 'Kill'",
        )
        .await;
        if !page.is_idle().await {
            page.click("#stop").await;
        }
        page.until_idle().await;
        assert_eq!(page.text(ANSWER).await, answer, "after it was stopped");
    }
    answer
}

/// Every lesson of the list gives its answer, from its own run.
pub async fn every_lesson_answers_from_its_run(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}?learn", server.url())).await;
    page.until("the list", "document.querySelector('.learn-group')")
        .await;
    let listed = page
        .evaluate(
            "[...document.querySelectorAll('.learn-group a')].map((a) => a.search.split('=')[1])",
        )
        .await;
    let names: Vec<_> = ANSWERS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed, json!(names));
    for (name, answers) in ANSWERS {
        open(&page, &server.url(), name).await;
        let answer = run(&page).await;
        assert!(answers.contains(&answer.as_str()), "{name}: {answer}");
        let said = page
            .text("document.querySelector('#run-answer').textContent")
            .await;
        assert!(said.starts_with("In this run: "), "{name}: {said}");
    }
    page.open(&format!("{}?learn", server.url())).await;
    page.until(
        "all lessons done",
        &format!(
            "document.querySelectorAll('.learn-done').length === {}",
            names.len()
        ),
    )
    .await;
}

/// A knob changes the program, and the program's run changes the answer.
pub async fn a_knob_changes_the_answer(page: Page) {
    let server = serve(|_| ());
    for (name, knob, value, wanted) in TURNED {
        open(&page, &server.url(), name).await;
        page.set(&format!("knob-{knob}"), value).await;
        assert_eq!(run(&page).await, *wanted, "{name}: {knob} = {value}");
        if let Some((_, words)) = WAITS.iter().find(|(lesson, _)| lesson == name) {
            let said = page
                .text("document.querySelector('#run-answer').textContent")
                .await;
            assert!(said.contains(words), "{name}: {said}");
        }
    }
}

/// A guess is kept, compared with the answer, and can be made again; an edited program gives
/// another answer, or a sentence about what is missing.
pub async fn a_guess_is_compared_with_the_answer(page: Page) {
    let server = serve(|_| ());
    open(&page, &server.url(), "pipe").await;
    page.click("input[name=guess][value='2']").await;
    assert_eq!(run(&page).await, "1");
    let verdict = "document.querySelector('.lesson-verdict').textContent";
    assert_eq!(
        page.text(verdict).await,
        "You guessed: 2 items. In this run: 1 item, as at first."
    );
    page.click("#guess-again").await;
    page.click("input[name=guess][value='1']").await;
    run(&page).await;
    assert_eq!(
        page.text(verdict).await,
        "You guessed it: 1 item, as at first."
    );

    the_wait_that_mattered_is_told(&page).await;
    page.set("program", "print('my list has this many items: 17')\n")
        .await;
    page.until(
        "the question",
        "document.querySelector('input[name=guess]')",
    )
    .await;
    assert_eq!(run(&page).await, "17");
    page.set("program", "print('nothing')\n").await;
    page.click("#run").await;
    page.until_words_are_shown("No line of the output contains “my list has this many items: ”.")
        .await;
    page.click("#reset").await;
    page.until(
        "the program as it was",
        "document.querySelector('#knob-ITEMS')",
    )
    .await;
    page.click("#open-playground").await;
    page.until(
        "the same program in the playground",
        "location.search === '?run' && document.querySelector('#link-notice')",
    )
    .await;

    // The links lead from lesson to lesson, and Back leads back.
    open(&page, &server.url(), "pipe").await;
    page.click("#next").await;
    page.until(
        "the next lesson",
        "document.querySelector('[data-lesson=sentinel]')",
    )
    .await;
    page.evaluate("history.back()").await;
    page.until(
        "the lesson before",
        "document.querySelector('[data-lesson=pipe]')",
    )
    .await;
}

/// In the lesson `pipe`: the answer tells which line waited for whom, and tells otherwise of
/// another program; the line leads to the wait in the lanes. The program in Rust is there.
async fn the_wait_that_mattered_is_told(page: &Page) {
    let told = "document.querySelector('#run-answer').textContent";
    let program = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/lessons/pipe.py"));
    let program = program.unwrap();
    let place = |program: &str| {
        let line = program
            .lines()
            .position(|line| line.contains("ours.recv()"));
        line.unwrap() + 1
    };
    let wanted = format!("Line {} of MainProcess waited ", place(&program));
    let said = page.text(told).await;
    assert!(said.contains(&wanted), "{said}");

    let slow = program.replace(
        "        connection.send(",
        "        __import__('time').sleep(0.6)\n        connection.send(",
    );
    page.set("program", &slow).await;
    run(page).await;
    let wanted = format!("Line {} of MainProcess waited ", place(&slow));
    let said = page.text(told).await;
    let (_, after) = said.split_once(&wanted).expect("the wait at another line");
    let sent = slow
        .lines()
        .position(|line| line.contains("connection.send("));
    let sent = format!(", which Process-1 sent at line {}.", sent.unwrap() + 1);
    assert!(after.ends_with(&sent), "{said}");
    let ms: f64 = match after.split_once(" ms") {
        Some((ms, _)) => ms.parse().expect("milliseconds"),
        None => 1000.0,
    };
    assert!(ms >= 600.0, "{said}");
    page.click(".line-link").await;
    page.until(
        "the wait in the lanes",
        "document.querySelector('.lane-outline')",
    )
    .await;

    page.click("#lesson-rust summary").await;
    page.until_words_are_shown("pub fn main() -> Result<(), Error>")
        .await;
}

/// A lesson whose file is wrong, or that is missing, is explained.
pub async fn a_bad_lesson_is_explained(page: Page) {
    let folder = copy_of_dist(&format!("bad-lesson-{:?}", page.kind));
    let lessons = fs::read_dir(folder.join("assets"))
        .unwrap()
        .find_map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            name.starts_with("lessons-").then_some(path)
        });
    let file = lessons.unwrap().join("pipe.md");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("after \"my", "before \"my")).unwrap();
    let server = serve(|options| options.root = folder);
    for (name, why) in [
        ("pipe", "does not say how the answer is read"),
        ("pipes", "There is no lesson with the name “pipes”"),
    ] {
        page.open(&format!("{}?learn={name}", server.url())).await;
        page.until_words_are_shown(why).await;
    }
}

/// Where Python cannot run, also in a frame, a recorded run answers the question as one here would.
pub async fn a_recorded_run_stands_where_python_cannot_run(page: Page) {
    let server = still_host(&format!("lessons-still-{:?}", page.kind));
    page.open(&format!("{}?learn=pipe", server.url())).await;
    page.until(
        "the recorded run",
        "document.querySelector('#show-recorded:enabled')",
    )
    .await;
    page.click("input[name=guess][value='2']").await;
    page.click("#show-recorded").await;
    page.until("the answer", &format!("{ANSWER} === '1'")).await;
    let said = page
        .text("document.querySelector('#run-answer').textContent")
        .await;
    assert!(
        said.starts_with("You guessed: 2 items. In the recorded run: 1 item"),
        "{said}"
    );
    page.until_words_are_shown("Recorded on").await;
    page.until_words_are_shown("my list has this many items: 1")
        .await;
    let lanes = "document.querySelectorAll('.playground-lanes .lane').length";
    assert_eq!(page.evaluate(lanes).await, 2);
    // An edited program has no recorded run.
    page.set("knob-ITEMS", "3").await;
    page.until_words_are_shown("without your changes").await;
    assert_eq!(page.text(ANSWER).await, "1");

    let address = format!("{}?learn=deadlock&embed", server.url());
    let outer = foreign(&format!("lesson-{:?}", page.kind), &address, false);
    page.open(&outer.url()).await;
    page.client.enter_frame(0).await.expect("a frame");
    page.until(
        "the recorded run",
        "document.querySelector('#show-recorded:enabled')",
    )
    .await;
    page.click("#show-recorded").await;
    page.until(
        "the answer",
        &format!("{ANSWER} === 'stuck' && document.querySelector('#blocked')"),
    )
    .await;
    let own = page.text("document.querySelector('#own-page').href").await;
    assert!(own.ends_with("?learn=deadlock"), "{own}");
    page.client.enter_parent_frame().await.unwrap();
}

/// Stands before Python's own module and keeps what it tells, with the times.
const KEEPS_EVENTS: &str = r#"
    import * as real from "./real.js";
    export * from "./real.js";
    export async function start(source, options) {
        const kept = window.keptEvents = [];
        const onEvent = (event) => {
            kept.push([performance.now(), structuredClone(event)]);
            options.onEvent(event);
        };
        return real.start(source, { ...options, onEvent });
    }"#;

/// Runs each lesson's program once and keeps what the page heard of it until it answered, so that
/// the same can be shown where Python cannot run.
pub async fn records_the_lessons(page: Page) {
    let folder = copy_of_dist("lessons-recorded");
    let python = folder.join("python");
    fs::rename(python.join("python.js"), python.join("real.js")).unwrap();
    fs::write(python.join("python.js"), KEEPS_EVENTS).unwrap();
    let server = serve(|options| options.root = folder.clone());
    let lessons = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons");
    for (name, _) in ANSWERS {
        open(&page, &server.url(), name).await;
        page.click("#run").await;
        page.until("an answer", "document.querySelector('#run-answer')")
            .await;
        let recorded = page
            .evaluate(
                "({
                    date: new Date().toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' }),
                    browser: `Chromium ${navigator.userAgent.match(/Chrome\\/(\\d+)/)[1]}`,
                    cores: navigator.hardwareConcurrency,
                    said: [...document.querySelectorAll('#run-answer p')].map((line) =>
                        line.innerText.replace('In this run', 'In the recorded run')),
                    events: keptEvents,
                })",
            )
            .await;
        let program = fs::read_to_string(lessons.join(format!("{name}.py"))).unwrap();
        let file = lessons.join(format!("{name}.json"));
        fs::write(file, recording(recorded, &program)).unwrap();
    }
}

/// The file of a recording: times begin at 0 and are rounded to 0.1 ms, and each event is a line.
fn recording(mut recorded: Value, program: &str) -> String {
    let events = recorded["events"].take();
    let events = events.as_array().expect("events");
    let begin = events[0][0].as_f64().expect("a time");
    let rounded = |ms: f64| (ms * 10.0).round() / 10.0;
    recorded["program"] = program.into();
    recorded["events"] = json!([]);
    let mut lines = Vec::new();
    for entry in events {
        let at = rounded(entry[0].as_f64().expect("a time") - begin);
        let mut event = entry[1].clone();
        for record in event["records"].as_array_mut().into_iter().flatten() {
            for edge in ["begin", "end"] {
                // These are in µs.
                if let Some(us) = record[edge].as_f64() {
                    record[edge] = json!((rounded(us / 1e3 - begin) * 1e3).round());
                }
            }
        }
        lines.push(json!([at, without_null(event)]).to_string());
    }
    let head = recorded.to_string();
    let head = head.replace(
        "\"events\":[]",
        &format!("\"events\":[\n{}\n]", lines.join(",\n")),
    );
    head + "\n"
}

fn without_null(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                kept.map(|(name, value)| (name, without_null(value)))
                    .collect(),
            )
        }
        Value::Array(items) => items.into_iter().map(without_null).collect(),
        value => value,
    }
}

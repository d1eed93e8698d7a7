//! What the page is told of the inside of a running Python program: its objects, its
//! threads, its trace; and how the playground shows it.

use super::experiments::{CATCH, saved_by};
use super::page::Page;
use super::playground::open_with_editor;
use super::python::{Ran, open_example, run, run_until};
use super::serve;
use serde_json::{Value, json};

fn events<'a>(ran: &'a Ran, kind: &str) -> Vec<&'a Value> {
    let events = ran.0["events"].as_array().expect("events").iter();
    events.filter(|event| event["type"] == kind).collect()
}

/// Whether an object of this name was ever told for which this holds.
fn was(ran: &Ran, name: &str, holds: impl Fn(&Value) -> bool) -> bool {
    let told = events(ran, "objects");
    let objects = told
        .iter()
        .flat_map(|event| event["objects"].as_array().unwrap());
    let mut objects = objects.filter(|object| object["name"] == name);
    objects.any(holds)
}

/// A queue is told as one thing, with its depth; a lock with who holds it and who waits; and
/// so on, each by the name of its variable.
pub async fn python_tells_what_is_inside(page: Page) {
    let _server = open_example(&page).await;
    let ran = run(&page, include_str!("programs/inside/objects.py")).await;
    assert_eq!(ran.code(), 0, "{:#}", ran.0["events"]);
    let jobs = |object: &Value| {
        (&object["kind"], &object["size"], &object["maxsize"])
            == (&json!("Queue"), &json!(3), &json!(5))
            && object["line"] == 25
            && object["waiting"] == json!([])
    };
    assert!(was(&ran, "jobs", jobs), "{:#}", ran.0["events"]);
    let gate = |object: &Value| {
        let waiting = &object["waiting"][0];
        object["kind"] == "Lock"
            && object["value"] == 0
            && (&object["holder"]["name"], &object["holder"]["line"])
                == (&json!("MainProcess"), &json!(34))
            && (&waiting["name"], &waiting["line"], &waiting["to"])
                == (&json!("holder"), &json!(6), &json!("acquire"))
    };
    assert!(was(&ran, "gate", gate), "{:#}", ran.0["events"]);
    for (name, kind, to) in [
        ("full", "Queue", "put"),
        ("empty", "SimpleQueue", "get"),
        ("ready", "Event", "wait"),
        ("meeting", "Barrier", "wait"),
    ] {
        let waited = |object: &Value| object["kind"] == kind && object["waiting"][0]["to"] == to;
        assert!(was(&ran, name, waited), "{name}: {:#}", ran.0["events"]);
    }
    assert!(was(&ran, "meeting", |object| object["parties"] == 2
        && object["value"] == 1));
    assert!(was(&ran, "cells[1]", |object| object["value"] == 4));
    assert!(was(&ran, "counter", |object| object["in"] == "Value"));
    // The ends of a pipe: what waits, and which processes have them.
    let told = events(&ran, "objects");
    let pipes = told
        .iter()
        .flat_map(|event| event["objects"].as_array().unwrap());
    let mut pipes = pipes.filter(|object| object["kind"] == "Pipe");
    assert!(
        pipes.any(|pipe| {
            let [left, right] = [&pipe["ends"][0], &pipe["ends"][1]];
            (&left["name"], &right["name"], &right["messages"])
                == (&json!("left"), &json!("right"), &json!(2))
                && left["heldBy"].as_array().unwrap().len() == 1
        }),
        "{:#}",
        ran.0["events"]
    );
    // Afterwards they are told as they were seen last.
    let last = told.last().unwrap()["objects"].as_array().unwrap();
    assert!(
        last.iter().all(|object| object["gone"] == true),
        "{last:#?}"
    );
    assert!(
        last.iter().any(|object| object["name"] == "jobs"),
        "{last:#?}"
    );
}

/// The same for those of threads, which are in the memory of one process: what is in them, who
/// holds them and who waits. Those of a program with very many are told in part.
pub async fn python_tells_what_threads_share(page: Page) {
    let _server = open_example(&page).await;
    let ran = run(&page, include_str!("programs/inside/threads.py")).await;
    let printed = (ran.code(), ran.stream("stdout"));
    assert_eq!(printed, (0, "100000 2\n".to_owned()), "{:#}", ran.0);
    for (name, module, kind, to) in [
        ("gate", "threading", "Lock", "acquire"),
        ("ready", "threading", "Event", "wait"),
        ("meeting", "threading", "Barrier", "wait"),
        ("news", "threading", "Condition", "wait"),
        ("empty", "queue", "Queue", "get"),
    ] {
        let waited = |object: &Value| {
            (&object["module"], &object["kind"]) == (&json!(module), &json!(kind))
                && object["waiting"][0]["to"] == to
        };
        assert!(was(&ran, name, waited), "{name}: {:#}", ran.0["events"]);
    }
    let held_at = |line: u32| move |object: &Value| object["holder"]["line"] == line;
    assert!(was(&ran, "gate", held_at(26)), "{:#}", ran.0["events"]);
    assert!(was(&ran, "again", held_at(31)), "{:#}", ran.0["events"]);
    assert!(was(&ran, "jobs", |object| object["size"] == 2
        && object["maxsize"] == 5));
    assert!(was(&ran, "slots", |object| object["value"] == 2));
    assert!(was(&ran, "ready", |object| object["value"] == 1));
    assert!(was(&ran, "meeting", |object| object["parties"] == 2
        && object["value"] == 1));
    assert!(was(&ran, "news", |object| object["value"] == 1));
    assert!(was(&ran, "many[0]", |object| object["value"] == 0));
    assert!(!was(&ran, "many[60]", |_| true));
}

/// Threads are told by their names, and what each did, with the lines of the waits.
pub async fn python_tells_threads_and_a_trace(page: Page) {
    let _server = open_example(&page).await;
    let source = "import threading, time\nevent = threading.Event()\n\ndef wait():\n    \
        event.wait()\n\nt = threading.Thread(target=wait, name='waiter')\nt.start()\n\
        time.sleep(0.4)\nevent.set()\nt.join()\n";
    let ran = run(&page, source).await;
    assert_eq!(ran.code(), 0, "{:#}", ran.0["events"]);
    let threads = events(&ran, "thread");
    let named = threads.iter().find(|event| event["name"] == "waiter");
    let thread = &named.unwrap_or_else(|| panic!("{threads:#?}"))["thread"];
    let ended = |event: &&Value| &event["thread"] == thread && event["state"] == "ended";
    assert!(threads.iter().any(ended), "{threads:#?}");
    let told = events(&ran, "trace");
    let records: Vec<&Value> = told
        .iter()
        .flat_map(|event| event["records"].as_array().unwrap())
        .filter(|record| !record["end"].is_null())
        .collect();
    let long = |record: &&&Value| {
        record["end"].as_f64().unwrap() - record["begin"].as_f64().unwrap() > 300_000.0
    };
    let waited = |thread: &Value, line: u32, reason: &str| {
        let mut all = records.iter().filter(long);
        all.any(|record| {
            &record["thread"] == thread
                && (&record["what"], &record["line"], &record["for"])
                    == (&json!("waiting"), &json!(line), &json!(reason))
        })
    };
    assert!(waited(thread, 5, "thread lock"), "{records:#?}");
    assert!(waited(&ran.0["pid"], 9, "time"), "{records:#?}");
    let ran_for = |what: &str| records.iter().any(|record| record["what"] == what);
    assert!(ran_for("starting") && ran_for("running"), "{records:#?}");
    // The times are on the page's clock, on which this run was the page's first.
    let [began, ended] = ["began", "ended"].map(|moment| ran.0[moment].as_f64().unwrap());
    let times = |name: &'static str| {
        records
            .iter()
            .map(move |record| record[name].as_f64().unwrap())
    };
    let first = times("begin").fold(f64::INFINITY, f64::min);
    let last = times("end").fold(0.0, f64::max);
    assert!(
        began <= first && last <= ended,
        "{first} to {last} of {began} to {ended}"
    );
}

/// Two processes that wait for each other's locks are told while a third goes on; two that
/// will go on are not.
pub async fn python_tells_of_a_circle_beside_what_goes_on(page: Page) {
    let _server = open_example(&page).await;
    let source = include_str!("programs/inside/circle.py");
    let ran = run_until(&page, source, "cannot go on").await;
    let told: Vec<&str> = events(&ran, "blocked")
        .iter()
        .filter_map(|event| event["text"].as_str())
        .collect();
    assert_eq!(told.len(), 1, "{:#}", ran.0["events"]);
    for sentence in [
        "A part of this program cannot go on",
        "one waits at line 8 (`with second:`) for the lock `b`, which two acquired at line 5",
        "two waits at line 8 (`with second:`) for the lock `a`, which one acquired at line 5",
    ] {
        assert!(told[0].contains(sentence), "{sentence}: {}", told[0]);
    }
    assert!(!told[0].contains("counts"), "{}", told[0]);

    let silent = source.replace("with second:", "if second.acquire(timeout=1.5):");
    let ran = run(&page, &silent).await;
    assert_eq!(events(&ran, "blocked").len(), 0, "{:#}", ran.0["events"]);
}

/// The playground draws them: a queue with its depth, a lock with holder and waiter, threads
/// under their process; and saves the trace.
pub async fn the_playground_shows_what_is_inside(page: Page) {
    let server = serve(|_| ());
    open_with_editor(&page, &server.url()).await;
    page.set("program", include_str!("programs/inside/stage.py"))
        .await;
    page.click("#run").await;
    page.click("#tab-inside").await;
    let object = |name: &str| format!("document.querySelector('.object[data-name=\"{name}\"]')");
    let shows =
        |name: &str, text: &str| format!("{}?.textContent.includes({})", object(name), json!(text));
    page.until("the queue", &shows("jobs", "3 of 5")).await;
    let slots = format!(
        "{}.querySelectorAll('.slot.is-full').length",
        object("jobs")
    );
    assert_eq!(page.evaluate(&slots).await, json!(3));
    page.until("the holder", &shows("gate", "held by MainProcess, line 15"))
        .await;
    page.until(
        "who waits",
        &shows("gate", "Process-1, line 7 waits in acquire()"),
    )
    .await;
    page.until(
        "the lane",
        "document.querySelector('.lane-thread[data-thread=\"helper\"]')",
    )
    .await;
    page.until(
        "its wait",
        "document.querySelector('.lane-thread .lane-wait')",
    )
    .await;
    page.click("#stop").await;
    page.until_idle().await;
    assert_eq!(
        page.evaluate(&shows("jobs", "3 of 5")).await,
        json!(true),
        "the last state"
    );
    page.click("#tab-trace").await;
    page.until("the waits", "document.querySelector('#waits')")
        .await;
    page.client.execute(CATCH, Vec::new()).await.unwrap();
    let (name, text) = saved_by(&page, "#save-trace").await;
    assert_eq!(name, "trace.json");
    let trace: Value = serde_json::from_str(&text).expect("JSON");
    let all = trace["traceEvents"].as_array().expect("events");
    let named = |name: &str| all.iter().any(|event| event["args"]["name"] == name);
    assert!(
        named("MainProcess") && named("MainProcess · helper"),
        "{text}"
    );
    let slice =
        |event: &&Value| event["ph"] == "X" && event["dur"].as_f64().is_some_and(|dur| dur >= 0.0);
    let waits = all
        .iter()
        .filter(slice)
        .filter(|event| event["cat"] == "wait");
    assert!(
        waits.clone().any(|event| event["args"]["line"] == 7),
        "{text}"
    );
}

//! The lessons' files, and how answers are read from runs.

use super::answer::{Facts, Reading};
use super::knobs::{knobs, link_part, turned, turned_by};
use super::lesson::{Entry, Lesson, read_index};
use super::rust::{Look, parts};
use super::waited::Waited;
use crate::playground::objects::{Object, Place};
use crate::playground::python::{Blocked, Event, Process};
use crate::playground::session::{End, Session, Stage};
use crate::playground::trace::{Record, What};
use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, process::Command};

/// The most words of a lesson's text.
const WORDS: usize = 120;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons")
}

fn file(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn entries() -> Vec<Entry> {
    read_index(&file("index.md")).unwrap()
}

fn lesson(name: &str) -> Lesson {
    let lesson = Lesson::read(&file(&format!("{name}.md")), &file(&format!("{name}.py")));
    lesson.unwrap_or_else(|why| panic!("{name}: {why}"))
}

#[test]
fn every_lesson_is_whole_and_short_and_listed() {
    let entries = entries();
    let mut programs = BTreeSet::new();
    for entry in &entries {
        let lesson = lesson(&entry.name);
        assert_eq!(lesson.title, entry.title, "{}", entry.name);
        let words = lesson.text.split_whitespace().count();
        assert!(words <= WORDS, "{} has {words} words", entry.name);
        let paragraphs = lesson.text.split("\n\n").count();
        assert_eq!(paragraphs, 2, "{}: paragraphs", entry.name);
        assert!(!knobs(&lesson.program).is_empty(), "{}: knobs", entry.name);
        for (value, _) in &lesson.reasons_for {
            assert!(lesson.choice(value).is_some(), "{}: {value}", entry.name);
        }
        for knob in knobs(&lesson.program) {
            let known = knob.choices.contains(&knob.value);
            assert!(known, "{}: {knob:?}", entry.name);
        }
        assert!(programs.insert(lesson.program), "{} is a copy", entry.name);
    }
    let listed: BTreeSet<_> = entries.iter().map(|entry| entry.name.clone()).collect();
    let there = fs::read_dir(folder()).unwrap().filter_map(|file| {
        let name = file.unwrap().file_name().into_string().unwrap();
        name.strip_suffix(".py").map(str::to_owned)
    });
    assert_eq!(there.collect::<BTreeSet<_>>(), listed);
}

/// A program with such a name would hide the library's module when it runs from its folder.
#[test]
fn no_lesson_is_named_like_a_module_of_python() {
    let modules = Command::new("python3")
        .args(["-c", "import sys; print(*sys.stdlib_module_names)"])
        .output()
        .expect("python3");
    let modules = String::from_utf8(modules.stdout).unwrap();
    let modules: BTreeSet<_> = modules.split_whitespace().collect();
    for entry in entries() {
        assert!(!modules.contains(entry.name.as_str()), "{}", entry.name);
    }
}

const SMALL: &str = "# T\n\nText.\n\n## Question\n\nWhat?\n\n- 1\n- two words: 2 of them\n- `a: b`\n\n\
    ## Answer\n\nline 1\n\n## Because\n\nIt is {line 1}.\n\n### 1\n\nOne.\n\n## Look at\n\nIt.\n";

#[test]
fn a_lesson_is_read_and_a_bad_one_is_explained() {
    let lesson = Lesson::read(SMALL, "A = 1  # knob: a: 1, 2\n").unwrap();
    let choices: Vec<_> = lesson
        .choices
        .iter()
        .map(|c| (c.value.as_str(), c.text.as_str()))
        .collect();
    assert_eq!(
        choices,
        [("1", "1"), ("two words", "2 of them"), ("a: b", "`a: b`")]
    );
    for (from, to, why) in [
        ("# T", "T", "begin with its title"),
        ("- two words: 2 of them\n- `a: b`\n", "", "two choices"),
        ("- `a: b`", "- 1", "twice"),
        (
            "line 1\n\n## Because",
            "line zero\n\n## Because",
            "after \"text\"",
        ),
        ("{line 1}", "{line}", "after \"text\""),
        ("{line 1}", "{line 1", "brace"),
        ("## Look at", "## Look", "no heading"),
        ("## Look at\n\nIt.", "## Look at", "Look at"),
    ] {
        let bad = SMALL.replace(from, to);
        assert_ne!(bad, SMALL);
        let error = Lesson::read(&bad, "print()").unwrap_err();
        assert!(error.contains(why), "{from} → {to}: {error}");
    }
    assert!(Lesson::read(SMALL, " \n").unwrap_err().contains("empty"));
    assert!(
        Lesson::read(SMALL, "A = 1  # knob: a: 1")
            .unwrap_err()
            .contains("two values")
    );
    for bad in [
        "",
        "1. [A](a.md)\n2. [B](a.md)",
        "1. [A](a.py)",
        "1. [A](../a.md)",
    ] {
        assert!(read_index(bad).unwrap_err().contains("index.md"), "{bad}");
    }
}

#[test]
fn a_knob_changes_its_line_only() {
    let program = "SIZE = 10  # knob: Bytes: of each: 10, 1_000\nKIND = \"a\"  # knob: Kind: \"a\", \"b\"\nprint(SIZE)\n";
    let all = knobs(program);
    assert_eq!(all.len(), 2);
    assert_eq!(
        (all[0].label.as_str(), all[0].value.as_str()),
        ("Bytes: of each", "10")
    );
    assert_eq!(all[1].choices, ["\"a\"", "\"b\""]);
    let other = turned(program, "SIZE", "1_000");
    assert_eq!(other, program.replace("SIZE = 10 ", "SIZE = 1_000 "));
    assert_eq!(turned(&other, "SIZE", "10"), program);
    assert_eq!(
        knobs("size = 1 # knob: a: 1, 2\nif X == 1:  # knob: a: 1, 2\n"),
        []
    );
}

fn process(pid: u32, name: &str, state: &str, exit_code: Option<i32>) -> Event {
    Event::Process(Process {
        pid,
        name: Some(name.to_owned()),
        parent: (pid > 2).then_some(2),
        state: state.to_owned(),
        exit_code,
    })
}

fn output(pid: u32, text: &str) -> Event {
    let (is_error, text) = (false, text.to_owned());
    Event::Output {
        pid,
        is_error,
        text,
    }
}

/// A run of three processes whose lines come in pieces.
fn run() -> Session {
    let mut session = Session::starting();
    let events = [
        process(2, "MainProcess", "running", None),
        process(3, "Process-1", "running", None),
        process(4, "Process-2", "running", None),
        output(3, "one: 3 s\nhalf "),
        output(4, "two: 1,500 s\n"),
        output(3, "a line\n"),
        Event::Output {
            pid: 4,
            is_error: true,
            text: "Traceback (most recent call last):\n  File \"/home/main.py\", line 3, in f\n\
                   _pickle.PicklingError: no\n"
                .to_owned(),
        },
        process(4, "Process-2", "ended", Some(1)),
        process(3, "Process-1", "ended", Some(0)),
        output(2, "one: 6.0 s"),
        process(2, "MainProcess", "ended", Some(0)),
    ];
    for (at, event) in events.into_iter().enumerate() {
        session.hear(event, at as f64);
    }
    session.stage = Stage::Ended {
        code: 0,
        end: End::Own,
    };
    session
}

/// What is known of a run of a program of five lines, at the time 1000.
fn facts_of(session: &Session) -> Facts {
    Facts::of(
        session,
        "one\ntwo\nwith lock:\nchild.join()\nend.recv()\n",
        1000.0,
    )
}

#[test]
fn answers_are_read_from_a_run() {
    let session = run();
    assert!(Facts::are_there(&session));
    let facts = facts_of(&session);
    for (words, answer) in [
        ("line 2", "two: 1,500 s"),
        ("line 3", "half a line"),
        ("last line", "one: 6.0 s"),
        ("after \"one: \"", "6.0 s"),
        ("lines with \"one\"", "2"),
        ("first printer", "Process-1"),
        ("last printer", "MainProcess"),
        ("first to end", "Process-2"),
        ("last to end", "Process-1"),
        ("exit code of Process-2", "1"),
        ("exit code of MainProcess", "0"),
        ("exception", "PicklingError"),
        ("processes", "3"),
        ("stuck", "ends"),
        ("compare \"one: \" with \"two: \"", "less"),
        ("compare \"two: \" with \"one: \"", "more"),
        ("ratio of \"two: \" to \"one: \"", "250.0"),
        ("least of \"two: \", \"one: \"", "one"),
        ("most of \"two: \", \"one: \"", "two"),
    ] {
        let reading = Reading::parse(words).unwrap();
        assert_eq!(reading.of(&facts).as_deref(), Ok(answer), "{words}");
    }
    for (words, why) in [
        ("line 9", "no line 9"),
        ("after \"three: \"", "“three: ”"),
        ("ratio of \"half \" to \"one: \"", "No number"),
        ("exit code of Process-9", "Process-9"),
    ] {
        let error = Reading::parse(words).unwrap().of(&facts).unwrap_err();
        assert!(error.contains(why), "{words}: {error}");
    }
    for bad in [
        "",
        "line",
        "line 0",
        "after x",
        "compare \"a\"",
        "least of \"a\"",
        "exit code of ",
    ] {
        assert!(Reading::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_stuck_run_is_stuck_also_after_it_was_stopped() {
    let mut session = run();
    session.stage = Stage::Running;
    assert!(!Facts::are_there(&session));
    let blocked = Blocked {
        text: "…".to_owned(),
        lines: Vec::new(),
    };
    session.hear(Event::Blocked(Some(blocked)), 20.0);
    assert!(Facts::are_there(&session));
    session.blocked = None;
    session.stage = Stage::Ended {
        code: -9,
        end: End::Killed,
    };
    let stuck = Reading::parse("stuck").unwrap();
    assert_eq!(stuck.of(&facts_of(&session)).as_deref(), Ok("stuck"));
}

#[test]
fn the_reason_contains_values_of_the_run() {
    let lesson = Lesson::read(SMALL, "print()").unwrap();
    let facts = facts_of(&run());
    let because = |answer| lesson.because(answer, &facts).map(|reason| reason.text);
    assert_eq!(because("7").as_deref(), Ok("It is `one: 3 s`."));
    assert_eq!(because("1").as_deref(), Ok("One."));
    let nothing = facts_of(&Session::starting());
    assert!(
        lesson
            .because("7", &nothing)
            .unwrap_err()
            .contains("no line 1")
    );
}

#[test]
fn knobs_travel_in_an_address_and_nothing_else_does() {
    let original = "A = 1  # knob: a: 1, 2\nK = \"x\"  # knob: k: \"x\", \"y\"\nprint(A)\n";
    let other = turned(&turned(original, "A", "2"), "K", "\"y\"");
    assert_eq!(link_part(&other, original), "&A=2&K=y");
    assert_eq!(link_part(original, original), "");
    let read = |query: &'static str| {
        turned_by(original, move |name| crate::class_link::value(query, name))
    };
    assert_eq!(read("?learn=x&A=2&K=y"), other);
    assert_eq!(read("?learn=x&A=exit()&K=z"), original);
    for entry in entries() {
        for knob in knobs(&lesson(&entry.name).program) {
            for choice in knob.choices {
                let plain = choice.trim_matches('"');
                let safe = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
                assert!(plain.bytes().all(safe), "{}: {choice}", entry.name);
            }
        }
    }
}

fn record(pid: u32, reason: &str, line: u32, (begin, end): (f64, f64)) -> Record {
    Record {
        pid,
        thread: pid,
        what: What::Waiting,
        reason: Some(reason.to_owned()),
        line: Some(line),
        begin,
        end: (end > 0.0).then_some(end),
        whom: None,
    }
}

fn place(pid: u32, name: &'static str, line: u32) -> Place {
    Place {
        pid,
        name: name.into(),
        thread: pid,
        line: Some(line),
    }
}

/// A run in which `Process-2` waits for a lock of `Process-1`, and then the first process for
/// the end of `Process-2` and for a message.
fn run_with_waits() -> Session {
    let mut session = run();
    let lock = Object {
        kind: "Lock".into(),
        name: Some("lock".into()),
        holder: Some(place(3, "Process-1", 3)),
        waiting: vec![(place(4, "Process-2", 3), "acquire".into())],
        ..Object::default()
    };
    let pipe = Object {
        kind: "Pipe".into(),
        waiting: vec![(place(2, "MainProcess", 5), "recv".into())],
        ..Object::default()
    };
    session.hear(Event::Objects(vec![lock, pipe], 0), 110.0);
    let ended = Record {
        what: What::Running,
        reason: None,
        line: None,
        ..record(4, "", 0, (50.0, 299.0))
    };
    let records = vec![
        record(4, "lock", 3, (100.0, 150.0)),
        record(3, "time", 3, (100.0, 900.0)),
        Record {
            whom: Some((3, Some(2))),
            ..record(2, "message", 5, (105.0, 135.0))
        },
        Record {
            whom: Some((4, None)),
            ..record(2, "process", 4, (140.0, 300.0))
        },
        record(2, "process", 4, (301.0, 302.0)),
        record(3, "any", 1, (990.0, 0.0)),
        Record {
            whom: Some((4, None)),
            ..record(2, "message", 2, (70.0, 71.0))
        },
        ended,
    ];
    session.hear(Event::Trace(records, 0), 303.0);
    session
}

#[test]
fn a_wait_is_told_with_what_the_run_has_shown_of_it() {
    let facts = facts_of(&run_with_waits());
    for (words, sentence) in [
        (
            "longest wait",
            "[Line 4](#line-4) of `MainProcess` waited 160 ms, until `Process-2` had ended.",
        ),
        (
            "wait at \"lock\"",
            "[Line 3](#line-3) of `Process-1` slept for 800 ms.",
        ),
        (
            "wait at \"recv()\"",
            "[Line 5](#line-5) of `MainProcess` waited 30 ms for a message in a pipe, which `Process-1` \
             sent at [line 2](#line-2).",
        ),
        (
            "wait at \"two\"",
            "[Line 2](#line-2) of `MainProcess` waited 1.0 ms for a message, which `Process-2` sent.",
        ),
        (
            "wait at \"one\"",
            "[Line 1](#line-1) of `Process-1` waits for a message or the end of a process.",
        ),
        ("wait at \"three\"", "Nothing waited at `three`."),
    ] {
        let waited = Waited::parse(words).unwrap();
        assert_eq!(waited.sentence(&facts), sentence, "{words}");
    }
    let of_lock = facts.waits.iter().find(|wait| wait.thread == 4).unwrap();
    assert_eq!(
        of_lock.text,
        "[line 3](#line-3) of `Process-2` waited 50 ms for the lock `lock`, which `Process-1` \
         had acquired at [line 3](#line-3)."
    );
    for bad in ["wait", "wait at", "wait at x", "wait at \"\"", "longest"] {
        assert_eq!(Waited::parse(bad), None, "{bad}");
    }
}

#[test]
fn a_reason_tells_the_longest_wait_unless_it_names_one() {
    let facts = facts_of(&run_with_waits());
    let reason = |text: &str| {
        let lesson = Lesson::read(&SMALL.replace("It is {line 1}.", text), "print()").unwrap();
        lesson.because("7", &facts).unwrap()
    };
    let told = reason("So.");
    assert_eq!(
        told.text,
        "So.\n\nThe longest wait: [line 4](#line-4) of `MainProcess` waited 160 ms, until \
         `Process-2` had ended."
    );
    assert_eq!(told.wait.map(|wait| wait.begin), Some(140.0));
    let told = reason("So. {wait at \"recv\"}");
    assert!(told.text.ends_with("[line 2](#line-2)."), "{}", told.text);
    assert_eq!(told.wait.map(|wait| wait.begin), Some(105.0));
    // Of a run that is stuck, the lanes tell it.
    let mut stuck = facts_of(&run_with_waits());
    stuck.is_stuck = true;
    let lesson = Lesson::read(SMALL, "print()").unwrap();
    assert_eq!(lesson.because("7", &stuck).unwrap().wait, None);
}

#[test]
fn every_lesson_has_a_short_program_in_rust() {
    for entry in entries() {
        let program = file(&format!("{}.rs", entry.name));
        let lines = program.lines().count();
        assert!(lines <= 40, "{} has {lines} lines", entry.name);
        let wide = program.lines().find(|line| line.chars().count() > 100);
        assert_eq!(wide, None, "{}", entry.name);
        let whole: String = parts(&program).iter().map(|(_, text)| *text).collect();
        assert_eq!(whole, program);
    }
}

#[test]
fn a_program_in_rust_has_colours() {
    let program =
        "// It's a \"text\"\npub fn two<'a>() { say!(\"a \\\" b\", 'c', '\\n', add(1_000)); }";
    let coloured: Vec<_> = parts(program)
        .into_iter()
        .filter(|(look, _)| *look != Look::Plain)
        .collect();
    let wanted = [
        (Look::Comment, "// It's a \"text\""),
        (Look::Keyword, "pub"),
        (Look::Keyword, "fn"),
        (Look::Defined, "two"),
        (Look::Called, "say"),
        (Look::Text, "\"a \\\" b\""),
        (Look::Text, "'c'"),
        (Look::Text, "'\\n'"),
        (Look::Called, "add"),
        (Look::Number, "1_000"),
    ];
    assert_eq!(coloured, wanted);
}

/// The largest recording, in bytes.
#[cfg(feature = "measure")]
const RECORDING_BYTES: usize = 60_000;

/// A recording of another program would not be shown, and nothing would stand in its place.
#[cfg(feature = "measure")]
#[test]
fn every_lesson_has_a_recorded_run_of_its_program() {
    for entry in entries() {
        let name = &entry.name;
        let text = file(&format!("{name}.json"));
        assert!(
            text.len() <= RECORDING_BYTES,
            "{name}: {} bytes",
            text.len()
        );
        let recorded: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(recorded["program"], file(&format!("{name}.py")), "{name}");
        assert!(recorded["cores"].as_u64().is_some_and(|cores| cores >= 2));
        for known in ["date", "browser"] {
            assert!(
                recorded[known]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
            );
        }
        let said = recorded["said"][0].as_str().unwrap_or_default();
        assert!(said.starts_with("In the recorded run: "), "{name}: {said}");
        let events = recorded["events"].as_array().unwrap();
        let printed = |event: &&serde_json::Value| event[1]["type"] == "output";
        // (A deadlock may come before anything is printed.)
        assert!(
            events.iter().any(|event| printed(&event)) || said.contains("neither"),
            "{name}"
        );
    }
}

#[test]
fn a_recorded_run_answers_and_goes_on_until_it_was_last_heard_of() {
    let mut session = Session::starting();
    let process = |pid, state: &str| {
        Event::Process(Process {
            pid,
            name: Some("MainProcess".to_owned()),
            parent: None,
            state: state.to_owned(),
            exit_code: None,
        })
    };
    session.hear(process(1, "starting"), 0.0);
    session.hear(process(1, "running"), 700.0);
    assert!(!Facts::are_there(&session));
    session.stage = Stage::Recorded("Recorded on a day.".to_owned());
    assert!(Facts::are_there(&session) && !session.is_busy());
    assert_eq!(session.until(9_000.0), 700.0);
    session.stage = Stage::Running;
    assert_eq!(session.until(9_000.0), 9_000.0);
}

//! Sheets of exercises: what seeds draw, whether the questions hold whatever is drawn, and
//! what is handed in.

use super::super::address::EXERCISES;
use super::super::answer::{Facts, Reading};
use super::super::knobs::{knobs, turned};
use super::super::lesson::{Lesson, read_index};
use super::check::{Check, Question, is_known, is_right, number};
use super::pencil;
use super::result::{Answered, Result as HandedIn, kept, unkept};
use super::sheet::{Exercise, draw, questions, read_exercises};
use super::work::{Change, Work};
use crate::playground::python::{Event, Process};
use crate::playground::session::{End, Session, Stage};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::{fs, thread};

fn file(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons");
    fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn lesson(name: &str) -> Lesson {
    Lesson::read(&file(&format!("{name}.md")), &file(&format!("{name}.py"))).unwrap()
}

fn groups() -> Vec<Vec<Exercise>> {
    read_exercises(&file("exercises.md")).unwrap()
}

fn sheet(seed: u32) -> Vec<Question> {
    let drawn = draw(&groups(), seed).into_iter();
    let with_lessons = drawn.map(|exercise| {
        let lesson = Rc::new(lesson(&exercise.lesson));
        (exercise, lesson)
    });
    questions(with_lessons.collect(), seed)
}

#[test]
fn exercises_are_about_lessons_and_bad_files_are_explained() {
    let groups = groups();
    assert_eq!(groups.len(), 5);
    let listed: BTreeSet<_> = (read_index(&file("index.md")).unwrap().into_iter())
        .map(|entry| entry.name)
        .collect();
    assert!(!listed.contains(EXERCISES), "the address of the exercises");
    for exercise in groups.iter().flatten() {
        assert!(listed.contains(&exercise.lesson), "{}", exercise.lesson);
        let program = lesson(&exercise.lesson).program;
        for (name, values) in &exercise.values {
            let known = knobs(&program).iter().any(|knob| knob.name == *name);
            assert!(known && values.len() > 1, "{}: {name}", exercise.lesson);
        }
    }
    for (bad, why) in [
        ("", "group"),
        ("# Exercises\n\n### pipe\n\nWhat?", "group"),
        ("# E\n\n## G\n\n### pipe\n", "no question"),
        ("# E\n\n## G\n\n### pipe\n\nWhat?\n\n- one", "two choices"),
        (
            "# E\n\n## G\n\n### pipe\n\nWhat?\n\n## Empty\n",
            "without exercises",
        ),
    ] {
        let error = read_exercises(bad).unwrap_err();
        assert!(error.contains(why), "{bad:?}: {error}");
    }
}

#[test]
fn a_seed_draws_the_same_sheet_again_and_neighbours_have_other_numbers() {
    assert_eq!(sheet(7), sheet(7));
    let sheets: Vec<_> = (1000..1030).map(sheet).collect();
    for (at, one) in sheets.iter().enumerate() {
        assert_eq!(one.len(), 9, "five about programs, four calculations");
        for other in &sheets[..at] {
            let settings = |sheet: &[Question]| -> Vec<_> {
                sheet
                    .iter()
                    .map(|question| question.settings.clone())
                    .collect()
            };
            assert_ne!(settings(one), settings(other));
        }
    }
    // Each exercise and each order of choices is drawn by some seed.
    let drawn: BTreeSet<String> = (0..200)
        .flat_map(|seed| draw(&groups(), seed))
        .map(|exercise| exercise.lesson)
        .collect();
    let all: BTreeSet<String> = (groups().into_iter().flatten())
        .map(|exercise| exercise.lesson)
        .collect();
    assert_eq!(drawn, all);
}

#[test]
fn what_is_drawn_stands_in_the_program_without_knobs() {
    for question in (0..40).flat_map(sheet) {
        if let Check::Run { program, .. } = &question.check {
            assert!(!program.contains("knob:"), "{}", question.name);
            for (name, value) in &question.settings {
                let line = format!("{name} = {value}");
                assert!(
                    program.lines().any(|one| one == line),
                    "{line} in {program}"
                );
            }
        }
    }
}

/// Runs a program in CPython and returns what a run of it shows.
fn run(name: &str, program: &str) -> Session {
    let path = std::env::temp_dir().join(format!("{name}-{}.py", std::process::id()));
    fs::write(&path, program).unwrap();
    let output = Command::new("python3")
        .arg(&path)
        .output()
        .expect("python3");
    fs::remove_file(&path).unwrap();
    let mut session = Session::starting();
    let process = |state: &str| {
        Event::Process(Process {
            pid: 2,
            name: Some("MainProcess".to_owned()),
            parent: None,
            state: state.to_owned(),
            exit_code: (state == "ended").then(|| output.status.code().unwrap()),
        })
    };
    session.hear(process("running"), 0.0);
    for (is_error, bytes) in [(false, &output.stdout), (true, &output.stderr)] {
        let text = String::from_utf8(bytes.clone()).unwrap();
        session.hear(
            Event::Output {
                pid: 2,
                is_error,
                text,
            },
            1.0,
        );
    }
    session.hear(process("ended"), 2.0);
    session.stage = Stage::Ended {
        code: output.status.code().unwrap(),
        end: End::Own,
    };
    session
}

/// The answers of CPython's runs can be read, and are among the choices, with the first and
/// the last value of each knob. (Programs that may wait for ever run in the end-to-end test.)
#[test]
fn questions_hold_for_whatever_is_drawn() {
    let mut runs = Vec::new();
    for exercise in groups().into_iter().flatten() {
        let lesson = lesson(&exercise.lesson);
        if matches!(lesson.answer, Reading::Stuck | Reading::Printer(_)) {
            continue;
        }
        for knob in knobs(&lesson.program) {
            let own = exercise.values.iter().find(|(name, _)| *name == knob.name);
            let values = own.map_or(&knob.choices, |(_, values)| values);
            for value in [values.first().unwrap(), values.last().unwrap()] {
                let program = turned(&lesson.program, &knob.name, value);
                let name = format!(
                    "{}-{}-{}",
                    exercise.lesson,
                    knob.name,
                    value.trim_matches('"')
                );
                runs.push((name, program, exercise.clone(), lesson.answer.clone()));
            }
        }
    }
    thread::scope(|scope| {
        for part in runs.chunks(runs.len().div_ceil(4)) {
            scope.spawn(move || {
                for (name, program, exercise, reading) in part {
                    let answer = reading.of(&Facts::of(&run(name, program), program, 3.0));
                    let answer = answer.unwrap_or_else(|why| panic!("{name}: {why}"));
                    let known = match exercise.choices.is_empty() {
                        true => number(&answer).is_some(),
                        false => exercise.choices.iter().any(|choice| choice.value == answer),
                    };
                    assert!(known, "{name}: {answer}");
                }
            });
        }
    });
}

#[test]
fn chunks_are_counted_as_cpython_counts_them() {
    let program = "from multiprocessing.pool import ThreadPool\n\
        for workers in 2, 3, 5, 6:\n    with ThreadPool(workers) as pool:\n        \
        for items in range(30, 201, 17):\n            \
        size = pool.map_async(int, range(items))._chunksize\n            \
        print(workers, items, -(-items // size))\n";
    let output = Command::new("python3")
        .args(["-c", program])
        .output()
        .expect("python3");
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.lines().count(), 44);
    for line in lines.lines() {
        let numbers: Vec<u32> = line.split(' ').map(|n| n.parse().unwrap()).collect();
        assert_eq!(pencil::chunks(numbers[1], numbers[0]), numbers[2], "{line}");
    }
}

#[test]
fn calculations_are_right() {
    assert_eq!(pencil::limit(60, 6), 10.0);
    assert_eq!(pencil::seconds_of(7, 3, 2), 12);
    assert_eq!(pencil::seconds_of(8, 3, 2), 12);
    assert_eq!(pencil::efficiency(30, 10, 4), 75.0);
    assert!(is_known("10", 10.0, 0.0) && is_known(" 10,0 ", 10.0, 0.0));
    assert!(!is_known("10.1", 10.0, 0.0) && !is_known("ten", 10.0, 0.0));
    assert!(is_known("3.3", 10.0 / 3.0, 0.1) && is_known("3.4", 10.0 / 3.0, 0.1));
    assert!(!is_known("3.5", 10.0 / 3.0, 0.1));
    assert!(is_right("12", "12") && is_right("12.0", "12") && !is_right("13", "12"));
    assert!(is_right("stuck", "stuck") && !is_right("ends", "stuck"));
    // What is drawn is never so small that there is nothing to calculate.
    for question in
        (0..300).flat_map(|seed| pencil::questions(|| super::random::Random::new(seed, 1)))
    {
        let Check::Known { answer, .. } = question.check else {
            panic!("{} needs a run", question.name)
        };
        assert!(
            answer > 1.0 && answer < 1000.0,
            "{}: {answer}",
            question.text
        );
        assert!(
            question.name != "efficiency" || answer <= 100.0,
            "{}",
            question.text
        );
    }
}

#[test]
fn an_answer_is_checked_once_and_a_missing_one_is_asked_for() {
    let sheet = sheet(7);
    let mut work = Rc::new(Work::new(sheet.len(), ""));
    let change = |work: &Rc<Work>, change| yew::Reducible::reduce(work.clone(), change);
    let last = sheet.len() - 1;
    let Some(Change::Fail(_, why)) = work.check(last, &sheet[last]) else {
        panic!()
    };
    assert!(why.contains("number"), "{why}");
    work = change(&work, Change::Give(last, "many".to_owned()));
    let Some(Change::Fail(_, why)) = work.check(last, &sheet[last]) else {
        panic!()
    };
    assert!(why.contains("“many”"), "{why}");
    work = change(&work, Change::Give(last, "-1".to_owned()));
    let checked = work.check(last, &sheet[last]).unwrap();
    work = change(&work, checked);
    assert!(!work.answers[last].as_ref().unwrap().right);
    let answer = work.answers[last].as_ref().unwrap().answer.clone();
    work = change(&work, Change::Give(last, answer));
    let checked = work.check(last, &sheet[last]).unwrap();
    work = change(&work, checked);
    assert!(
        !work.answers[last].as_ref().unwrap().right,
        "the first answer counts"
    );
    let again = Work::new(sheet.len(), &kept(&work.answers));
    assert_eq!(again.answers, work.answers, "a reload loses nothing");
    assert_eq!(unkept("junk\n99\ttrue\ta\tb\tc\n", 2), [None, None]);
}

#[test]
fn the_result_is_json_and_csv() {
    let questions = sheet(7);
    let mut answers = vec![None; questions.len()];
    answers[0] = Some(Answered {
        given: "4".to_owned(),
        answer: "3".to_owned(),
        right: false,
        because: String::new(),
    });
    answers[1] = Some(Answered {
        given: "12".to_owned(),
        answer: "12".to_owned(),
        right: true,
        because: String::new(),
    });
    let name = "=Ada \"the\" </script>, \u{1}é";
    let result = HandedIn {
        name,
        seed: 7,
        saved_at: "2026-01-01",
        questions: &questions,
        answers: &answers,
    };
    assert_eq!(result.score(), 1);
    let json = result.to_json();
    assert!(!json.contains('<'));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["schema"], "manyhands-exercises/1");
    assert_eq!(
        (&json["name"], &json["seed"], &json["score"], &json["of"]),
        (&name.into(), &7.into(), &1.into(), &9.into())
    );
    assert_eq!(json["questions"][0]["right"], false);
    assert_eq!(json["questions"][1]["given"], "12");
    assert!(json["questions"][2]["right"].is_null());
    assert_eq!(json["questions"][8]["exercise"], "efficiency");
    assert!(json["questions"][8]["settings"]["processes"].is_string());
    let csv = result.to_csv();
    assert_eq!(csv.lines().count(), 10);
    assert!(
        csv.lines()
            .nth(1)
            .unwrap()
            .starts_with("\"'=Ada \"\"the\"\" </script>, \u{1}é\",7,1,")
    );
}

//! A class's files: what is collected, what is refused, and the pictures.

use super::collect::{Change, Collected};
use super::picture::pictures;
use super::results;
use charts::ChartKind;
use experiments::{Experiment, Report};
use serde_json::{Value, json};
use std::path::Path;
use std::rc::Rc;
use yew::Reducible;

fn recorded(experiment: Experiment) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/experiments/recorded");
    std::fs::read_to_string(folder.join(format!("{experiment}.json"))).unwrap()
}

/// The recorded report of the speed-up, with processes that take so many times as long.
fn report(slower: f64, agent: &str) -> String {
    let mut report: Value = serde_json::from_str(&recorded(Experiment::SpeedUp)).unwrap();
    report["environment"]["user_agent"] = agent.into();
    for series in report["series"].as_array_mut().unwrap() {
        if series["id"] == "processes" {
            for point in series["points"].as_array_mut().unwrap() {
                for sample in point["samples"].as_array_mut().unwrap() {
                    *sample = (sample.as_f64().unwrap() * slower).into();
                }
            }
        }
    }
    report.to_string()
}

fn handed_in(name: &str, right: &[Option<bool>]) -> String {
    let questions: Vec<Value> = (right.iter().enumerate())
        .map(|(at, right)| json!({ "exercise": (["pipe", "chunks", "limit"][at]), "right": right }))
        .collect();
    json!({ "schema": "manyhands-exercises/1", "name": name, "seed": 7, "questions": questions })
        .to_string()
}

fn collect(files: &[(&str, String)]) -> Rc<Collected> {
    let begin = Rc::new(Collected::default());
    files.iter().fold(begin, |all, (name, text)| {
        all.reduce(Change::Add((*name).to_owned(), Ok(text.clone())))
    })
}

#[test]
fn twelve_reports_make_one_chart_in_which_outliers_have_names() {
    let names: Vec<String> = (0..11).map(|at| format!("laptop-{at:02}.json")).collect();
    let mut files: Vec<(&str, String)> = (names.iter().enumerate())
        .map(|(at, name)| (name.as_str(), report(1.0 + at as f64 / 200.0, "a browser")))
        .collect();
    files.push(("old-laptop.json", report(3.0, "a browser")));
    let all = collect(&files);
    assert!(all.refused.is_empty(), "{:?}", all.refused);
    let pictures = pictures(&all.reports());
    let [picture] = &pictures[..] else {
        panic!("{} pictures", pictures.len())
    };
    assert_eq!(
        (picture.experiment, picture.reports),
        (Experiment::SpeedUp, 12)
    );
    assert!(!picture.differ);
    assert_eq!(picture.chart.kind, ChartKind::Strip);
    let [line] = &picture.chart.lines[..] else {
        panic!("{:?}", picture.chart.lines)
    };
    assert_eq!(line.dots.len(), 3, "1, 2 and 4 processes");
    for dot in &line.dots {
        assert_eq!((dot.samples.len(), dot.names.len()), (12, 12));
        let mut sorted = dot.samples.clone();
        sorted.sort_by(f64::total_cmp);
        let median = (sorted[5] + sorted[6]) / 2.0;
        assert!((dot.y - median).abs() < 1e-9, "{} and {median}", dot.y);
    }
    assert!(
        picture.far.starts_with("Far from the others: old-laptop ("),
        "{}",
        picture.far
    );
    assert!(!picture.far.contains("laptop-0"), "{}", picture.far);
    assert!(
        picture.chart.sentence.contains("12 reports"),
        "{}",
        picture.chart.sentence
    );
    assert_eq!(picture.rows.len(), 12);
    assert_eq!(picture.heads.len(), 4);
    assert_eq!(picture.csv.lines().count(), 1 + 3 * 12);
    // Each laptop has a point with a tooltip, and the outlier its name in the drawing.
    let scene = picture.chart.scene(800.0, 16.0);
    let own = |name: &str| {
        scene
            .spots
            .iter()
            .filter(|spot| spot.words[0] == name)
            .count()
    };
    assert_eq!(own("laptop-07"), 3);
    let svg = scene.to_svg();
    assert!(svg.contains("old-laptop") && !svg.contains("laptop-07"));
}

#[test]
fn cpython_stands_beside_the_browsers() {
    let all = collect(&[
        ("a.json", report(1.0, "a browser")),
        ("b.json", report(1.1, "a browser")),
        ("c.json", report(1.2, "CPython 3.14.0 (Linux x86_64)")),
    ]);
    let pictures = pictures(&all.reports());
    let labels: Vec<&str> = (pictures[0].chart.lines.iter())
        .map(|line| line.label.as_str())
        .collect();
    assert_eq!(labels, ["processes, browsers", "processes, CPython"]);
    assert_eq!(pictures[0].chart.lines[0].dots[0].names, ["a", "b"]);
    assert_eq!(pictures[0].chart.lines[1].dots[0].names, ["c"]);
}

/// A report's file is named by the page, with the student's name at its end.
#[test]
fn of_two_lines_the_sentence_speaks_of_the_first() {
    let all = collect(&[
        ("manyhands-speed-up-Ada.json", report(1.0, "a browser")),
        (
            "manyhands-speed-up (1).json",
            report(1.2, "CPython 3.14.0 (Linux x86_64)"),
        ),
    ]);
    let pictures = pictures(&all.reports());
    let chart = &pictures[0].chart;
    assert_eq!(chart.lines[0].dots[0].names, ["Ada"]);
    assert_eq!(chart.lines[1].dots[0].names, ["manyhands-speed-up (1)"]);
    assert!(
        chart.sentence.contains("(processes, browsers)"),
        "{}",
        chart.sentence
    );
}

#[test]
fn every_experiment_makes_a_picture() {
    for experiment in Experiment::ALL {
        let text = recorded(experiment);
        let report = Report::read(&text).unwrap();
        let all = [("one", &report), ("other", &report)];
        let pictures = pictures(&all);
        assert_eq!(pictures.len(), 1, "{experiment}");
        let picture = &pictures[0];
        assert!(!picture.chart.lines.is_empty(), "{experiment}");
        for dot in picture.chart.lines.iter().flat_map(|line| &line.dots) {
            assert_eq!(dot.names, ["one", "other"], "{experiment}");
        }
        assert_eq!(picture.rows.len(), 2, "{experiment}");
        assert!(!picture.chart.scene(360.0, 16.0).to_svg().is_empty());
    }
}

#[test]
fn bad_files_are_explained_one_by_one_and_take_nothing_away() {
    let good = report(1.0, "a browser");
    let all = collect(&[
        ("good.json", good.clone()),
        ("again.json", good.clone()),
        ("cut.json", good[..good.len() / 2].to_owned()),
        ("photo.json", "\u{fffd}PNG".to_owned()),
        (
            "newer.json",
            good.replace("manyhands-report/2", "manyhands-report/9"),
        ),
        ("good.json", report(1.5, "a browser")),
        ("ada.json", handed_in("Ada", &[Some(true)])),
        (
            "cut-result.json",
            "{\"schema\":\"manyhands-exercises/1\",".to_owned(),
        ),
        (
            "new-result.json",
            "{\"schema\":\"manyhands-exercises/2\"}".to_owned(),
        ),
        (
            "no-list.json",
            "{\"schema\":\"manyhands-exercises/1\"}".to_owned(),
        ),
    ]);
    let unread = (*all.reduce(Change::Add(
        "x".to_owned(),
        Err("it is unreadable.".to_owned()),
    )))
    .clone();
    let names: Vec<&str> = unread.items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["good", "good (2)", "Ada"]);
    let refused: Vec<(&str, &str)> = (unread.refused.iter())
        .map(|(name, why)| (name.as_str(), why.as_str()))
        .collect();
    for ((name, why), (file, part)) in refused.iter().zip([
        ("again.json", "same as good"),
        ("cut.json", "cut off"),
        ("photo.json", "not JSON"),
        ("newer.json", "newer"),
        ("cut-result.json", "cut off"),
        ("new-result.json", "reload"),
        ("no-list.json", "questions"),
        ("x", "unreadable"),
    ]) {
        assert_eq!(*name, file);
        assert!(why.contains(part), "{name}: {why}");
    }
    assert_eq!(refused.len(), 8);
    let unread = Rc::new(unread).reduce(Change::Rename(1, "Ben".to_owned()));
    let unread = unread.reduce(Change::Remove(0));
    assert_eq!(
        unread
            .reports()
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>(),
        ["Ben"]
    );
    assert!(unread.reduce(Change::Clear).items.is_empty());
}

#[test]
fn results_of_exercises_make_a_table() {
    let all = collect(&[
        ("1.json", handed_in("Ada", &[Some(false), Some(true), None])),
        (
            "2.json",
            handed_in("Ben", &[Some(true), Some(true), Some(false)]),
        ),
        (
            "3.json",
            handed_in("", &[Some(false), Some(true), Some(true)]),
        ),
    ]);
    // However far behind the schema stands.
    let long = handed_in(&"A".repeat(190), &[Some(true); 3]);
    assert!(long.find("schema").unwrap() > 200);
    assert_eq!(collect(&[("long.json", long)]).results().len(), 1);
    let (heads, rows) = results::table(&all.results());
    assert_eq!(heads, ["Name", "Sheet", "Right", "Answered", "1", "2", "3"]);
    let names: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names, ["3", "Ben", "Ada"], "the best first");
    assert_eq!(
        rows[2],
        ["Ada", "7", "1 of 3", "2", "✗ pipe", "✓ chunks", "– limit"]
    );
    assert_eq!(
        results::by_exercise(&all.results())[0],
        ("pipe".to_owned(), 1, 3)
    );
    let hardest = |all: &Collected| results::hardest(&results::by_exercise(&all.results()));
    assert_eq!(
        hardest(&all).as_deref(),
        Some("Least often right: pipe (1 of 3).")
    );
    let two_wrong = handed_in("Cleo", &[Some(false), Some(false), Some(true)]);
    assert_eq!(
        hardest(&collect(&[("4.json", two_wrong)])).as_deref(),
        Some("Least often right: pipe (0 of 1), chunks (0 of 1).")
    );
    let all_right = handed_in("Dan", &[Some(true); 3]);
    assert_eq!(hardest(&collect(&[("5.json", all_right)])), None);
    let csv = results::csv(&all.results());
    assert_eq!(csv.lines().count(), 10);
    assert!(csv.contains("\nAda,7,3,limit,\n"), "{csv}");
}

#[test]
fn kept_files_come_back_under_their_names() {
    let text = include_str!("../../../crates/experiments/recorded/speed-up.json");
    let files = [("Ada’s.json", text), ("cut.json", &text[..500])];
    let kept = files.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let collected = Collected::of(kept.to_vec());
    assert_eq!(collected.items[0].name, "Ada’s.json");
    assert_eq!(&*collected.items[0].text, text);
    assert_eq!(collected.refused.len(), 1, "{:?}", collected.refused);
}

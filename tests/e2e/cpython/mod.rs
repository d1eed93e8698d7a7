//! CPython's own tests of `multiprocessing`, `concurrent.futures`, `threading` and `queue`,
//! run by the interpreter of the page. They are read from a CPython of this machine and are
//! never copied into the repository. What came of them is in `docs/cpython-tests.md`.

mod driver;
mod library;
mod report;

use super::page::{Page, in_browser};
use super::python::open_example;
pub use library::the_python_library_is_cpythons;

use driver::{Cpython, Outcomes, Test};
use report::{Kind, Outcome, Record};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use test_support::browser::{self, Setup};

/// Classes that together use each kind of object and take less than a minute.
const QUICK: [&str; 12] = [
    "WithProcessesTestLock",
    "WithProcessesTestSemaphore",
    "WithProcessesTestEvent",
    "WithProcessesTestQueue",
    "WithProcessesTestValue",
    "WithProcessesTestArray",
    "WithProcessesTestListener",
    "WithManagerTestLock",
    "WithThreadsTestSemaphore",
    "ThreadPoolWaitTests",
    "LockTests",
    "CSimpleQueueTest",
];

/// The quick subset has the outcomes that are written down.
pub async fn cpython_tests_have_the_known_outcomes(page: Page) {
    let document = fs::read_to_string(document()).expect("docs/cpython-tests.md");
    let known = Record::read(&document).expect("a version in docs/cpython-tests.md");
    let cpython = match Cpython::find() {
        Ok(cpython) if known.is_of(&cpython) => cpython,
        Ok(cpython) => {
            let (have, want) = (cpython.version, known.version);
            println!("not run: the outcomes of CPython {want} are known, and here is {have}");
            return;
        }
        Err(why) => {
            println!("not run: {why}");
            return;
        }
    };
    let classes = choose(cpython.tests(), &QUICK);
    assert_eq!(classes.len(), QUICK.len(), "each class is there");
    let mut outcomes = Outcomes::new();
    let _server = open_for_tests(&page).await;
    for tests in classes {
        let ran = driver::run(&page, &cpython.files(), &tests).await;
        outcomes.extend(ran.expect("a run").outcomes(&tests));
    }
    let in_cpython = skips(&cpython, &outcomes);
    report::compare_skips(&mut outcomes, &in_cpython);
    let changes = known.changes(&outcomes);
    assert!(
        changes.is_empty(),
        "docs/cpython-tests.md says otherwise:\n{changes}"
    );
}

/// Runs all tests, or those of the classes that `MANYHANDS_CPYTHON_TESTS` names, writes what
/// came of them into the document, and prints what changed.
pub async fn cpython_tests() {
    let cpython = Cpython::find().unwrap_or_else(|why| panic!("{why}"));
    let only = std::env::var("MANYHANDS_CPYTHON_TESTS").unwrap_or_default();
    let only: Vec<&str> = only.split_whitespace().collect();
    let tests = cpython.tests();
    let groups = choose(tests.clone(), &only);
    assert!(!groups.is_empty(), "no class has the name {only:?}");
    let cpython = Arc::new(cpython);
    let mut outcomes = run_in_browsers(&cpython, groups).await;
    let in_cpython = skips(&cpython, &outcomes);
    report::compare_skips(&mut outcomes, &in_cpython);

    let known = fs::read_to_string(document()).unwrap_or_default();
    let known = Record::read(&known).filter(|known| known.is_of(&cpython));
    if let Some(known) = known {
        print!("{}", known.changes(&outcomes));
        let mut all = known.outcomes(&tests);
        all.append(&mut outcomes);
        outcomes = all;
    }
    if outcomes.len() == tests.len() {
        let text = report::document(&cpython.version, &outcomes);
        fs::write(document(), text).expect("docs/cpython-tests.md");
    }
}

fn document() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cpython-tests.md")
}

/// What CPython itself makes of the classes of which something was skipped.
fn skips(cpython: &Cpython, outcomes: &Outcomes) -> Outcomes {
    let skipped = outcomes.iter().filter(|one| one.1.kind == Kind::Skipped);
    let skipped: Vec<Test> = skipped.map(|(test, _)| test.clone()).collect();
    let classes = choose(skipped, &[]);
    classes
        .iter()
        .flat_map(|tests| cpython.outcomes(tests))
        .collect()
}

/// The tests by their classes: those of the classes that are named, or all.
fn choose(tests: Vec<Test>, only: &[&str]) -> Vec<Vec<Test>> {
    let mut classes: BTreeMap<(String, String), Vec<Test>> = BTreeMap::new();
    for test in tests {
        if only.is_empty() || only.contains(&test.class.as_str()) {
            let class = (test.module.clone(), test.class.clone());
            classes.entry(class).or_default().push(test);
        }
    }
    classes.into_values().collect()
}

/// What must still run, the last first, and what came of the others.
struct Work {
    groups: Vec<Vec<Test>>,
    outcomes: Outcomes,
}

/// Runs the groups, each in a program of its own, and after a crash of the browser in a new
/// one.
async fn run_in_browsers(cpython: &Arc<Cpython>, mut groups: Vec<Vec<Test>>) -> Outcomes {
    groups.reverse();
    let outcomes = Outcomes::new();
    let work = Arc::new(Mutex::new(Work { groups, outcomes }));
    loop {
        let (cpython, shared) = (cpython.clone(), work.clone());
        let case = move |page| async move { work_off(&page, &cpython, &shared).await };
        let kind = browser::Kind::Chromium;
        let ran = tokio::spawn(in_browser(kind, Setup::default(), case)).await;
        let mut work = work.lock().unwrap();
        // What ran when the browser crashed runs again, test by test.
        let (Err(crash), Some(group)) = (ran, work.groups.pop()) else {
            return std::mem::take(&mut work.outcomes);
        };
        if let [test] = &group[..] {
            let failed = Outcome::failed(&format!("the browser crashed: {crash}"));
            work.outcomes.insert(test.clone(), failed);
        } else {
            work.groups.extend(group.into_iter().map(|test| vec![test]));
        }
    }
}

/// Opens the page that runs programs, with time for a class of tests. The site is there as
/// long as the server that is returned.
async fn open_for_tests(page: &Page) -> test_support::server::Server {
    let server = open_example(page).await;
    let longest = Some(Duration::from_secs(3600));
    let timeouts = fantoccini::wd::TimeoutConfiguration::new(longest, None, None);
    let set = page.client.update_timeouts(timeouts).await;
    set.expect("time-outs");
    server
}

async fn work_off(page: &Page, cpython: &Cpython, work: &Mutex<Work>) {
    let _server = open_for_tests(page).await;
    let files = cpython.files();
    loop {
        let Some(tests) = work.lock().unwrap().groups.last().cloned() else {
            return;
        };
        let start = Instant::now();
        let ran = driver::run(page, &files, &tests).await;
        let ran = ran.unwrap_or_else(|error| panic!("{error}"));
        let outcomes = ran.outcomes(&tests);
        let passed = outcomes.values().filter(|one| one.kind == Kind::Passed);
        println!(
            "{}: {} of {} passed, {:.1} s",
            tests[0].class,
            passed.count(),
            outcomes.len(),
            start.elapsed().as_secs_f64()
        );
        let mut work = work.lock().unwrap();
        let group = work.groups.last_mut().expect("the group that ran");
        group.retain(|test| !outcomes.contains_key(test));
        if group.is_empty() {
            work.groups.pop();
        }
        work.outcomes.extend(outcomes);
    }
}

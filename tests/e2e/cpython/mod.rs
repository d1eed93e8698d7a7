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
        let group = Group::new(tests);
        let ran = driver::run(&page, &cpython.files(), &group.all, &group.left).await;
        outcomes.extend(ran.expect("a run").outcomes(&group.left));
    }
    let in_cpython = skips(&cpython, &outcomes);
    report::compare_skips(&mut outcomes, &in_cpython);
    let changes = known.changes(&outcomes);
    assert!(
        changes.is_empty(),
        "docs/cpython-tests.md says otherwise:\n{changes}"
    );
}

/// Runs all tests and writes the document, or those of the classes that
/// `MANYHANDS_CPYTHON_TESTS` names, and compares.
pub async fn cpython_tests() {
    let cpython = Cpython::find().unwrap_or_else(|why| panic!("{why}"));
    let only = std::env::var("MANYHANDS_CPYTHON_TESTS").unwrap_or_default();
    let only: Vec<&str> = only.split_whitespace().collect();
    let groups: Vec<Group> = choose(cpython.tests(), &only)
        .into_iter()
        .map(Group::new)
        .collect();
    assert!(!groups.is_empty(), "no class has the name {only:?}");
    let cpython = Arc::new(cpython);
    let mut outcomes = run_in_browsers(&cpython, groups).await;
    let in_cpython = skips(&cpython, &outcomes);
    report::compare_skips(&mut outcomes, &in_cpython);

    let before = fs::read_to_string(document()).ok();
    if let Some(known) = before.as_deref().and_then(Record::read) {
        print!("{}", known.changes(&outcomes));
    }
    if only.is_empty() {
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

/// A class, and those of its tests that must still run.
struct Group {
    all: Vec<Test>,
    left: Vec<Test>,
}

impl Group {
    fn new(all: Vec<Test>) -> Self {
        Self {
            left: all.clone(),
            all,
        }
    }
}

/// What must still run, the last first, and what came of the others.
struct Work {
    groups: Vec<Group>,
    outcomes: Outcomes,
}

/// Runs the groups, each in a program of its own, and after a crash of the browser in a new
/// one.
async fn run_in_browsers(cpython: &Arc<Cpython>, mut groups: Vec<Group>) -> Outcomes {
    groups.reverse();
    let outcomes = Outcomes::new();
    let work = Arc::new(Mutex::new(Work { groups, outcomes }));
    loop {
        let before = work.lock().unwrap().outcomes.len();
        let (cpython, shared) = (cpython.clone(), work.clone());
        let case = move |page| async move { work_off(&page, &cpython, &shared).await };
        let kind = browser::Kind::Chromium;
        let ran = tokio::spawn(in_browser(kind, Setup::default(), case)).await;
        let mut work = work.lock().unwrap();
        let Err(crash) = ran else {
            return std::mem::take(&mut work.outcomes);
        };
        // What ran when the browser crashed runs again, test by test.
        let group = work.groups.pop().expect("a group that ran");
        if let [test] = &group.left[..] {
            let failed = Outcome::failed(&format!("the browser crashed: {crash}"));
            work.outcomes.insert(test.clone(), failed);
        } else {
            let one = |test: &Test| Group {
                all: group.all.clone(),
                left: vec![test.clone()],
            };
            let ones: Vec<Group> = group.left.iter().map(one).collect();
            assert!(!ones.is_empty() || work.outcomes.len() > before, "{crash}");
            work.groups.extend(ones);
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
        let (all, left) = match work.lock().unwrap().groups.last() {
            Some(group) => (group.all.clone(), group.left.clone()),
            None => return,
        };
        let start = Instant::now();
        let ran = driver::run(page, &files, &all, &left).await;
        let ran = ran.unwrap_or_else(|error| panic!("{error}"));
        let outcomes = ran.outcomes(&left);
        let passed = outcomes.values().filter(|one| one.kind == Kind::Passed);
        println!(
            "{}: {} of {} passed, {:.1} s",
            all[0].class,
            passed.count(),
            outcomes.len(),
            start.elapsed().as_secs_f64()
        );
        let mut work = work.lock().unwrap();
        let group = work.groups.last_mut().expect("the group that ran");
        group.left.retain(|test| !outcomes.contains_key(test));
        if group.left.is_empty() {
            work.groups.pop();
        }
        work.outcomes.extend(outcomes);
    }
}

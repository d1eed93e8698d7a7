//! Runs classes of tests by `driver.py`, here and in the CPython that they are taken from.

use super::report::Outcome;
use crate::page::Page;
use fantoccini::error::CmdError;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const DRIVER: &str = include_str!("driver.py");
/// The modules of tests, or packages of such modules. Of the ways to start a process, the
/// first one is the default of Python 3.14.
const MODULES: [&str; 5] = [
    "test.test_multiprocessing_forkserver",
    "test.test_concurrent_futures",
    "test.test_thread",
    "test.test_threading",
    "test.test_queue",
];
/// Where a test takes longer, it counts as one that never ends.
const SECONDS_PER_TEST: u32 = 90;

/// One test of one class.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Test {
    pub module: String,
    pub class: String,
    pub name: String,
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let module = self.module.strip_prefix("test.").unwrap_or(&self.module);
        write!(f, "{module}.{}.{}", self.class, self.name)
    }
}

/// What came of the tests of one class or of several.
pub type Outcomes = BTreeMap<Test, Outcome>;

/// A CPython of this machine that has its tests.
pub struct Cpython {
    program: PathBuf,
    library: PathBuf,
    /// Such as `3.13.0`.
    pub version: String,
}

impl Cpython {
    /// The one that `MANYHANDS_CPYTHON` names, or the first that has its tests. The tests of
    /// 3.13 are the nearest to the interpreter's library, which is 3.14's, that machines
    /// have today.
    pub fn find() -> Result<Self, String> {
        let named = std::env::var_os("MANYHANDS_CPYTHON").map(PathBuf::from);
        let mut programs: Vec<PathBuf> = named.clone().into_iter().collect();
        if named.is_none() {
            programs.push("python3.13".into());
            // Where pyenv keeps those that it has installed.
            let home = std::env::var_os("HOME").unwrap_or_default();
            let installed = fs::read_dir(Path::new(&home).join(".pyenv/versions"));
            for entry in installed.into_iter().flatten().flatten() {
                if entry.file_name().to_string_lossy().starts_with("3.13.") {
                    programs.push(entry.path().join("bin/python3"));
                }
            }
            programs.push("python3".into());
        }
        let tried = programs.iter().filter_map(|program| Self::at(program));
        tried.into_iter().next().ok_or_else(|| {
            format!(
                "none of {programs:?} has the module test._test_multiprocessing: set \
                 MANYHANDS_CPYTHON to a CPython that was installed with its tests"
            )
        })
    }

    fn at(program: &Path) -> Option<Self> {
        let ask = "import os, platform, test._test_multiprocessing as tests\n\
                   print(platform.python_version())\n\
                   print(os.path.dirname(os.path.dirname(tests.__file__)))";
        let told = Command::new(program).args(["-c", ask]).output().ok()?;
        let told = String::from_utf8(told.stdout).ok()?;
        let (version, library) = told.trim_end().split_once('\n')?;
        Some(Self {
            program: program.to_owned(),
            library: library.into(),
            version: version.to_owned(),
        })
    }

    /// The first two parts of the version, with which its tests change.
    pub fn minor(&self) -> &str {
        self.version
            .rsplit_once('.')
            .map_or(&self.version, |(minor, _)| minor)
    }

    /// All tests, in CPython's order.
    pub fn tests(&self) -> Vec<Test> {
        let told = self.run(&json!({ "list": MODULES }));
        let text = |told: &Value, key: &str| told[key].as_str().expect("a name").to_owned();
        told.iter()
            .map(|told| Test {
                module: text(told, "module"),
                class: text(told, "class"),
                name: text(told, "test"),
            })
            .collect()
    }

    /// What CPython itself makes of tests of one class.
    pub fn outcomes(&self, tests: &[Test]) -> Outcomes {
        let told = self.run(&request(tests));
        let end = "CPython ended".to_owned();
        Ran { told, end }.outcomes(tests)
    }

    fn run(&self, request: &Value) -> Vec<Value> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cpython-tests");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("main.py"), DRIVER).unwrap();
        fs::write(folder.join("request.json"), request.to_string()).unwrap();
        let ran = Command::new(&self.program)
            .arg("main.py")
            .current_dir(folder)
            .output()
            .expect("CPython");
        told(&String::from_utf8_lossy(&ran.stdout))
    }

    /// The files that go beside a program which runs tests: the tests.
    pub fn files(&self) -> Map<String, Value> {
        let mut files = Map::new();
        let mut parts = vec![
            "test/__init__.py".to_owned(),
            "test/support".to_owned(),
            "test/_test_multiprocessing.py".to_owned(),
            "test/lock_tests.py".to_owned(),
        ];
        for module in MODULES {
            let path = module.replace('.', "/");
            let package = self.library.join(&path).is_dir();
            parts.push(if package { path } else { path + ".py" });
        }
        for part in parts {
            add_files(&mut files, "", &self.library, &part);
        }
        files
    }
}

/// Adds a Python file, or those of a folder and of the folders in it, with this before their
/// paths.
pub fn add_files(files: &mut Map<String, Value>, prefix: &str, root: &Path, path: &str) {
    let full = root.join(path);
    if full.is_dir() {
        for entry in fs::read_dir(full).unwrap() {
            let name = entry.unwrap().file_name();
            add_files(files, prefix, root, &format!("{path}/{}", name.display()));
        }
    } else if path.ends_with(".py") {
        let text = fs::read_to_string(&full).unwrap_or_else(|error| panic!("{full:?}: {error}"));
        files.insert(format!("{prefix}{path}"), text.into());
    }
}

/// The request to run these tests of one class.
fn request(tests: &[Test]) -> Value {
    let only: Vec<&str> = tests.iter().map(|test| test.name.as_str()).collect();
    json!({ "module": tests[0].module, "class": tests[0].class, "only": only })
}

/// The objects that `driver.py` printed, among what the tests print.
fn told(printed: &str) -> Vec<Value> {
    let parts = printed.split('\u{1e}').skip(1);
    let objects = parts.filter_map(|part| part.split_once('\u{1f}'));
    objects
        .map(|(object, _)| serde_json::from_str(object).expect("JSON"))
        .collect()
}

/// Runs these tests of one class on the example page.
pub async fn run(page: &Page, files: &Map<String, Value>, tests: &[Test]) -> Result<Ran, CmdError> {
    let mut files = files.clone();
    files.insert("request.json".into(), request(tests).to_string().into());
    let script = "
        const [source, files, seconds, done] = arguments;
        const page = window.wrappedJSObject ?? window;
        page.runUntilSilent(source, page.JSON.parse(files), seconds)
            .then((ran) => done(JSON.stringify(ran)));";
    let files = Value::Object(files).to_string();
    let arguments = vec![DRIVER.into(), files.into(), SECONDS_PER_TEST.into()];
    let ran = page.client.execute_async(script, arguments).await?;
    let ran: Value = serde_json::from_str(ran.as_str().expect("a text")).expect("JSON");
    let text = |key: &str| ran[key].as_str().unwrap_or_default().to_owned();
    let end = if ran["silent"] == true {
        format!("did not end within {SECONDS_PER_TEST} s: {}", text("stuck"))
    } else {
        let last = text("traceback");
        let last = last.lines().last().unwrap_or_default();
        format!("the process ended with {}: {last}", ran["code"])
    };
    Ok(Ran {
        told: told(&text("stdout")),
        end: end.trim_end_matches([' ', ':']).to_owned(),
    })
}

/// What a run told of its tests.
pub struct Ran {
    told: Vec<Value>,
    /// How the run ended.
    end: String,
}

impl Ran {
    /// What came of the tests that the run tried to run. Where it ended before its time, the
    /// others are left for another run.
    pub fn outcomes(&self, tried: &[Test]) -> Outcomes {
        let mut outcomes = Outcomes::new();
        let mut begun = None;
        // What is around the tests, such as `setUpClass`, and failed or skipped them all.
        let mut around = None;
        let mut ended = false;
        for told in &self.told {
            let named = |key: &str| {
                let name = told[key].as_str()?;
                tried.iter().find(|test| test.name == name)
            };
            if told["begins"].is_string() {
                begun = named("begins");
            } else if let Some(test) = named("test") {
                outcomes.insert(test.clone(), Outcome::told(test, told));
                begun = None;
            } else if told["around"].is_string() {
                around = Some(told);
            }
            ended |= told["ended"] == true;
        }
        let failed = || Outcome::failed(&self.end);
        if let Some(test) = begun {
            outcomes.insert(test.clone(), failed());
        } else if ended || outcomes.is_empty() {
            for test in tried {
                let rest = || around.map_or_else(failed, |told| Outcome::told(test, told));
                outcomes.entry(test.clone()).or_insert_with(rest);
            }
        }
        outcomes
    }
}

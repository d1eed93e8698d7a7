//! What came of CPython's tests, as it is kept in `docs/cpython-tests.md`.

use super::driver::{Cpython, Outcomes, Test};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What came of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Passed,
    Failed,
    /// It needs what no process in a browser has.
    NotApplicable,
    /// CPython on this machine skips it as well.
    Skipped,
}

/// What came of a test, and why.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub kind: Kind,
    /// Why it did not pass, as the cell of a table.
    pub reason: String,
    /// The innermost line of the tests' files, as FILE:LINE.
    pub line: String,
}

impl Outcome {
    /// A failure outside of the test's own lines.
    pub fn failed(reason: &str) -> Self {
        Self {
            kind: Kind::Failed,
            reason: clean(reason),
            line: String::new(),
        }
    }

    /// As `driver.py` told it.
    pub fn told(test: &Test, told: &Value) -> Self {
        let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        let mut reason = clean(&text("reason"));
        let kind = match (told["outcome"].as_str(), need(test, &text("reason"))) {
            (Some("passed"), _) => Kind::Passed,
            (_, Some(need)) => {
                reason.insert_str(0, &format!("{need}: "));
                Kind::NotApplicable
            }
            (Some("skipped"), _) => Kind::Skipped,
            _ => Kind::Failed,
        };
        let line = text("line");
        Self { kind, reason, line }
    }
}

/// What a test needs that no process in a browser has, told by its name or by why it failed
/// or was skipped.
fn need(test: &Test, reason: &str) -> Option<&'static str> {
    const NEEDS: [(&str, &str); 15] = [
        ("cannot find context for 'fork'", "fork"),
        ("os.fork()", "fork"),
        ("no _at_fork_reinit method", "fork"),
        // Its list of start methods has `fork`.
        ("TestStartMethod.test_get_all", "fork"),
        ("requires subprocess support", "subprocesses"),
        ("no other programs can be started", "subprocesses"),
        ("_posixsubprocess", "subprocesses"),
        // CPython's tracker of resources is a program of its own, with a pipe to it.
        ("multiprocessing.resource_tracker'", "subprocesses"),
        ("test_too_long_name_resource", "file descriptors"),
        ("no attribute 'sendmsg'", "file descriptors"),
        ("no attribute 'recvmsg'", "file descriptors"),
        ("largest assignable fd number", "file descriptors"),
        ("descriptors always block here", "file descriptors"),
        ("abstract socket support", "sockets"),
        ("no C libraries here", "ctypes"),
    ];
    let test = test.to_string();
    let is_said = |part: &str| reason.contains(part) || test.ends_with(part);
    let found = NEEDS.iter().find(|(part, _)| is_said(part));
    found.map(|(_, need)| *need)
}

/// A test that is skipped here counts as skipped only where CPython skips it, too.
pub fn compare_skips(here: &mut Outcomes, cpython: &Outcomes) {
    for (test, outcome) in here.iter_mut() {
        let skipped = |outcome: &Outcome| outcome.kind == Kind::Skipped;
        if skipped(outcome) && !cpython.get(test).is_some_and(skipped) {
            outcome.kind = Kind::Failed;
            outcome.reason.insert_str(0, "skipped here only: ");
        }
    }
}

/// The outcomes of all tests of a CPython, as they are written down.
pub struct Record {
    pub version: String,
    /// What did not pass. All other tests passed.
    rest: BTreeMap<String, Outcome>,
}

const HEADS: [(Kind, &str); 3] = [
    (Kind::Failed, "## Failed"),
    (Kind::NotApplicable, "## Not applicable"),
    (Kind::Skipped, "## Skipped by CPython on Linux as well"),
];

impl Record {
    /// Whether these are outcomes of the tests of this CPython.
    pub fn is_of(&self, cpython: &Cpython) -> bool {
        self.version
            .rsplit_once('.')
            .is_some_and(|(minor, _)| minor == cpython.minor())
    }

    /// Reads the document again.
    pub fn read(document: &str) -> Option<Self> {
        let (_, after) = document.split_once("the tests of CPython ")?;
        let (version, _) = after.split_once([',', ' '])?;
        let mut rest = BTreeMap::new();
        let mut kind = None;
        for line in document.lines() {
            if line.starts_with("## ") {
                kind = HEADS
                    .iter()
                    .find(|(_, head)| *head == line)
                    .map(|head| head.0);
            }
            let row = line
                .strip_prefix("| `")
                .and_then(|row| row.strip_suffix(" |"));
            let cells = row.and_then(|row| {
                let (test, cells) = row.split_once("` | ")?;
                let (reason, line) = cells.rsplit_once(" | ")?;
                Some((test, reason, line))
            });
            if let (Some(kind), Some((test, reason, line))) = (kind, cells) {
                let (reason, line) = (reason.to_owned(), line.to_owned());
                rest.insert(test.to_owned(), Outcome { kind, reason, line });
            }
        }
        Some(Self {
            version: version.to_owned(),
            rest,
        })
    }

    /// What came of these tests.
    pub fn outcomes(&self, tests: &[Test]) -> Outcomes {
        let passed = Outcome {
            kind: Kind::Passed,
            reason: String::new(),
            line: String::new(),
        };
        let outcome = |test: &Test| self.rest.get(&test.to_string()).unwrap_or(&passed);
        tests
            .iter()
            .map(|test| (test.clone(), outcome(test).clone()))
            .collect()
    }

    /// The tests whose outcomes are others than those written down, one a line.
    pub fn changes(&self, outcomes: &Outcomes) -> String {
        let mut changes = String::new();
        for (test, outcome) in outcomes {
            let before = self.rest.get(&test.to_string());
            let before = before.map_or(Kind::Passed, |before| before.kind);
            if before != outcome.kind {
                let (now, reason, line) = (outcome.kind, &outcome.reason, &outcome.line);
                let _ = writeln!(
                    changes,
                    "{test}: {now:?}, was {before:?}. {reason} ({line})"
                );
            }
        }
        changes
    }
}

#[derive(Clone, Copy, Default)]
struct Counts {
    collected: usize,
    passed: usize,
    failed: usize,
    not_applicable: usize,
    skipped: usize,
}

impl Counts {
    fn of<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes {
            counts.collected += 1;
            *match outcome.kind {
                Kind::Passed => &mut counts.passed,
                Kind::Failed => &mut counts.failed,
                Kind::NotApplicable => &mut counts.not_applicable,
                Kind::Skipped => &mut counts.skipped,
            } += 1;
        }
        counts
    }

    fn row(self, name: &str) -> String {
        let applicable = self.passed + self.failed;
        let share = match applicable {
            0 => "–".to_owned(),
            _ => format!("{:.1} %", 100.0 * self.passed as f64 / applicable as f64),
        };
        format!(
            "| {name} | {} | {} | {} | {} | {} | {share} |\n",
            self.collected, self.passed, self.failed, self.not_applicable, self.skipped
        )
    }
}

/// The document.
pub fn document(version: &str, outcomes: &Outcomes) -> String {
    let mut text = format!(
        "# CPython's own tests, run here\n\n\
         `script/cpython-tests` wrote this. It runs the tests of CPython {version}, which it \
         finds on the machine, by\nthe interpreter of the page `?run` in headless Chromium: each \
         class in a program of its own, with the test\nfiles beside it. (The interpreter's \
         library is that of CPython 3.14, whose tests few machines have. The tests\nof 3.13 are \
         the nearest.) The GIL is on, and processes are started as by the default of 3.14.\n\n\
         A test that crashes or does not end in time has failed. A test is not applicable only \
         if it needs file\ndescriptors of an operating system, `fork`, sockets to elsewhere, C \
         libraries through `ctypes`, or other\nprograms (subprocesses); the line that needs it \
         is named. A test that is skipped here has failed, unless\nCPython on the same machine \
         skips it as well. The last column is passed of applicable.\n\n\
         Tests of CPython's own \
         implementation are tried as well, and what the tests\nbelieve of the platform is said in \
         `tests/e2e/cpython/driver.py`.\n\n\
         The quick subset of `script/test` compares its outcomes with these lists, and so does \
         `script/cpython-tests\n--only CLASS`.\n\n"
    );
    let head = "| collected | passed | failed | not applicable | skipped | |\n\
                |---|---|---|---|---|---|---|\n";
    let _ = write!(text, "| file {head}");
    let file = |test: &Test| {
        let path = test.module.split('.').nth(1).unwrap_or_default();
        path.replace("test_multiprocessing_forkserver", "_test_multiprocessing")
    };
    let mut files: Vec<String> = outcomes.keys().map(file).collect();
    files.dedup();
    for name in files {
        let of_file = outcomes.iter().filter(|(test, _)| file(test) == name);
        text += &Counts::of(of_file.map(|(_, outcome)| outcome)).row(&format!("`{name}`"));
    }
    text += &Counts::of(outcomes.values()).row("all");

    for (kind, head) in HEADS {
        let _ = write!(
            text,
            "\n{head}\n\n| test | reason | line |\n|---|---|---|\n"
        );
        for (test, outcome) in outcomes.iter().filter(|one| one.1.kind == kind) {
            let Outcome { reason, line, .. } = outcome;
            let _ = writeln!(text, "| `{test}` | {reason} | {line} |");
        }
    }

    let _ = write!(text, "\n## Classes\n\n| class {head}");
    let mut classes: Vec<(&str, &str)> = outcomes
        .keys()
        .map(|test| (&*test.module, &*test.class))
        .collect();
    classes.dedup();
    for (module, class) in classes {
        let of_class = outcomes
            .iter()
            .filter(|(test, _)| (&*test.module, &*test.class) == (module, class));
        text += &Counts::of(of_class.map(|(_, outcome)| outcome))
            .row(&format!("{}.{class}", module.trim_start_matches("test.")));
    }
    text
}

/// A reason as a cell of a table: short, and without the addresses of objects.
fn clean(reason: &str) -> String {
    let mut clean = String::new();
    for word in reason.split_whitespace() {
        let word = word.split_once("0x").map_or(word, |(before, _)| before);
        if clean.len() + word.len() > 160 {
            clean.push('…');
            break;
        }
        clean += word;
        clean.push(' ');
    }
    clean
        .trim_end()
        .replace('|', "\\|")
        .replace('<', "\\<")
        .replace('*', "\\*")
        .replace('_', "\\_")
}

//! The command line.

use experiments::Experiment;
use std::path::PathBuf;

/// A recording that can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A report of this experiment, in a browser.
    Experiment(Experiment),
    /// CPython's results for the claims.
    Cpython,
}

impl Subject {
    /// All recordings, in the order in which they are made.
    pub fn all() -> Vec<Subject> {
        let experiments = Experiment::ALL.into_iter().map(Subject::Experiment);
        experiments.chain([Subject::Cpython]).collect()
    }

    /// The name on the command line and of the file.
    pub fn name(self) -> &'static str {
        match self {
            Subject::Experiment(experiment) => experiment.name(),
            Subject::Cpython => "cpython",
        }
    }

    fn named(name: &str) -> Result<Subject, String> {
        let found = Subject::all().into_iter().find(|one| one.name() == name);
        found.ok_or_else(|| {
            let names: Vec<_> = Subject::all().iter().map(|one| one.name()).collect();
            format!(
                "nothing is called '{name}': choose among {}",
                names.join(", ")
            )
        })
    }
}

/// The task of the program.
pub enum Task {
    /// Make these recordings.
    Record(Vec<Subject>),
    /// Print the table of claims from the stored reports.
    Claims,
}

/// The command line.
pub struct Options {
    /// The task.
    pub task: Task,
    /// The folder with the built page.
    pub site: PathBuf,
    /// The folder for the recordings.
    pub folder: PathBuf,
}

/// Reads the command line.
pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let (mut subjects, mut claims) = (Vec::new(), false);
    let (mut site, mut folder) = (
        PathBuf::from("dist"),
        PathBuf::from("crates/experiments/recorded"),
    );
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let missing = || format!("{argument} needs a value");
            arguments.next().ok_or_else(missing)
        };
        match argument.as_str() {
            "--claims" => claims = true,
            "--site" => site = value()?.into(),
            "--into" => folder = value()?.into(),
            // An argument that `cargo bench` adds.
            "--bench" => {}
            option if option.starts_with('-') => {
                return Err(format!(
                    "'{option}' is not an option\n\
                     usage: script/record [--claims | EXPERIMENT...]"
                ));
            }
            name => subjects.push(Subject::named(name)?),
        }
    }
    let task = match (claims, subjects.is_empty()) {
        (true, true) => Task::Claims,
        (true, false) => return Err("--claims goes without experiments".to_owned()),
        (false, true) => Task::Record(Subject::all()),
        (false, false) => Task::Record(subjects),
    };
    Ok(Options { task, site, folder })
}

//! Types with a few named values. A plan's field holds one or several of them.

use manyhands::{Policy, StartMethod};
use workloads::{Bound, Workload};

/// A value that can be chosen by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The name in URLs and reports.
    pub name: &'static str,
    /// The name as it is shown.
    pub title: &'static str,
    /// What the value means, in a sentence; may be empty.
    pub help: &'static str,
    /// Whether this build can run it. A report that contains it can be read in any case.
    pub runnable: bool,
}

/// A type whose values can be chosen by name.
pub(crate) trait Named: Copy + PartialEq + 'static {
    /// All values, in the order in which the page lists them.
    const ALL: &'static [Self];

    /// The name, the title and the meaning of the value.
    fn choice(self) -> Choice;

    /// The name in URLs and reports.
    fn name(self) -> &'static str {
        self.choice().name
    }

    /// The name as it is shown.
    fn title(self) -> &'static str {
        self.choice().title
    }

    /// The value with this name.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }
}

/// All values of a type as choices.
pub(crate) fn choices_of<T: Named>() -> Vec<Choice> {
    T::ALL.iter().map(|one| one.choice()).collect()
}

/// The given values that this build can run or, if it can run none of them, the first value
/// of the type that it can run.
pub(crate) fn runnable<T: Named>(wanted: &[T]) -> Vec<T> {
    let can_run = |one: &T| one.choice().runnable;
    let these: Vec<T> = wanted.iter().copied().filter(can_run).collect();
    if these.is_empty() {
        return T::ALL.iter().copied().filter(can_run).take(1).collect();
    }
    these
}

/// Whether this build can start threads.
pub(crate) const HAS_THREADS: bool = cfg!(feature = "threads");

/// Declares an enum of choices: for each value its name in URLs and reports, its title, its
/// meaning and, after `if`, the condition under which this build can run it.
macro_rules! choices {
    ($(#[$doc:meta])* $vis:vis enum $Name:ident {
        $($Value:ident = $name:literal, $title:literal, $help:literal $(if $runnable:expr)?;)+
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        $vis enum $Name {
            $(#[doc = $title] #[serde(rename = $name)] $Value,)+
        }

        impl $crate::form::Named for $Name {
            const ALL: &'static [Self] = &[$($Name::$Value),+];

            fn choice(self) -> $crate::form::Choice {
                match self {
                    $($Name::$Value => $crate::form::Choice {
                        name: $name,
                        title: $title,
                        help: $help,
                        runnable: true $(&& $runnable)?,
                    },)+
                }
            }
        }
    };
}
pub(crate) use choices;

choices! {
    /// The answer to a yes-or-no question.
    pub enum YesOrNo {
        Yes = "yes", "yes", "";
        No = "no", "no", "";
    }
}

choices! {
    /// Whether all tasks take equally long.
    pub enum Skew {
        Uniform = "uniform", "even", "All tasks take equally long.";
        Skewed = "skewed", "uneven",
            "A few tasks, all near the beginning, take far longer than the others.";
    }
}

impl Named for Workload {
    const ALL: &'static [Self] = &Workload::ALL;

    fn choice(self) -> Choice {
        Choice {
            name: self.name(),
            title: self.title(),
            help: self.description(),
            runnable: true,
        }
    }
}

fn workloads(fits: fn(&Workload) -> bool) -> Vec<Choice> {
    let all = Workload::ALL.into_iter().filter(fits);
    all.map(Named::choice).collect()
}

/// Workloads that only compute, in a single round.
pub(crate) fn computing() -> Vec<Choice> {
    workloads(|workload| Workload::COMPUTE.contains(workload))
}

/// Workloads that only compute, those in several rounds included.
pub(crate) fn computing_in_rounds() -> Vec<Choice> {
    workloads(|workload| !workload.waits())
}

/// Workloads that wait.
pub(crate) fn waiting() -> Vec<Choice> {
    workloads(|workload| matches!(workload.bound(), Bound::Io) || *workload == Workload::Server)
}

impl Named for StartMethod {
    const ALL: &'static [Self] = &StartMethod::ALL;

    fn choice(self) -> Choice {
        Choice {
            name: self.name(),
            title: self.name(),
            help: match self {
                StartMethod::Spawn => {
                    "Every process gets a fresh worker, made when it is asked for."
                }
                StartMethod::Forkserver => {
                    "Processes come from warm workers that wait for their first target: a faster start."
                }
            },
            runnable: true,
        }
    }
}

impl Named for Policy {
    const ALL: &'static [Self] = &Policy::ALL;

    fn choice(self) -> Choice {
        Choice {
            name: self.name(),
            title: self.name(),
            help: match self {
                Policy::Shared => "Python’s: equal chunks in one line; who is free takes the next.",
                Policy::Static => "One chunk for each worker, cut beforehand.",
                Policy::Guided => "Large chunks first, single items last.",
                Policy::Auto => "Chunks that grow until one takes about half a second.",
                Policy::Stealing => "Who has nothing left takes half of what the slowest has.",
            },
            runnable: true,
        }
    }
}

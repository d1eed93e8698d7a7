//! The list of experiments, with their names, questions and explanations.

use super::words::shortened;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A question that is answered by measuring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Experiment {
    /// How much faster are more workers?
    #[default]
    SpeedUp,
    /// What does it cost to send something to another process?
    Messaging,
    /// How small may a task be?
    Granularity,
    /// What does a process cost before it does anything?
    StartUp,
    /// What does it cost if several processes change the same number?
    Sharing,
    /// What limits a pipeline of stages?
    Pipelines,
    /// How do the methods of a pool hand out tasks and return results?
    PoolMethods,
    /// Which execution model waits best for I/O?
    IoBound,
}

/// The texts that describe an experiment.
pub(super) struct About {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) question: &'static str,
    pub(super) explanation: &'static str,
}

impl Experiment {
    /// All experiments, in the order in which the page lists them.
    pub const ALL: [Experiment; 8] = [
        Experiment::SpeedUp,
        Experiment::Messaging,
        Experiment::Granularity,
        Experiment::StartUp,
        Experiment::Sharing,
        Experiment::Pipelines,
        Experiment::PoolMethods,
        Experiment::IoBound,
    ];

    /// The name in URLs and reports: `speed-up`.
    pub fn name(self) -> &'static str {
        self.about().name
    }

    /// The name as it is shown.
    pub fn title(self) -> &'static str {
        self.about().title
    }

    /// The question that it answers, in one sentence.
    pub fn question(self) -> &'static str {
        self.about().question
    }

    /// What is done and why, in one paragraph.
    pub fn explanation(self) -> &'static str {
        self.about().explanation
    }

    fn about(self) -> &'static About {
        match self {
            Experiment::SpeedUp => &About {
                name: "speed-up",
                title: "Speed-up",
                question: "How much faster are several processes?",
                explanation: "The same work is done by the page’s own thread, then by one process, \
                    by two, and so on, in turns, several times. Every result is checked. What the \
                    machine can give at best is measured as well, so that the figures are held \
                    against it and not against the number of cores on the box.",
            },
            Experiment::Messaging => &About {
                name: "messaging",
                title: "Messaging",
                question: "What does it cost to send something to another process?",
                explanation: "One process sends values to another, which sends a short word back. \
                    Encoding, transit and decoding are timed apart, for small and large values and \
                    for every way that the Web offers: copied by the browser, as JSON, in a binary \
                    codec, as plain bytes, handed over, or left in shared memory.",
            },
            Experiment::Granularity => &About {
                name: "granularity",
                title: "Granularity",
                question: "How small may a task be before it is not worth handing out?",
                explanation: "The same work is cut into few large or many small tasks and given to a \
                    pool, by each of its policies, once with even and once with uneven tasks. What a \
                    task costs beyond its own work follows, and with it the size at which handing it \
                    out begins to pay.",
            },
            Experiment::StartUp => &About {
                name: "start-up",
                title: "Start-up and memory",
                question: "What does a process cost before it has done anything?",
                explanation: "One process, two, four and more are started at once, each from a fresh \
                    worker or from a warm one, and asked for nothing but their end. How long until \
                    each one’s function is called, until all have ended, and how much memory one \
                    takes is measured.",
            },
            Experiment::Sharing => &About {
                name: "sharing",
                title: "Sharing",
                question: "What does it cost to count together, and who counts right?",
                explanation: "Several processes add to the same number: without a lock, with one, \
                    atomically, each for itself with the sums added at the end, and through a \
                    manager’s process. What comes out is compared with what should.",
            },
            Experiment::Pipelines => &About {
                name: "pipelines",
                title: "Pipelines",
                question: "What limits a line of stages, and what do full queues tell?",
                explanation: "Recordings are read, smoothed and written by processes with queues of \
                    limited length between them. How full the queues are, how long each stage waits \
                    for the one before and the one after it, and which stage limits them all is \
                    measured; the end is announced by sentinels, as in the tutorials.",
            },
            Experiment::PoolMethods => &About {
                name: "pool-methods",
                title: "Pool methods",
                question: "Which of a pool’s methods gives the first result, and which the last, soonest?",
                explanation: "The same tasks, some of them far longer than others, are given to a \
                    pool by each of its methods. When each result arrives, and in which order, shows \
                    what the methods are for.",
            },
            Experiment::IoBound => &About {
                name: "io-bound",
                title: "I/O-bound work",
                question: "Who waits best?",
                explanation: "The same slow addresses are asked one after another, by an event loop \
                    that waits for many at once, and by one process, two, and more than there are \
                    cores. And sleeping, which tutorials like to use in place of work, is compared \
                    with work that really computes.",
            },
        }
    }
}

impl fmt::Display for Experiment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The error for a name that no experiment has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownExperiment(String);

impl fmt::Display for UnknownExperiment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Experiment::ALL.map(Experiment::name).join(", ");
        write!(f, "unknown experiment '{}': choose one of {names}", self.0)
    }
}

impl std::error::Error for UnknownExperiment {}

impl FromStr for Experiment {
    type Err = UnknownExperiment;

    fn from_str(text: &str) -> Result<Self, UnknownExperiment> {
        Experiment::ALL
            .into_iter()
            .find(|experiment| experiment.name() == text)
            .ok_or_else(|| UnknownExperiment(shortened(text)))
    }
}

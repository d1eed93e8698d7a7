//! Execution models: who does the work.

use manyhands::StartMethod;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Whether the threads of a process share a lock like Python's global interpreter lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Locking {
    /// One lock for all threads, as in CPython. It is handed over every 5 ms, and a thread
    /// releases it while it waits for I/O.
    Gil,
    /// The same lock; a thread also releases it while it computes a chunk, as NumPy does.
    Released,
    /// No lock; the threads are those of a rayon pool.
    Free,
}

/// Who does the work. Every model gives the same digest for the same job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Model {
    /// The page's own thread, alone.
    Main,
    /// Processes, each with its own memory, started in this way.
    Processes(StartMethod),
    /// Threads of one process.
    Threads(Locking),
    /// The page's own thread, which starts several waits and does other things until they
    /// are over.
    EventLoop,
}

impl Model {
    /// All models, in the order in which the page lists them.
    pub const ALL: [Model; 7] = [
        Model::Main,
        Model::Processes(StartMethod::Spawn),
        Model::Processes(StartMethod::Forkserver),
        Model::Threads(Locking::Gil),
        Model::Threads(Locking::Released),
        Model::Threads(Locking::Free),
        Model::EventLoop,
    ];

    /// The name in URLs and reports.
    pub fn name(self) -> &'static str {
        match self {
            Model::Main => "main",
            Model::Processes(StartMethod::Spawn) => "processes-spawn",
            Model::Processes(StartMethod::Forkserver) => "processes-forkserver",
            Model::Threads(Locking::Gil) => "threads-gil",
            Model::Threads(Locking::Released) => "threads-gil-released",
            Model::Threads(Locking::Free) => "threads-free",
            Model::EventLoop => "event-loop",
        }
    }

    /// The name as it is shown.
    pub fn title(self) -> &'static str {
        match self {
            Model::Main => "Main thread",
            Model::Processes(StartMethod::Spawn) => "Processes (spawn)",
            Model::Processes(StartMethod::Forkserver) => "Processes (forkserver)",
            Model::Threads(Locking::Gil) => "Threads with a GIL",
            Model::Threads(Locking::Released) => "Threads, GIL released in kernels",
            Model::Threads(Locking::Free) => "Threads without a GIL",
            Model::EventLoop => "Event loop",
        }
    }

    /// Whether it runs on the page's own thread.
    pub fn is_on_page(self) -> bool {
        matches!(self, Model::Main | Model::EventLoop)
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Model> for &'static str {
    fn from(model: Model) -> Self {
        model.name()
    }
}

impl FromStr for Model {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut models = Model::ALL.into_iter();
        models
            .find(|model| model.name() == text)
            .ok_or_else(|| "unknown execution model".to_owned())
    }
}

impl TryFrom<String> for Model {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

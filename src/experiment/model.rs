//! Execution models: who does the work.

use crate::StartMethod;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Who does the work. Every model gives the same digest for the same job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Model {
    /// The page's own thread, alone.
    Main,
    /// Processes, each with its own memory, started in this way.
    Processes(StartMethod),
    /// The page's own thread, which starts waits and does something else until
    /// they are over.
    EventLoop,
}

impl Model {
    /// All models, in the order of the page.
    pub const ALL: [Model; 4] = [
        Model::Main,
        Model::Processes(StartMethod::Spawn),
        Model::Processes(StartMethod::Forkserver),
        Model::EventLoop,
    ];

    /// The name in URLs and reports.
    pub fn name(self) -> &'static str {
        match self {
            Model::Main => "main",
            Model::Processes(StartMethod::Spawn) => "processes-spawn",
            Model::Processes(StartMethod::Forkserver) => "processes-forkserver",
            Model::EventLoop => "event-loop",
        }
    }

    /// The name for people.
    pub fn title(self) -> &'static str {
        match self {
            Model::Main => "Main thread",
            Model::Processes(StartMethod::Spawn) => "Processes (spawn)",
            Model::Processes(StartMethod::Forkserver) => "Processes (forkserver)",
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

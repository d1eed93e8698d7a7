//! The start methods.
//!
//! This module must not import any other module of the crate.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// How a process gets its worker, as in Python's `set_start_method`
/// (`Lib/multiprocessing/context.py`).
///
/// Python's third method, `fork`, copies a running process and has no
/// counterpart on the Web.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StartMethod {
    /// A fresh worker for every process.
    Spawn,
    /// A warm worker, that is, one that was loaded ahead of time and waits for its
    /// first target. If no worker is warm, a fresh one is started. This is CPython's
    /// default on Linux since 3.14.
    #[default]
    Forkserver,
}

impl StartMethod {
    /// Both methods, in the order in which Python's documentation lists them.
    pub const ALL: [StartMethod; 2] = [StartMethod::Spawn, StartMethod::Forkserver];

    /// The method's name, as Python spells it.
    pub fn name(self) -> &'static str {
        match self {
            StartMethod::Spawn => "spawn",
            StartMethod::Forkserver => "forkserver",
        }
    }
}

impl fmt::Display for StartMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for StartMethod {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        StartMethod::ALL
            .into_iter()
            .find(|method| method.name() == text)
            .ok_or_else(|| format!("unknown start method '{text}': choose 'spawn' or 'forkserver'"))
    }
}

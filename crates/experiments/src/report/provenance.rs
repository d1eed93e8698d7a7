//! The browser and the machine with which a report was recorded. A page cannot determine them
//! itself.

use serde::{Deserialize, Serialize};

/// A machine, as its operating system describes it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Machine {
    /// The processor's name.
    pub processor: String,
    /// The number of logical cores.
    pub cores: u32,
    /// The memory, in GiB.
    pub memory_gib: f64,
    /// The operating system.
    pub system: String,
}

impl Machine {
    /// The machine in words: "Some CPU, 2 cores, 8 GiB, Linux".
    pub fn words(&self) -> String {
        let cores = if self.cores == 1 { "core" } else { "cores" };
        format!(
            "{}, {} {cores}, {:.0} GiB, {}",
            self.processor, self.cores, self.memory_gib, self.system
        )
    }
}

/// How a report was recorded by a program that controlled the browser and could examine the
/// machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Provenance {
    /// The browser's name and version.
    pub browser: String,
    /// Whether the browser had no window.
    pub headless: bool,
    /// The machine on which the browser ran.
    pub machine: Machine,
}

impl Provenance {
    /// The provenance in words: "Chromium 150 without a window, on Some CPU, 2 cores, …".
    pub fn words(&self) -> String {
        let window = if self.headless {
            " without a window (headless)"
        } else {
            ""
        };
        format!("{}{window}, on {}", self.browser, self.machine.words())
    }

    /// The length of the longest text, in characters.
    pub(super) fn longest(&self) -> usize {
        let texts = [&self.browser, &self.machine.processor, &self.machine.system];
        texts
            .into_iter()
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0)
    }
}

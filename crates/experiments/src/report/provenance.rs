//! Who recorded a report, and on which machine: what a page cannot find out.

use serde::{Deserialize, Serialize};

/// A machine, as its operating system tells of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Machine {
    /// The processor's name.
    pub processor: String,
    /// The logical cores.
    pub cores: u32,
    /// The memory, in GiB.
    pub memory_gib: f64,
    /// The operating system.
    pub system: String,
}

impl Machine {
    /// In words: "Some CPU, 2 cores, 8 GiB, Linux".
    pub fn words(&self) -> String {
        let cores = if self.cores == 1 { "core" } else { "cores" };
        format!(
            "{}, {} {cores}, {:.0} GiB, {}",
            self.processor, self.cores, self.memory_gib, self.system
        )
    }
}

/// How a report came to be recorded, where a program drove the browser and
/// could look at the machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Provenance {
    /// The browser with its version.
    pub browser: String,
    /// Whether it had no window.
    pub headless: bool,
    /// What it ran on.
    pub machine: Machine,
}

impl Provenance {
    /// In words: "Chromium 150 without a window, on Some CPU, 2 cores, …".
    pub fn words(&self) -> String {
        let window = if self.headless {
            " without a window (headless)"
        } else {
            ""
        };
        format!("{}{window}, on {}", self.browser, self.machine.words())
    }

    /// The longest of its texts, in characters.
    pub(super) fn longest(&self) -> usize {
        let texts = [&self.browser, &self.machine.processor, &self.machine.system];
        texts
            .into_iter()
            .map(|text| text.chars().count())
            .max()
            .unwrap_or(0)
    }
}

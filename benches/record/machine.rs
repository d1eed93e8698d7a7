//! This machine's properties, as the operating system reports them.

use experiments::Machine;
use std::fs;

/// The description of this machine.
pub fn machine() -> Machine {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| {
        let kib: f64 = text.split_ascii_whitespace().next()?.parse().ok()?;
        // One decimal digit, since the memory that the system reserves varies.
        Some((kib / 1_048_576.0 * 10.0).round() / 10.0)
    });
    let unnamed = || format!("{} processor", std::env::consts::ARCH);
    Machine {
        processor: field("/proc/cpuinfo", "model name").unwrap_or_else(unnamed),
        cores: u32::try_from(cores).unwrap_or(u32::MAX),
        memory_gib: memory.unwrap_or(0.0),
        system: match std::env::consts::OS {
            "linux" => "Linux".to_owned(),
            "macos" => "macOS".to_owned(),
            other => other.to_owned(),
        },
    }
}

/// The load average of the last minute, since recordings need an idle machine.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let average = text.split_ascii_whitespace().next();
    average.unwrap_or("unknown").to_owned()
}

/// The value after `name:` in a system file.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let value = text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    });
    value.filter(|value| !value.is_empty())
}

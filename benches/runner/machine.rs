//! Load and memory, as the operating system reports them.

use std::collections::HashMap;
use std::{fs, process::Command};

/// The load averages of the last 1, 5 and 15 minutes.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let averages: Vec<_> = text.split_ascii_whitespace().take(3).collect();
    if averages.is_empty() {
        "unknown".into()
    } else {
        averages.join(" ")
    }
}

/// The memory of all processes that this program started, in MB: the proportional set
/// size, which counts a page that several processes share only once.
pub fn browser_memory() -> Option<f64> {
    let mut kilobytes = 0.0;
    for pid in descendants(std::process::id()) {
        let Ok(text) = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) else {
            // The process has ended meanwhile.
            continue;
        };
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"));
        let number = line.and_then(|line| line.split_ascii_whitespace().next());
        kilobytes += number
            .and_then(|text| text.parse::<f64>().ok())
            .unwrap_or(0.0);
    }
    (kilobytes > 0.0).then_some(kilobytes * 1024.0 / 1e6)
}

/// Binds everything that this program started, with all threads, to one core, or to all cores
/// again; returns whether this worked.
pub fn bind_browser(to_one: bool) -> bool {
    let cores = if to_one { "0" } else { "0-1023" };
    let pids = descendants(std::process::id());
    let bound = pids.iter().filter(|pid| {
        let pid = pid.to_string();
        let taskset = Command::new("taskset")
            .args(["-a", "-c", "-p", cores, &pid])
            .output();
        taskset.is_ok_and(|output| output.status.success())
    });
    bound.count() > 0
}

/// All descendants of a process.
fn descendants(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        if let Some(parent) = parent_of(pid) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut found = Vec::new();
    let mut left = vec![root];
    while let Some(parent) = left.pop() {
        let below = children.remove(&parent).unwrap_or_default();
        found.extend(&below);
        left.extend(below);
    }
    found
}

fn parent_of(pid: u32) -> Option<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // State and parent follow the name, which is in brackets and may contain anything.
    let (_, after) = text.rsplit_once(')')?;
    after.split_ascii_whitespace().nth(1)?.parse().ok()
}

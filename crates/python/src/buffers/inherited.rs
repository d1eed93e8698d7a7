//! Memory that is inherited: its name is in the pickle with which a child starts.

use manyhands::SharedBuffer;
use std::{
    collections::HashMap,
    sync::{
        LazyLock, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

/// The memory of this process that children may inherit, by name, and by how many objects
/// each is used. What came with a pickle is here as well, until it is used.
static INHERITED: LazyLock<Mutex<HashMap<String, (SharedBuffer, usize)>>> =
    LazyLock::new(Mutex::default);

pub(super) fn inherited() -> MutexGuard<'static, HashMap<String, (SharedBuffer, usize)>> {
    INHERITED
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// A name for memory that is inherited. No two processes and no two calls make the same.
pub(super) fn new_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let pid = manyhands::current_process().pid;
    format!("memory:{pid:08x}:{number:016x}")
}

/// The memory whose name is in a pickle.
pub fn in_pickle(contains: impl Fn(&str) -> bool) -> Vec<(String, SharedBuffer)> {
    let all = inherited();
    let named = all.iter().filter(|(name, _)| contains(name));
    named
        .map(|(name, (buffer, _))| (name.clone(), buffer.clone()))
        .collect()
}

/// Remembers memory that came with a pickle.
pub fn arrived(name: String, buffer: SharedBuffer) {
    inherited().entry(name).or_insert((buffer, 0));
}

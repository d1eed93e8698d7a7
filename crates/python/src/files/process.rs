//! The files as the threads of this process reach them, and its working folder.

use super::{
    HOME,
    errno::Errno,
    volume::{Replica, Shared, Transaction, Volume},
};
use manyhands::{Error, ProcessWide};
use std::{
    cell::RefCell,
    sync::{LazyLock, Mutex, MutexGuard, OnceLock},
};

/// What a process starts with, for its threads and its children.
static SHARED: OnceLock<ProcessWide<Shared>> = OnceLock::new();
/// What all threads know. Acquired before the lock in [`Shared`].
static REPLICA: LazyLock<Mutex<Replica>> = LazyLock::new(Mutex::default);
static FOLDER: Mutex<Option<String>> = Mutex::new(None);

thread_local! {
    static VOLUME: RefCell<Option<Volume>> = const { RefCell::new(None) };
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Called by the first thread, once.
pub fn begin(shared: ProcessWide<Shared>) {
    let _ = SHARED.set(shared);
}

/// What the files are shared by; `None` in a worker that has no program yet.
pub fn shared() -> Option<ProcessWide<Shared>> {
    SHARED.get().cloned()
}

/// The pid of this process.
pub fn pid() -> u32 {
    static PID: OnceLock<u32> = OnceLock::new();
    *PID.get_or_init(|| manyhands::current_process().pid)
}

fn attach() -> Result<Volume, Error> {
    let shared = SHARED.get().ok_or(Error::EOFError)?;
    Volume::attach(shared.get()?)
}

/// Calls `f` with the files, which nobody else uses meanwhile, and the working folder.
/// What `f` has changed becomes valid if it returns `Ok`.
///
/// # Errors
/// Those of `f`, and as [`Volume::run`]; `ENOENT` in a worker that has no program yet.
pub fn run<R>(f: impl FnOnce(&mut Transaction, &str) -> Result<R, Errno>) -> Result<R, Errno> {
    VOLUME.with_borrow_mut(|volume| {
        let volume = match volume {
            Some(volume) => volume,
            None => volume.insert(attach().map_err(|_| Errno::ENOENT)?),
        };
        let folder = folder();
        volume.run(&mut lock(&REPLICA), |all| f(all, &folder))
    })
}

/// The working folder.
pub fn folder() -> String {
    lock(&FOLDER).clone().unwrap_or_else(|| HOME.to_owned())
}

/// Sets the working folder.
pub fn set_folder(path: String) {
    *lock(&FOLDER) = Some(path);
}

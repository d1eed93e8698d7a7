//! What the processes of a program start with.

use crate::{
    files::{self, Shared},
    interpreter,
    objects::Parcel,
};
use manyhands::{Connection, ProcessWide, Sentinel};
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, sync::OnceLock};

/// What a child starts with.
#[derive(Debug, Serialize, Deserialize)]
pub struct Start {
    source: String,
    files: Option<ProcessWide<Shared>>,
    pickle: Parcel,
    parent: Option<Sentinel>,
}

/// What every thread of this process may ask for.
struct Program {
    source: String,
    /// The end of this process, for its children.
    sentinel: Option<Sentinel>,
    parent: u32,
}

static PROGRAM: OnceLock<Program> = OnceLock::new();

// Asked for by the first thread only.
thread_local! {
    static INHERITED: RefCell<Option<(Parcel, Option<Sentinel>)>> = const { RefCell::new(None) };
    /// Where the page learns how the first process ended.
    static OUTCOME: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// What a child of this process starts with.
pub fn start_of_child(pickle: Parcel) -> Start {
    Start {
        source: source(),
        files: files::shared(),
        pickle,
        parent: PROGRAM.get().and_then(|program| program.sentinel),
    }
}

/// The program's source.
pub fn source() -> String {
    PROGRAM
        .get()
        .map_or_else(String::new, |program| program.source.clone())
}

/// The pid of the process that started this one; 1 for a main program.
pub fn parent() -> u32 {
    PROGRAM.get().map_or(1, |program| program.parent)
}

/// What this child started with; once.
pub fn inherited() -> Option<(Parcel, Option<Sentinel>)> {
    INHERITED.take()
}

/// Tells the page with which exception the program ended.
pub fn tell_traceback(text: String) {
    if let Some(outcome) = OUTCOME.take() {
        // A page that is gone need not be told.
        let _ = outcome.send(&text);
    }
}

/// Keeps what belongs to this process. Called by its first thread.
fn begin(source: String, shared: Option<ProcessWide<Shared>>) {
    if let Some(shared) = shared {
        files::begin(shared);
    }
    let _ = PROGRAM.set(Program {
        source,
        sentinel: Sentinel::own(),
        parent: manyhands::parent_process().map_or(1, |parent| parent.pid),
    });
}

/// The first process of a program.
pub fn run_main(source: String, files: ProcessWide<Shared>, outcome: Connection) {
    begin(source, Some(files));
    OUTCOME.set(Some(outcome));
    interpreter::run("main");
}

/// Every other process.
pub fn run_child(start: Start) {
    begin(start.source, start.files);
    INHERITED.set(Some((start.pickle, start.parent)));
    interpreter::run("child");
}

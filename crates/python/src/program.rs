//! What the processes of a program start with.

use crate::{interpreter, objects::Parcel};
use manyhands::{Connection, Sentinel};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;

/// What a child starts with.
#[derive(Debug, Serialize, Deserialize)]
pub struct Start {
    source: String,
    pickle: Parcel,
    parent: Option<Sentinel>,
}

thread_local! {
    static SOURCE: RefCell<String> = const { RefCell::new(String::new()) };
    static INHERITED: RefCell<Option<(Parcel, Option<Sentinel>)>> = const { RefCell::new(None) };
    /// Where the page learns how the first process ended.
    static OUTCOME: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// What a child of this process starts with.
pub fn start_of_child(pickle: Parcel) -> Start {
    Start {
        source: source(),
        pickle,
        parent: Sentinel::own(),
    }
}

/// The program's source.
pub fn source() -> String {
    SOURCE.with_borrow(String::clone)
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

/// The first process of a program.
pub fn run_main(source: String, outcome: Connection) {
    SOURCE.set(source);
    OUTCOME.set(Some(outcome));
    interpreter::run("main");
}

/// Every other process.
pub fn run_child(start: Start) {
    SOURCE.set(start.source);
    INHERITED.set(Some((start.pickle, start.parent)));
    interpreter::run("child");
}

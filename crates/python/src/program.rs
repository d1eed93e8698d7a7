//! What the processes of a program start with.

use crate::{
    files::{self, Shared},
    gil, interpreter,
    objects::Parcel,
    registry, signals,
    stdin::{self, ProcessEnds},
    waits,
};
use manyhands::{Connection, ProcessWide, RawValue, Sentinel};
use serde::{Deserialize, Serialize};
use std::{cell::RefCell, sync::OnceLock};

/// What all processes of a program have in common.
#[derive(Debug, Serialize, Deserialize)]
pub struct Common {
    /// The pid of its first process, which itself gets none.
    pub first: Option<u32>,
    /// The program's source.
    pub source: String,
    /// What it is compiled to, once its first process has compiled it; before, nothing.
    #[serde(with = "serde_bytes")]
    pub code: Vec<u8>,
    /// The program's files.
    pub files: Option<ProcessWide<Shared>>,
    /// Whether it has CPython's lock for threads.
    pub gil: bool,
    /// What its threads wait for.
    pub waits: Option<ProcessWide<waits::Table>>,
    /// How many processes in a row could not import the program.
    pub failed_imports: ProcessWide<RawValue<u32>>,
    /// Its locks, queues and pipes.
    pub registry: Option<ProcessWide<registry::Table>>,
}

/// What a child starts with.
#[derive(Debug, Serialize, Deserialize)]
pub struct Start {
    common: Common,
    pickle: Parcel,
    parent: Option<Sentinel>,
}

/// What every thread of this process may ask for.
struct Program {
    /// The pid of the program's first process.
    first: u32,
    source: String,
    /// Set once: by the page or the parent, or when this process has compiled the source.
    code: OnceLock<Vec<u8>>,
    /// The end of this process, for its children.
    sentinel: Option<Sentinel>,
    parent: u32,
    failed_imports: ProcessWide<RawValue<u32>>,
}

static PROGRAM: OnceLock<Program> = OnceLock::new();

// Asked for by the first thread only.
thread_local! {
    static INHERITED: RefCell<Option<(Parcel, Option<Sentinel>)>> = const { RefCell::new(None) };
    /// Where the page learns how the first process ended.
    static OUTCOME: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

/// What a child of this process starts with.
pub fn start_of_child(pickle: Parcel) -> Option<Start> {
    let program = PROGRAM.get()?;
    Some(Start {
        common: Common {
            first: Some(program.first),
            source: source(),
            code: code().unwrap_or_default().to_vec(),
            files: files::shared(),
            gil: gil::is_enabled(),
            waits: waits::table(),
            failed_imports: program.failed_imports.clone(),
            registry: registry::table(),
        },
        pickle,
        parent: program.sentinel,
    })
}

/// Counts that this process could import the program, or could not.
pub fn imported(success: bool) {
    if let Some(Ok(count)) = PROGRAM.get().map(|program| program.failed_imports.get()) {
        if success {
            count.set(0);
        } else {
            count.add(1);
        }
    }
}

/// How many processes of the program in a row could not import it.
pub fn failed_imports() -> u32 {
    let count = PROGRAM.get().map(|program| program.failed_imports.get());
    count.and_then(Result::ok).map_or(0, |count| count.get())
}

/// The program's source.
pub fn source() -> String {
    PROGRAM
        .get()
        .map_or_else(String::new, |program| program.source.clone())
}

/// What the program's source is compiled to, if that is known.
pub fn code() -> Option<&'static [u8]> {
    let code = PROGRAM.get()?.code.get()?;
    Some(code)
}

/// Keeps what the program's source is compiled to, for the children of this process.
pub fn keep_code(code: Vec<u8>) {
    if let Some(program) = PROGRAM.get() {
        let _ = program.code.set(code);
    }
}

/// The pid of the program's first process. It tells programs of a page from each other.
pub fn first() -> u32 {
    PROGRAM.get().map_or(0, |program| program.first)
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
fn begin(common: Common) {
    if let Err(error) = signals::begin() {
        manyhands::exit(error.to_string());
    }
    gil::enable(common.gil);
    if let Some(files) = common.files {
        files::begin(files);
    }
    if let Some(waits) = common.waits {
        waits::begin(waits);
    }
    if let Some(registry) = common.registry {
        registry::begin(registry);
    }
    let first = common.first;
    let code = OnceLock::new();
    if !common.code.is_empty() {
        let _ = code.set(common.code);
    }
    let _ = PROGRAM.set(Program {
        first: first.unwrap_or_else(|| manyhands::current_process().pid),
        source: common.source,
        code,
        sentinel: Sentinel::own(),
        parent: manyhands::parent_process().map_or(1, |parent| parent.pid),
        failed_imports: common.failed_imports,
    });
}

/// The first process of a program. `outcome` is for how it ended.
pub fn run_main(common: Common, outcome: Connection, input: ProcessEnds) {
    begin(common);
    stdin::begin(input);
    OUTCOME.set(Some(outcome));
    interpreter::run("main");
}

/// Every other process.
pub fn run_child(start: Start) {
    begin(start.common);
    INHERITED.set(Some((start.pickle, start.parent)));
    interpreter::run("child");
}

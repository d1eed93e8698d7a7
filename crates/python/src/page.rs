//! What `python.js` calls, on the page: starting programs, and what happens in them.

mod events;
mod imports;
mod watch;

use crate::{
    buffers::named,
    files::Files,
    library,
    program::{self, Common},
    registry,
    stdin::{self, PageEnds},
    waits,
};
use events::Events;
use js_sys::{Function, Object};
use manyhands::{
    Connection, Process, ProcessWide, RawValue, StartMethod,
    signal::Signal,
    trace::{self, Subscription},
};
use std::{cell::RefCell, rc::Rc, time::Duration};
use wasm_bindgen::prelude::*;

/// A program that runs or has run.
#[wasm_bindgen]
pub struct Run {
    process: Process<()>,
    outcome: Connection,
    input: Rc<PageEnds>,
    files: Files,
    events: Rc<Events>,
    /// Until the end of the run.
    subscription: RefCell<Option<Subscription>>,
}

/// How a program ended.
#[wasm_bindgen]
pub struct Outcome {
    /// The exit code of its first process, negative for a signal.
    pub code: i32,
    /// The traceback of the exception with which it ended, if it did.
    #[wasm_bindgen(getter_with_clone)]
    pub traceback: Option<String>,
}

/// Starts a program with files, and with CPython's lock for threads or without; `hear` is
/// called with each event.
#[wasm_bindgen]
pub fn start(source: String, files: &Object, gil: bool, hear: Function) -> Result<Run, JsError> {
    library::share()?;
    library::set_imports(&imports::of(&source))?;
    let files = Files::new(&source, files).map_err(|text| JsError::new(&text))?;
    let (outcome, told) = manyhands::one_way_pipe(manyhands::DEFAULT_CAPACITY)?;
    let (input, process_input) = stdin::pipes()?;
    let waits = waits::new_table()?;
    let failed_imports = RawValue::new(0)?;
    let registry = registry::new_table()?;
    let common = Common {
        first: None,
        source: source.clone(),
        code: Vec::new(),
        files: Some(files.shared()?),
        gil,
        waits: Some(ProcessWide::new(&waits)?),
        failed_imports: ProcessWide::new(&failed_imports)?,
        registry: Some(ProcessWide::new(&registry)?),
    };
    // One for each process that can run at once.
    manyhands::keep_warm(manyhands::cpu_count().clamp(2, 4))?;
    let process = Process::builder()
        .name("MainProcess")
        .root()
        // The first start of this kind has the others loaded, so that they are ready soon.
        .start_method(StartMethod::Forkserver)
        .spawn(program::run_main, (common, told, process_input))?;
    let events = Events::new(process.pid()?, source, registry, waits, hear);
    let events = Rc::new(events);
    let input = Rc::new(input);
    wasm_bindgen_futures::spawn_local({
        let (input, events, pid) = (input.clone(), events.clone(), process.pid()?);
        async move {
            while let Some(waiting) = input.waiting().await {
                // What the process has printed before is heard before.
                trace::flush();
                events.input(pid, waiting);
            }
        }
    });
    let subscription = trace::subscribe({
        let events = events.clone();
        move |records| records.iter().for_each(|record| events.record(record))
    });
    wasm_bindgen_futures::spawn_local(watch::watch(events.clone()));
    Ok(Run {
        process,
        outcome,
        input,
        files,
        events,
        subscription: RefCell::new(Some(subscription)),
    })
}

#[wasm_bindgen]
impl Run {
    /// The pid of its first process.
    pub fn pid(&self) -> u32 {
        self.process.pid().unwrap_or_default()
    }

    /// Waits until the program has ended and everything that it printed was heard.
    pub async fn finished(&self) -> Outcome {
        // How it ended is what the exit code says.
        let _ = self.process.join_async().await;
        let traceback = match self.outcome.poll(Duration::ZERO) {
            Ok(true) => self.outcome.recv_async().await.ok(),
            _ => None,
        };
        named::unlink_all(self.pid());
        trace::flush();
        self.subscription.take();
        self.events.look_inside();
        self.files.end().await;
        self.events.end();
        let code = self.process.exit_code().ok().flatten().unwrap_or(1);
        Outcome { code, traceback }
    }

    /// Sends `SIGINT` to all processes of the program, as Ctrl-C does in a terminal.
    pub fn interrupt(&self) {
        self.events.signal_all(Signal::SIGINT);
    }

    /// Sends a line to the program's standard input, or with `None` its end.
    pub fn input(&self, text: Option<String>) {
        self.input.send(text);
    }

    /// What is in its working folder: an object with a `Uint8Array` for each file.
    pub async fn files(&self) -> Result<Object, JsError> {
        Ok(self.files.copy().await?)
    }

    /// Kills all processes of the program, and those that they may still start.
    pub fn kill(&self) {
        self.events.kill_all();
    }
}

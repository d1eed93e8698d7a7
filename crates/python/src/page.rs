//! What `python.js` calls, on the page: starting programs, and what happens in them.

use crate::program;
use js_sys::{Function, Object, Reflect};
use manyhands::{
    Connection, Process,
    trace::{self, Event, Op, OutputLine, Pid, Record, Stream, Subscription},
};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};
use wasm_bindgen::prelude::*;

/// A program that runs or has run.
#[wasm_bindgen]
pub struct Run {
    process: Process<()>,
    outcome: Connection,
    events: Rc<Events>,
    /// Until the end of the run.
    subscription: RefCell<Option<Subscription>>,
}

/// What is known of a run's processes, and who hears of them.
struct Events {
    hear: Function,
    /// The parent of each process, and whether it still lives.
    processes: RefCell<HashMap<Pid, (Pid, bool)>>,
    killed: Cell<bool>,
}

/// How a program ended.
#[wasm_bindgen(getter_with_clone)]
pub struct Outcome {
    /// The exit code of its first process, negative for a signal.
    pub code: i32,
    /// The traceback of the exception with which it ended, if it did.
    pub traceback: Option<String>,
}

/// Starts a program; `hear` is called with each event.
#[wasm_bindgen]
pub fn start(source: String, hear: Function) -> Result<Run, JsError> {
    let (outcome, told) = manyhands::one_way_pipe(manyhands::DEFAULT_CAPACITY)?;
    let process = Process::builder()
        .name("MainProcess")
        .root()
        .spawn(program::run_main, (source, told))?;
    let events = Rc::new(Events {
        hear,
        processes: RefCell::new(HashMap::from([(process.pid()?, (trace::HOST, true))])),
        killed: Cell::new(false),
    });
    let subscription = trace::subscribe({
        let events = events.clone();
        move |records| records.iter().for_each(|record| events.record(record))
    });
    Ok(Run {
        process,
        outcome,
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
        let traceback = match self.outcome.poll(std::time::Duration::ZERO) {
            Ok(true) => self.outcome.recv_async().await.ok(),
            _ => None,
        };
        trace::flush();
        self.subscription.take();
        let code = self.process.exit_code().ok().flatten().unwrap_or(1);
        Outcome { code, traceback }
    }

    /// Kills all processes of the program, and those that they may still start.
    pub fn kill(&self) {
        // Those whose start was not heard of yet are killed when it is.
        self.events.killed.set(true);
        self.events.kill_all();
    }
}

impl Events {
    fn record(&self, record: &Record) {
        match record {
            Record::Event(event) => self.event(event),
            Record::Output(output) => self.output(output),
        }
    }

    fn event(&self, event: &Event) {
        let knows = |pid| self.processes.borrow().contains_key(&pid);
        // The first process is started by the page.
        if !knows(event.pid) && !(event.op == Op::Start && knows(event.object)) {
            return;
        }
        match event.op {
            Op::Start => {
                let mut processes = self.processes.borrow_mut();
                processes.insert(event.object, (event.pid, true));
                drop(processes);
                self.process(event.object, "starting", None);
                if self.killed.get() {
                    self.kill_all();
                }
            }
            Op::Ready => self.process(event.pid, "running", None),
            Op::Exit => {
                if let Some((_, alive)) = self.processes.borrow_mut().get_mut(&event.pid) {
                    *alive = false;
                }
                self.process(event.pid, "ended", Some(event.operands[0] as i32));
            }
            _ => {}
        }
    }

    fn kill_all(&self) {
        let processes = self.processes.borrow();
        for pid in processes
            .iter()
            .filter(|(_, (_, alive))| *alive)
            .map(|(pid, _)| *pid)
        {
            // One that ended meanwhile is none to kill.
            let _ = manyhands::kill(pid);
        }
    }

    fn process(&self, pid: Pid, state: &str, exit_code: Option<i32>) {
        let parent = self
            .processes
            .borrow()
            .get(&pid)
            .map_or(0, |(parent, _)| *parent);
        self.tell(&[
            ("type", "process".into()),
            ("pid", pid.into()),
            ("name", trace::name_of(pid).into()),
            (
                "parent",
                Some(parent).filter(|parent| *parent != trace::HOST).into(),
            ),
            ("state", state.into()),
            ("exitcode", exit_code.into()),
        ]);
    }

    fn output(&self, output: &OutputLine) {
        if !self.processes.borrow().contains_key(&output.pid) {
            return;
        }
        let stream = match output.stream {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        };
        let mut text = output.text.clone();
        if output.ends_line {
            text.push('\n');
        }
        self.tell(&[
            ("type", "output".into()),
            ("pid", output.pid.into()),
            ("name", trace::name_of(output.pid).into()),
            ("stream", stream.into()),
            ("text", text.into()),
        ]);
    }

    fn tell(&self, fields: &[(&str, JsValue)]) {
        let event = Object::new();
        for (name, value) in fields {
            let value = if value.is_undefined() {
                &JsValue::NULL
            } else {
                value
            };
            let _ = Reflect::set(&event, &(*name).into(), value);
        }
        // What a listener throws is its own affair and may not end the run.
        if let Err(error) = self.hear.call1(&JsValue::NULL, &event) {
            wasm_bindgen_futures::spawn_local(async move { wasm_bindgen::throw_val(error) });
        }
    }
}

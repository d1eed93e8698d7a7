//! What `python.js` calls, on the page: starting programs, and what happens in them.

mod imports;
mod watch;

use crate::{
    buffers::named,
    files::Files,
    inside::Inside,
    library, platform,
    program::{self, Common},
    registry,
    stdin::{self, PageEnds},
    stuck::Stuck,
    tell,
    timeline::Timeline,
    waits,
};
use js_sys::{Function, Object};
use manyhands::{
    Connection, Process, ProcessWide, RawValue, StartMethod,
    signal::{self, Signal},
    trace::{self, Event, Op, OutputLine, Pid, Record, Stream, Subscription},
};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    time::Duration,
};
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

/// What is known of a run's processes, and who hears of them.
struct Events {
    /// Nobody after the end of the run. It often leads to the run itself, so that both would be
    /// kept for ever.
    hear: RefCell<Option<Function>>,
    /// The processes of the run, and their threads, which the library counts as
    /// processes.
    tasks: RefCell<HashMap<Pid, Task>>,
    killed: Cell<bool>,
    /// Whether the first process waits for a line of standard input.
    waits_for_input: Cell<bool>,
    ended: Cell<bool>,
    source: String,
    /// What the threads of the run wait for.
    waits: waits::Table,
    stuck: RefCell<Stuck>,
    inside: RefCell<Inside>,
    timeline: RefCell<Timeline>,
    /// The zero of the trace's clock, in µs on the page's clock, `performance.now()`. It is
    /// read once, so that a record that is told again has the same beginning.
    trace_zero_us: f64,
}

/// A process or a thread.
struct Task {
    /// The process itself, or the one whose thread it is.
    process: Pid,
    /// The process that started it.
    parent: Pid,
    alive: bool,
    /// The name by which it was told.
    name: Option<String>,
}

/// How a program ended.
#[wasm_bindgen(getter_with_clone)]
pub struct Outcome {
    /// The exit code of its first process, negative for a signal.
    pub code: i32,
    /// The traceback of the exception with which it ended, if it did.
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
    let events = Rc::new(Events {
        hear: RefCell::new(Some(hear)),
        tasks: RefCell::new(HashMap::from([(
            process.pid()?,
            Task {
                process: process.pid()?,
                parent: trace::HOST,
                alive: true,
                name: None,
            },
        )])),
        killed: Cell::new(false),
        waits_for_input: Cell::new(false),
        ended: Cell::new(false),
        inside: RefCell::new(Inside::new(&source, registry)),
        source,
        waits,
        stuck: RefCell::default(),
        timeline: RefCell::default(),
        trace_zero_us: platform::performance_us() - trace::now_us(),
    });
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
        self.events.ended.set(true);
        self.events.hear.take();
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
        // Those whose start was not heard of yet are killed when it is.
        self.events.killed.set(true);
        self.events.signal_all(Signal::SIGKILL);
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
        let Some(process) = self.process_of(event.pid) else {
            // The first process is started by the page.
            if event.op == Op::Start && self.process_of(event.object).is_some() {
                self.note(event);
                self.process(event.object, "starting", None);
            }
            return;
        };
        if event.op != Op::Start {
            self.note(event);
        }
        let is_thread = process != event.pid;
        match event.op {
            Op::Start => {
                let starts_thread = event.operands[0] == 1;
                let task = Task {
                    process: if starts_thread { process } else { event.object },
                    parent: process,
                    alive: true,
                    name: None,
                };
                self.tasks.borrow_mut().insert(event.object, task);
                self.note(event);
                if starts_thread {
                    self.thread(event.object, "starting");
                    return;
                }
                self.process(event.object, "starting", None);
                if self.killed.get() {
                    self.signal_all(Signal::SIGKILL);
                }
            }
            Op::Ready if is_thread => self.thread(event.pid, "running"),
            Op::Ready => self.process(event.pid, "running", None),
            Op::Exit => {
                if !is_thread {
                    self.input(event.pid, false);
                }
                if let Some(task) = self.tasks.borrow_mut().get_mut(&event.pid) {
                    task.alive = false;
                }
                if is_thread {
                    self.thread(event.pid, "ended");
                } else {
                    waits::forget(&self.waits, event.pid);
                    self.inside.borrow().forget(event.pid);
                    let code = event.operands[0] as i32;
                    self.why(event.pid, code);
                    self.process(event.pid, "ended", Some(code));
                }
            }
            _ => {}
        }
    }

    /// The process of a process or thread of this run.
    fn process_of(&self, pid: Pid) -> Option<Pid> {
        self.tasks.borrow().get(&pid).map(|task| task.process)
    }

    fn signal_all(&self, signal: Signal) {
        let tasks = self.tasks.borrow();
        // Signals are for processes, not for their threads.
        let alive = tasks
            .iter()
            .filter(|(pid, task)| task.alive && task.process == **pid);
        let mut pids: Vec<Pid> = alive.map(|(pid, _)| *pid).collect();
        // A process before its children, so that their end does not let it go on.
        pids.sort_unstable();
        for pid in pids {
            // One that ended meanwhile need not hear of it.
            let _ = signal::kill(pid, signal);
        }
    }

    /// Tells that a process waits for a line of standard input, or no longer does. Only
    /// the first process reads any.
    fn input(&self, pid: Pid, waiting: bool) {
        let is_first = (self.tasks.borrow().get(&pid))
            .is_some_and(|task| task.alive && task.parent == trace::HOST);
        if is_first && self.waits_for_input.replace(waiting) != waiting {
            self.tell(tell::object(&[
                ("type", "input".into()),
                ("pid", pid.into()),
                ("name", trace::name_of(pid).into()),
                ("waiting", waiting.into()),
            ]));
        }
    }

    fn process(&self, pid: Pid, state: &str, exit_code: Option<i32>) {
        let parent = self.tasks.borrow().get(&pid).map(|task| task.parent);
        self.tell(tell::object(&[
            ("type", "process".into()),
            ("pid", pid.into()),
            ("name", trace::name_of(pid).into()),
            (
                "parent",
                parent.filter(|parent| *parent != trace::HOST).into(),
            ),
            ("state", state.into()),
            ("exitcode", exit_code.into()),
        ]));
    }

    fn output(&self, output: &OutputLine) {
        let Some(process) = self.process_of(output.pid) else {
            return;
        };
        let mut text = output.text.clone();
        if output.ends_line {
            text.push('\n');
        }
        self.text(process, output.stream, text);
    }

    /// Says in the place of a process what it could not say itself: why it ended.
    fn why(&self, pid: Pid, exit_code: i32) {
        let why = match exit_code {
            -6 => {
                "signal 6 (SIGABRT). Unless another process sent it, there was no memory left, of \
                 which a process may have 2 GiB."
            }
            -11 => {
                "signal 11 (SIGSEGV). Unless another process sent it, something was nested more \
                 deeply than the browser's stack allows."
            }
            _ => return,
        };
        let name = trace::name_of(pid).unwrap_or_else(|| format!("Process {pid}"));
        self.text(pid, Stream::Stderr, format!("{name} was ended by {why}\n"));
    }

    fn text(&self, process: Pid, stream: Stream, text: String) {
        let stream = match stream {
            Stream::Stdout => "stdout",
            Stream::Stderr => "stderr",
        };
        self.tell(tell::object(&[
            ("type", "output".into()),
            ("pid", process.into()),
            ("name", trace::name_of(process).into()),
            ("stream", stream.into()),
            ("text", text.into()),
        ]));
    }

    fn tell(&self, event: Object) {
        // What a listener throws is its own affair and may not end the run.
        let Some(hear) = self.hear.borrow().clone() else {
            return;
        };
        if let Err(error) = hear.call1(&JsValue::NULL, &event) {
            wasm_bindgen_futures::spawn_local(async move { wasm_bindgen::throw_val(error) });
        }
    }
}

//! What happens in a run, as the page is told it.

use crate::{inside::Inside, platform, registry, stuck::Stuck, tell, timeline::Timeline, waits};
use js_sys::{Function, Object};
use manyhands::{
    signal::{self, Signal},
    trace::{self, Event, Op, OutputLine, Pid, Record, Stream},
};
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};
use wasm_bindgen::JsValue;

/// What is known of a run's processes, and who hears of them.
pub struct Events {
    /// Nobody after the end of the run. It often leads to the run itself, so that both would be
    /// kept for ever.
    hear: RefCell<Option<Function>>,
    /// The processes of the run, and their threads, which the library counts as
    /// processes.
    pub(super) tasks: RefCell<HashMap<Pid, Task>>,
    killed: Cell<bool>,
    /// Whether the first process waits for a line of standard input.
    waits_for_input: Cell<bool>,
    pub(super) ended: Cell<bool>,
    pub(super) source: String,
    /// What the threads of the run wait for.
    pub(super) waits: waits::Table,
    pub(super) stuck: RefCell<Stuck>,
    pub(super) inside: RefCell<Inside>,
    pub(super) timeline: RefCell<Timeline>,
    /// The zero of the trace's clock, in µs on the page's clock, `performance.now()`. It is
    /// read once, so that a record that is told again has the same beginning.
    pub(super) trace_zero_us: f64,
}

/// A process or a thread.
pub struct Task {
    /// The process itself, or the one whose thread it is.
    pub(super) process: Pid,
    /// The process that started it.
    parent: Pid,
    pub(super) alive: bool,
    /// The name by which it was told.
    pub(super) name: Option<String>,
}

impl Events {
    /// For the run whose first process has this pid.
    pub fn new(
        first: Pid,
        source: String,
        registry: registry::Table,
        waits: waits::Table,
        hear: Function,
    ) -> Events {
        let task = Task {
            process: first,
            parent: trace::HOST,
            alive: true,
            name: None,
        };
        Events {
            hear: RefCell::new(Some(hear)),
            tasks: RefCell::new(HashMap::from([(first, task)])),
            killed: Cell::new(false),
            waits_for_input: Cell::new(false),
            ended: Cell::new(false),
            inside: RefCell::new(Inside::new(&source, registry)),
            source,
            waits,
            stuck: RefCell::default(),
            timeline: RefCell::default(),
            trace_zero_us: platform::performance_us() - trace::now_us(),
        }
    }

    /// The run has ended: nothing more is told.
    pub fn end(&self) {
        self.ended.set(true);
        self.hear.take();
    }

    /// Kills all processes of the run, and those that they may still start.
    pub fn kill_all(&self) {
        // Those whose start was not heard of yet are killed when it is.
        self.killed.set(true);
        self.signal_all(Signal::SIGKILL);
    }

    pub fn record(&self, record: &Record) {
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
    pub(super) fn process_of(&self, pid: Pid) -> Option<Pid> {
        self.tasks.borrow().get(&pid).map(|task| task.process)
    }

    pub fn signal_all(&self, signal: Signal) {
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
    pub fn input(&self, pid: Pid, waiting: bool) {
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

    pub(super) fn tell(&self, event: Object) {
        // What a listener throws is its own affair and may not end the run.
        let Some(hear) = self.hear.borrow().clone() else {
            return;
        };
        if let Err(error) = hear.call1(&JsValue::NULL, &event) {
            wasm_bindgen_futures::spawn_local(async move { wasm_bindgen::throw_val(error) });
        }
    }
}

//! Three processes of which one misbehaves, and the records collected from them.

use manyhands::trace::{self, Event, Op, OutputLine, Pid, Record, Subscription};
use manyhands::{Error, Process, Reason};
use std::cell::RefCell;
use std::rc::Rc;
use timeline::{Lane, lanes};
use workloads::Workload;
use yew::Callback;
use yew::platform::spawn_local;

/// How the second of the three processes misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It panics, by reading past the end of a list.
    Panic,
    /// It loops for ever and never calls the library, so it can only be killed.
    Loop,
    /// It exits with code 7.
    Exit,
}

impl Fault {
    /// All faults, in the order of the buttons.
    pub const ALL: [Fault; 3] = [Fault::Panic, Fault::Loop, Fault::Exit];

    /// The text of the button: the end of the question "What if a process …".
    pub fn question(self) -> &'static str {
        match self {
            Fault::Panic => "… panics?",
            Fault::Loop => "… never ends?",
            Fault::Exit => "… exits with 7?",
        }
    }

    /// What the visitor can see in the lanes.
    pub fn lesson(self) -> &'static str {
        match self {
            Fault::Panic => {
                "Its exit code is 1, as after an uncaught exception in Python, and its last words \
                 are kept. The other two finish their work."
            }
            Fault::Loop => {
                "It takes one core and never looks up; the page and the other two do not mind. \
                 Kill ends it with exit code −9."
            }
            Fault::Exit => {
                "Whoever joins it reads exit code 7, as after sys.exit(7). The other two finish \
                 their work."
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Fault::Panic => "panicking",
            Fault::Loop => "endless",
            Fault::Exit => "leaving",
        }
    }

    fn spawn(self) -> Result<Process<u64>, Error> {
        let builder = Process::builder().name(self.name()).daemon(true);
        match self {
            Fault::Panic => builder.spawn(panicking, 7),
            Fault::Loop => builder.spawn(endless, ()),
            Fault::Exit => builder.spawn(exiting, 7),
        }
    }
}

/// The number of steps of a process that behaves well.
const STEPS: u32 = 6;

/// The number of random points in one step; they take a little over 0.1 s.
const POINTS_PER_STEP: u64 = 60_000_000;

fn step(number: u32) -> u64 {
    let tally = Workload::MonteCarloPi.share(POINTS_PER_STEP, number.into(), 0, 1);
    let answer = Workload::MonteCarloPi.answer(POINTS_PER_STEP, &tally);
    manyhands::println!("step {number}: {answer}");
    tally.value() as u64
}

fn steady(steps: u32) -> u64 {
    (1..=steps).map(step).sum()
}

fn panicking(index: u32) -> u64 {
    step(1);
    manyhands::println!("now reading item {index} of a list of three");
    let list = [1, 2, 3];
    list[index as usize]
}

fn endless() -> u64 {
    step(1);
    manyhands::println!("now going round and round");
    loop {
        std::hint::spin_loop();
    }
}

fn exiting(code: u32) -> u64 {
    step(1);
    manyhands::println!("leaving with exit code {code}");
    manyhands::exit(code as i32)
}

/// The three processes and the records collected from them.
pub struct FaultDemo {
    /// How the second one misbehaves.
    pub fault: Fault,
    processes: Vec<Process<u64>>,
    collected: Rc<RefCell<Collected>>,
    started_us: f64,
    _subscription: Subscription,
}

/// The largest number of printed lines that are kept.
const MAX_LINES: usize = 200;

#[derive(Default)]
struct Collected {
    pids: Vec<Pid>,
    events: Vec<Event>,
    lines: Vec<OutputLine>,
    /// For each process that ended without a result, the reason.
    errors: Vec<(Pid, String)>,
}

impl Collected {
    fn add(&mut self, records: &[Record]) {
        for record in records {
            match record {
                Record::Event(event) => {
                    let about = if event.op == Op::Start {
                        event.object
                    } else {
                        event.pid
                    };
                    if self.pids.contains(&about) {
                        self.events.push(*event);
                    }
                }
                Record::Output(line) if self.pids.contains(&line.pid) => {
                    self.lines.push(line.clone());
                    let surplus = self.lines.len().saturating_sub(MAX_LINES);
                    self.lines.drain(..surplus);
                }
                Record::Output(_) => {}
            }
        }
    }
}

impl FaultDemo {
    /// Starts the three processes. `changed` is called whenever there are new records or
    /// one of them has ended, and `not_loaded` when one of them could not be loaded.
    pub fn start(
        fault: Fault,
        changed: Callback<()>,
        not_loaded: Callback<()>,
    ) -> Result<Rc<FaultDemo>, Error> {
        let collected = Rc::new(RefCell::new(Collected::default()));
        let subscription = trace::subscribe({
            let (collected, changed) = (collected.clone(), changed.clone());
            move |records| {
                collected.borrow_mut().add(records);
                changed.emit(());
            }
        });
        let mut processes: Vec<Process<u64>> = Vec::new();
        let steady = |name: &str| {
            Process::builder()
                .name(name)
                .daemon(true)
                .spawn(steady, STEPS)
        };
        let starts: [&dyn Fn() -> Result<Process<u64>, Error>; 3] =
            [&|| steady("steady-1"), &|| fault.spawn(), &|| {
                steady("steady-2")
            }];
        for start in starts {
            match start() {
                Ok(process) => {
                    collected.borrow_mut().pids.extend(process.pid());
                    processes.push(process);
                }
                Err(error) => {
                    // The demonstration needs all three, so it ends the others.
                    processes.iter().for_each(kill);
                    return Err(error);
                }
            }
        }
        let fault_demo = Rc::new(FaultDemo {
            fault,
            processes,
            collected,
            started_us: trace::now_us(),
            _subscription: subscription,
        });
        for index in 0..fault_demo.processes.len() {
            let wait = (fault_demo.clone()).wait(index, changed.clone(), not_loaded.clone());
            spawn_local(wait);
        }
        Ok(fault_demo)
    }

    async fn wait(self: Rc<Self>, index: usize, changed: Callback<()>, not_loaded: Callback<()>) {
        let process = &self.processes[index];
        let outcome = process.join_async().await;
        trace::flush();
        if matches!(&outcome, Err(Error::ProcessError(error)) if error.reason == Reason::LoadFailed)
        {
            not_loaded.emit(());
        }
        if let Ok(pid) = process.pid() {
            let why = outcome.err().map(|error| (pid, error.to_string()));
            self.collected.borrow_mut().errors.extend(why);
        }
        changed.emit(());
    }

    /// The lanes of the three processes, until now or until the last one ended.
    pub fn lanes(&self) -> Vec<Lane> {
        let collected = self.collected.borrow();
        let last = collected.events.iter().map(|event| event.time_us);
        let to_us = if self.is_over() {
            last.fold(self.started_us, f64::max)
        } else {
            trace::now_us()
        };
        let first = collected.events.iter().map(|event| event.time_us);
        let from_us = first.fold(self.started_us, f64::min);
        lanes(&collected.events, |pid| self.name(pid), from_us, to_us)
    }

    /// The lines printed so far.
    pub fn lines(&self) -> Vec<OutputLine> {
        self.collected.borrow().lines.clone()
    }

    /// Why this process ended without a result, if it did.
    pub fn error(&self, pid: Pid) -> Option<String> {
        let collected = self.collected.borrow();
        let said = collected.errors.iter().find(|(one, _)| *one == pid);
        said.map(|(_, why)| why.clone())
    }

    /// A process's name.
    pub fn name(&self, pid: Pid) -> String {
        let process = self.process(pid).and_then(|process| process.name().ok());
        process.unwrap_or("process").to_owned()
    }

    /// Whether this process is alive.
    pub fn is_alive(&self, pid: Pid) -> bool {
        self.process(pid).is_some_and(alive)
    }

    /// Whether all three have ended.
    pub fn is_over(&self) -> bool {
        !self.processes.iter().any(alive)
    }

    /// Kills one process.
    pub fn kill(&self, pid: Pid) {
        if let Some(process) = self.process(pid) {
            kill(process);
        }
    }

    /// Kills the processes that are alive.
    pub fn kill_all(&self) {
        self.processes
            .iter()
            .filter(|one| alive(one))
            .for_each(kill);
    }

    fn process(&self, pid: Pid) -> Option<&Process<u64>> {
        self.processes.iter().find(|one| one.pid() == Ok(pid))
    }
}

/// Whether the process is alive. The query cannot fail, because the handles are never
/// closed.
fn alive(process: &Process<u64>) -> bool {
    process.is_alive().unwrap_or(false)
}

fn kill(process: &Process<u64>) {
    let _ = process.kill();
}

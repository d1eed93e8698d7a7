//! Three processes of which one misbehaves, and what is heard of them.

use manyhands::trace::{self, Event, Op, OutputLine, Pid, Record, Subscription};
use manyhands::{Error, Process};
use std::cell::RefCell;
use std::rc::Rc;
use timeline::{Lane, lanes};
use workloads::Workload;
use yew::Callback;
use yew::platform::spawn_local;

/// How one of the three misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It reads past the end of a list.
    Panic,
    /// It never ends, and never calls anything that could tell it to.
    Loop,
    /// It leaves with exit code 7.
    Exit,
}

impl Fault {
    /// All faults, in the order of the buttons.
    pub const ALL: [Fault; 3] = [Fault::Panic, Fault::Loop, Fault::Exit];

    /// How a question about it ends.
    pub fn question(self) -> &'static str {
        match self {
            Fault::Panic => "… panics?",
            Fault::Loop => "… never ends?",
            Fault::Exit => "… exits with 7?",
        }
    }

    /// What there is to see.
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
            Fault::Exit => builder.spawn(leaving, 7),
        }
    }
}

/// Steps of a process that does as it should.
const STEPS: u32 = 6;

/// One step's work: random points, a good tenth of a second of them.
const POINTS: u64 = 60_000_000;

fn step(number: u32) -> u64 {
    let tally = Workload::MonteCarloPi.share(POINTS, number.into(), 0, 1);
    let answer = Workload::MonteCarloPi.answer(POINTS, &tally);
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

fn leaving(code: u32) -> u64 {
    step(1);
    manyhands::println!("leaving with exit code {code}");
    manyhands::exit(code as i32)
}

/// Three processes and what they were heard to do and say.
pub struct FaultDemo {
    /// How the second one misbehaves.
    pub fault: Fault,
    processes: Vec<Process<u64>>,
    heard: Rc<RefCell<Collected>>,
    from_us: f64,
    _subscription: Subscription,
}

/// The most lines kept.
const LINES: usize = 200;

#[derive(Default)]
struct Collected {
    pids: Vec<Pid>,
    events: Vec<Event>,
    lines: Vec<OutputLine>,
    /// Why a process ended without a result.
    says: Vec<(Pid, String)>,
}

impl Collected {
    fn hear(&mut self, records: &[Record]) {
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
                    let surplus = self.lines.len().saturating_sub(LINES);
                    self.lines.drain(..surplus);
                }
                Record::Output(_) => {}
            }
        }
    }
}

impl FaultDemo {
    /// Starts the three. `changed` is called whenever there is news of them.
    pub fn start(fault: Fault, changed: Callback<()>) -> Result<Rc<FaultDemo>, Error> {
        let heard = Rc::new(RefCell::new(Collected::default()));
        let subscription = trace::subscribe({
            let (heard, changed) = (heard.clone(), changed.clone());
            move |records| {
                heard.borrow_mut().hear(records);
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
                    heard.borrow_mut().pids.extend(process.pid());
                    processes.push(process);
                }
                Err(error) => {
                    // Two of three would show nothing: end those, too.
                    processes.iter().for_each(end);
                    return Err(error);
                }
            }
        }
        let fault_demo = Rc::new(FaultDemo {
            fault,
            processes,
            heard,
            from_us: trace::now_us(),
            _subscription: subscription,
        });
        for index in 0..fault_demo.processes.len() {
            spawn_local(fault_demo.clone().wait(index, changed.clone()));
        }
        Ok(fault_demo)
    }

    async fn wait(self: Rc<Self>, index: usize, changed: Callback<()>) {
        let process = &self.processes[index];
        let outcome = process.join_async().await;
        trace::flush();
        if let Ok(pid) = process.pid() {
            let why = outcome.err().map(|error| (pid, error.to_string()));
            self.heard.borrow_mut().says.extend(why);
        }
        changed.emit(());
    }

    /// The lanes of the three until now, or until the last of them ended.
    pub fn lanes(&self) -> Vec<Lane> {
        let heard = self.heard.borrow();
        let last = heard.events.iter().map(|event| event.time_us);
        let to_us = if self.is_over() {
            last.fold(self.from_us, f64::max)
        } else {
            trace::now_us()
        };
        let first = heard.events.iter().map(|event| event.time_us);
        let from_us = first.fold(self.from_us, f64::min);
        lanes(&heard.events, |pid| self.name(pid), from_us, to_us)
    }

    /// The lines printed so far.
    pub fn lines(&self) -> Vec<OutputLine> {
        self.heard.borrow().lines.clone()
    }

    /// Why this process ended without a result, if it did.
    pub fn says(&self, pid: Pid) -> Option<String> {
        let heard = self.heard.borrow();
        let said = heard.says.iter().find(|(one, _)| *one == pid);
        said.map(|(_, why)| why.clone())
    }

    /// A process's name.
    pub fn name(&self, pid: Pid) -> String {
        let process = self.process(pid).and_then(|process| process.name().ok());
        process.unwrap_or("process").to_owned()
    }

    /// Whether this process still lives.
    pub fn is_alive(&self, pid: Pid) -> bool {
        self.process(pid).is_some_and(alive)
    }

    /// Whether all three have ended.
    pub fn is_over(&self) -> bool {
        !self.processes.iter().any(alive)
    }

    /// Kills one.
    pub fn kill(&self, pid: Pid) {
        if let Some(process) = self.process(pid) {
            end(process);
        }
    }

    /// Kills those that still live.
    pub fn kill_all(&self) {
        self.processes.iter().filter(|one| alive(one)).for_each(end);
    }

    fn process(&self, pid: Pid) -> Option<&Process<u64>> {
        self.processes.iter().find(|one| one.pid() == Ok(pid))
    }
}

/// The handles are never closed, so that asking them cannot fail.
fn alive(process: &Process<u64>) -> bool {
    process.is_alive().unwrap_or(false)
}

fn end(process: &Process<u64>) {
    let _ = process.kill();
}

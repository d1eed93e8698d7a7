//! The visitor's own run of the program.

use super::super::browser;
use super::super::playground::python::{Event, Run};
use super::program::PROGRAM;
use super::timeline::{Happening, Timeline, write_line};
use std::cell::{Ref, RefCell};
use std::rc::Rc;
use yew::UseForceUpdateHandle;
use yew::platform::spawn_local;

/// What the page is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stage {
    /// The recorded run is shown.
    #[default]
    Ready,
    /// Python is fetched and started.
    Starting,
    Running,
    Ended,
    /// The visitor stopped it.
    Stopped,
    /// It could not be started or failed, for this reason.
    Failed(String),
}

/// The visitor's run.
#[derive(Default)]
pub struct Own {
    pub stage: Stage,
    pub timeline: Timeline,
    /// What happened, a line for each, as a recording has it.
    pub log: String,
    /// Counts the changes, so that what shows them is drawn again.
    pub changes: usize,
    run: Option<Rc<Run>>,
    /// Counts the runs; what an earlier one still tells is left out.
    number: u32,
    /// Output that does not end with the end of a line yet.
    unfinished: String,
    /// What was written to standard error.
    errors: String,
}

impl Own {
    /// Whether the program runs or is about to.
    pub fn is_busy(&self) -> bool {
        matches!(self.stage, Stage::Starting | Stage::Running)
    }

    /// Whether there is something of this run to show. If Python could not be started, the
    /// recorded run stays.
    pub fn is_shown(&self) -> bool {
        match self.stage {
            Stage::Ready => false,
            Stage::Failed(_) => !self.timeline.lines.is_empty(),
            _ => true,
        }
    }

    fn hear(&mut self, event: Event, now: f64) {
        match event {
            Event::Output {
                is_error: true,
                text,
                ..
            } => self.errors.push_str(&text),
            Event::Output { text, .. } => {
                self.unfinished.push_str(&text);
                while let Some((line, rest)) = self.unfinished.split_once('\n') {
                    let (line, rest) = (line.to_owned(), rest.to_owned());
                    self.unfinished = rest;
                    self.note(now, Happening::Printed { line });
                }
            }
            Event::Process(process) => {
                let pid = process.pid;
                let what = match &*process.state {
                    "starting" => Happening::Starting { pid },
                    "running" => Happening::Running {
                        pid,
                        name: process.name.unwrap_or_default(),
                    },
                    "ended" => Happening::Ended {
                        pid,
                        code: process.exit_code.unwrap_or_default(),
                    },
                    _ => return,
                };
                self.note(now, what);
            }
            _ => {}
        }
    }

    fn note(&mut self, at: f64, what: Happening) {
        self.log.push_str(&write_line(at, &what));
        self.log.push('\n');
        self.timeline.hear(at, what);
        self.changes += 1;
    }

    fn end(&mut self, code: i32) {
        self.run = None;
        if self.stage != Stage::Running {
            return;
        }
        self.stage = match code {
            0 => Stage::Ended,
            _ => Stage::Failed(format!(
                "The program ended with exit code {code}. {}",
                self.errors.trim().lines().next_back().unwrap_or_default()
            )),
        };
    }
}

/// The same for all parts of Home.
#[derive(Clone, Default)]
pub struct Shared(Rc<RefCell<Own>>);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Shared {
    pub fn borrow(&self) -> Ref<'_, Own> {
        self.0.borrow()
    }
}

/// Starts the program, unless it runs.
pub fn start(shared: &Shared, update: &UseForceUpdateHandle) {
    let number = {
        let mut own = shared.0.borrow_mut();
        if own.is_busy() {
            return;
        }
        *own = Own {
            stage: Stage::Starting,
            number: own.number + 1,
            changes: own.changes + 1,
            ..Own::default()
        };
        own.number
    };
    update.force_update();
    browser::focus("stop");
    let hear = {
        let (shared, update) = (shared.clone(), update.clone());
        move |event| {
            let mut own = shared.0.borrow_mut();
            if own.number == number {
                own.hear(event, browser::now_ms());
                drop(own);
                update.force_update();
            }
        }
    };
    let (shared, update) = (shared.clone(), update.clone());
    spawn_local(async move {
        let started = Run::start(PROGRAM, &[], true, hear).await.map(Rc::new);
        let run = {
            let mut own = shared.0.borrow_mut();
            match started {
                Ok(run) if own.stage == Stage::Starting && own.number == number => {
                    own.stage = Stage::Running;
                    own.run = Some(run.clone());
                    Some(run)
                }
                // The visitor stopped it while it was started.
                Ok(run) => {
                    run.kill();
                    None
                }
                Err(why) if own.number == number => {
                    own.stage = Stage::Failed(why);
                    None
                }
                Err(_) => None,
            }
        };
        update.force_update();
        let Some(run) = run else { return };
        let code = run.finished().await.code;
        let mut own = shared.0.borrow_mut();
        // The visitor may have stopped it and begun another one.
        if own.number == number {
            own.end(code);
        }
        drop(own);
        update.force_update();
    });
}

/// Ends the program, if it runs.
pub fn stop(shared: &Shared, update: &UseForceUpdateHandle) {
    let run = {
        let mut own = shared.0.borrow_mut();
        if !own.is_busy() {
            return;
        }
        own.stage = Stage::Stopped;
        own.run.take()
    };
    if let Some(run) = run {
        run.kill();
    }
    update.force_update();
}

//! What the page shows, and how each thing that happens changes it.
//!
//! Earlier results stay until new ones are there: a run that is going, was
//! cancelled or failed takes nothing away, nor does a look at another
//! experiment.

use super::frame_monitor::Frozen;
pub use super::stage::{Moment, Stage};
use super::url::Isolation;
use experiments::{Experiment, Field, Invalid, Kind, Plan, Report};
use std::rc::Rc;
use timeline::{Live, Trace};
use workloads::grouped;
use yew::{AttrValue, Reducible};

/// Where a report that was not measured here comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From a file of the reader's.
    File,
    /// From the page's host: a recorded one.
    Page,
}

/// A report that was not measured here.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// What it is called: the file's name.
    pub name: AttrValue,
    /// Where it comes from.
    pub origin: Origin,
    /// What was in it.
    pub report: Shared,
}

/// A report, which is equal only to itself: comparing thousands of samples at
/// every step would take longer than drawing them.
#[derive(Clone, Debug)]
pub struct Shared(pub Rc<Report>);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for Shared {
    type Target = Report;

    fn deref(&self) -> &Report {
        &self.0
    }
}

/// The trace of a run, which is equal only to itself, as its report is.
#[derive(Clone, Debug)]
pub struct SharedTrace(pub Rc<Trace>);

impl PartialEq for SharedTrace {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A control: what is in it, and what is wrong with that.
#[derive(Clone, Debug, Default, PartialEq)]
struct Entry {
    text: AttrValue,
    error: Option<AttrValue>,
}

/// Everything that is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Logical cores, which limit the plan.
    pub cores: u32,
    /// Whether processes can run here.
    pub isolation: Isolation,
    /// The last plan without fault: what the address says.
    pub plan: Plan,
    /// The controls, in the order of the plan's fields.
    entries: Vec<Entry>,
    /// What is wrong with the experiment's name in the address.
    pub unknown: Option<AttrValue>,
    /// What the page is doing.
    pub stage: Stage,
    /// How far it is.
    pub moment: Moment,
    /// The last report of each experiment.
    reports: [Option<Shared>; Experiment::ALL.len()],
    /// What was recorded in the last run that came to its end, and of which
    /// experiment: a trace is large.
    trace: Option<(Experiment, SharedTrace)>,
    /// The last report that was loaded.
    pub loaded: Option<Loaded>,
    /// Why the last file could not be read.
    pub unreadable: Option<AttrValue>,
    /// Why the recorded report could not be fetched.
    pub unrecorded: Option<AttrValue>,
    /// What was heard of the run that is going on, or of the last one if that came
    /// to its end.
    pub live: Rc<Live>,
    /// How long the page was frozen in the run that is going on, or in the last.
    pub frozen: Frozen,
    /// Whether the page was out of sight at some time of that run.
    pub hidden: bool,
}

/// What happens.
pub enum Action {
    /// A reader is typing in a control: no complaint yet.
    Type(&'static str, String),
    /// A reader has chosen or finished typing.
    Set(&'static str, String),
    /// A reader goes to another experiment.
    Choose(Experiment),
    /// The address changed.
    Visit(String),
    /// A run was asked for: everything that is wrong is said.
    Check,
    /// A run begins.
    Start,
    /// It gets on.
    Progress(Moment),
    /// The page is out of sight while it runs.
    Hidden,
    /// Its processes get on.
    Live(Rc<Live>),
    /// The page's frames were looked at.
    Frozen(Frozen),
    /// The reader wants it to stop.
    Stop,
    /// What was recorded in it.
    Traced(Rc<Trace>),
    /// It came to an end, with the page's freezes.
    Finish(Stage, Option<Rc<Report>>),
    /// A report was read from a file, or could not be.
    Load(Result<Loaded, AttrValue>),
    /// The recorded report of an experiment was fetched, or could not be.
    Recorded(Experiment, Result<Loaded, AttrValue>),
    /// The loaded report is to go.
    Unload,
}

impl State {
    /// The state to begin with: the plan of the page's query, with a complaint
    /// for each part of it that cannot be; and whether to start at once.
    pub fn new(cores: u32, isolation: Isolation, query: &str) -> (State, bool) {
        let mut state = State {
            cores,
            isolation,
            plan: Plan::default_for(Experiment::default(), cores),
            entries: Vec::new(),
            unknown: None,
            stage: Stage::Ready,
            moment: Moment::default(),
            reports: [const { None }; Experiment::ALL.len()],
            trace: None,
            loaded: None,
            unreadable: None,
            unrecorded: None,
            live: Rc::default(),
            frozen: Frozen::default(),
            hidden: false,
        };
        let run = state.visit(query);
        (state, run)
    }

    fn visit(&mut self, query: &str) -> bool {
        let (plan, invalid, run) = Plan::from_query(query, self.cores);
        self.plan = plan;
        self.unknown = None;
        self.show_plan();
        self.complain(&invalid);
        run && invalid.is_empty()
    }

    fn show_plan(&mut self) {
        self.entries = (self.plan.fields().iter())
            .map(|field| Entry {
                text: shown(&self.plan, field),
                error: None,
            })
            .collect();
    }

    fn complain(&mut self, invalid: &[Invalid]) {
        for one in invalid {
            let message = Some(one.message.clone().into());
            match self.place(one.field) {
                Some(place) => self.entries[place].error = message,
                None => self.unknown = message,
            }
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        (self.plan.fields().iter()).position(|field| field.name == name)
    }

    /// What is asked.
    pub fn experiment(&self) -> Experiment {
        self.plan.experiment()
    }

    /// The text in a control.
    pub fn text(&self, name: &str) -> AttrValue {
        self.place(name)
            .map(|place| self.entries[place].text.clone())
            .unwrap_or_default()
    }

    /// Whether a complaint stands anywhere: then nothing can start.
    pub fn has_complaint(&self) -> bool {
        self.unknown.is_some() || self.entries.iter().any(|entry| entry.error.is_some())
    }

    /// What is wrong with it.
    pub fn error(&self, name: &str) -> Option<&AttrValue> {
        self.entries[self.place(name)?].error.as_ref()
    }

    /// This page's own last report of the experiment that is shown.
    pub fn own(&self) -> Option<&Shared> {
        self.reports[self.experiment() as usize].as_ref()
    }

    /// This page's own last reports of all experiments.
    pub fn reports(&self) -> Vec<&Report> {
        (self.reports.iter().flatten())
            .map(|report| &*report.0)
            .collect()
    }

    /// The loaded report, if it is one of the experiment that is shown.
    fn of_experiment(&self) -> Option<&Loaded> {
        (self.loaded.as_ref()).filter(|loaded| loaded.report.experiment() == self.experiment())
    }

    /// The report that is shown: this page's own or, before there is one, the
    /// one that was loaded.
    pub fn report(&self) -> Option<&Shared> {
        (self.own()).or_else(|| self.of_experiment().map(|loaded| &loaded.report))
    }

    /// What was recorded in the run of the report that is shown, while this page
    /// still has it.
    pub fn trace(&self) -> Option<&SharedTrace> {
        let (experiment, trace) = self.trace.as_ref()?;
        (*experiment == self.experiment() && self.own().is_some()).then_some(trace)
    }

    /// The report beside it.
    pub fn other(&self) -> Option<&Loaded> {
        self.of_experiment().filter(|_| self.own().is_some())
    }

    /// The report that is shown, if it is a recorded one.
    pub fn shown_of_page(&self) -> Option<&Loaded> {
        (self.of_experiment())
            .filter(|loaded| self.own().is_none() && loaded.origin == Origin::Page)
    }

    /// Whether the recorded report of the experiment that is shown was loaded.
    pub fn has_recorded(&self) -> bool {
        (self.of_experiment()).is_some_and(|loaded| loaded.origin == Origin::Page)
    }

    /// The first field whose text cannot be, whether or not that was said.
    pub fn first_invalid(&self) -> Option<&'static str> {
        let mut plan = self.plan.clone();
        let fields = self.plan.fields().iter();
        let unreadable = fields.zip(&self.entries).find(|(field, entry)| {
            plan.applies(field) && plan.set(field.name, &entry.text, self.cores).is_err()
        });
        let contradiction = || Some(plan.validate(self.cores).err()?.first()?.field);
        match unreadable {
            Some((field, _)) => Some(field.name),
            None => contradiction(),
        }
    }

    fn set(&mut self, name: &str, text: String, say: bool) {
        let Some(place) = self.place(name) else {
            return;
        };
        let before = self.plan.clone();
        let outcome = self.plan.set(name, &text, self.cores);
        let field = &self.plan.fields()[place];
        let entry = &mut self.entries[place];
        entry.text = match outcome {
            Ok(()) if say => shown(&self.plan, field),
            _ => text.into(),
        };
        match outcome {
            Ok(()) => entry.error = None,
            Err(invalid) if say || entry.error.is_some() => {
                entry.error = Some(invalid.message.into());
            }
            Err(_) => {}
        }
        // Another workload brings its own size, and other fields follow it.
        for (place, field) in self.plan.fields().iter().enumerate() {
            if self.plan.text(field.name) != before.text(field.name) && field.name != name {
                self.entries[place] = Entry {
                    text: shown(&self.plan, field),
                    error: None,
                };
            }
        }
    }

    /// Says what contradicts what; what no longer does is forgiven.
    fn compare_fields(&mut self) {
        let mut probe = self.plan.clone();
        for (field, entry) in self.plan.fields().iter().zip(&mut self.entries) {
            if probe.set(field.name, &entry.text, self.cores).is_ok() {
                entry.error = None;
            }
        }
        if let Err(invalid) = self.plan.validate(self.cores) {
            self.complain(&invalid);
        }
    }
}

/// A field's value as its control shows it: large numbers in groups of three
/// digits, which plans read as well.
fn shown(plan: &Plan, field: &Field) -> AttrValue {
    let text = plan.text(field.name);
    match field.kind {
        Kind::Number(..) => text.parse().map_or(text, grouped).into(),
        Kind::Numbers(..) => text.replace(',', ", ").into(),
        Kind::Choice(..) | Kind::Several(..) => text.into(),
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            Action::Type(name, text) => next.set(name, text, false),
            Action::Set(name, text) => {
                next.set(name, text, true);
                next.compare_fields();
            }
            Action::Choose(experiment) if !next.stage.is_busy() => {
                next.visit(&format!("experiment={experiment}"));
                next.rest();
            }
            Action::Visit(query) if !next.stage.is_busy() => {
                next.visit(&query);
                next.rest();
            }
            Action::Choose(_) | Action::Visit(_) => {}
            Action::Check => {
                next.unknown = None;
                for field in next.plan.fields() {
                    next.set(field.name, self.text(field.name).to_string(), true);
                }
                next.compare_fields();
            }
            Action::Start => {
                next.stage = Stage::Running;
                next.rest_of_run();
            }
            Action::Progress(moment) => next.moment = moment,
            Action::Hidden => next.hidden = true,
            Action::Live(live) => next.live = live,
            Action::Frozen(frozen) => next.frozen = frozen,
            Action::Traced(trace) => {
                next.trace = Some((next.experiment(), SharedTrace(trace)));
            }
            Action::Stop if next.stage == Stage::Running => next.stage = Stage::Stopping,
            Action::Stop => {}
            Action::Finish(stage, report) => {
                next.stage = stage;
                match report {
                    Some(report) => {
                        let place = report.experiment() as usize;
                        next.reports[place] = Some(Shared(report));
                    }
                    None => next.live = Rc::default(),
                }
            }
            Action::Load(Ok(loaded)) => {
                let experiment = loaded.report.experiment();
                if experiment != next.experiment() && !next.stage.is_busy() {
                    next.visit(&format!("experiment={experiment}"));
                    next.rest();
                }
                next.unreadable = None;
                next.loaded = Some(loaded);
            }
            Action::Load(Err(why)) => next.unreadable = Some(why),
            // Too late: the reader has gone on, or has loaded another.
            Action::Recorded(experiment, _) if experiment != next.experiment() => {}
            Action::Recorded(_, Ok(loaded)) => {
                (next.unreadable, next.unrecorded) = (None, None);
                next.loaded = Some(loaded);
            }
            Action::Recorded(_, Err(why)) => next.unrecorded = Some(why),
            Action::Unload => {
                next.loaded = None;
                (next.unreadable, next.unrecorded) = (None, None);
            }
        }
        Rc::new(next)
    }
}

impl State {
    /// Another experiment is shown: the last run was not one of it.
    fn rest(&mut self) {
        self.stage = Stage::Ready;
        self.unrecorded = None;
        self.rest_of_run();
    }

    fn rest_of_run(&mut self) {
        self.moment = Moment::default();
        self.live = Rc::default();
        self.frozen = Frozen::default();
        self.hidden = false;
    }
}

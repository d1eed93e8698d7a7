//! The state of the page ([`State`]) and how each [`Action`] changes it.
//!
//! Earlier results are kept until there are new ones. A run that is going on, was
//! cancelled or has failed removes no result, and neither does a visit to another
//! experiment.
//!
//! The state is plain data: this module must not touch the document or the network.

use super::browser::Isolation;
use super::frame_monitor::Freezes;
pub use super::stage::{RunProgress, Stage};
use experiments::{Experiment, Field, Invalid, Kind, Plan, Report};
use std::rc::Rc;
use timeline::{Live, Trace};
use workloads::grouped;
use yew::{AttrValue, Reducible};

/// The origin of a report that was not measured by this page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file that the visitor opened.
    File,
    /// A recorded report that was fetched from the page's host.
    Recorded,
}

/// A report that was not measured by this page.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The name shown for it; for a file, the file's name.
    pub name: AttrValue,
    /// Where it was loaded from.
    pub origin: Origin,
    /// The report itself.
    pub report: SharedReport,
}

/// A report behind a reference count. Two are equal only if they are the same object,
/// because comparing thousands of samples at every change of the state would take
/// longer than drawing them.
#[derive(Clone, Debug)]
pub struct SharedReport(pub Rc<Report>);

impl PartialEq for SharedReport {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for SharedReport {
    type Target = Report;

    fn deref(&self) -> &Report {
        &self.0
    }
}

/// The trace of a run; equality is identity, as for [`SharedReport`].
#[derive(Clone, Debug)]
pub struct SharedTrace(pub Rc<Trace>);

impl PartialEq for SharedTrace {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The text in the control of a field, and the error shown below it.
#[derive(Clone, Debug, Default, PartialEq)]
struct FieldInput {
    text: AttrValue,
    error: Option<AttrValue>,
}

/// Everything that the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The number of logical cores, which limits some fields of the plan.
    pub cores: u32,
    /// Whether processes can run on this page.
    pub isolation: Isolation,
    /// The last valid plan, which is also the one in the page's address.
    pub plan: Plan,
    /// The controls' texts and errors, in the order of the plan's fields.
    inputs: Vec<FieldInput>,
    /// The error about the experiment's name in the address.
    pub experiment_error: Option<AttrValue>,
    /// What the page is doing.
    pub stage: Stage,
    /// The progress of the run.
    pub run_progress: RunProgress,
    /// The last report of each experiment that this page has run.
    reports: [Option<SharedReport>; Experiment::ALL.len()],
    /// The trace of the last completed run, and its experiment. Only one trace is kept,
    /// because a trace is large.
    trace: Option<(Experiment, SharedTrace)>,
    /// The last report that was loaded from a file or from the page's host.
    pub loaded: Option<Loaded>,
    /// Why the last file could not be read.
    pub file_error: Option<AttrValue>,
    /// Whether the page's host has another build of the site, so that files of this one
    /// may be gone.
    pub site_updated: bool,
    /// Why the recorded report could not be fetched.
    pub recorded_error: Option<AttrValue>,
    /// The live lanes of the run that is going on or, if the last run was completed, of
    /// that run.
    pub live: Rc<Live>,
    /// How long the page was frozen in the run that is going on, or in the last run.
    pub freezes: Freezes,
    /// Whether the page was hidden at any time of that run.
    pub hidden: bool,
}

/// Everything that changes the state.
pub enum Action {
    /// The visitor is typing in a control (field, text); no new error is shown yet.
    Typing(&'static str, String),
    /// The visitor has chosen a value or finished typing (field, text).
    Set(&'static str, String),
    /// The visitor follows the link of an experiment.
    ChooseExperiment(Experiment),
    /// The address changed to this query, by the Back or Forward button.
    OpenAddress(String),
    /// The visitor pressed Run: all fields are checked and all errors shown.
    Validate,
    /// A run begins.
    Start,
    /// The run made progress.
    Progress(RunProgress),
    /// The page was hidden during the run.
    Hidden,
    /// There are new events in the lanes of the run.
    Live(Rc<Live>),
    /// The freezes measured so far.
    Freezes(Freezes),
    /// The visitor pressed Cancel.
    Stop,
    /// The trace of the run.
    Trace(Rc<Trace>),
    /// The run ended with this stage and, if it was completed, with a report.
    Finish(Stage, Option<Rc<Report>>),
    /// A report was read from a file, or this error explains why not.
    Load(Result<Loaded, AttrValue>),
    /// The recorded report of an experiment was fetched, or this error explains why not.
    Recorded(Experiment, Result<Loaded, AttrValue>),
    /// The visitor removes the loaded report.
    Unload,
    /// The page's host has another build of the site.
    SiteUpdated,
}

impl State {
    /// The initial state, with the plan of the page's query and an error for each
    /// invalid part of the query. Also returns whether the run starts at once.
    pub fn new(cores: u32, isolation: Isolation, query: &str) -> (State, bool) {
        let mut state = State {
            cores,
            isolation,
            plan: Plan::default_for(Experiment::default(), cores),
            inputs: Vec::new(),
            experiment_error: None,
            stage: Stage::Ready,
            run_progress: RunProgress::default(),
            reports: [const { None }; Experiment::ALL.len()],
            trace: None,
            loaded: None,
            file_error: None,
            recorded_error: None,
            site_updated: false,
            live: Rc::default(),
            freezes: Freezes::default(),
            hidden: false,
        };
        let run = state.visit(query);
        (state, run)
    }

    fn visit(&mut self, query: &str) -> bool {
        let (plan, invalid, run) = Plan::from_query(query, self.cores);
        self.plan = plan;
        self.experiment_error = None;
        self.show_plan();
        self.show_errors(&invalid);
        run && invalid.is_empty()
    }

    fn show_plan(&mut self) {
        self.inputs = (self.plan.fields().iter())
            .map(|field| FieldInput {
                text: control_text(&self.plan, field),
                error: None,
            })
            .collect();
    }

    fn show_errors(&mut self, invalid: &[Invalid]) {
        for one in invalid {
            let message = Some(one.message.clone().into());
            match self.field_index(one.field) {
                Some(index) => self.inputs[index].error = message,
                None => self.experiment_error = message,
            }
        }
    }

    fn field_index(&self, name: &str) -> Option<usize> {
        (self.plan.fields().iter()).position(|field| field.name == name)
    }

    /// The experiment that is shown.
    pub fn experiment(&self) -> Experiment {
        self.plan.experiment()
    }

    /// The text in the control of a field.
    pub fn text(&self, name: &str) -> AttrValue {
        self.field_index(name)
            .map(|index| self.inputs[index].text.clone())
            .unwrap_or_default()
    }

    /// Whether any error is shown; if so, no run can start.
    pub fn has_errors(&self) -> bool {
        self.experiment_error.is_some() || self.inputs.iter().any(|input| input.error.is_some())
    }

    /// The error shown below the control of a field.
    pub fn error(&self, name: &str) -> Option<&AttrValue> {
        self.inputs[self.field_index(name)?].error.as_ref()
    }

    /// This page's own last report of the experiment that is shown.
    pub fn own_report(&self) -> Option<&SharedReport> {
        self.reports[self.experiment() as usize].as_ref()
    }

    /// This page's own last reports of all experiments.
    pub fn reports(&self) -> Vec<&Report> {
        (self.reports.iter().flatten())
            .map(|report| &*report.0)
            .collect()
    }

    /// The loaded report, if it belongs to the experiment that is shown.
    fn loaded_for_experiment(&self) -> Option<&Loaded> {
        (self.loaded.as_ref()).filter(|loaded| loaded.report.experiment() == self.experiment())
    }

    /// The report that is shown: this page's own or, if there is none, the loaded one.
    pub fn report(&self) -> Option<&SharedReport> {
        (self.own_report()).or_else(|| self.loaded_for_experiment().map(|loaded| &loaded.report))
    }

    /// The trace that belongs to the report that is shown, if the page still has it.
    pub fn trace(&self) -> Option<&SharedTrace> {
        let (experiment, trace) = self.trace.as_ref()?;
        (*experiment == self.experiment() && self.own_report().is_some()).then_some(trace)
    }

    /// The loaded report that is compared with this page's own.
    pub fn compared(&self) -> Option<&Loaded> {
        self.loaded_for_experiment()
            .filter(|_| self.own_report().is_some())
    }

    /// The report that is shown, if it is a recorded one.
    pub fn shown_recorded(&self) -> Option<&Loaded> {
        (self.loaded_for_experiment())
            .filter(|loaded| self.own_report().is_none() && loaded.origin == Origin::Recorded)
    }

    /// Whether the recorded report of the experiment that is shown was loaded.
    pub fn has_recorded(&self) -> bool {
        (self.loaded_for_experiment()).is_some_and(|loaded| loaded.origin == Origin::Recorded)
    }

    /// The first field that is invalid, whether or not its error is shown.
    pub fn first_invalid(&self) -> Option<&'static str> {
        let mut plan = self.plan.clone();
        let fields = self.plan.fields().iter();
        let file_error = fields.zip(&self.inputs).find(|(field, input)| {
            plan.applies(field) && plan.set(field.name, &input.text, self.cores).is_err()
        });
        let contradiction = || Some(plan.validate(self.cores).err()?.first()?.field);
        match file_error {
            Some((field, _)) => Some(field.name),
            None => contradiction(),
        }
    }

    fn set(&mut self, name: &str, text: String, show_error: bool) {
        let Some(index) = self.field_index(name) else {
            return;
        };
        let before = self.plan.clone();
        let outcome = self.plan.set(name, &text, self.cores);
        let field = &self.plan.fields()[index];
        let input = &mut self.inputs[index];
        input.text = match outcome {
            Ok(()) if show_error => control_text(&self.plan, field),
            _ => text.into(),
        };
        match outcome {
            Ok(()) => input.error = None,
            Err(invalid) if show_error || input.error.is_some() => {
                input.error = Some(invalid.message.into());
            }
            Err(_) => {}
        }
        // A field can change others: another workload has another default size.
        for (index, field) in self.plan.fields().iter().enumerate() {
            if self.plan.text(field.name) != before.text(field.name) && field.name != name {
                self.inputs[index] = FieldInput {
                    text: control_text(&self.plan, field),
                    error: None,
                };
            }
        }
    }

    /// Shows the errors of fields that contradict each other, and removes the errors of
    /// fields that no longer do.
    fn check_fields(&mut self) {
        let mut probe = self.plan.clone();
        for (field, input) in self.plan.fields().iter().zip(&mut self.inputs) {
            if probe.set(field.name, &input.text, self.cores).is_ok() {
                input.error = None;
            }
        }
        if let Err(invalid) = self.plan.validate(self.cores) {
            self.show_errors(&invalid);
        }
    }
}

/// A field's value as its control shows it: large numbers in groups of three
/// digits, which plans read as well.
fn control_text(plan: &Plan, field: &Field) -> AttrValue {
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
            Action::Typing(name, text) => next.set(name, text, false),
            Action::Set(name, text) => {
                next.set(name, text, true);
                next.check_fields();
            }
            Action::ChooseExperiment(experiment) if !next.stage.is_busy() => {
                next.visit(&format!("experiment={experiment}"));
                next.reset_stage();
            }
            Action::OpenAddress(query) if !next.stage.is_busy() => {
                next.visit(&query);
                next.reset_stage();
            }
            Action::ChooseExperiment(_) | Action::OpenAddress(_) => {}
            Action::Validate => {
                next.experiment_error = None;
                for field in next.plan.fields() {
                    next.set(field.name, self.text(field.name).to_string(), true);
                }
                next.check_fields();
            }
            Action::Start => {
                next.stage = Stage::Running;
                next.reset_run();
            }
            Action::Progress(run_progress) => next.run_progress = run_progress,
            Action::Hidden => next.hidden = true,
            Action::Live(live) => next.live = live,
            Action::Freezes(freezes) => next.freezes = freezes,
            Action::Trace(trace) => {
                next.trace = Some((next.experiment(), SharedTrace(trace)));
            }
            Action::Stop if next.stage == Stage::Running => next.stage = Stage::Stopping,
            Action::Stop => {}
            Action::Finish(stage, report) => {
                next.stage = stage;
                match report {
                    Some(report) => {
                        let index = report.experiment() as usize;
                        next.reports[index] = Some(SharedReport(report));
                    }
                    None => next.live = Rc::default(),
                }
            }
            Action::Load(Ok(loaded)) => {
                let experiment = loaded.report.experiment();
                if experiment != next.experiment() && !next.stage.is_busy() {
                    next.visit(&format!("experiment={experiment}"));
                    next.reset_stage();
                }
                next.file_error = None;
                next.loaded = Some(loaded);
            }
            Action::Load(Err(why)) => next.file_error = Some(why),
            // The visitor has gone to another experiment in the meantime.
            Action::Recorded(experiment, _) if experiment != next.experiment() => {}
            Action::Recorded(_, Ok(loaded)) => {
                (next.file_error, next.recorded_error) = (None, None);
                next.loaded = Some(loaded);
            }
            Action::Recorded(_, Err(why)) => next.recorded_error = Some(why),
            Action::SiteUpdated => next.site_updated = true,
            Action::Unload => {
                next.loaded = None;
                (next.file_error, next.recorded_error) = (None, None);
            }
        }
        Rc::new(next)
    }
}

impl State {
    /// Resets what belongs to the last run, because another experiment is shown.
    fn reset_stage(&mut self) {
        self.stage = Stage::Ready;
        self.recorded_error = None;
        self.reset_run();
    }

    fn reset_run(&mut self) {
        self.run_progress = RunProgress::default();
        self.live = Rc::default();
        self.freezes = Freezes::default();
        self.hidden = false;
    }
}

//! The state of the page ([`State`]) and how each [`Action`] changes it.
//!
//! Earlier results are kept until there are new ones. A run that is going on, was
//! cancelled or has failed removes no result, and neither does a visit to another
//! experiment.
//!
//! The state is plain data: this module must not touch the document or the network.

use super::browser::Isolation;
use super::form::Form;
use super::frame_monitor::Freezes;
pub use super::stage::{RunProgress, Stage};
use experiments::{Experiment, Plan, Report};
use std::rc::Rc;
use timeline::{LiveLanes, Trace};
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

/// Everything that the page shows.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Whether processes can run on this page.
    pub isolation: Isolation,
    /// The plan and its controls.
    pub form: Form,
    /// What the page is doing.
    pub stage: Stage,
    /// The plan of the run that is going on. The visitor may look at another experiment
    /// meanwhile.
    running: Option<Plan>,
    /// The step of this browser's clock in µs, which estimates of a run depend on.
    pub clock_step_us: f64,
    /// The progress of the run.
    pub run_progress: RunProgress,
    /// The last report of each experiment that this page has run.
    reports: [Option<SharedReport>; Experiment::ALL.len()],
    /// The trace of the last completed run, and its experiment. Only one trace is kept,
    /// because a trace is large.
    trace: Option<(Experiment, SharedTrace)>,
    /// The last report that was loaded from a file or, because the visitor asked for it, from
    /// the page's host.
    pub loaded: Option<Loaded>,
    /// The recorded report of the experiment that is shown, which stands for an answer as long
    /// as there is no other report.
    example: Option<Loaded>,
    /// Why the last file could not be read.
    pub file_error: Option<AttrValue>,
    /// Whether the page's host has another build of the site, so that files of this one
    /// may be gone.
    pub site_updated: bool,
    /// Why the recorded report could not be fetched.
    pub recorded_error: Option<AttrValue>,
    /// The live lanes of the run that is going on or, if the last run was completed, of
    /// that run.
    pub live: Rc<LiveLanes>,
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
    /// The visitor chooses a whole plan.
    ChoosePlan(Plan),
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
    Live(Rc<LiveLanes>),
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
    /// The recorded report of an experiment was fetched, or this error explains why not. The
    /// flag is whether the visitor asked for it.
    Recorded(Experiment, Result<Loaded, AttrValue>, bool),
    /// The visitor removes the loaded report.
    Unload,
    /// The page's host has another build of the site.
    SiteUpdated,
}

impl State {
    /// The initial state, with the plan of the page's query and an error for each
    /// invalid part of the query. Also returns whether the run starts at once.
    pub fn new(cores: u32, clock_step_us: f64, isolation: Isolation, query: &str) -> (State, bool) {
        let (form, run) = Form::of_query(cores, query);
        let state = State {
            isolation,
            form,
            stage: Stage::Ready,
            running: None,
            clock_step_us,
            run_progress: RunProgress::default(),
            reports: [const { None }; Experiment::ALL.len()],
            trace: None,
            loaded: None,
            example: None,
            file_error: None,
            recorded_error: None,
            site_updated: false,
            live: Rc::default(),
            freezes: Freezes::default(),
            hidden: false,
        };
        (state, run)
    }

    /// The experiment that is shown.
    pub fn experiment(&self) -> Experiment {
        self.form.plan.experiment()
    }

    /// The plan that the progress of a run belongs to: that of the run that is going on, or
    /// else the one that is shown.
    pub fn measured_plan(&self) -> &Plan {
        self.running.as_ref().unwrap_or(&self.form.plan)
    }

    /// The experiment that is being measured, if another one is shown.
    pub fn measured_elsewhere(&self) -> Option<Experiment> {
        let running = self.running.as_ref()?.experiment();
        (running != self.experiment()).then_some(running)
    }

    /// Whether the experiment that is shown is being measured.
    pub fn is_measuring(&self) -> bool {
        self.stage.is_busy() && self.measured_elsewhere().is_none()
    }

    /// The live lanes of the experiment that is shown.
    pub fn shown_live(&self) -> Rc<LiveLanes> {
        match self.measured_elsewhere() {
            None => self.live.clone(),
            Some(_) => Rc::default(),
        }
    }

    /// The plan with which the experiment that is shown measures more, unless it is chosen
    /// already: then the plan to begin with.
    pub fn other_extent(&self) -> (&'static str, Plan) {
        let more = Plan::more_for(self.experiment(), self.form.cores);
        match self.form.plan == more {
            false => ("Measure more", more),
            true => (
                "Measure less",
                Plan::default_for(self.experiment(), self.form.cores),
            ),
        }
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

    /// The recorded report that stands for an answer, if it belongs to the experiment that is
    /// shown.
    fn example_for_experiment(&self) -> Option<&Loaded> {
        (self.example.as_ref()).filter(|example| example.report.experiment() == self.experiment())
    }

    /// The report that is shown: this page's own or, if there is none, the loaded one or, if
    /// there is none either, the recorded one.
    pub fn report(&self) -> Option<&SharedReport> {
        let other = || {
            self.loaded_for_experiment()
                .or(self.example_for_experiment())
        };
        (self.own_report()).or_else(|| other().map(|loaded| &loaded.report))
    }

    /// The report that the visitor measured or loaded. Where no experiment can run, the recorded
    /// one counts as such.
    pub fn embedded_report(&self) -> Option<&SharedReport> {
        let stands_for_one = self.shown_recorded().is_some_and(|shown| {
            self.isolation.is_isolated() && self.loaded_for_experiment() != Some(shown)
        });
        self.report().filter(|_| !stands_for_one)
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
            .or(self.example_for_experiment())
            .filter(|loaded| self.own_report().is_none() && loaded.origin == Origin::Recorded)
    }

    /// Whether the recorded report of the experiment that is shown was loaded.
    pub fn has_recorded(&self) -> bool {
        (self.loaded_for_experiment()).is_some_and(|loaded| loaded.origin == Origin::Recorded)
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            Action::Typing(name, text) => next.form.set(name, text, false),
            Action::Set(name, text) => {
                next.form.set(name, text, true);
                next.form.check_fields();
            }
            Action::ChooseExperiment(experiment) => {
                next.go_to(&format!("experiment={experiment}"));
            }
            Action::OpenAddress(query) => next.go_to(&query),
            Action::ChoosePlan(plan) => next.form.choose(plan),
            Action::Validate => next.form.validate(),
            Action::Start => {
                next.stage = Stage::Running;
                next.running = Some(next.form.plan.clone());
                next.reset_run();
            }
            Action::Progress(run_progress) => next.run_progress = run_progress,
            Action::Hidden => next.hidden = true,
            Action::Live(live) => next.live = live,
            Action::Freezes(freezes) => next.freezes = freezes,
            Action::Trace(trace) => {
                next.trace = Some((next.measured_plan().experiment(), SharedTrace(trace)));
            }
            Action::Stop if next.stage == Stage::Running => next.stage = Stage::Stopping,
            Action::Stop => {}
            Action::Finish(stage, report) => {
                next.stage = stage;
                let elsewhere = next.measured_elsewhere().is_some();
                next.running = None;
                match report {
                    Some(report) => {
                        let index = report.experiment() as usize;
                        next.reports[index] = Some(SharedReport(report));
                    }
                    None => next.live = Rc::default(),
                }
                // What was done and seen belongs to the page of that experiment.
                if elsewhere && !matches!(next.stage, Stage::Failed(_)) {
                    next.reset_stage();
                }
            }
            Action::Load(Ok(loaded)) => {
                let experiment = loaded.report.experiment();
                if experiment != next.experiment() {
                    next.go_to(&format!("experiment={experiment}"));
                }
                next.file_error = None;
                next.loaded = Some(loaded);
            }
            Action::Load(Err(why)) => next.file_error = Some(why),
            // The visitor has gone to another experiment in the meantime.
            Action::Recorded(experiment, ..) if experiment != next.experiment() => {}
            Action::Recorded(_, Ok(loaded), asked) => {
                next.recorded_error = None;
                if asked {
                    next.file_error = None;
                    next.loaded = Some(loaded);
                } else {
                    next.example = Some(loaded);
                }
            }
            Action::Recorded(_, Err(why), _) => next.recorded_error = Some(why),
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
    /// Shows the experiment and the plan of a query. A run that is going on goes on.
    fn go_to(&mut self, query: &str) {
        (self.form, _) = Form::of_query(self.form.cores, query);
        self.recorded_error = None;
        if !self.stage.is_busy() {
            self.reset_stage();
        }
    }

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

#[cfg(test)]
mod tests;

//! What the page shows, and how each thing that happens changes it.
//!
//! Earlier results stay until new ones are there: a run that is going, was
//! cancelled or failed takes nothing away.

use super::frame_monitor::Frozen;
use super::shown::Shown;
use super::url::Isolation;
use crate::experiment::{Lane, Progress, SpeedUpField as Field, SpeedUpPlan};
use crate::workload::grouped;
use std::rc::Rc;
use yew::{AttrValue, Reducible};

/// What the page is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// Nothing was started yet.
    Ready,
    /// An experiment runs.
    Running,
    /// It was told to stop and is about to.
    Stopping,
    /// The last experiment came to its end.
    Done,
    /// The last experiment was cancelled.
    Cancelled,
    /// The last experiment failed, for this reason.
    Failed(AttrValue),
}

impl Stage {
    /// Whether an experiment is going on.
    pub fn is_busy(&self) -> bool {
        matches!(self, Stage::Running | Stage::Stopping)
    }

    /// The word for scripts and style sheets.
    pub fn name(&self) -> &'static str {
        match self {
            Stage::Ready => "ready",
            Stage::Running => "running",
            Stage::Stopping => "stopping",
            Stage::Done => "done",
            Stage::Cancelled => "cancelled",
            Stage::Failed(_) => "failed",
        }
    }
}

/// How far the running experiment is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moment {
    /// What is being done, in words.
    pub phase: AttrValue,
    /// Steps done.
    pub done: u32,
    /// Steps in all.
    pub total: u32,
    /// The time left, once it can be told.
    pub seconds_left: Option<f64>,
}

impl From<&Progress> for Moment {
    fn from(progress: &Progress) -> Moment {
        Moment {
            phase: progress.phase.to_string().into(),
            done: progress.done,
            total: progress.total,
            seconds_left: progress.seconds_left,
        }
    }
}

/// Everything that is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Logical cores, which limit the plan.
    pub cores: u32,
    /// Whether processes can run here.
    pub isolation: Isolation,
    /// The last plan without fault: what the address says.
    pub plan: SpeedUpPlan,
    /// The text in each control, by field.
    texts: [AttrValue; Field::ALL.len()],
    /// What is wrong with it, by field.
    errors: [Option<AttrValue>; Field::ALL.len()],
    /// What the page is doing.
    pub stage: Stage,
    /// How far it is.
    pub moment: Moment,
    /// The last report.
    pub report: Option<Rc<Shown>>,
    /// The lanes of the run that is going on.
    pub live_lanes: Rc<[Lane]>,
    /// How long the page was frozen in the run that is going on, or in the last.
    pub frozen: Frozen,
}

/// What happens.
pub enum Action {
    /// A reader is typing in a control: no complaint yet.
    Type(Field, String),
    /// A reader has chosen or finished typing.
    Set(Field, String),
    /// A run was asked for: everything that is wrong is said.
    Check,
    /// A run begins.
    Start,
    /// It gets on.
    Progress(Moment),
    /// Its processes get on.
    Lanes(Rc<[Lane]>),
    /// The page's frames were looked at.
    Frozen(Frozen),
    /// The reader wants it to stop.
    Stop,
    /// It came to an end, with the page's freezes.
    Finish(Stage, Option<Rc<Shown>>),
}

impl State {
    /// The state to begin with: the plan of the page's query, with a complaint
    /// for each part of it that cannot be.
    pub fn new(cores: u32, isolation: Isolation, query: &str) -> (State, bool) {
        let (plan, invalid, run) = SpeedUpPlan::from_query(query, cores);
        let mut errors = [const { None }; Field::ALL.len()];
        for one in &invalid {
            errors[one.field as usize] = Some(one.message.clone().into());
        }
        let state = State {
            cores,
            isolation,
            texts: Field::ALL.map(|field| shown(&plan, field)),
            errors,
            plan,
            stage: Stage::Ready,
            moment: Moment::default(),
            report: None,
            live_lanes: Rc::new([]),
            frozen: Frozen::default(),
        };
        (state, run && invalid.is_empty())
    }

    /// The text in a control.
    pub fn text(&self, field: Field) -> &AttrValue {
        &self.texts[field as usize]
    }

    /// What is wrong with it.
    pub fn error(&self, field: Field) -> Option<&AttrValue> {
        self.errors[field as usize].as_ref()
    }

    /// The first field whose text cannot be, whether or not that was said.
    pub fn first_invalid(&self) -> Option<Field> {
        let mut plan = self.plan.clone();
        Field::ALL
            .into_iter()
            .find(|&field| plan.set(field, self.text(field), self.cores).is_err())
    }

    fn set(&mut self, field: Field, text: String, say: bool) {
        let outcome = self.plan.set(field, &text, self.cores);
        self.texts[field as usize] = match outcome {
            Ok(()) if say => shown(&self.plan, field),
            _ => text.into(),
        };
        let error = &mut self.errors[field as usize];
        match outcome {
            Ok(()) => *error = None,
            Err(invalid) if say || error.is_some() => *error = Some(invalid.message.into()),
            Err(_) => {}
        }
        // Another workload brings its own size.
        if field == Field::Workload && self.error(field).is_none() {
            self.texts[Field::Size as usize] = shown(&self.plan, Field::Size);
            self.errors[Field::Size as usize] = None;
        }
    }
}

/// A field's value as its control shows it: a size in groups of three digits,
/// which plans read as well.
fn shown(plan: &SpeedUpPlan, field: Field) -> AttrValue {
    match field {
        Field::Size => grouped(plan.size.into()).into(),
        _ => plan.text(field).into(),
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        match action {
            Action::Type(field, text) => next.set(field, text, false),
            Action::Set(field, text) => next.set(field, text, true),
            Action::Check => {
                // The workload first, as ever: it is a choice among what there
                // is, and setting it anew leaves the plan's size as it was.
                next.errors[Field::Workload as usize] = None;
                for field in Field::ALL.into_iter().skip(1) {
                    next.set(field, self.text(field).to_string(), true);
                }
            }
            Action::Start => {
                next.stage = Stage::Running;
                next.moment = Moment::default();
                next.live_lanes = Rc::new([]);
                next.frozen = Frozen::default();
            }
            Action::Progress(moment) => next.moment = moment,
            Action::Lanes(lanes) => next.live_lanes = lanes,
            Action::Frozen(frozen) => next.frozen = frozen,
            Action::Stop if next.stage == Stage::Running => next.stage = Stage::Stopping,
            Action::Stop => {}
            Action::Finish(stage, report) => {
                next.stage = stage;
                next.report = report.or(next.report);
                next.live_lanes = Rc::new([]);
            }
        }
        Rc::new(next)
    }
}

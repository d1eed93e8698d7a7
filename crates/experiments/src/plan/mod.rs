//! What to measure, and how a URL or a control's text becomes a plan.
//!
//! Each experiment declares its own plan, a struct whose fields have types; a
//! [`Plan`] is one of these. Beside each field stands what the page and a URL know
//! of it, a [`Field`]: the page draws its controls from them, a URL and a stored
//! report are read by them, each text checked in the same way.

mod choice;
mod field;
mod number;
mod value;
pub(super) mod words;

pub use choice::{Choice, Skew, YesOrNo};
pub(crate) use choice::{
    HAS_THREADS, Named, choices, computing, computing_in_rounds, runnable, waiting,
};
pub(crate) use field::{Choosable, FieldType, doubling, one_each, plan};
pub use field::{Field, Kind, Limit, Value};
pub(crate) use number::EXACT;

use super::{
    Experiment, granularity, io_bound, messaging, pipelines, pool_methods, sharing, speed_up,
    start_up,
};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::{fmt, ops::RangeInclusive};
use words::capitalised;
use workloads::Workload;

/// The plan of an experiment. In a report it is an object of the fields' values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Plan {
    /// Of [`Experiment::SpeedUp`].
    SpeedUp(speed_up::Plan),
    /// Of [`Experiment::Messaging`].
    Messaging(messaging::Plan),
    /// Of [`Experiment::Granularity`].
    Granularity(granularity::Plan),
    /// Of [`Experiment::StartUp`].
    StartUp(start_up::Plan),
    /// Of [`Experiment::Sharing`].
    Sharing(sharing::Plan),
    /// Of [`Experiment::Pipelines`].
    Pipelines(pipelines::Plan),
    /// Of [`Experiment::PoolMethods`].
    PoolMethods(pool_methods::Plan),
    /// Of [`Experiment::IoBound`].
    IoBound(io_bound::Plan),
}

/// The same of the plan of any experiment.
macro_rules! each {
    ($self:expr, $plan:ident => $same:expr) => {
        match $self {
            Plan::SpeedUp($plan) => $same,
            Plan::Messaging($plan) => $same,
            Plan::Granularity($plan) => $same,
            Plan::StartUp($plan) => $same,
            Plan::Sharing($plan) => $same,
            Plan::Pipelines($plan) => $same,
            Plan::PoolMethods($plan) => $same,
            Plan::IoBound($plan) => $same,
        }
    };
}

/// An experiment's plan, field by field.
pub(crate) trait Form: Rules {
    /// The value of the field of this name.
    fn value(&self, name: &str) -> Option<Value>;

    /// Sets the field of this name; nothing if there is none.
    fn put(&mut self, name: &str, value: &Value);
}

/// What an experiment's plan knows beyond its single fields.
pub(crate) trait Rules {
    /// Values that are possible one by one, but not together.
    fn contradictions(&self) -> Vec<Invalid> {
        Vec::new()
    }

    /// Another workload was chosen: fields that depend on it follow.
    fn follow_workload(&mut self) {}

    /// Whether the field of this name changes anything.
    fn applies(&self, _name: &str) -> bool {
        true
    }
}

/// What no plan can have, and what to give instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field's name, or `experiment`.
    pub field: &'static str,
    /// A sentence for people, with what is allowed.
    pub message: String,
}

impl Invalid {
    pub(crate) fn new(field: &'static str, message: impl Into<String>) -> Invalid {
        let message = message.into();
        Invalid { field, message }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Invalid {}

impl Plan {
    /// The plan to begin with on a machine with so many cores.
    pub fn default_for(experiment: Experiment, cores: u32) -> Plan {
        match experiment {
            Experiment::SpeedUp => Plan::SpeedUp(speed_up::Plan::default_for(cores)),
            Experiment::Messaging => Plan::Messaging(messaging::Plan::default_for(cores)),
            Experiment::Granularity => Plan::Granularity(granularity::Plan::default_for(cores)),
            Experiment::StartUp => Plan::StartUp(start_up::Plan::default_for(cores)),
            Experiment::Sharing => Plan::Sharing(sharing::Plan::default_for(cores)),
            Experiment::Pipelines => Plan::Pipelines(pipelines::Plan::default_for(cores)),
            Experiment::PoolMethods => Plan::PoolMethods(pool_methods::Plan::default_for(cores)),
            Experiment::IoBound => Plan::IoBound(io_bound::Plan::default_for(cores)),
        }
    }

    fn form(&self) -> &dyn Form {
        each!(self, plan => plan)
    }

    fn form_mut(&mut self) -> &mut dyn Form {
        each!(self, plan => plan)
    }

    /// What is asked.
    pub fn experiment(&self) -> Experiment {
        match self {
            Plan::SpeedUp(_) => Experiment::SpeedUp,
            Plan::Messaging(_) => Experiment::Messaging,
            Plan::Granularity(_) => Experiment::Granularity,
            Plan::StartUp(_) => Experiment::StartUp,
            Plan::Sharing(_) => Experiment::Sharing,
            Plan::Pipelines(_) => Experiment::Pipelines,
            Plan::PoolMethods(_) => Experiment::PoolMethods,
            Plan::IoBound(_) => Experiment::IoBound,
        }
    }

    /// The work, where the experiment lets one choose.
    pub fn workload(&self) -> Option<Workload> {
        match self {
            Plan::SpeedUp(plan) => Some(plan.workload),
            Plan::Granularity(plan) => Some(plan.workload),
            Plan::IoBound(plan) => Some(plan.workload),
            _ => None,
        }
    }

    /// How often everything is measured.
    pub fn repeats(&self) -> u32 {
        each!(self, plan => plan.repeats)
    }

    /// The plan of a URL's query, with or without its `?`; what was wrong with
    /// it; and whether to start at once (`run=1`).
    ///
    /// Without an `experiment`, it is a speed-up. A value that cannot be keeps
    /// that field's default; values that contradict each other, or that this
    /// build can only read of, are kept and said. Unknown keys are ignored; of a
    /// key given twice, the first counts.
    pub fn from_query(query: &str, cores: u32) -> (Plan, Vec<Invalid>, bool) {
        let query = query.strip_prefix('?').unwrap_or(query);
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        let value = |name: &str| {
            let pair = pairs.iter().find(|(key, _)| key == name);
            pair.map(|(_, value)| value.to_string())
        };
        let mut invalid = Vec::new();
        let named = value("experiment").map(|name| name.parse::<Experiment>());
        let experiment = named.unwrap_or(Ok(Experiment::default()));
        let experiment = experiment.unwrap_or_else(|error| {
            invalid.push(Invalid::new("experiment", capitalised(&error)));
            Experiment::default()
        });
        let (plan, faults) = Plan::read(experiment, cores, value);
        invalid.extend(faults);
        invalid.extend(plan.unrunnable());
        (plan, invalid, value("run").as_deref() == Some("1"))
    }

    /// The plan that a report from a machine with so many cores tells of. A
    /// field that it lacks keeps its default. Whether this build could run it does
    /// not matter.
    pub(crate) fn from_stored(
        experiment: Experiment,
        stored: &Map<String, Json>,
        cores: u32,
    ) -> Result<Plan, Vec<Invalid>> {
        let (plan, invalid) = Plan::read(experiment, cores, |name| stored.get(name).map(text));
        if invalid.is_empty() {
            Ok(plan)
        } else {
            Err(invalid)
        }
    }

    /// The plan of the texts that there are of its fields, and what was wrong
    /// with them.
    fn read(
        experiment: Experiment,
        cores: u32,
        text: impl Fn(&str) -> Option<String>,
    ) -> (Plan, Vec<Invalid>) {
        let mut plan = Plan::default_for(experiment, cores);
        let mut invalid = Vec::new();
        for field in experiment.fields() {
            if let Some(text) = text(field.name) {
                invalid.extend(plan.set(field.name, &text, cores).err());
            }
        }
        invalid.extend(plan.form().contradictions());
        (plan, invalid)
    }

    /// The query that [`from_query`](Self::from_query) reads as this plan,
    /// without a `?`. Names and numbers need no escapes, nor do the commas
    /// between them.
    pub fn to_query(&self) -> String {
        let mut query = format!("experiment={}", self.experiment());
        for field in self.fields() {
            query += &format!("&{}={}", field.name, self.text(field.name));
        }
        query
    }

    /// What the page and a URL know of its fields, in order.
    pub fn fields(&self) -> &'static [Field] {
        self.experiment().fields()
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// The value of the field of this name.
    pub fn value(&self, name: &str) -> Option<Value> {
        self.form().value(name)
    }

    /// A field's value as text, as in a control or a URL; empty where there is
    /// no such field.
    pub fn text(&self, name: &str) -> String {
        self.value(name)
            .as_ref()
            .map_or_else(String::new, Value::text)
    }

    /// Sets one field from the text of its control. A text that cannot be
    /// leaves the plan as it was.
    ///
    /// Numbers may be written `1000000`, `1,000,000`, `1_000_000` or `1e6`, and
    /// several of them `1000,1000000`, or with spaces between. Another workload
    /// counts in another unit, so it brings its default size with it, and drops
    /// the numbers of chunks that it has not items enough for.
    ///
    /// # Errors
    /// [`Invalid`], with what is allowed. That values contradict each other is
    /// for [`validate`](Self::validate) to say.
    pub fn set(&mut self, name: &str, text: &str, cores: u32) -> Result<(), Invalid> {
        let Some(field) = self.field(name) else {
            let names: Vec<&str> = self.fields().iter().map(|field| field.name).collect();
            let names = names.join(", ");
            return Err(Invalid::new(
                "experiment",
                format!("This experiment has no such field: it has {names}."),
            ));
        };
        let workload = self.workload();
        let value = Value::read(field, text.trim(), workload, cores)
            .map_err(|message| Invalid::new(field.name, message))?;
        self.form_mut().put(name, &value);
        if self.workload() != workload {
            self.form_mut().follow_workload();
        }
        Ok(())
    }

    /// Whether this plan, wherever it came from, can be run on a machine with
    /// so many cores; if not, everything that is wrong with it.
    ///
    /// # Errors
    /// A sentence for every value out of range, for every contradiction, and for
    /// threads where this build has none.
    pub fn validate(&self, cores: u32) -> Result<(), Vec<Invalid>> {
        let fields = self.fields().iter();
        let mut invalid: Vec<Invalid> = fields
            .filter_map(|field| {
                let read = Value::read(field, &self.text(field.name), self.workload(), cores);
                Some(Invalid::new(field.name, read.err()?))
            })
            .collect();
        invalid.extend(self.form().contradictions());
        invalid.extend(self.unrunnable());
        if invalid.is_empty() {
            Ok(())
        } else {
            Err(invalid)
        }
    }

    /// Everything in this plan that this build can read of, but not run.
    fn unrunnable(&self) -> impl Iterator<Item = Invalid> {
        self.fields().iter().filter_map(|field| {
            let Some(Value::Names(chosen)) = self.value(field.name) else {
                return None;
            };
            let known = field.known().into_iter();
            let (can, cannot): (Vec<Choice>, Vec<Choice>) = known.partition(|one| one.runnable);
            let can: Vec<&str> = can.iter().map(|choice| choice.name).collect();
            let cannot = cannot.iter().map(|choice| choice.name);
            let cannot: Vec<&str> = cannot.filter(|name| chosen.contains(name)).collect();
            let message = format!(
                "{}: this build has no threads, which {} would need: choose among {}, or build with the feature `threads`.",
                field.label,
                cannot.join(", "),
                can.join(", ")
            );
            (!cannot.is_empty()).then(|| Invalid::new(field.name, message))
        })
    }

    /// The numbers that a field may be on a machine with so many cores; nothing
    /// for names.
    pub fn range(&self, field: &Field, cores: u32) -> Option<RangeInclusive<u64>> {
        field
            .limit()
            .map(|limit| limit.range(self.workload(), cores))
    }

    /// What a field's numbers count; may be empty.
    pub fn unit(&self, field: &Field) -> &'static str {
        field
            .limit()
            .map_or("", |limit| limit.unit(self.workload()))
    }

    /// Numbers with names to choose from: the workload's sizes.
    pub fn presets(&self, field: &Field) -> Vec<(&'static str, u64)> {
        match (field.limit(), self.workload()) {
            (Some(Limit::Size), Some(workload)) => workload.presets().to_vec(),
            _ => Vec::new(),
        }
    }

    /// Whether a field changes anything: the seed does not where nothing is
    /// drawn at random, sizes do not where only small things are sent.
    pub fn applies(&self, field: &Field) -> bool {
        self.form().applies(field.name)
    }
}

/// A stored value as a control would have it.
fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

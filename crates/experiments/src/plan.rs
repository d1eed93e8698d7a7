//! Plans: what to measure, and how a URL or the text of a control becomes a plan.
//!
//! Each experiment declares its own plan, a struct with typed fields; a [`Plan`] is one of
//! these. The page draws its controls from the [`Field`]s of the plan, and URLs and stored
//! reports are read by them.

use super::{
    Experiment,
    form::{Choice, Field, Form, Invalid, Kind, Limit},
    granularity, io_bound, messaging, pipelines, pool_methods, sharing, speed_up, start_up,
    words::capitalised,
};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::ops::RangeInclusive;
use workloads::Workload;

macro_rules! plans {
    ($($Experiment:ident: $module:ident),+) => {
        /// The plan of an experiment. In a report it is an object of the fields'
        /// values.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        pub enum Plan {$(
            #[doc = concat!("Of [`Experiment::", stringify!($Experiment), "`].")]
            $Experiment($module::Plan),
        )+}

        impl Plan {
            /// The plan to begin with on a machine with so many cores.
            pub fn default_for(experiment: Experiment, cores: u32) -> Plan {
                match experiment {
                    $(Experiment::$Experiment => {
                        Plan::$Experiment($module::Plan::default_for(cores))
                    })+
                }
            }

            /// The plan to measure more with: more places and more repeats.
            pub fn more_for(experiment: Experiment, cores: u32) -> Plan {
                match experiment {
                    $(Experiment::$Experiment => {
                        Plan::$Experiment($module::Plan::more_for(cores))
                    })+
                }
            }

            /// The experiment of the plan.
            pub fn experiment(&self) -> Experiment {
                match self {
                    $(Plan::$Experiment(_) => Experiment::$Experiment,)+
                }
            }

            /// How often everything is measured.
            pub fn repeats(&self) -> u32 {
                match self {
                    $(Plan::$Experiment(plan) => plan.repeats,)+
                }
            }

            fn form(&self) -> &dyn Form {
                match self {
                    $(Plan::$Experiment(plan) => plan,)+
                }
            }

            fn form_mut(&mut self) -> &mut dyn Form {
                match self {
                    $(Plan::$Experiment(plan) => plan,)+
                }
            }
        }

        impl Experiment {
            /// The fields of its plan: the page's controls and the URL's keys, in
            /// order.
            pub fn fields(self) -> &'static [Field] {
                match self {
                    $(Experiment::$Experiment => $module::Plan::FIELDS,)+
                }
            }
        }
    };
}

plans! {
    SpeedUp: speed_up,
    Messaging: messaging,
    Granularity: granularity,
    StartUp: start_up,
    Sharing: sharing,
    Pipelines: pipelines,
    PoolMethods: pool_methods,
    IoBound: io_bound
}

impl Plan {
    /// The work, where the experiment lets one choose.
    pub fn workload(&self) -> Option<Workload> {
        match self {
            Plan::SpeedUp(plan) => Some(plan.workload),
            Plan::Granularity(plan) => Some(plan.workload),
            Plan::IoBound(plan) => Some(plan.workload),
            _ => None,
        }
    }

    /// The value of the first key of this name in a URL's query, with or without its `?`.
    pub fn query_value(query: &str, name: &str) -> Option<String> {
        let query = query.strip_prefix('?').unwrap_or(query);
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let pair = pairs.find(|(key, _)| key == name);
        pair.map(|(_, value)| value.into_owned())
    }

    /// The plan of a URL's query, with or without its `?`; what was wrong with
    /// it; and whether to start at once (`run=1`).
    ///
    /// Without the key `experiment` it is the speed-up experiment. A field with an invalid
    /// value keeps its default. Values that contradict each other, or that this build cannot
    /// run, are kept and reported as errors. Unknown keys are ignored; if a key occurs twice,
    /// the first one counts.
    pub fn from_query(query: &str, cores: u32) -> (Plan, Vec<Invalid>, bool) {
        let value = |name: &str| Plan::query_value(query, name);
        let mut invalid = Vec::new();
        let named = value("experiment").map(|name| name.parse::<Experiment>());
        let experiment = named.unwrap_or(Ok(Experiment::default()));
        let experiment = experiment.unwrap_or_else(|error| {
            invalid.push(Invalid {
                field: "experiment",
                message: capitalised(&error),
            });
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
        invalid.extend(plan.contradictions());
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

    /// A field's value as text, as in a URL; empty where there is no such field.
    pub fn text(&self, name: &str) -> String {
        self.form().text(name).unwrap_or_default()
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
            return Err(Invalid {
                field: "experiment",
                message: format!("This experiment has no such field: it has {names}."),
            });
        };
        let workload = self.workload();
        let text = self.check(field, text.trim(), cores)?;
        self.form_mut().put(name, &text);
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
        let checked = |field| self.check(field, &self.text(field.name), cores).err();
        let mut invalid: Vec<Invalid> = self.fields().iter().filter_map(checked).collect();
        invalid.extend(self.contradictions());
        invalid.extend(self.unrunnable());
        if invalid.is_empty() {
            Ok(())
        } else {
            Err(invalid)
        }
    }

    fn check(&self, field: &Field, text: &str, cores: u32) -> Result<String, Invalid> {
        let checked = field.check(text, self.workload(), cores);
        checked.map_err(|message| Invalid {
            field: field.name,
            message,
        })
    }

    fn contradictions(&self) -> Vec<Invalid> {
        let mut found = Vec::new();
        (self.form()).contradictions(&mut |field, message| found.push(Invalid { field, message }));
        found
    }

    /// The values in this plan that this build can read but not run.
    fn unrunnable(&self) -> impl Iterator<Item = Invalid> {
        self.fields().iter().filter_map(|field| {
            if !matches!(field.kind, Kind::Choice(_) | Kind::Several(_)) {
                return None;
            }
            let text = self.text(field.name);
            let chosen: Vec<&str> = text.split(',').collect();
            let names = |of: &dyn Fn(&Choice) -> bool| {
                let names = field.known().into_iter().filter(of);
                let names: Vec<&str> = names.map(|choice| choice.name).collect();
                names.join(", ")
            };
            let cannot = names(&|one| !one.runnable && chosen.contains(&one.name));
            let can = names(&|one| one.runnable);
            let message = format!(
                "{}: this build has no threads, which {cannot} would need: choose among {can}, or build with the feature `threads`.",
                field.label,
            );
            (!cannot.is_empty()).then_some(Invalid {
                field: field.name,
                message,
            })
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

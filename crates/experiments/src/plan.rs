//! Plans: what to measure, and how a URL or the text of a control becomes a plan.
//!
//! Each experiment declares its own plan, a struct with typed fields; a [`Plan`] is one of
//! these. The plan's [`Field`]s describe it: from them the page makes its controls, and with
//! them URLs and stored reports are read.

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
        /// The plan of an experiment. In a report it is an object with the values of the
        /// fields.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        pub enum Plan {$(
            #[doc = concat!("The plan of [`Experiment::", stringify!($Experiment), "`].")]
            $Experiment($module::Plan),
        )+}

        impl Plan {
            /// The default plan on a machine with this number of cores.
            pub fn default_for(experiment: Experiment, cores: u32) -> Plan {
                match experiment {
                    $(Experiment::$Experiment => {
                        Plan::$Experiment($module::Plan::default_for(cores))
                    })+
                }
            }

            /// The plan for measuring more: more points and more repeats.
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

            /// The number of times that everything is measured.
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
            /// The fields of its plan, in order: the page's controls and the keys of a URL.
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
    /// The workload, if the experiment has a choice of workloads.
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

    /// Reads the query of a URL, with or without its `?`. Returns the plan, the invalid values,
    /// and whether the experiment is to start at once (`run=1`).
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

    /// Reads the plan of a stored report from a machine with this number of cores. A missing
    /// field gets its default. The plan may be one that this build cannot run.
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

    /// Reads a plan from the texts of its fields, some of which may be missing. Also returns
    /// the invalid values.
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

    /// The query that [`from_query`](Self::from_query) reads as this plan, without a `?`. Names,
    /// numbers and the commas between them need no escaping.
    pub fn to_query(&self) -> String {
        let mut query = format!("experiment={}", self.experiment());
        for field in self.fields() {
            query += &format!("&{}={}", field.name, self.text(field.name));
        }
        query
    }

    /// The descriptions of its fields, in order.
    pub fn fields(&self) -> &'static [Field] {
        self.experiment().fields()
    }

    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// A field's value as text, as in a URL; empty if there is no such field.
    pub fn text(&self, name: &str) -> String {
        self.form().text(name).unwrap_or_default()
    }

    /// Sets one field from the text of its control. An invalid text does not change the plan.
    ///
    /// A number may be written `1000000`, `1,000,000`, `1_000_000` or `1e6`. Several numbers are
    /// separated by commas (`1000,1000000`) or by spaces. If the workload changes, the size
    /// becomes the new workload's default size, because it counts in another unit, and numbers
    /// of chunks for which the new workload has too few items are removed.
    ///
    /// # Errors
    /// [`Invalid`], which says what is allowed. Contradictions between values are found by
    /// [`validate`](Self::validate).
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
        self.form_mut().set(name, &text);
        if self.workload() != workload {
            self.form_mut().adapt_to_workload();
        }
        Ok(())
    }

    /// Checks whether this plan can be run on a machine with this number of cores.
    ///
    /// # Errors
    /// One [`Invalid`] for each value out of range, for each contradiction, and for threads if
    /// this build has none.
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
                let names = field.all_choices().into_iter().filter(of);
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

    /// The numbers that a field allows on a machine with this number of cores; `None` for a
    /// field of names.
    pub fn range(&self, field: &Field, cores: u32) -> Option<RangeInclusive<u64>> {
        field
            .limit()
            .map(|limit| limit.range(self.workload(), cores))
    }

    /// The unit of a field's numbers; may be empty.
    pub fn unit(&self, field: &Field) -> &'static str {
        field
            .limit()
            .map_or("", |limit| limit.unit(self.workload()))
    }

    /// Numbers with names that can be chosen: the sizes of the workload.
    pub fn presets(&self, field: &Field) -> Vec<(&'static str, u64)> {
        match (field.limit(), self.workload()) {
            (Some(Limit::Size), Some(workload)) => workload.presets().to_vec(),
            _ => Vec::new(),
        }
    }

    /// Whether a field has an effect. The seed has none if the workload uses no random numbers,
    /// and sizes have none if all payloads have a fixed size.
    pub fn applies(&self, field: &Field) -> bool {
        self.form().applies(field.name)
    }
}

/// A stored value as the text of a control.
fn text(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

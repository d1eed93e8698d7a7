//! What to measure, and how a URL or a control's text becomes a plan.
//!
//! An experiment lists its [`Field`]s; a [`Plan`] has a value for each. The page
//! draws its controls from them, a URL is read and written by them, a report
//! keeps them.

mod contradiction;
mod field;
pub(super) mod fields;
pub(super) mod number;
mod stored;
mod value;
pub(super) mod words;

pub(super) use contradiction::can_carry;
pub use field::{Among, Choice, Field, Kind, Limit, Row, Start};
pub use value::Value;

use super::Experiment;
use manyhands::StartMethod;
use std::{fmt, ops::RangeInclusive};
use words::{capitalised, decoded};
use workloads::Workload;

/// An experiment with a value for each of its fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    experiment: Experiment,
    /// In the order of the experiment's fields.
    values: Vec<Value>,
}

/// What no plan can have, and what to give instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The field's name, or `experiment`.
    pub field: &'static str,
    /// A sentence for people, with what is allowed.
    pub message: String,
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
        let mut plan = Plan {
            experiment,
            values: Vec::new(),
        };
        // The workload comes before what depends on it.
        for field in experiment.fields() {
            let value = Value::default_of(field, plan.workload(), cores);
            plan.values.push(value);
        }
        plan
    }

    /// The plan of a URL's query, with or without its `?`; what was wrong with
    /// it; and whether to start at once (`run=1`).
    ///
    /// Without an `experiment`, it is a speed-up. A value that cannot be keeps
    /// that field's default; values that contradict each other, or that this
    /// build can only read of, are kept and said. Unknown keys are ignored; of a
    /// key given twice, the first counts.
    pub fn from_query(query: &str, cores: u32) -> (Plan, Vec<Invalid>, bool) {
        let pairs: Vec<(String, String)> = query
            .strip_prefix('?')
            .unwrap_or(query)
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(key, value)| (decoded(key), decoded(value)))
            .collect();
        let value = |name: &str| {
            let pair = pairs.iter().find(|(key, _)| key == name);
            pair.map(|(_, value)| value.as_str())
        };
        let mut invalid = Vec::new();
        let experiment = match value("experiment").map(str::parse::<Experiment>) {
            None => Experiment::default(),
            Some(Ok(experiment)) => experiment,
            Some(Err(error)) => {
                invalid.push(Invalid {
                    field: "experiment",
                    message: capitalised(&error),
                });
                Experiment::default()
            }
        };
        let mut plan = Plan::default_for(experiment, cores);
        for field in experiment.fields() {
            if let Some(text) = value(field.name) {
                invalid.extend(plan.set(field.name, text, cores).err());
            }
        }
        invalid.extend(plan.contradictions());
        invalid.extend(plan.unrunnable());
        (plan, invalid, value("run") == Some("1"))
    }

    /// The query that [`from_query`](Self::from_query) reads as this plan,
    /// without a `?`.
    pub fn to_query(&self) -> String {
        let values = self.fields().iter().zip(&self.values);
        values
            .map(|(field, value)| format!("{}={}", field.name, value.text()))
            .fold(format!("experiment={}", self.experiment), |query, pair| {
                query + "&" + &pair
            })
    }

    /// What is asked.
    pub fn experiment(&self) -> Experiment {
        self.experiment
    }

    /// What it consists of, in order.
    pub fn fields(&self) -> &'static [Field] {
        self.experiment.fields()
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields().iter().find(|field| field.name == name)
    }

    /// The value of the field of this name.
    pub fn value(&self, name: &str) -> Option<&Value> {
        let index = self.fields().iter().position(|field| field.name == name)?;
        self.values.get(index)
    }

    /// A field's value as text, as in a control or a URL; empty where there is
    /// no such field.
    pub fn text(&self, name: &str) -> String {
        self.value(name).map_or_else(String::new, Value::text)
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
        let fields = self.fields().iter();
        let Some((index, field)) = fields.enumerate().find(|(_, field)| field.name == name) else {
            let names: Vec<&str> = self.fields().iter().map(|field| field.name).collect();
            return Err(Invalid {
                field: "experiment",
                message: format!(
                    "This experiment has no such field: it has {}.",
                    names.join(", ")
                ),
            });
        };
        let workload = self.workload();
        let value =
            Value::read(field, text.trim(), workload, cores).map_err(|message| Invalid {
                field: field.name,
                message,
            })?;
        self.values[index] = value;
        if self.workload() != workload {
            self.follow_workload(cores);
        }
        Ok(())
    }

    fn follow_workload(&mut self, cores: u32) {
        let workload = self.workload();
        for (field, value) in self.fields().iter().zip(&mut self.values) {
            if field.limit() == Some(Limit::Size) {
                *value = Value::default_of(field, workload, cores);
            }
        }
        self.drop_chunks_beyond_items();
    }

    /// Whether this plan, wherever it came from, can be run on a machine with
    /// so many cores; if not, everything that is wrong with it.
    ///
    /// # Errors
    /// A sentence for every value out of range, for every contradiction, and for
    /// threads where this build has none.
    pub fn validate(&self, cores: u32) -> Result<(), Vec<Invalid>> {
        let workload = self.workload();
        let values = self.fields().iter().zip(&self.values);
        let mut invalid: Vec<Invalid> = values
            .filter_map(|(field, value)| {
                let message = Value::read(field, &value.text(), workload, cores).err()?;
                let field = field.name;
                Some(Invalid { field, message })
            })
            .collect();
        invalid.extend(self.contradictions());
        invalid.extend(self.unrunnable());
        if invalid.is_empty() {
            Ok(())
        } else {
            Err(invalid)
        }
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
        match field.name {
            "seed" => self.workload().is_none_or(Workload::is_seeded),
            "sizes" => {
                (self.names("payloads").iter()).any(|name| !matches!(*name, "number" | "struct"))
            }
            _ => true,
        }
    }

    /// The number of this name; 0 where there is none.
    pub fn number(&self, name: &str) -> u64 {
        match self.value(name) {
            Some(Value::Number(number)) => *number,
            _ => 0,
        }
    }

    /// The numbers of this name, in order; none where there are none.
    pub fn numbers(&self, name: &str) -> &[u64] {
        match self.value(name) {
            Some(Value::Numbers(numbers)) => numbers,
            _ => &[],
        }
    }

    /// The chosen name of this field; empty where there is none.
    pub fn name(&self, name: &str) -> &'static str {
        match self.value(name) {
            Some(Value::Name(name)) => name,
            _ => "",
        }
    }

    /// The chosen names of this field, in the page's order.
    pub fn names(&self, name: &str) -> &[&'static str] {
        match self.value(name) {
            Some(Value::Names(names)) => names,
            _ => &[],
        }
    }

    /// The work, where the experiment lets one choose.
    pub fn workload(&self) -> Option<Workload> {
        self.name("workload").parse().ok()
    }

    /// How processes get their workers.
    pub fn start_method(&self) -> StartMethod {
        self.name("start").parse().unwrap_or_default()
    }

    /// The number of workers, or of repeats: as [`number`](Self::number), which
    /// their limits keep within 32 bits.
    pub(super) fn count(&self, name: &str) -> u32 {
        u32::try_from(self.number(name)).unwrap_or(u32::MAX)
    }
}

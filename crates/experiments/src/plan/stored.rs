//! Plans in reports: an object of the fields' values.

use super::{Invalid, Plan};
use crate::Experiment;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value as Json};

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            (self.fields().iter())
                .map(|field| field.name)
                .zip(&self.values),
        )
    }
}

impl Plan {
    /// The plan that a report from a machine with so many cores tells of. A
    /// field that it lacks keeps its default. Whether this build could run it does
    /// not matter.
    pub(crate) fn from_stored(
        experiment: Experiment,
        stored: &Map<String, Json>,
        cores: u32,
    ) -> Result<Plan, Vec<Invalid>> {
        let mut plan = Plan::default_for(experiment, cores);
        let mut invalid = Vec::new();
        for field in experiment.fields() {
            if let Some(value) = stored.get(field.name) {
                invalid.extend(plan.set(field.name, &text(value), cores).err());
            }
        }
        invalid.extend(plan.contradictions());
        if invalid.is_empty() {
            Ok(plan)
        } else {
            Err(invalid)
        }
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

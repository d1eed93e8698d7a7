//! The JSON schema of reports, generated from their types.
//!
//! `report.schema.json` is the generated schema, and a test compares the two. Only tests
//! need this module, so it is behind the feature `schema`.

use crate::{
    catalogue::Experiment,
    form::{Choice, Kind, Limit},
    model::Model,
    plan::Plan,
    report::{Report, SCHEMA},
};
use schemars::{
    JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema,
    transform::RecursiveTransform,
};
use serde_json::{Value, json};
use std::borrow::Cow;

/// The JSON schema of what [`Report::to_json`] writes.
pub fn report_schema() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(closed));
    let mut schema = settings.into_generator().into_root_schema_for::<Report>();
    let version = SCHEMA.rsplit('/').next().unwrap_or_default();
    schema.insert(
        "title".to_owned(),
        format!("Manyhands report, version {version}").into(),
    );
    schema.insert(
        "description".to_owned(),
        "What an experiment measured. Everything marked as computed follows from the rest and is \
         computed anew by whoever reads a report with Manyhands. A new version comes with a change \
         that a reader of this one could not understand; an addition does not."
            .into(),
    );
    let plans: Vec<Value> = Experiment::ALL.into_iter().map(plan_of).collect();
    schema.insert("allOf".to_owned(), plans.into());
    schema.to_value()
}

/// Adapts the schema to written reports: objects have no other properties and each
/// description is one line. Default values are removed, because a written report contains
/// every key.
fn closed(schema: &mut Schema) {
    if schema.get("properties").is_some() {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
    for key in ["default", "format", "readOnly"] {
        schema.remove(key);
    }
}

/// The condition that a report of this experiment contains a plan of this experiment.
fn plan_of(experiment: Experiment) -> Value {
    let plan = Plan::default_for(experiment, 1);
    let fields = experiment.fields().iter();
    let properties: serde_json::Map<String, Value> = fields
        .map(|field| {
            let names = |choices: fn() -> Vec<Choice>| -> Vec<&str> {
                choices().iter().map(|choice| choice.name).collect()
            };
            let number = |limit: Limit| match limit {
                // The limits of the size depend on the workload.
                Limit::Size => json!({ "type": "integer", "minimum": 0 }),
                // The widest limits, which are those of a machine with very many cores.
                _ => plan.range(field, u32::MAX).map_or_else(
                    || json!({ "type": "integer" }),
                    |range| json!({ "type": "integer", "minimum": range.start(), "maximum": range.end() }),
                ),
            };
            let several = |items: Value, most: usize| {
                json!({
                    "type": "array", "items": items,
                    "minItems": 1, "maxItems": most, "uniqueItems": true,
                })
            };
            let mut schema = match field.kind {
                Kind::Choice(choices) => json!({ "enum": names(choices) }),
                Kind::Several(choices) => {
                    let names = names(choices);
                    let most = names.len();
                    several(json!({ "enum": names }), most)
                }
                Kind::Number(limit) => number(limit),
                Kind::Numbers(limit, most) => several(number(limit), most),
            };
            schema["description"] = field.help.into();
            (field.name.to_owned(), schema)
        })
        .collect();
    let required: Vec<&String> = properties.keys().collect();
    json!({
        "if": { "properties": { "experiment": { "const": experiment.name() } } },
        "then": { "properties": { "plan": {
            "required": required,
            "properties": properties,
            "additionalProperties": false,
        } } },
    })
}

impl JsonSchema for Plan {
    fn schema_name() -> Cow<'static, str> {
        "Plan".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "description": "The same names as in an experiment's address." })
    }
}

impl JsonSchema for Experiment {
    fn schema_name() -> Cow<'static, str> {
        "Experiment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": Experiment::ALL.map(Experiment::name) })
    }
}

impl JsonSchema for Model {
    fn schema_name() -> Cow<'static, str> {
        "Model".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "enum": Model::ALL.map(Model::name) })
    }
}

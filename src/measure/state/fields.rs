//! The controls of the plan's fields: their texts, their errors, and how a text becomes a
//! value of the plan.

use super::State;
use experiments::{Field, Invalid, Kind, Plan};
use workloads::grouped;
use yew::AttrValue;

/// The text in the control of a field, and the error shown below it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct FieldInput {
    pub(super) text: AttrValue,
    pub(super) error: Option<AttrValue>,
}

impl State {
    pub(super) fn show_plan(&mut self) {
        self.inputs = (self.plan.fields().iter())
            .map(|field| FieldInput {
                text: control_text(&self.plan, field),
                error: None,
            })
            .collect();
    }

    /// Shows, in the controls of invalid fields, what the address gives for them and not the
    /// plan's value: the error is about what was given.
    pub(super) fn show_given(&mut self, query: &str, invalid: &[Invalid]) {
        for one in invalid {
            if let (Some(index), Some(text)) = (
                self.field_index(one.field),
                Plan::query_value(query, one.field),
            ) {
                self.inputs[index].text = text.into();
            }
        }
    }

    pub(super) fn show_errors(&mut self, invalid: &[Invalid]) {
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

    pub(super) fn set(&mut self, name: &str, text: String, show_error: bool) {
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
    pub(super) fn check_fields(&mut self) {
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

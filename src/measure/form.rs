//! The form of the plan: the texts and the errors of its controls, and how a text becomes a
//! value of the plan.
//!
//! It is a part of the state, and plain data as well: it must not import `state`.

use experiments::{Field, Invalid, Kind, Plan};
use workloads::grouped;
use yew::AttrValue;

/// The plan, and what its controls show.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// The number of logical cores, which limits some fields of the plan.
    pub cores: u32,
    /// The last valid plan, which is also the one in the page's address.
    pub plan: Plan,
    /// The controls' texts and errors, in the order of the plan's fields.
    inputs: Vec<FieldInput>,
    /// The error about the experiment's name in the address.
    pub experiment_error: Option<AttrValue>,
}

/// The text in the control of a field, and the error shown below it.
#[derive(Clone, Debug, PartialEq)]
struct FieldInput {
    text: AttrValue,
    error: Option<AttrValue>,
}

impl FieldInput {
    fn of(plan: &Plan, field: &Field) -> FieldInput {
        FieldInput {
            text: control_text(plan, field),
            error: None,
        }
    }
}

fn inputs_of(plan: &Plan) -> Vec<FieldInput> {
    let fields = plan.fields().iter();
    fields.map(|field| FieldInput::of(plan, field)).collect()
}

impl Form {
    /// The form of the plan of a query, with an error for each invalid part. Also returns
    /// whether the run starts at once.
    pub fn of_query(cores: u32, query: &str) -> (Form, bool) {
        let (plan, invalid, run) = Plan::from_query(query, cores);
        let mut form = Form {
            cores,
            inputs: inputs_of(&plan),
            plan,
            experiment_error: None,
        };
        form.show_given(query, &invalid);
        form.show_errors(&invalid);
        (form, run && invalid.is_empty())
    }

    /// Shows a plan.
    pub fn choose(&mut self, plan: Plan) {
        self.inputs = inputs_of(&plan);
        self.plan = plan;
    }

    /// Shows, in the controls of invalid fields, what the address gives for them and not the
    /// plan's value: the error is about what was given.
    fn show_given(&mut self, query: &str, invalid: &[Invalid]) {
        for one in invalid {
            if let (Some(index), Some(text)) = (
                self.field_index(one.field),
                Plan::query_value(query, one.field),
            ) {
                self.inputs[index].text = text.into();
            }
        }
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

    /// Sets a field from the text in its control. Without `show_error`, no new error is shown.
    pub fn set(&mut self, name: &str, text: String, show_error: bool) {
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
                self.inputs[index] = FieldInput::of(&self.plan, field);
            }
        }
    }

    /// Shows the errors of fields that contradict each other, and removes the errors of
    /// fields that no longer do.
    pub fn check_fields(&mut self) {
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

    /// Checks all fields and shows all errors.
    pub fn validate(&mut self) {
        self.experiment_error = None;
        let texts = self.inputs.clone();
        for (field, input) in self.plan.fields().iter().zip(texts) {
            self.set(field.name, input.text.to_string(), true);
        }
        self.check_fields();
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

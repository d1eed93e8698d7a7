//! The description of a plan's fields, which the page and URLs use, and the macro that
//! declares the struct of a plan together with it.

use super::choice::{Choice, Named, choices_of};
use std::ops::RangeInclusive;
use workloads::Workload;

/// The largest number of workers. Chromium allows memories for about 120 processes in one
/// page, and warm workers need some of them.
const MAX_WORKERS: u64 = 100;

/// One field of a plan: one control of the page and one key of a URL.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The key in URLs and in a report's plan.
    pub name: &'static str,
    /// The control's label.
    pub label: &'static str,
    /// The help under it.
    pub help: &'static str,
    /// The kind of its values.
    pub kind: Kind,
}

/// The kind of a field's values.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// One of these choices.
    Choice(fn() -> Vec<Choice>),
    /// One or more of these choices.
    Several(fn() -> Vec<Choice>),
    /// A whole number.
    Number(Limit),
    /// Whole numbers: at least one, and at most this many.
    Numbers(Limit, usize),
}

/// The limits of a numeric field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// From the first to the second number, in this unit.
    Fixed(u64, u64, &'static str),
    /// The sizes that the workload allows, in its unit.
    Size,
    /// From 1 to this multiple of the number of cores, but at least to 2 and at most to 100.
    Workers(u64),
}

impl Field {
    /// The choices that this build can run; none for numbers.
    pub fn choices(&self) -> Vec<Choice> {
        let mut choices = self.all_choices();
        choices.retain(|choice| choice.runnable);
        choices
    }

    /// All choices, also those that this build cannot run but that a report may contain.
    pub(crate) fn all_choices(&self) -> Vec<Choice> {
        match self.kind {
            Kind::Choice(choices) | Kind::Several(choices) => choices(),
            Kind::Number(..) | Kind::Numbers(..) => Vec::new(),
        }
    }

    pub(crate) fn limit(&self) -> Option<Limit> {
        match self.kind {
            Kind::Number(limit) | Kind::Numbers(limit, _) => Some(limit),
            Kind::Choice(..) | Kind::Several(..) => None,
        }
    }
}

impl Limit {
    pub(crate) fn range(self, workload: Option<Workload>, cores: u32) -> RangeInclusive<u64> {
        match self {
            Limit::Fixed(low, high, _) => low..=high,
            Limit::Size => workload.map_or(1..=1, Workload::sizes),
            Limit::Workers(times) => 1..=max_workers(cores, times),
        }
    }

    pub(crate) fn unit(self, workload: Option<Workload>) -> &'static str {
        match self {
            Limit::Fixed(.., unit) => unit,
            Limit::Size => workload.map_or("", Workload::unit),
            Limit::Workers(_) => "",
        }
    }
}

fn max_workers(cores: u32, times: u64) -> u64 {
    (u64::from(cores) * times).clamp(2, MAX_WORKERS)
}

/// One worker for each core.
pub(crate) fn one_per_core(cores: u32) -> u32 {
    cores.clamp(1, MAX_WORKERS as u32)
}

/// One worker for each core, but at most 8. To start a process for each of 64 cores
/// repeatedly would take minutes.
pub(crate) fn one_per_core_up_to_8(cores: u32) -> u32 {
    one_per_core(cores).min(8)
}

/// 1, 2, 4, … up to this multiple of the number of cores, and that number itself.
pub(crate) fn doubling(cores: u32, times: u64) -> Vec<u32> {
    doubling_to(max_workers(cores, times) as u32)
}

/// 1, 2, 4, … up to this number, and the number itself.
pub(crate) fn doubling_to(last: u32) -> Vec<u32> {
    let powers = (0..7).map(|power| 1 << power);
    powers.filter(|n| *n < last).chain([last]).collect()
}

/// A type that a plan's field may have, and its conversion to and from the text in a URL.
pub(crate) trait FieldType: Sized {
    fn to_text(&self) -> String;

    /// The value of a text that has been checked.
    fn from_text(text: &str) -> Option<Self>;
}

/// A type of field for which all values of the type can be chosen, unless the plan declares
/// another kind.
pub(crate) trait Choosable {
    const KIND: Kind;
}

impl<T: Named> Choosable for T {
    const KIND: Kind = Kind::Choice(choices_of::<T>);
}

impl<T: Named> Choosable for Vec<T> {
    const KIND: Kind = Kind::Several(choices_of::<T>);
}

impl<T: Named> FieldType for T {
    fn to_text(&self) -> String {
        self.name().to_owned()
    }

    fn from_text(text: &str) -> Option<Self> {
        T::named(text)
    }
}

impl<T: FieldType> FieldType for Vec<T> {
    fn to_text(&self) -> String {
        let texts: Vec<String> = self.iter().map(T::to_text).collect();
        texts.join(",")
    }

    fn from_text(text: &str) -> Option<Self> {
        text.split(',').map(T::from_text).collect()
    }
}

macro_rules! numeric {
    ($($Number:ty),+) => {$(
        impl FieldType for $Number {
            fn to_text(&self) -> String {
                self.to_string()
            }

            fn from_text(text: &str) -> Option<Self> {
                text.parse().ok()
            }
        }
    )+};
}
numeric!(u32, u64);

/// Declares an experiment's `Plan` together with its form. Each field has, in this order:
/// - the help text, as a doc comment, which the page shows;
/// - the name and, after `as`, the name in URLs and reports if it is different;
/// - the type;
/// - the default value and, after `=>`, the value for measuring more if it is different;
/// - the label of the control;
/// - the kind, unless all values of the type can be chosen.
///
/// The macro also declares `KEYS`, the names of the fields, so that code does not repeat them
/// as texts.
macro_rules! plan {
    ($(#[$doc:meta])* Plan($cores:pat) {$(
        $(#[doc = $help:literal])+
        $field:ident $(as $key:literal)?: $Type:ty = $default:expr $(=> $more:expr)?, $label:literal $(, $kind:expr)?;
    )+}) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        pub struct Plan {$(
            $(#[doc = $help])+
            $(#[serde(rename = $key)])?
            pub $field: $Type,
        )+}

        /// The fields' names in URLs and in reports.
        pub struct Keys {$(
            $(#[doc = $help])+
            pub $field: &'static str,
        )+}

        /// The fields' names in URLs and in reports.
        pub const KEYS: Keys = Keys {
            $($field: $crate::form::plan!(@key $field $($key)?),)+
        };

        impl Plan {
            /// The descriptions of the fields, in order.
            pub const FIELDS: &'static [$crate::form::Field] = &[$($crate::form::Field {
                name: KEYS.$field,
                label: $label,
                help: concat!($($help),+).trim_ascii_start(),
                kind: $crate::form::plan!(@kind $Type $(, $kind)?),
            }),+];

            /// The default plan on a machine with this number of cores. It takes about ten
            /// seconds.
            pub fn default_for($cores: u32) -> Plan {
                Plan { $($field: $default,)+ }
            }

            /// The plan for measuring more: more points and more repeats.
            pub fn more_for($cores: u32) -> Plan {
                Plan { $($field: $crate::form::plan!(@more $default $(, $more)?),)+ }
            }
        }

        impl $crate::form::Form for Plan {
            fn text(&self, name: &str) -> Option<String> {
                $(if name == KEYS.$field {
                    return Some($crate::form::FieldType::to_text(&self.$field));
                })+
                None
            }

            fn set(&mut self, name: &str, text: &str) {
                $(if name == KEYS.$field
                    && let Some(value) = $crate::form::FieldType::from_text(text)
                {
                    self.$field = value;
                })+
            }
        }
    };
    (@more $default:expr) => { $default };
    (@more $default:expr, $more:expr) => { $more };
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (@kind $Type:ty) => { <$Type as $crate::form::Choosable>::KIND };
    (@kind $Type:ty, $kind:expr) => { $kind };
}
pub(crate) use plan;

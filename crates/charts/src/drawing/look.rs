//! The look of a line: its colour, marker and dash pattern, so that lines can also be told
//! apart without colours.

use crate::geometry::Marker;
use crate::model::{Chart, ChartLine, Role};

/// The number of colours and patterns in the style sheet: `s0` to `s7`.
pub const COLOURS: usize = 8;

/// The look of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The number of its colour, 0 to 7.
    pub colour: usize,
    /// Its marker.
    pub marker: Marker,
    /// What the line is, which decides its dash pattern.
    pub role: Role,
}

/// The series whose colour is the same in all charts and in lanes.
const FIXED_COLOURS: [(&str, usize); 10] = [
    ("main thread", 1),
    ("processes", 0),
    ("computing", 0),
    ("sending", 2),
    ("start-up", 3),
    ("waiting", 7),
    ("threads with a gil", 2),
    ("threads without a gil", 3),
    ("threads, gil released", 5),
    ("event loop", 4),
];

/// The look of each line of a chart. A line gets the fixed colour of its name if no
/// earlier line has it, otherwise the first free colour.
pub(super) fn looks(chart: &Chart) -> Vec<Look> {
    let mut taken: Vec<usize> = Vec::new();
    let own: Vec<Option<usize>> = (chart.lines.iter())
        .map(|line| {
            let name = line.label.to_lowercase();
            let known = FIXED_COLOURS
                .iter()
                .find(|(known, _)| name.starts_with(known));
            let own = known.map(|(_, colour)| *colour);
            let own = own.filter(|colour| !taken.contains(colour));
            taken.extend(own);
            own
        })
        .collect();
    let mut colour = |line: &ChartLine, own: Option<usize>| {
        // The ideal has a separate colour without a number.
        if line.role == Role::Ideal {
            return 0;
        }
        own.unwrap_or_else(|| {
            let free = (0..).find(|colour| !taken.contains(colour)).unwrap_or(0);
            taken.push(free);
            free
        })
    };
    let lines = chart.lines.iter().zip(own);
    lines
        .map(|(line, own)| Look::new(line.role, colour(line, own)))
        .collect()
}

impl Look {
    fn new(role: Role, colour: usize) -> Look {
        Look {
            colour: colour % COLOURS,
            // When all colours are used, they are used again with another marker.
            marker: match role {
                Role::Ideal => Marker::Diamond,
                _ => Marker::of(colour + colour / COLOURS),
            },
            role,
        }
    }

    /// The class of its colour.
    pub fn class(&self) -> String {
        match self.role {
            Role::Ideal => "ideal".to_owned(),
            _ => format!("s{}", self.colour),
        }
    }

    /// The class of its lines.
    pub fn line(&self) -> &'static str {
        match self.role {
            Role::Measured => "line",
            Role::Fitted => "line is-fitted",
            Role::Ideal => "line is-ideal",
            Role::Reference => "line is-reference",
        }
    }

    /// The class of its markers, which are hollow if the line was not measured here.
    pub fn mark(&self) -> &'static str {
        match self.role {
            Role::Measured => "mark",
            _ => "mark is-hollow",
        }
    }

    /// The class of its bars.
    pub fn bar(&self) -> &'static str {
        match self.role {
            Role::Measured | Role::Fitted => "bar",
            Role::Ideal | Role::Reference => "bar is-hollow",
        }
    }

    /// The id of its pattern.
    pub fn pattern(&self) -> Option<usize> {
        match self.role {
            Role::Measured | Role::Fitted => Some(self.colour).filter(|colour| *colour > 0),
            Role::Ideal | Role::Reference => None,
        }
    }
}

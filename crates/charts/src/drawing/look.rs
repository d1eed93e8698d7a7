//! What tells lines apart: a colour, a marker and a dash that always go
//! together.

use crate::geometry::Marker;
use crate::model::{Chart, ChartLine, Role};

/// Colours (and patterns) that the style sheet knows: `s0` to `s7`.
pub const COLOURS: usize = 8;

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its number among the colours.
    pub colour: usize,
    /// Its marker.
    pub marker: Marker,
    /// What it is.
    pub role: Role,
}

/// Names that have the same colour wherever they are drawn, as in lanes.
const KNOWN: [(&str, usize); 10] = [
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

/// How each line of a chart looks: in its own colour where its name has one and
/// no line before took it, else in the first that is free.
pub(super) fn looks(chart: &Chart) -> Vec<Look> {
    let mut taken: Vec<usize> = Vec::new();
    let own: Vec<Option<usize>> = (chart.lines.iter())
        .map(|line| {
            let name = line.label.to_lowercase();
            let known = KNOWN.iter().find(|(known, _)| name.starts_with(known));
            let own = known.map(|(_, colour)| *colour);
            let own = own.filter(|colour| !taken.contains(colour));
            taken.extend(own);
            own
        })
        .collect();
    let mut colour = |line: &ChartLine, own: Option<usize>| {
        // The ideal has a colour of its own, which has no number.
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
            // After a round of colours, the same colour has another marker.
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

    /// The class of its markers: hollow where nothing was measured here.
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

//! What tells series apart: a colour, a marker and a dash that always go
//! together.

use super::{Picture, Role};
use crate::geometry::Marker;

/// Colours (and patterns) that the style sheet knows: `s0` to `s7`.
pub const COLOURS: usize = 8;

/// How a series looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Its number among the colours.
    pub colour: usize,
    /// Its marker.
    pub marker: Marker,
    /// What it is.
    pub role: Role,
}

impl Look {
    /// The look of a picture's series of this number.
    pub fn of(picture: &Picture, number: usize) -> Look {
        let series = picture.series.get(number);
        let role = series.map_or(Role::Measured, |series| series.role);
        let colour = series.map_or(0, |series| series.colour);
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

//! What a process does, as lanes show it: a name, a colour and a pattern that
//! always go together.

use super::super::geometry::{Coverage, Stretch};
use super::Track;
use std::rc::Rc;
use yew::prelude::*;

/// A kind of stretch in a lane. Its number is its place in
/// [`ALL`](Part::ALL).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The process starts.
    StartUp,
    /// It works.
    Computing,
    /// It waits for something or for others.
    Waiting,
    /// It has nothing left to do.
    Idle,
}

impl Part {
    /// All parts, as many as a lane can have.
    pub const ALL: [Part; super::super::geometry::KINDS] =
        [Part::StartUp, Part::Computing, Part::Waiting, Part::Idle];

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Part::StartUp => "start-up",
            Part::Computing => "computing",
            Part::Waiting => "waiting",
            Part::Idle => "idle",
        }
    }

    /// The style sheet's name of its colour.
    pub(super) fn colour(self) -> &'static str {
        match self {
            Part::StartUp => "--startup",
            Part::Computing => "--processes",
            Part::Waiting => "--waiting",
            Part::Idle => "--sunken",
        }
    }

    /// Lines over its colour, in a square of eight pixels.
    pub(super) fn lines(self) -> &'static [[f64; 4]] {
        match self {
            Part::StartUp => &[
                [-2.0, 2.0, 2.0, -2.0],
                [0.0, 8.0, 8.0, 0.0],
                [6.0, 10.0, 10.0, 6.0],
            ],
            Part::Waiting => &[[2.0, 0.0, 2.0, 8.0], [6.0, 0.0, 6.0, 8.0]],
            Part::Computing | Part::Idle => &[],
        }
    }
}

/// What the parts look like.
pub fn part_legend() -> Html {
    html! {
        <ul class="legend">
            { for Part::ALL.into_iter().map(|part| html! { <li key={part.name()}><Swatch {part} />{ part.name() }</li> }) }
        </ul>
    }
}

#[derive(Properties, PartialEq)]
struct SwatchProps {
    part: Part,
}

/// A lane of a single part.
#[component]
fn Swatch(props: &SwatchProps) -> Html {
    let part = props.part;
    let lane = use_memo(part, |part| {
        Coverage::new([Stretch {
            start: 0.0,
            end: 1.0,
            kind: *part as u8,
        }])
    });
    html! { <Track class="swatch" lane={Rc::clone(&lane)} from={0.0} to={1.0} /> }
}

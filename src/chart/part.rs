//! What a process does, as lanes show it: a colour and a pattern that always go
//! together with its name.

use super::Track;
use timeline::{Span, SpanKind, Spans};
use yew::prelude::*;

/// The style sheet's name of a kind's colour.
pub(super) fn colour(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::StartUp => "--startup",
        SpanKind::Computing => "--processes",
        SpanKind::Waiting => "--waiting",
        SpanKind::Idle => "--sunken",
    }
}

/// Lines over its colour, in a square of eight pixels.
pub(super) fn lines(kind: SpanKind) -> &'static [[f64; 4]] {
    match kind {
        SpanKind::StartUp => &[
            [-2.0, 2.0, 2.0, -2.0],
            [0.0, 8.0, 8.0, 0.0],
            [6.0, 10.0, 10.0, 6.0],
        ],
        SpanKind::Waiting => &[[2.0, 0.0, 2.0, 8.0], [6.0, 0.0, 6.0, 8.0]],
        SpanKind::Computing | SpanKind::Idle => &[],
    }
}

/// What the kinds look like.
pub fn part_legend() -> Html {
    html! {
        <ul class="legend">
            { for SpanKind::ALL.into_iter().map(|kind| html! { <li key={kind.name()}><Swatch {kind} />{ kind.name() }</li> }) }
        </ul>
    }
}

#[derive(Properties, PartialEq)]
struct SwatchProps {
    kind: SpanKind,
}

/// A lane of a single kind.
#[component]
fn Swatch(props: &SwatchProps) -> Html {
    let lane = use_memo(props.kind, |&kind| {
        Spans::from_iter([Span {
            kind,
            start_us: 0.0,
            end_us: 1.0,
        }])
    });
    html! { <Track class="swatch" lane={(*lane).clone()} from={0.0} to={1.0} /> }
}

//! The legend of lanes: a sample of each kind of span beside its name.

use super::lane_canvas::LaneCanvas;
use timeline::{Span, SpanKind, Spans};
use yew::prelude::*;

/// The legend.
pub fn lane_legend() -> Html {
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

/// A sample: a lane of one span of this kind.
#[component]
fn Swatch(props: &SwatchProps) -> Html {
    let lane = use_memo(props.kind, |&kind| {
        Spans::from_iter([Span {
            kind,
            start_us: 0.0,
            end_us: 1.0,
        }])
    });
    html! { <LaneCanvas class="swatch" lane={(*lane).clone()} from={0.0} to={1.0} /> }
}

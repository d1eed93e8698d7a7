//! Hatch patterns that accompany the colours of series, for readers who cannot tell the
//! colours apart.

use yew::prelude::*;

/// The paths of the patterns 1 to 7, in a square of 8 px. Colour 0 has no pattern.
/// Patterns 3 (start-up) and 7 (waiting) are those of the lanes.
const MARKS: [&str; 7] = [
    "M0 4H8",
    "M1 2h2M5 6h2",
    "M-2 2L2 -2M0 8L8 0M6 10L10 6",
    "M-2 6L2 10M0 0L8 8M6 -2L10 2",
    "M0 4H8M4 0V8",
    "M0 2H8M0 6H8",
    "M2 0V8M6 0V8",
];

/// The patterns of all series. They exist once on the page, and drawings refer to them by
/// their ids.
pub fn hatches() -> Html {
    html! {
        // This must not be hidden by `display: none`: browsers ignore the patterns of an
        // SVG that is not laid out.
        <svg class="hatches" id="hatches" width="0" height="0" aria-hidden="true" focusable="false">
            <defs>
                { for (1..).zip(MARKS).map(|(number, mark)| html! {
                    <pattern id={format!("hatch-{number}")} width="8" height="8" patternUnits="userSpaceOnUse">
                        <path class="hatch" d={mark} />
                    </pattern>
                }) }
            </defs>
        </svg>
    }
}

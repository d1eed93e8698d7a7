//! Patterns that go with the colours of series, for readers who do not tell
//! colours apart.

use yew::prelude::*;

/// The marks of the patterns 1 to 7, in a square of eight pixels; colour 0 has
/// none. Start-up (3) and waiting (7) have those of lanes.
const MARKS: [&str; 7] = [
    "M0 4H8",
    "M1 2h2M5 6h2",
    "M-2 2L2 -2M0 8L8 0M6 10L10 6",
    "M-2 6L2 10M0 0L8 8M6 -2L10 2",
    "M0 4H8M4 0V8",
    "M0 2H8M0 6H8",
    "M2 0V8M6 0V8",
];

/// The patterns of all series, once for the whole page, as drawn shapes refer to
/// them.
pub fn hatches() -> Html {
    html! {
        // Not hidden by `display`: browsers do not paint with patterns of a
        // drawing that is not laid out.
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

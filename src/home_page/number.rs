//! The one number.

use super::timeline::Timeline;
use yew::prelude::*;

/// How many times as fast several processes were, and why not more. Its place is kept
/// while there is no number yet, so that nothing moves.
pub fn number(timeline: &Timeline, is_busy: bool) -> Html {
    let speed_up = timeline.speed_up().filter(|_| !is_busy);
    html! {
        <p class="home-number" id="home-number" data-answer={speed_up.map(|times| format!("{times:.2}"))}>
            if let Some(times) = speed_up {
                <strong>{ format!("{times:.1}×") }</strong>
                <span>
                    { " as fast" }
                    <span class="home-why">{ why(timeline, times) }</span>
                </span>
            }
        </p>
    }
}

fn why(timeline: &Timeline, times: f64) -> String {
    let named = match timeline.workers().len() {
        1 => "the process".to_owned(),
        several => format!("the {several} processes"),
    };
    let start_up = timeline.start_up_ms().unwrap_or_default() / 1000.0;
    let all = timeline.together_ms().unwrap_or_default() / 1000.0;
    let verdict = if times < 1.1 {
        " It was not worth it here."
    } else {
        ""
    };
    // (Processes that were kept ready are there at once.)
    let start_up = match start_up {
        ..0.05 => "less than 0.1".to_owned(),
        longer => format!("{longer:.1}"),
    };
    format!("Starting {named} took {start_up} s of the {all:.1} s.{verdict}")
}

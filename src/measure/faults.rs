//! The page `?faults`: what becomes of a process that fails, and of the others.

use super::browser::{self, Isolation};
use super::fault_panel::FaultPanel;
use super::header::{Part, isolation_status, site_footer, site_header, update_notice};
use yew::platform::spawn_local;
use yew::prelude::*;

/// The page.
#[component]
pub fn Faults() -> Html {
    let isolation = use_memo((), |()| Isolation::of_page());
    let updated = use_state_eq(|| false);
    use_effect_with((), |()| {
        browser::describe(
            "What if a process fails?",
            "End, crash and kill real processes in this browser, and see what becomes of the \
             others.",
        )
    });
    let on_not_loaded = {
        let updated = updated.clone();
        Callback::from(move |()| {
            let updated = updated.clone();
            spawn_local(async move {
                if browser::site_was_updated().await {
                    updated.set(true);
                }
            });
        })
    };
    html! {
        <div class="page measure">
            <a class="skip" href="#misbehave">{ "To the processes" }</a>
            { site_header(Part::Measure) }
            { isolation_status(&isolation) }
            { update_notice(*updated) }
            <nav class="experiments" aria-label="Experiments">
                <ul><li><a href="?experiment=speed-up">{ "Back to the experiments" }</a></li></ul>
            </nav>
            <main>
                if isolation.is_isolated() {
                    <FaultPanel {on_not_loaded} />
                } else {
                    <div class="panel">
                        <h2 class="question">{ "What if a process fails?" }</h2>
                        <p>{ "Nothing can run here: why is said at the top of this page." }</p>
                    </div>
                }
            </main>
            { site_footer(Html::default()) }
        </div>
    }
}

//! The page `?faults`: what becomes of a process that fails, and of the others.

use super::browser::{self, Isolation};
use super::fault_panel::FaultPanel;
use super::header::{header, update_notice};
use yew::platform::spawn_local;
use yew::prelude::*;

/// Whether this query of the page's address opens the page.
pub fn is_opened_by(query: &str) -> bool {
    let mut parts = query.trim_start_matches('?').split('&');
    parts.any(|part| part.strip_suffix('=').unwrap_or(part) == "faults")
}

/// The page.
#[component]
pub fn Faults() -> Html {
    let isolation = use_memo((), |()| Isolation::of_page());
    let updated = use_state_eq(|| false);
    use_effect_with((), |()| browser::set_title("What if a process fails?"));
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
            { header(&isolation, manyhands::cpu_count()) }
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
        </div>
    }
}

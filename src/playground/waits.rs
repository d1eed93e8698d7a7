//! The lines of the program at which its threads waited, as a table, and the trace as a file.

use super::super::{browser, save};
use super::session::Session;
use super::shown::SharedShown;
use super::trace::{Waited, reason_word};
use super::view::color;
use charts::geometry::milliseconds;
use yew::prelude::*;

/// How many lines are listed.
const ROWS: usize = 20;

/// The table and the button.
pub fn waits(shown: &SharedShown, on_trouble: &Callback<Option<String>>) -> Html {
    let now = shown.borrow();
    let session = &now.session;
    if session.trace.all().next().is_none() {
        return html! {
            <p class="note">{ "When the program has run, the lines at which it waited are listed here." }</p>
        };
    }
    let waits = session.trace.waits(browser::now_ms());
    let onclick = {
        let (shown, trouble) = (shown.clone(), on_trouble.clone());
        Callback::from(move |_: MouseEvent| {
            let now = shown.borrow();
            let name = |pid, thread| now.session.lane_name(pid, thread);
            let text = now.session.trace.to_chrome(name, browser::now_ms());
            drop(now);
            trouble.emit(save::save("trace.json", "application/json", &text).err());
        })
    };
    html! {
        <>
            <p class="trace-save">
                <button type="button" id="save-trace" {onclick}>{ "Save as Chrome trace" }</button>
                <span class="note">{ "Perfetto and chrome://tracing open it." }</span>
            </p>
            if waits.is_empty() {
                <p class="note">{ "Nothing has waited." }</p>
            } else {
                <table class="processes" id="waits">
                    <thead><tr>
                        <th scope="col">{ "Who waited" }</th><th scope="col">{ "Line" }</th>
                        <th scope="col">{ "For what" }</th><th scope="col">{ "Times" }</th>
                        <th scope="col">{ "In all" }</th>
                    </tr></thead>
                    <tbody>{ for waits.iter().take(ROWS).map(|waited| row(waited, session)) }</tbody>
                </table>
            }
            if waits.len() > ROWS {
                <p class="note">{ format!("{} more lines are not listed.", waits.len() - ROWS) }</p>
            }
            if session.trace.dropped > 0 {
                <p class="note">{ format!("{} waits are missing: there were too many.", session.trace.dropped) }</p>
            }
        </>
    }
}

fn row(waited: &Waited, session: &Session) -> Html {
    let reason = reason_word(waited.reason).trim_start_matches("for ");
    html! {
        <tr>
            <td class={color(waited.pid)}>{ session.lane_name(waited.pid, waited.thread) }</td>
            <td class="numeric">{ waited.line.map_or_else(|| "–".to_owned(), |line| line.to_string()) }</td>
            <td>{ if reason.is_empty() { "–" } else { reason } }</td>
            <td class="numeric">{ waited.times }</td>
            <td class="numeric">{ milliseconds(waited.total) }</td>
        </tr>
    }
}

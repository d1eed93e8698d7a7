//! The addresses of the lessons: what a query opens, and links from one lesson to another.

use super::super::browser;
use super::super::class_link;
use yew::prelude::*;

/// The name of the exercises in the address, which no lesson can have.
pub const EXERCISES: &str = "exercises";

/// Whether this query opens the lessons: `?learn` or `?learn=NAME`.
pub fn is_opened_by(query: &str) -> bool {
    lesson_of(query).is_some()
}

/// The name of the lesson that a query opens; empty for the list.
pub fn lesson_of(query: &str) -> Option<String> {
    let mut parts = query.trim_start_matches('?').split('&');
    parts.find_map(|part| match part.split_once('=') {
        None => (part == "learn").then(String::new),
        Some((key, name)) => (key == "learn").then(|| name.to_owned()),
    })
}

/// The query of a lesson, or of the list if the name is empty, with the options of this page's
/// address: the presenter view, hidden answers, a frame.
pub fn address_of(name: &str) -> String {
    let options = class_link::options(&browser::query());
    match name {
        "" => format!("learn{options}"),
        name => format!("learn={name}{options}"),
    }
}

/// The query of a lesson on a page of its own, with the knobs that this page's address gives.
pub fn address_without_embed(name: &str) -> String {
    let query = browser::query();
    let query = class_link::with_option(&query, class_link::EMBED, false);
    match lesson_of(&query).as_deref() == Some(name) {
        true => query,
        false => address_of(name).replace(&format!("&{}", class_link::EMBED), ""),
    }
}

/// A link inside the lessons, which does not load the page anew. `to` is a lesson's name, or
/// empty for the list.
pub fn link(to: &str, on_open: &Callback<String>, id: Option<&'static str>, content: Html) -> Html {
    let onclick = {
        let (to, open) = (to.to_owned(), on_open.clone());
        Callback::from(move |event: MouseEvent| {
            // Clicks that open a new tab or window are left to the browser.
            if event.ctrl_key() || event.meta_key() || event.shift_key() || event.button() != 0 {
                return;
            }
            event.prevent_default();
            open.emit(to.clone());
        })
    };
    let address = format!("?{}", address_of(to));
    html! { <a {id} href={address} {onclick}>{ content }</a> }
}

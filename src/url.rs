//! The page's address and what the browser says about the page.

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::EventTarget;

/// The page's document.
pub fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

/// The query of the page's address, with its `?`, or an empty text.
pub fn query() -> String {
    web_sys::window()
        .and_then(|window| window.location().search().ok())
        .unwrap_or_default()
}

/// Puts this query into the page's address without a visit to it, so that the
/// address always leads back to what is chosen.
pub fn replace_query(query: &str) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let fragment = window.location().hash().unwrap_or_default();
    // Refused where a browser limits how often this may be done: the next
    // change sets it right.
    let _ = window.history().and_then(|history| {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("?{query}{fragment}")))
    });
}

/// The same as a visit of its own, for the Back button to return from. Nothing
/// where the address has this query's experiment already.
pub fn push_query(wanted: &str) {
    let Some(window) = web_sys::window() else {
        return;
    };
    if query().trim_start_matches('?').starts_with(wanted) {
        return;
    }
    let _ = window.history().and_then(|history| {
        history.push_state_with_url(&JsValue::NULL, "", Some(&format!("?{wanted}")))
    });
}

/// What the tab and the browser's history call this page.
pub fn set_title(part: &str) {
    if let Some(document) = document() {
        document.set_title(&format!("{part} · Manyhands"));
    }
}

/// Someone who listens, until dropped.
pub struct Watch {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn FnMut()>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        let callback = AsRef::<JsValue>::as_ref(&self.closure).unchecked_ref();
        let _ = (self.target).remove_event_listener_with_callback(self.event, callback);
    }
}

fn watch(target: EventTarget, event: &'static str, call: impl FnMut() + 'static) -> Watch {
    let closure = Closure::<dyn FnMut()>::new(call);
    let callback = AsRef::<JsValue>::as_ref(&closure).unchecked_ref();
    let _ = target.add_event_listener_with_callback(event, callback);
    Watch {
        target,
        event,
        closure,
    }
}

/// Calls when the reader goes back or forward.
pub fn on_back(call: impl FnMut() + 'static) -> Option<Watch> {
    Some(watch(web_sys::window()?.into(), "popstate", call))
}

const DARK: &str = "(prefers-color-scheme: dark)";

/// Whether the reader asked the system for dark colours.
pub fn prefers_dark() -> bool {
    media(DARK).is_some_and(|query| query.matches())
}

/// Calls when that changes.
pub fn on_scheme_change(call: impl FnMut() + 'static) -> Option<Watch> {
    Some(watch(media(DARK)?.into(), "change", call))
}

fn media(query: &str) -> Option<web_sys::MediaQueryList> {
    web_sys::window()?.match_media(query).ok().flatten()
}

/// Whether the reader asked the system for less motion.
pub fn prefers_reduced_motion() -> bool {
    media("(prefers-reduced-motion: reduce)").is_some_and(|query| query.matches())
}

/// Moves the keyboard's focus to the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        // Elements of a drawing have the method too, though they are no HTML.
        let _ = element.unchecked_ref::<web_sys::HtmlElement>().focus();
    }
}

/// Scrolls to the element with this id unless its top is in sight: on a phone,
/// what happens next is far below the button that starts it.
pub fn reveal(id: &str) {
    let Some(element) = document().and_then(|document| document.get_element_by_id(id)) else {
        return;
    };
    let height = web_sys::window()
        .and_then(|window| window.inner_height().ok()?.as_f64())
        .unwrap_or(f64::INFINITY);
    let top = element.get_bounding_client_rect().top();
    if top < 0.0 || top > height * 0.7 {
        element.scroll_into_view();
    }
}

/// The folder of the recorded reports, with a slash at its end, where the page
/// was built with them.
pub fn recorded() -> Option<String> {
    let folder = document()?
        .query_selector("meta[name=manyhands-recorded]")
        .ok()??
        .get_attribute("content")?;
    Some(folder).filter(|folder| folder.ends_with('/'))
}

/// Whether this page may run processes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// It may: it is cross-origin isolated, so memory can be shared.
    Isolated,
    /// It may not, for this reason, with what to do about it.
    Not(String),
}

impl Isolation {
    /// What the page's start-up script found out and left on `<html>`.
    pub fn of_page() -> Isolation {
        let isolated = web_sys::window()
            .and_then(|window| js_sys::Reflect::get(&window, &"crossOriginIsolated".into()).ok())
            .is_some_and(|value| value.is_truthy());
        let reason = document()
            .and_then(|document| document.document_element())
            .and_then(|root| root.get_attribute("data-isolation-reason"));
        if isolated && reason.is_none() {
            return Isolation::Isolated;
        }
        Isolation::Not(reason.unwrap_or_else(|| {
            "The browser does not let this page share memory between workers. \
             Open it in a tab of its own, in a current browser."
                .to_owned()
        }))
    }

    /// Whether processes can run.
    pub fn is_isolated(&self) -> bool {
        *self == Isolation::Isolated
    }
}

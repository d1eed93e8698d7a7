//! The browser around the page: the address and history, the document, the visitor's
//! settings, and whether the page is isolated.
//!
//! This module must not import any other module of the page.

use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{EventTarget, RequestCache, RequestInit, Response};

/// The page's document.
pub fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

/// How many logical cores this browser tells of; 1 where it tells of none.
pub fn logical_cores() -> u32 {
    let cores = web_sys::window().map(|window| window.navigator().hardware_concurrency());
    cores.map_or(1, |cores| (cores as u32).max(1))
}

/// Waits, while the page goes on.
pub async fn sleep(duration: Duration) {
    gloo_timers::future::sleep(duration).await;
}

/// The query of the page's address including the `?`, or an empty string.
pub fn query() -> String {
    web_sys::window()
        .and_then(|window| window.location().search().ok())
        .unwrap_or_default()
}

/// The fragment of the page's address including the `#`, or an empty string.
pub fn fragment() -> String {
    web_sys::window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default()
}

/// Removes the fragment from the page's address.
pub fn remove_fragment() {
    let Some(window) = web_sys::window() else {
        return;
    };
    // It fails where the address cannot be changed, which does no harm.
    let _ = window.location().pathname().and_then(|path| {
        let address = format!("{path}{}", query());
        let history = window.history()?;
        history.replace_state_with_url(&JsValue::NULL, "", Some(&address))
    });
}

/// The page's address without its query and fragment.
pub fn bare_address() -> String {
    let location = web_sys::window().map(|window| window.location());
    let parts =
        location.and_then(|location| Some((location.origin().ok()?, location.pathname().ok()?)));
    parts.map_or_else(String::new, |(origin, path)| origin + &path)
}

/// Loads the page anew. Its address keeps the plan.
pub fn reload() {
    // It fails only while the page is being left.
    let _ = web_sys::window().map(|window| window.location().reload());
}

/// Puts this query into the page's address and replaces the current entry of the
/// history, so that the address always leads back to the current plan.
pub fn replace_query(query: &str) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let fragment = window.location().hash().unwrap_or_default();
    // Browsers refuse this if it is done too often. The next change then corrects the
    // address.
    let _ = window.history().and_then(|history| {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("?{query}{fragment}")))
    });
}

/// Puts this query into the page's address as a new entry of the history, so that the
/// Back button returns from it. Does nothing if the address begins with this query
/// already.
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

/// The time since the page was opened, in ms.
pub fn now_ms() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

/// Sets the title that the tab and the browser's history show.
pub fn set_title(part: &str) {
    if let Some(document) = document() {
        document.set_title(&format!("{part} · Manyhands"));
    }
}

/// An event listener, which is removed when this is dropped.
pub struct EventListener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn FnMut()>,
}

impl Drop for EventListener {
    fn drop(&mut self) {
        let callback = AsRef::<JsValue>::as_ref(&self.closure).unchecked_ref();
        let _ = (self.target).remove_event_listener_with_callback(self.event, callback);
    }
}

fn listen(target: EventTarget, event: &'static str, call: impl FnMut() + 'static) -> EventListener {
    let closure = Closure::<dyn FnMut()>::new(call);
    let callback = AsRef::<JsValue>::as_ref(&closure).unchecked_ref();
    let _ = target.add_event_listener_with_callback(event, callback);
    EventListener {
        target,
        event,
        closure,
    }
}

/// Calls `call` when the visitor goes back or forward in the history.
pub fn on_back(call: impl FnMut() + 'static) -> Option<EventListener> {
    Some(listen(web_sys::window()?.into(), "popstate", call))
}

/// Calls `call` when the fragment of the page's address has changed.
pub fn on_fragment_change(call: impl FnMut() + 'static) -> Option<EventListener> {
    Some(listen(web_sys::window()?.into(), "hashchange", call))
}

const DARK: &str = "(prefers-color-scheme: dark)";

/// Whether the visitor's settings ask for dark colours.
pub fn prefers_dark() -> bool {
    media_query(DARK).is_some_and(|query| query.matches())
}

/// Calls `call` when [`prefers_dark`] may have changed.
pub fn on_scheme_change(call: impl FnMut() + 'static) -> Option<EventListener> {
    Some(listen(media_query(DARK)?.into(), "change", call))
}

fn media_query(query: &str) -> Option<web_sys::MediaQueryList> {
    web_sys::window()?.match_media(query).ok().flatten()
}

/// Whether the visitor's settings ask for less motion.
pub fn prefers_reduced_motion() -> bool {
    media_query("(prefers-reduced-motion: reduce)").is_some_and(|query| query.matches())
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

/// The text that the browser keeps for this site under a name.
pub fn kept_text(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// Lets the browser keep a text under a name. Does nothing where the visitor's settings
/// forbid it or the browser has no room for it.
pub fn keep_text(name: &str, text: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(name, text);
    }
}

/// Lets the browser forget a text that it kept.
pub fn forget_text(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(name);
    }
}

/// Moves the keyboard's focus to the element with this id.
pub fn focus(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        // The cast is unchecked because SVG elements have this method as well.
        let _ = element.unchecked_ref::<web_sys::HtmlElement>().focus();
    }
}

/// Scrolls to the element with this id, unless its top is in the upper 70 % of the
/// window. On a phone the progress is far below the button Run.
pub fn scroll_into_view(id: &str) {
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

/// An address that the build has put into the page, in a `<meta>` element of this name.
pub fn named_address(name: &str) -> Option<String> {
    let meta = document()?.query_selector(&format!("meta[name={name}]"));
    meta.ok()??.get_attribute("content")
}

/// The address of the folder of recorded reports, with a slash at its end; `None` if the
/// page was built without them.
pub fn recorded_folder() -> Option<String> {
    named_address("manyhands-recorded").filter(|folder| folder.ends_with('/'))
}

/// Leaves the page for another address.
pub fn go_to(address: &str) {
    // It fails only for an address that is none.
    let _ = web_sys::window().map(|window| window.location().set_href(address));
}

/// Shows the top of the page, as a browser does for another page.
pub fn scroll_to_top() {
    if let Some(window) = web_sys::window() {
        window.scroll_to_with_x_and_y(0.0, 0.0);
    }
}

/// Fetches a text from the page's host. `fresh` passes by the copies that the browser
/// keeps. The error says, as the end of a sentence, why there is none.
pub async fn fetch_text(address: &str, fresh: bool) -> Result<String, String> {
    let unreachable = |_| "the page’s host does not answer".to_owned();
    let window = web_sys::window().ok_or_else(|| unreachable(JsValue::NULL))?;
    let options = RequestInit::new();
    if fresh {
        options.set_cache(RequestCache::Reload);
    }
    let answer = JsFuture::from(window.fetch_with_str_and_init(address, &options));
    let answer: Response = answer.await.map_err(unreachable)?.unchecked_into();
    if !answer.ok() {
        return Err(format!("the page’s host answered {}", answer.status()));
    }
    let text = JsFuture::from(answer.text().map_err(unreachable)?);
    let text = text.await.map_err(unreachable)?;
    Ok(text.as_string().unwrap_or_default())
}

/// The length in bytes of a file of this build, by the list of its files; `path` is the end
/// of the file's path.
pub async fn file_length(path: &str) -> Option<f64> {
    let list = fetch_text(&named_address("manyhands-files")?, false)
        .await
        .ok()?;
    let list = js_sys::JSON::parse(&list).ok()?;
    let entries = js_sys::Object::entries(list.dyn_ref()?);
    entries.iter().find_map(|entry| {
        let entry: js_sys::Array = entry.unchecked_into();
        let is_it = entry
            .get(0)
            .as_string()
            .is_some_and(|name| name.ends_with(path));
        is_it
            .then(|| js_sys::Reflect::get_u32(&entry.get(1), 0).ok()?.as_f64())
            .flatten()
    })
}

/// Whether the page's host has another build of this site than the one that this page
/// belongs to. Its old files are then likely to be gone.
pub async fn site_was_updated() -> bool {
    const LIST: &str = "manyhands-files";
    match (named_address(LIST), fetch_text("./", true).await) {
        (Some(list), Ok(page)) => page.contains(LIST) && !page.contains(&list),
        _ => false,
    }
}

/// The page's address, if the page is shown in a frame of another page.
pub fn address_if_framed() -> Option<String> {
    let window = web_sys::window()?;
    let framed = match window.top() {
        Ok(top) => !top.is_some_and(|top| js_sys::Object::is(&top, &window)),
        Err(_) => true,
    };
    framed.then(|| window.location().href().ok()).flatten()
}

/// Whether this page can run processes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Isolation {
    /// It can, because it is cross-origin isolated and memory can be shared.
    Isolated,
    /// It cannot; the text tells the visitor why and what to do.
    NotIsolated(String),
}

impl Isolation {
    /// Reads the result that `static/boot/isolate.js` left on `<html>`.
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
        Isolation::NotIsolated(reason.unwrap_or_else(|| {
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

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

/// Whether a query has a part with this name and without a value. (`?run` opens the
/// playground, `?run=1` starts an experiment.)
pub fn has_part(query: &str, name: &str) -> bool {
    parts(query).any(|part| part == name)
}

/// The parts of a query. A part with an empty value is one without a value.
pub fn parts(query: &str) -> impl Iterator<Item = &str> {
    let parts = query.trim_start_matches('?').split('&');
    parts.map(|part| part.strip_suffix('=').unwrap_or(part))
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
fn set_title(part: &str) {
    if let Some(document) = document() {
        document.set_title(&format!("{part} · Manyhands"));
    }
}

/// Sets the title of the page, and the sentence that search engines show below it.
pub fn describe(title: &str, description: &str) {
    set_title(title);
    let meta = document().map(|document| document.query_selector("meta[name=description]"));
    if let Some(Ok(Some(meta))) = meta {
        let _ = meta.set_attribute("content", description);
    }
}

/// Resolves when the browser is about to draw the next frame. While the page is out of
/// sight there is none.
pub async fn next_frame() {
    let Some(window) = web_sys::window() else {
        return;
    };
    let frame = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window.request_animation_frame(&resolve);
    });
    let _ = JsFuture::from(frame).await;
}

/// An event listener, which is removed when this is dropped.
pub struct EventListener {
    target: EventTarget,
    event: &'static str,
    closure: Closure<dyn FnMut(web_sys::Event)>,
}

impl Drop for EventListener {
    fn drop(&mut self) {
        let callback = AsRef::<JsValue>::as_ref(&self.closure).unchecked_ref();
        let _ = (self.target).remove_event_listener_with_callback(self.event, callback);
    }
}

fn listen(
    target: EventTarget,
    event: &'static str,
    mut call: impl FnMut() + 'static,
) -> EventListener {
    listen_to(target, event, move |_| call())
}

fn listen_to(
    target: EventTarget,
    event: &'static str,
    call: impl FnMut(web_sys::Event) + 'static,
) -> EventListener {
    let closure = Closure::<dyn FnMut(web_sys::Event)>::new(call);
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

/// Elements that take text or have keys of their own, and those that arrow keys move in.
const TAKES_KEYS: &str =
    "input:not([type=radio], [type=checkbox]), select, textarea, [contenteditable]";
const TAKES_ARROWS: &str = "input, summary, [tabindex='0'], [role=tab]";

/// Calls `call` with the name of each key that the visitor presses alone, without Ctrl, Alt or
/// Meta, and not in a control that takes text or has keys of its own. If it returns true, the
/// browser does not do what the key does otherwise. A key that is held counts once.
pub fn on_key(call: impl Fn(&str) -> bool + 'static) -> Option<EventListener> {
    let pressed = move |event: web_sys::Event| {
        // (The target of an event in the editor's shadow tree is its host.)
        let target = event.composed_path().get(0);
        let target = target.dyn_into::<web_sys::Element>().ok();
        let is_in = |selector: &str| {
            let closest = target.as_ref().and_then(|one| one.closest(selector).ok()?);
            closest.is_some()
        };
        let event: web_sys::KeyboardEvent = event.unchecked_into();
        let key = event.key();
        let taken = is_in(TAKES_KEYS) || key.starts_with("Arrow") && is_in(TAKES_ARROWS);
        let alone = !event.ctrl_key() && !event.alt_key() && !event.meta_key();
        if !taken && alone && !event.repeat() && call(&key) {
            event.prevent_default();
        }
    };
    Some(listen_to(document()?.into(), "keydown", pressed))
}

/// Sets or removes an attribute `data-…` of the document's element, which style sheets read.
pub fn mark_root(name: &str, on: bool) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        let _ = match on {
            true => root.set_attribute(&format!("data-{name}"), ""),
            false => root.remove_attribute(&format!("data-{name}")),
        };
    }
}

/// Whether the page has dark colours.
pub fn prefers_dark() -> bool {
    root_attribute("data-theme").as_deref() == Some("dark")
}

/// Calls `call` when [`prefers_dark`] has changed.
pub fn on_scheme_change(call: impl FnMut() + 'static) -> Option<EventListener> {
    Some(listen(document()?.into(), "theme", call))
}

fn root_attribute(name: &str) -> Option<String> {
    document()?.document_element()?.get_attribute(name)
}

/// Which colours the visitor has chosen for this site. `static/boot/theme.js` keeps the
/// choice and follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThemeChoice {
    /// Those that the system asks for.
    System,
    Light,
    Dark,
}

impl ThemeChoice {
    /// All choices.
    pub const ALL: [ThemeChoice; 3] = [ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark];

    /// The choice as it is now.
    pub fn of_page() -> ThemeChoice {
        ThemeChoice::named(&root_attribute("data-theme-choice").unwrap_or_default())
    }

    /// The choice with this name, by default that of the system.
    pub fn named(name: &str) -> ThemeChoice {
        let found = ThemeChoice::ALL
            .into_iter()
            .find(|choice| choice.name() == name);
        found.unwrap_or(ThemeChoice::System)
    }

    /// Its name in the page.
    pub fn name(self) -> &'static str {
        match self {
            ThemeChoice::System => "system",
            ThemeChoice::Light => "light",
            ThemeChoice::Dark => "dark",
        }
    }

    /// Its name for the visitor.
    pub fn title(self) -> &'static str {
        match self {
            ThemeChoice::System => "Colours: system",
            ThemeChoice::Light => "Colours: light",
            ThemeChoice::Dark => "Colours: dark",
        }
    }

    /// Makes it the visitor's choice.
    pub fn choose(self) {
        let root = document().and_then(|document| document.document_element());
        let event = web_sys::Event::new("themechoice");
        if let (Some(root), Some(document), Ok(event)) = (root, document(), event) {
            let _ = root.set_attribute("data-theme-choice", self.name());
            let _ = document.dispatch_event(&event);
        }
    }
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

/// What the browser keeps for this tab until it is closed, reloads included.
fn tab_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// The text that this tab keeps under a name.
pub fn tab_text(name: &str) -> Option<String> {
    tab_storage()?.get_item(name).ok().flatten()
}

/// Lets this tab keep a text under a name, or nothing. Returns whether it does: it may have no
/// room, and the visitor's settings may forbid it.
pub fn keep_in_tab(name: &str, text: Option<&str>) -> bool {
    let kept = tab_storage().map(|storage| match text {
        Some(text) => storage.set_item(name, text),
        None => storage.remove_item(name),
    });
    matches!(kept, Some(Ok(())))
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

/// Selects the text of the input element with this id, so that it can be copied by the keyboard.
pub fn select_text(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(input) = element.and_then(|one| one.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        input.select();
    }
}

/// Opens the `<details>` element with this id.
pub fn open(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        let _ = element.set_attribute("open", "");
    }
}

/// Opens the `<details>` element with this id, scrolls to it and moves the keyboard's focus to
/// its heading.
pub fn open_details(id: &str) {
    let Some(element) = document().and_then(|document| document.get_element_by_id(id)) else {
        return;
    };
    let _ = element.set_attribute("open", "");
    element.scroll_into_view();
    if let Ok(Some(summary)) = element.query_selector("summary") {
        let _ = summary.unchecked_ref::<web_sys::HtmlElement>().focus();
    }
}

/// Scrolls the list that the element is in sideways until the element is in its middle. On a
/// phone the list of experiments is one row, which is wider than the window.
pub fn show_in_row(selector: &str) {
    let element = document().and_then(|document| document.query_selector(selector).ok()?);
    let row = element
        .as_ref()
        .and_then(|element| element.closest("ul").ok()?);
    if let (Some(element), Some(row)) = (element, row) {
        let (inside, outside) = (
            element.get_bounding_client_rect(),
            row.get_bounding_client_rect(),
        );
        let middle = |edges: &web_sys::DomRect| edges.left() + edges.width() / 2.0;
        let by = middle(&inside) - middle(&outside);
        row.set_scroll_left(row.scroll_left() + by.round() as i32);
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

/// How many bytes this page's host sends for a file of this build: fewer than the file has,
/// if the host compresses what it sends, as it did with the program of this page. `path` is
/// the end of the file's path.
pub async fn transfer_length(path: &str) -> Option<f64> {
    let (length, compressed) = file_entry(path).await?;
    let compressed = compressed.filter(|_| !host_sends_files_as_they_are());
    Some(compressed.unwrap_or(length))
}

/// A file's length in bytes, and its length after compression if the build tells that.
async fn file_entry(path: &str) -> Option<(f64, Option<f64>)> {
    let list = fetch_text(&named_address("manyhands-files")?, false)
        .await
        .ok()?;
    let list = js_sys::JSON::parse(&list).ok()?;
    let entries = js_sys::Object::entries(list.dyn_ref()?);
    entries.iter().find_map(|entry| {
        let entry: js_sys::Array = entry.unchecked_into();
        let is_it = (entry.get(0).as_string()).is_some_and(|name| name.ends_with(path));
        let number = |at| js_sys::Reflect::get_u32(&entry.get(1), at).ok()?.as_f64();
        is_it.then(|| Some((number(0)?, number(2)))).flatten()
    })
}

/// Whether the program of this page came as many bytes as it has. Behind a service worker
/// the browser does not tell; most hosts compress.
fn host_sends_files_as_they_are() -> bool {
    let entries = web_sys::window()
        .and_then(|window| window.performance())
        .map(|performance| performance.get_entries_by_type("resource"));
    let number = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).ok()?.as_f64();
    entries.unwrap_or_default().iter().any(|entry| {
        let name = js_sys::Reflect::get(&entry, &"name".into());
        let is_module = name.ok().and_then(|name| name.as_string());
        let is_module = is_module.is_some_and(|name| name.ends_with("_bg.wasm"));
        let by_worker = number(&entry, "workerStart").is_some_and(|start| start > 0.0);
        let sent = number(&entry, "encodedBodySize").filter(|bytes| *bytes > 0.0);
        is_module && !by_worker && sent.is_some() && sent == number(&entry, "decodedBodySize")
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

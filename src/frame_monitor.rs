//! Watches the page's own frames while an experiment runs: turns the hand that
//! everybody sees, and keeps the record of how long it stood still.
//!
//! A CSS animation would go on while the page is frozen, because another thread
//! draws it; a frame callback cannot.

use super::frames::{FrameLog, Watched};
use super::url;
use charts::geometry;
use experiments::{Model, Responsiveness};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, closure::Closure};

/// How long the page was frozen so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frozen {
    /// The longest freeze in ms while the main thread did the work.
    pub main_ms: Option<f64>,
    /// The longest freeze in ms while processes did it.
    pub processes_ms: Option<f64>,
    /// When frames came, for drawing: parts of [`WINDOW_MS`].
    pub main_comb: Rc<[f64]>,
    /// The same while processes did the work.
    pub processes_comb: Rc<[f64]>,
}

impl Frozen {
    /// Both numbers as a report keeps them, if both were seen.
    pub fn responsiveness(&self) -> Option<Responsiveness> {
        Some(Responsiveness {
            main_longest_freeze_ms: self.main_ms?,
            processes_longest_freeze_ms: self.processes_ms?,
        })
    }
}

/// The stretch of time that frames are drawn over: long enough to see a freeze,
/// short enough to see single frames.
pub const WINDOW_MS: f64 = 1_500.0;

/// One turn of the hand.
const TURN_MS: f64 = 2_400.0;

/// The page's watch over its frames. Clones are the same watch.
#[derive(Clone)]
pub struct FrameMonitor(Rc<Watch>);

impl PartialEq for FrameMonitor {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

struct Watch {
    log: RefCell<FrameLog>,
    hand: RefCell<Option<web_sys::Element>>,
    on: Cell<bool>,
    still: bool,
    on_frame: RefCell<Option<Closure<dyn FnMut()>>>,
    on_hide: RefCell<Option<Closure<dyn FnMut()>>>,
}

impl FrameMonitor {
    /// A watch that is off.
    pub fn new() -> FrameMonitor {
        let watch = Rc::new(Watch {
            log: RefCell::default(),
            hand: RefCell::default(),
            on: Cell::new(false),
            still: url::prefers_reduced_motion(),
            on_frame: RefCell::default(),
            on_hide: RefCell::default(),
        });
        // The page lives as long as its watch: the closures need not be freed,
        // and hold it only weakly.
        let weak = Rc::downgrade(&watch);
        *watch.on_frame.borrow_mut() = Some(Closure::new({
            let weak = weak.clone();
            move || {
                if let Some(watch) = weak.upgrade() {
                    watch.frame();
                }
            }
        }));
        let on_hide = Closure::new(move || {
            let hidden = url::document().is_some_and(|document| document.hidden());
            if let Some(watch) = weak.upgrade().filter(|_| hidden) {
                watch.log.borrow_mut().pause();
            }
        });
        if let Some(document) = url::document() {
            let _ = document.add_event_listener_with_callback(
                "visibilitychange",
                AsRef::<wasm_bindgen::JsValue>::as_ref(&on_hide).unchecked_ref(),
            );
        }
        *watch.on_hide.borrow_mut() = Some(on_hide);
        FrameMonitor(watch)
    }

    /// The element that is turned, an SVG group around the middle of a
    /// hundred-pixel square.
    pub fn turns(&self, hand: Option<web_sys::Element>) {
        *self.0.hand.borrow_mut() = hand;
    }

    /// Begins a new record.
    pub fn start(&self) {
        *self.0.log.borrow_mut() = FrameLog::default();
        if !self.0.on.replace(true) {
            self.0.request();
        }
    }

    /// Stops watching; the record stays.
    pub fn stop(&self) {
        self.0.on.set(false);
    }

    /// A model's measured stretch begins or ends.
    pub fn measuring(&self, model: Model, begin: bool) {
        let watched = watched(model);
        let mut log = self.0.log.borrow_mut();
        if begin {
            log.begin(watched, now());
        } else {
            log.end(watched);
        }
    }

    /// What is known so far.
    pub fn frozen(&self) -> Frozen {
        let log = self.0.log.borrow();
        let comb = |watched| geometry::comb(log.kept(watched), WINDOW_MS).into();
        Frozen {
            main_ms: log.longest(Watched::MainThread),
            processes_ms: log.longest(Watched::Processes),
            main_comb: comb(Watched::MainThread),
            processes_comb: comb(Watched::Processes),
        }
    }
}

impl Watch {
    fn frame(&self) {
        let now = now();
        self.log.borrow_mut().frame(now);
        if let Some(hand) = self.hand.borrow().as_ref() {
            // Where motion is unwelcome the hand ticks once a second instead.
            let turn = if self.still {
                (now / 1000.0).floor() / 12.0
            } else {
                now / TURN_MS
            };
            let angle = geometry::coordinate(turn.fract() * 360.0);
            let _ = hand.set_attribute("transform", &format!("rotate({angle} 50 50)"));
        }
        if self.on.get() {
            self.request();
        }
    }

    fn request(&self) {
        let on_frame = self.on_frame.borrow();
        if let (Some(window), Some(on_frame)) = (web_sys::window(), on_frame.as_ref()) {
            let callback = AsRef::<wasm_bindgen::JsValue>::as_ref(on_frame).unchecked_ref();
            let _ = window.request_animation_frame(callback);
        }
    }
}

fn watched(model: Model) -> Watched {
    match model {
        Model::Main => Watched::MainThread,
        _ => Watched::Processes,
    }
}

fn now() -> f64 {
    web_sys::window()
        .and_then(|window| window.performance())
        .map_or(0.0, |performance| performance.now())
}

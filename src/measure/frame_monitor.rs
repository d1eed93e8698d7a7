//! Watches the frames of the page while an experiment runs: turns the clock hand with
//! each frame, and records the gaps between frames.
//!
//! The hand is turned by a frame callback, which stops while the page is frozen. A CSS
//! animation would go on, because another thread of the browser draws it.

use super::browser;
use super::frames::{FrameLog, WorkOn};
use charts::geometry;
use experiments::{Model, Responsiveness};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, closure::Closure};

/// How long the page was frozen during the run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Freezes {
    /// The longest freeze in ms while the main thread did the work.
    pub main_ms: Option<f64>,
    /// The longest freeze in ms while processes did it.
    pub processes_ms: Option<f64>,
    /// The times of the frames while the main thread did the work, as fractions of
    /// [`WINDOW_MS`].
    pub main_frames: Rc<[f64]>,
    /// The times of the frames while processes did the work, as fractions of
    /// [`WINDOW_MS`].
    pub processes_frames: Rc<[f64]>,
}

impl Freezes {
    /// Both longest freezes for the report, if both were measured.
    pub fn responsiveness(&self) -> Option<Responsiveness> {
        Some(Responsiveness {
            main_longest_freeze_ms: self.main_ms?,
            processes_longest_freeze_ms: self.processes_ms?,
        })
    }
}

/// The time in ms that the drawing of frames covers: long enough to see a freeze, short
/// enough to see single frames.
pub const WINDOW_MS: f64 = 1_500.0;

/// The time of one turn of the hand, in ms.
const TURN_MS: f64 = 2_400.0;

/// The monitor of the page's frames. Clones share one state.
#[derive(Clone)]
pub struct FrameMonitor(Rc<MonitorState>);

impl PartialEq for FrameMonitor {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

struct MonitorState {
    log: RefCell<FrameLog>,
    hand: RefCell<Option<web_sys::Element>>,
    running: Cell<bool>,
    reduced_motion: bool,
    on_frame: RefCell<Option<Closure<dyn FnMut()>>>,
    on_hide: RefCell<Option<Closure<dyn FnMut()>>>,
}

impl FrameMonitor {
    /// A monitor that is not running.
    pub fn new() -> FrameMonitor {
        let state = Rc::new(MonitorState {
            log: RefCell::default(),
            hand: RefCell::default(),
            running: Cell::new(false),
            reduced_motion: browser::prefers_reduced_motion(),
            on_frame: RefCell::default(),
            on_hide: RefCell::default(),
        });
        // The monitor lives as long as the page, so its closures are never freed. They
        // hold weak references, because the state owns them.
        let weak = Rc::downgrade(&state);
        *state.on_frame.borrow_mut() = Some(Closure::new({
            let weak = weak.clone();
            move || {
                if let Some(state) = weak.upgrade() {
                    state.frame();
                }
            }
        }));
        let on_hide = Closure::new(move || {
            let hidden = browser::document().is_some_and(|document| document.hidden());
            if let Some(state) = weak.upgrade().filter(|_| hidden) {
                state.log.borrow_mut().pause();
            }
        });
        if let Some(document) = browser::document() {
            let _ = document.add_event_listener_with_callback(
                "visibilitychange",
                AsRef::<wasm_bindgen::JsValue>::as_ref(&on_hide).unchecked_ref(),
            );
        }
        *state.on_hide.borrow_mut() = Some(on_hide);
        FrameMonitor(state)
    }

    /// Sets the element to turn: an SVG group that is rotated around (50, 50).
    pub fn set_hand(&self, hand: Option<web_sys::Element>) {
        *self.0.hand.borrow_mut() = hand;
    }

    /// Starts a new log of frames.
    pub fn start(&self) {
        *self.0.log.borrow_mut() = FrameLog::default();
        if !self.0.running.replace(true) {
            self.0.request();
        }
    }

    /// Stops the monitor; the log stays.
    pub fn stop(&self) {
        self.0.running.set(false);
    }

    /// A measurement of this model begins or ends.
    pub fn measuring(&self, model: Model, begin: bool) {
        let work_on = work_on(model);
        let mut log = self.0.log.borrow_mut();
        if begin {
            log.begin(work_on, browser::now_ms());
        } else {
            log.end(work_on);
        }
    }

    /// The freezes so far.
    pub fn freezes(&self) -> Freezes {
        let log = self.0.log.borrow();
        let positions =
            |work_on| geometry::frame_positions(log.gap_list(work_on), WINDOW_MS).into();
        Freezes {
            main_ms: log.longest(WorkOn::MainThread),
            processes_ms: log.longest(WorkOn::Processes),
            main_frames: positions(WorkOn::MainThread),
            processes_frames: positions(WorkOn::Processes),
        }
    }
}

impl MonitorState {
    fn frame(&self) {
        let now = browser::now_ms();
        self.log.borrow_mut().frame(now);
        if let Some(hand) = self.hand.borrow().as_ref() {
            // If the visitor prefers less motion, the hand moves once a second.
            let turn = if self.reduced_motion {
                (now / 1000.0).floor() / 12.0
            } else {
                now / TURN_MS
            };
            let angle = geometry::coordinate(turn.fract() * 360.0);
            let _ = hand.set_attribute("transform", &format!("rotate({angle} 50 50)"));
        }
        if self.running.get() {
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

/// Where the work of a model runs. The event loop is on the page's own thread, too, and so is
/// what the page itself sends.
fn work_on(model: Model) -> WorkOn {
    match model.is_on_page() {
        true => WorkOn::MainThread,
        false => WorkOn::Processes,
    }
}

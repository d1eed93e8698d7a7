//! What every page that runs a program has: Run, Stop, the choice of the GIL, Ctrl-Enter, and
//! the stage.

use super::super::browser::{self, Isolation};
use super::session::Session;
use super::shown::SharedShown;
use super::stage::RunStage;
use super::tracebacks::Mark;
use super::wait::Wait;
use super::{run, view};
use yew::platform::spawn_local;
use yew::prelude::*;

/// A program's text, and what its last run has shown.
pub struct Runner {
    pub isolation: Isolation,
    /// The run.
    pub shown: SharedShown,
    text: AttrValue,
    gil: UseStateHandle<bool>,
    download: Option<f64>,
    /// Runs the program.
    pub run: Callback<()>,
    on_stop: Callback<MouseEvent>,
    /// Runs the program by Ctrl-Enter or ⌘-Enter; for the element around the editor.
    pub onkeydown: Callback<KeyboardEvent>,
}

/// Runs this text. `on_start` is called when a run begins.
#[hook]
pub fn use_runner(text: &AttrValue, on_start: Callback<()>) -> Runner {
    let isolation = use_memo((), |()| Isolation::of_page());
    let shown = (*use_memo((), |()| SharedShown::default())).clone();
    let gil = use_state_eq(|| true);
    let download = use_download();
    let update = use_force_update();
    let run = {
        let (text, shown, update) = (text.clone(), shown.clone(), update.clone());
        let (is_isolated, gil) = (isolation.is_isolated(), *gil);
        Callback::from(move |()| {
            if is_isolated && !shown.borrow().session.is_busy() {
                on_start.emit(());
                run::start(text.to_string(), gil, shown.clone(), update.clone());
            }
        })
    };
    let on_stop = {
        let shown = shown.clone();
        Callback::from(move |_: MouseEvent| {
            run::stop(&shown);
            update.force_update();
        })
    };
    Runner {
        isolation: (*isolation).clone(),
        shown,
        text: text.clone(),
        gil,
        download,
        run: run.clone(),
        on_stop,
        onkeydown: Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !event.repeat() {
                event.prevent_default();
                run.emit(());
            }
        }),
    }
}

impl Runner {
    /// Whether the text is the one that runs or has run: then lines of the run are its lines.
    pub fn is_as_run(&self) -> bool {
        self.shown.borrow().source == *self.text
    }

    /// The lines of the text that are marked.
    pub fn marks(&self) -> Vec<Mark> {
        match self.is_as_run() {
            true => self.shown.borrow().session.marks(),
            false => Vec::new(),
        }
    }

    /// The buttons, and in a sentence what the page is doing.
    pub fn bar(&self) -> Html {
        let now = self.shown.borrow();
        let session: &Session = &now.session;
        let is_isolated = self.isolation.is_isolated();
        let can_run = is_isolated && !session.is_busy();
        html! {
            <div class="playground-bar">
                { view::run_and_stop(session, can_run, self.run.reform(|_| ()), self.on_stop.clone()) }
                { view::gil(&self.gil, session.is_busy()) }
                { view::status(session, is_isolated, self.download) }
            </div>
        }
    }

    /// The lanes and what else the run shows. `wait` is outlined in the lanes; `on_trouble`
    /// is told if a file could not be saved.
    pub fn stage(
        &self,
        wait: Option<Wait>,
        takes_files: bool,
        on_trouble: &Callback<Option<String>>,
    ) -> Html {
        let now = self.shown.borrow();
        html! {
            <RunStage shown={self.shown.clone()} heard={now.session.heard} number={now.number}
                busy={now.session.is_busy()} {wait} {takes_files} {on_trouble} />
        }
    }
}

/// The length of Python's module in bytes, once the list of files tells it.
#[hook]
pub fn use_download() -> Option<f64> {
    let download = use_state_eq(|| None::<f64>);
    use_effect_with((), {
        let download = download.clone();
        move |()| {
            spawn_local(async move {
                download.set(browser::transfer_length("/manyhands_python_bg.wasm").await);
            });
        }
    });
    *download
}

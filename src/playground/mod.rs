//! The playground (`?run`): a Python program, Run, Stop, and what its processes print.
//!
//! Everything that runs Python is behind [`python`], which fetches it when the first
//! program is started, not before.

mod programs;
mod python;
mod session;
mod view;

use super::browser::{self, Isolation};
use super::header::header;
use programs::PROGRAMS;
use python::Run;
use session::{Session, Stage};
use std::{cell::RefCell, rc::Rc};
use yew::platform::spawn_local;
use yew::prelude::*;

/// Whether this query opens the playground: `?run`, which may be followed by more.
/// (`?run=1` starts an experiment.)
pub fn is_opened_by(query: &str) -> bool {
    let mut parts = query.trim_start_matches('?').split('&');
    parts.any(|part| part == "run" || part == "run=")
}

/// Under which name the browser keeps the visitor's program.
const KEPT: &str = "manyhands program";

/// How often the page is drawn while a program prints, in ms.
const REFRESH_MS: f64 = 60.0;

/// The run that the page shows.
#[derive(Default)]
struct Shown {
    session: Session,
    run: Option<Rc<Run>>,
    /// Counts the runs; what an earlier one still tells is not shown.
    number: u32,
    /// Whether a refresh is on its way.
    refreshing: bool,
}

/// The playground.
#[component]
pub fn Playground() -> Html {
    let isolation = use_memo((), |()| Isolation::of_page());
    let source = use_state_eq(|| {
        let kept = browser::kept_text(KEPT);
        AttrValue::from(kept.unwrap_or_else(|| PROGRAMS[0].source.to_owned()))
    });
    let shown = use_mut_ref(Shown::default);
    let update = use_force_update();
    use_effect_with((), |()| browser::set_title("Run Python"));

    let edit = {
        let source = source.clone();
        Callback::from(move |text: String| {
            browser::keep_text(KEPT, &text);
            source.set(text.into());
        })
    };
    let reset = {
        let source = source.clone();
        Callback::from(move |_| {
            browser::forget_text(KEPT);
            source.set(PROGRAMS[0].source.into());
        })
    };
    let run = {
        let (source, shown, update) = (source.clone(), shown.clone(), update.clone());
        Callback::from(move |_| {
            if !shown.borrow().session.is_busy() {
                start(source.to_string(), shown.clone(), update.clone());
            }
        })
    };
    let stop = {
        let (shown, update) = (shown.clone(), update.clone());
        Callback::from(move |_| {
            let run = shown.borrow().run.clone();
            if let Some(run) = run.filter(|_| shown.borrow().session.stage == Stage::Running) {
                shown.borrow_mut().session.stage = Stage::Stopping;
                run.kill();
            }
            update.force_update();
        })
    };
    let shown = shown.borrow();
    let session = &shown.session;
    let isolated = isolation.is_isolated();
    html! {
        <div class="page">
            <a class="skip" href="#output">{ "To the output" }</a>
            { header(&isolation, manyhands::cpu_count()) }
            <nav class="experiments" aria-label="Parts of the site">
                <ul>
                    <li><a href="./">{ "Experiments" }</a></li>
                    <li><a href="?run" aria-current="page">{ "Run Python" }</a></li>
                </ul>
            </nav>
            <main id="playground">
                { view::about() }
                <div class="playground">
                    { view::editor(&source, &edit) }
                    <div class="playground-actions">
                        <button type="button" class="run" id="run" onclick={run}
                            disabled={!isolated || session.is_busy()}>{ "Run" }</button>
                        <button type="button" id="stop" onclick={stop}
                            disabled={session.stage != Stage::Running}>{ "Stop" }</button>
                        <button type="button" id="reset" onclick={reset}>{ "Reset the program" }</button>
                    </div>
                    { view::status(session, isolated) }
                    { view::output(session) }
                    { view::processes(session) }
                </div>
            </main>
            <footer class="foot">{ view::notice() }</footer>
        </div>
    }
}

fn start(source: String, shown: Rc<RefCell<Shown>>, update: UseForceUpdateHandle) {
    let number = {
        let mut shown = shown.borrow_mut();
        shown.number += 1;
        shown.session = Session::starting();
        shown.number
    };
    update.force_update();
    let hear = {
        let (shown, update) = (shown.clone(), update.clone());
        move |event| {
            let mut now = shown.borrow_mut();
            if now.number != number {
                return;
            }
            now.session.hear(event);
            if !std::mem::replace(&mut now.refreshing, true) {
                let (shown, update) = (shown.clone(), update.clone());
                spawn_local(async move {
                    manyhands::sleep_async(std::time::Duration::from_secs_f64(REFRESH_MS / 1e3))
                        .await;
                    shown.borrow_mut().refreshing = false;
                    update.force_update();
                });
            }
        }
    };
    spawn_local(async move {
        let started = Run::start(&source, hear).await.map(Rc::new);
        let run = {
            let mut shown = shown.borrow_mut();
            match started {
                Ok(run) => {
                    shown.session.stage = Stage::Running;
                    shown.run = Some(run.clone());
                    Some(run)
                }
                Err(why) => {
                    shown.session.stage = Stage::Failed(why);
                    None
                }
            }
        };
        update.force_update();
        let Some(run) = run else { return };
        let code = run.finished().await.code;
        {
            let mut shown = shown.borrow_mut();
            let stopped = shown.session.stage == Stage::Stopping;
            shown.session.stage = Stage::Ended { code, stopped };
            shown.run = None;
        }
        update.force_update();
    });
}

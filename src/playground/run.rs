//! Starts the program and ends it.

use super::super::browser;
use super::file;
use super::python::Run;
use super::session::{End, Session, Stage};
use super::shown::SharedShown;
use std::rc::Rc;
use std::time::Duration;
use yew::UseForceUpdateHandle;
use yew::platform::spawn_local;

/// How often the page is drawn while a program prints.
const REFRESH: Duration = Duration::from_millis(60);

/// Starts this program, with the GIL or without. The one before must have ended.
pub fn start(source: String, gil: bool, shown: SharedShown, update: UseForceUpdateHandle) {
    let (number, given) = {
        let mut shown = shown.borrow_mut();
        shown.number += 1;
        shown.session = Session::starting();
        shown.source.clone_from(&source);
        (shown.number, shown.given.clone())
    };
    update.force_update();
    let hear = {
        let (shown, update) = (shown.clone(), update.clone());
        move |event| {
            let mut now = shown.borrow_mut();
            if now.number != number {
                return;
            }
            now.session.hear(event, browser::now_ms());
            if !std::mem::replace(&mut now.refreshing, true) {
                let (shown, update) = (shown.clone(), update.clone());
                spawn_local(async move {
                    browser::sleep(REFRESH).await;
                    shown.borrow_mut().refreshing = false;
                    update.force_update();
                });
            }
        }
    };
    spawn_local(async move {
        let started = Run::start(&source, &given, gil, hear).await.map(Rc::new);
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
        let left = run.files().await;
        {
            let mut shown = shown.borrow_mut();
            let end = match shown.session.stage {
                Stage::Killed => End::Killed,
                Stage::Interrupted => End::Interrupted,
                _ => End::Own,
            };
            shown.session.stage = Stage::Ended { code, end };
            shown.session.blocked = None;
            shown.session.files = file::made(left, &given);
            shown.run = None;
        }
        update.force_update();
    });
}

/// Asks the program to stop. If it was asked before, or cannot be asked, it is killed.
pub fn stop(shown: &SharedShown) {
    let run = shown.borrow().run.clone();
    let Some(run) = run else { return };
    if shown.borrow().session.stage == Stage::Running && run.interrupt() {
        shown.borrow_mut().session.stage = Stage::Interrupted;
    } else {
        shown.kill();
    }
}

/// Sends a line of input to the process that waits for it, or the end of the input.
pub fn answer(shown: &SharedShown, line: Option<String>) {
    let run = shown.borrow().run.clone();
    let pid = shown.borrow().session.waiting.first().copied();
    let Some((run, pid)) = run.zip(pid) else {
        return;
    };
    let line = line.map(|line| line + "\n");
    // A terminal shows what is typed, too.
    if let Some(line) = &line {
        shown.borrow_mut().session.echo(pid, line.clone());
    }
    run.input(line.as_deref());
}

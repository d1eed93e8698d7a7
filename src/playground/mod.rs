//! The playground (`?run`): a Python program, Run, Stop, and what its processes do.
//!
//! Everything that runs Python is behind [`python`], which fetches it when the first
//! program is started, not before. [`texts`] says which program the editor shows,
//! [`session`] what a run has shown so far; the other files draw.
//!
//! `?run#code=…` opens the program of a link, and `?run&embed` leaves out what is around
//! the program, for a frame in another page.

pub mod editor;
mod files;
mod inside;
mod lanes;
mod load;
mod objects;
mod output;
mod programs;
pub mod python;
pub mod run;
pub mod session;
pub mod share;
pub mod shown;
pub mod stage;
mod tabs;
mod texts;
mod tools;
mod trace;
mod tracebacks;
pub mod view;
mod waits;

use super::browser::{self, Isolation};
use super::hatches::hatches;
use super::header::{Part, isolation_status, site_footer, site_header};
use editor::{Editor, EditorHandle};
use shown::SharedShown;
use stage::RunStage;
use std::rc::Rc;
use texts::{Change, Origin, Texts};
use tools::Tools;
use web_sys::FileList;
use yew::platform::spawn_local;
use yew::prelude::*;

/// The playground.
#[component]
pub fn Playground() -> Html {
    let isolation = use_memo((), |()| Isolation::of_page());
    let embedded = *use_memo((), |()| browser::has_part(&browser::query(), "embed"));
    let texts = use_reducer(Texts::kept);
    let shown = (*use_memo((), |()| SharedShown::default())).clone();
    let handle = (*use_memo((), |()| EditorHandle::default())).clone();
    let is_loaded = use_state_eq(|| false);
    let trouble = use_state_eq(|| None::<AttrValue>);
    let download = use_download();
    let gil = use_state_eq(|| true);
    let update = use_force_update();

    use_effect_with((), |()| {
        browser::describe(
            "Run your own",
            "Write a Python program with several processes and run it in this browser: \
             queues, pools, locks, pipes, threads, and a lane for each process.",
        );
    });
    let on_change = {
        let texts = texts.dispatcher();
        Callback::from(move |change| texts.dispatch(change))
    };
    let on_trouble = {
        let trouble = trouble.setter();
        Callback::from(move |why: Option<String>| trouble.set(why.map(AttrValue::from)))
    };
    use_linked_program(&texts, &on_change, &on_trouble);

    let on_edit = {
        let (change, trouble) = (on_change.clone(), on_trouble.clone());
        Callback::from(move |text: String| {
            trouble.emit(None);
            change.emit(Change::Edit(text));
        })
    };
    let on_give = {
        let (shown, update, trouble) = (shown.clone(), update.clone(), on_trouble.clone());
        Callback::from(move |files: FileList| files::give(Some(files), &shown, &update, &trouble))
    };
    let can_run = isolation.is_isolated() && !shown.borrow().session.is_busy();
    let run = {
        let (text, shown, update) = (texts.shown.clone(), shown.clone(), update.clone());
        let gil = *gil;
        Callback::from(move |()| {
            if can_run && !shown.borrow().session.is_busy() {
                run::start(text.to_string(), gil, shown.clone(), update.clone());
            }
        })
    };
    let on_run = run.reform(|_: MouseEvent| ());
    let on_stop = {
        let (shown, update) = (shown.clone(), update.clone());
        Callback::from(move |_: MouseEvent| {
            run::stop(&shown);
            update.force_update();
        })
    };
    let on_add_guard = {
        let (handle, shown) = (handle.clone(), shown.clone());
        Callback::from(move |()| {
            // What runs would go on to fail, at worst for ever.
            run::kill(&shown);
            handle.add_guard();
        })
    };
    let on_go = {
        let handle = handle.clone();
        Callback::from(move |line| handle.go_to(line))
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !event.repeat() {
            event.prevent_default();
            run.emit(());
        }
    });

    let now = shown.borrow();
    let session = &now.session;
    // Lines are those of the program that ran, which may have changed since.
    let is_as_run = now.source == *texts.shown;
    let marks = if is_as_run {
        session.marks()
    } else {
        Vec::new()
    };
    let asks_for_guard = is_as_run && session.tracebacks.lacks_guard;
    let playground = html! {
        <div class="playground" {onkeydown} ondragover={tools::on_drag_over()}
            ondrop={tools::on_drop(&on_edit, &on_give, &on_trouble)}>
            <section class="panel playground-editor" aria-label="Program">
                <Tools texts={(*texts).clone()} on_change={on_change.clone()} on_edit={on_edit.clone()}
                    on_trouble={on_trouble.clone()} />
                <Editor text={texts.shown.clone()} {marks} {on_edit} {handle}
                    is_loaded={is_loaded.clone()} />
                <p class="help">
                    if *is_loaded {
                        { "Tab indents. To leave the editor by the keyboard, press Esc, then Tab. " }
                    }
                    { "Ctrl-Enter (⌘-Enter) runs." }
                </p>
                <div class="advices">
                    if let Some(why) = &*trouble {
                        <p class="advice is-bad" id="trouble" role="alert">{ why.clone() }</p>
                    }
                    { view::link_notice(&texts, &on_change) }
                    if asks_for_guard {
                        { view::guard_advice(*is_loaded, &on_add_guard) }
                    } else if is_as_run {
                        { view::errors(session, &on_go) }
                    }
                </div>
            </section>
            <div class="playground-bar">
                { view::run_and_stop(session, can_run, on_run, on_stop) }
                { view::gil(&gil, session.is_busy()) }
                { view::status(session, isolation.is_isolated(), download) }
            </div>
            <RunStage shown={shown.clone()} heard={session.heard} number={now.number} busy={session.is_busy()}
                takes_files={true} {on_trouble} />
        </div>
    };
    if embedded {
        return html! {
            <main id="playground" class="is-embedded">
                { hatches() }
                { isolation_status(&isolation) }
                { playground }
                { view::own_tab(&texts) }
            </main>
        };
    }
    html! {
        <div class="page">
            { hatches() }
            <a class="skip" href="#output">{ "To the output" }</a>
            { site_header(Part::Run) }
            { isolation_status(&isolation) }
            <main id="playground">
                { view::about() }
                { playground }
            </main>
            { site_footer(view::notice(browser::named_address("manyhands-editor"))) }
        </div>
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

/// Shows the program that the page's address contains, at first and whenever another
/// address is entered, and removes it from the address once another program is shown.
#[hook]
fn use_linked_program(
    texts: &UseReducerHandle<Texts>,
    on_change: &Callback<Change>,
    on_trouble: &Callback<Option<String>>,
) {
    use_effect_with((), {
        let (change, trouble) = (on_change.clone(), on_trouble.clone());
        move |()| {
            let follow = Rc::new(move || {
                let (change, trouble) = (change.clone(), trouble.clone());
                spawn_local(async move {
                    match share::linked().await {
                        None => {}
                        Some(Ok(text)) => {
                            trouble.emit(None);
                            change.emit(Change::Follow(text));
                        }
                        Some(Err(why)) => trouble.emit(Some(why)),
                    }
                });
            });
            follow();
            let listener = browser::on_fragment_change(move || follow());
            move || drop(listener)
        }
    });
    let has_left = texts.linked.is_some() && texts.origin != Origin::Link;
    use_effect_with(has_left, |has_left| {
        if *has_left {
            browser::remove_fragment();
        }
    });
}

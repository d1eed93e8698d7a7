//! The playground (`?run`): a Python program, Run, Stop, and what its processes do.
//!
//! Everything that runs Python is behind [`python`], which fetches it when the first
//! program is started, not before. [`texts`] says which program the editor shows,
//! [`session`] what a run has shown so far; the other files draw.
//!
//! `?run#code=…` opens the program of a link, and `?run&embed` leaves out what is around
//! the program, for a frame in another page.

pub mod editor;
mod file;
mod files;
mod inside;
mod lanes;
mod load;
pub mod objects;
mod output;
mod programs;
pub mod python;
pub mod run;
pub mod runner;
pub mod session;
pub mod share;
pub mod shown;
mod sightings;
mod stage;
mod tabs;
mod texts;
mod tools;
pub mod trace;
mod tracebacks;
pub mod view;
pub mod wait;
mod waits;

use super::browser;
use super::hatches::hatches;
use super::header::{Part, isolation_status, site_footer, site_header};
use editor::{Editor, EditorHandle};
use runner::use_runner;
use std::rc::Rc;
use texts::{Change, Origin, Texts};
use tools::Tools;
use web_sys::FileList;
use yew::platform::spawn_local;
use yew::prelude::*;

/// The playground.
#[component]
pub fn Playground() -> Html {
    let embedded = *use_memo((), |()| browser::has_part(&browser::query(), "embed"));
    let texts = use_reducer(Texts::kept);
    let handle = (*use_memo((), |()| EditorHandle::default())).clone();
    let is_loaded = use_state_eq(|| false);
    let trouble = use_state_eq(|| None::<AttrValue>);
    let runner = use_runner(&texts.shown, Callback::noop());
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
        let (shown, update) = (runner.shown.clone(), update.clone());
        let trouble = on_trouble.clone();
        Callback::from(move |files: FileList| files::give(Some(files), &shown, &update, &trouble))
    };
    let on_add_guard = {
        let (handle, shown) = (handle.clone(), runner.shown.clone());
        Callback::from(move |()| {
            // What runs would go on to fail, at worst for ever.
            shown.kill();
            handle.add_guard();
        })
    };
    let on_go = {
        let handle = handle.clone();
        Callback::from(move |line| handle.go_to(line))
    };
    let now = runner.shown.borrow();
    let session = &now.session;
    let (is_as_run, marks) = (runner.is_as_run(), runner.marks());
    let asks_for_guard = is_as_run && session.tracebacks.lacks_guard;
    let playground = html! {
        <div class="playground" onkeydown={runner.onkeydown.clone()} ondragover={tools::on_drag_over()}
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
            { runner.bar() }
            { runner.stage(None, true, &on_trouble) }
        </div>
    };
    if embedded {
        return html! {
            <main id="playground" class="is-embedded">
                { hatches() }
                { isolation_status(&runner.isolation) }
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
            { isolation_status(&runner.isolation) }
            <main id="playground">
                { view::about() }
                { playground }
            </main>
            { site_footer(view::notice(browser::named_address("manyhands-editor"))) }
        </div>
    }
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

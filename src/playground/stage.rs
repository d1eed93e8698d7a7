//! The stage: all that one run shows, wherever it is placed. Lanes above; below them, in
//! tabs, its output, what is inside, its waits, and its processes.

use super::files::Files;
use super::inside::inside;
use super::lanes::Lanes;
use super::output::{Output, Question};
use super::run;
use super::shown::SharedShown;
use super::tabs::{Tab, Tabs};
use super::wait::Wait;
use super::{view, waits};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run.
    pub shown: SharedShown,
    /// Changes with each event, so that it is drawn again.
    pub heard: usize,
    /// The number of the run.
    pub number: u32,
    /// Whether the program runs.
    pub busy: bool,
    /// A wait that is outlined in the lanes.
    pub wait: Option<Wait>,
    /// Whether the visitor can put files beside the program.
    pub takes_files: bool,
    /// Called with a sentence if a file could not be saved.
    pub on_trouble: Callback<Option<String>>,
}

/// The stage of a run.
#[component]
pub fn RunStage(props: &Props) -> Html {
    let shown = &props.shown;
    let update = use_force_update();
    let on_answer = {
        let shown = shown.clone();
        Callback::from(move |line: Option<String>| {
            run::answer(&shown, line);
            update.force_update();
        })
    };
    let now = shown.borrow();
    let session = &now.session;
    let mut tabs = vec![
        Tab {
            id: "output",
            title: "Output",
            content: html! {
                <>
                    <Output shown={shown.clone()} changes={session.output_changes} number={now.number} />
                    if let Some(pid) = session.waiting.first() {
                        <Question name={session.name(*pid)} {on_answer} />
                    }
                </>
            },
        },
        Tab {
            id: "inside",
            title: "Inside",
            content: inside(session, props.busy),
        },
        Tab {
            id: "trace",
            title: "Waits",
            content: waits::waits(shown, &props.on_trouble),
        },
        Tab {
            id: "processes",
            title: "Processes",
            content: view::processes(session),
        },
    ];
    if props.takes_files {
        tabs.push(Tab {
            id: "files",
            title: "Files",
            content: html! {
                <Files shown={shown.clone()} given={now.given.clone()} left={session.files.clone()}
                    on_trouble={props.on_trouble.clone()} />
            },
        });
    }
    html! {
        <>
            <Tabs {tabs} />
            <Lanes shown={shown.clone()} busy={props.busy} heard={props.heard}
                wait={props.wait.clone()} />
        </>
    }
}

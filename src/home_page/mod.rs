//! Home: one sentence, one program, one button, one number. And a page of words: the
//! glossary ([`glossary`]).
//!
//! What is shown is what ran: the lanes are those of a run of exactly the program that
//! stands beside them, at first one that was recorded ([`timeline::Recording`]), then the
//! visitor's own ([`run`]). Python is fetched when the visitor runs it, not before.

pub mod glossary;
mod number;
mod program;
mod run;
mod stage;
mod timeline;

use super::browser::{self, Isolation};
use super::hatches::hatches;
use super::header::{Part, isolation_status, site_footer, site_header};
use charts::geometry::plural;
use number::number;
use program::program;
use run::{Shared, Stage};
use stage::Lanes;
use timeline::Recording;
use yew::platform::spawn_local;
use yew::prelude::*;

/// A run of the program on a stated machine.
const RECORDED: &str = include_str!("recorded.txt");

/// Home.
#[component]
pub fn Home() -> Html {
    let isolation = use_memo((), |()| Isolation::of_page());
    let recording = use_memo((), |()| Recording::parse(RECORDED));
    let shared = (*use_memo((), |()| Shared::default())).clone();
    let download = use_state_eq(|| None::<f64>);
    let update = use_force_update();
    let cores = browser::logical_cores();

    use_effect_with((), {
        let download = download.clone();
        move |()| {
            browser::describe(
                "Python’s multiprocessing, live in the browser",
                "Run the same Python program on one core of your computer and on all of \
                 them, in this browser, and see how much faster many hands are.",
            );
            spawn_local(async move {
                download.set(browser::transfer_length("/manyhands_python_bg.wasm").await);
            });
        }
    });
    let on_run = {
        let (shared, update) = (shared.clone(), update.clone());
        Callback::from(move |_: MouseEvent| run::start(&shared, &update))
    };
    let on_stop = {
        let (shared, update) = (shared.clone(), update.clone());
        Callback::from(move |_: MouseEvent| run::stop(&shared, &update))
    };

    let now = shared.borrow();
    let is_own = now.is_shown();
    let is_busy = now.is_busy();
    let timeline = if is_own {
        &now.timeline
    } else {
        &recording.timeline
    };
    html! {
        <div class="page home">
            { hatches() }
            <a class="skip" href="#run">{ "To the button" }</a>
            { site_header(Part::Home) }
            <main id="home">
                { headline(cores) }
                { isolation_status(&isolation) }
                <div class="home-stage">
                    { program(timeline, is_busy) }
                    <section class="panel home-run" aria-labelledby="home-label">
                        <p class="note" id="home-label">{ label(is_own, is_busy, &recording) }</p>
                        <Lanes shared={shared.clone()} recorded={recording.timeline.clone()} changes={now.changes}
                            {is_own} {is_busy} cores={if is_own { cores } else { recording.cores }} />
                        { number(timeline, is_busy) }
                    </section>
                    <div class="home-act">
                        <button type="button" id="stop" onclick={on_stop} hidden={!is_busy}>{ "Stop" }</button>
                        <button type="button" class="run" id="run" onclick={on_run} hidden={is_busy}
                            disabled={is_busy || !isolation.is_isolated()}>
                            { if is_own { "Run it again" } else { "Run it here" } }
                        </button>
                        { status(&now.stage, *download, isolation.is_isolated()) }
                    </div>
                </div>
                { doors() }
            </main>
            { site_footer(Html::default()) }
            <script type="text/plain" id="home-log">{ now.log.clone() }</script>
        </div>
    }
}

/// One sentence about the visitor's computer. Its two terms are explained at once.
fn headline(cores: u32) -> Html {
    let sentence = match cores {
        0 | 1 => "This browser tells of one core. More processes keep this page alive, but they \
                  are not faster here."
            .to_owned(),
        2 => "Your computer has 2 cores. A Python program uses one of them. Here is one that \
              uses both."
            .to_owned(),
        _ => format!(
            "Your computer has {cores} cores. A Python program uses one of them. Here is one \
             that uses them all."
        ),
    };
    html! {
        <div class="home-head">
            <h2 class="home-sentence">{ sentence }</h2>
            <p class="home-terms">
                { "A " }<a href="?glossary#core">{ "core" }</a>
                { " does one thing at a time. A " }<a href="?glossary#process">{ "process" }</a>
                { " is a running program with its own memory." }
            </p>
        </div>
    }
}

/// What run is shown.
fn label(is_own: bool, is_busy: bool, recording: &Recording) -> String {
    match (is_own, is_busy) {
        (true, true) => "Running on your computer".to_owned(),
        (true, false) => "Your run, on your computer".to_owned(),
        (false, _) => format!(
            "Recorded on {}: {}, {}",
            recording.date,
            plural(recording.cores.into(), "core", "cores"),
            recording.browser,
        ),
    }
}

/// What the button does, or what the run is doing.
fn status(stage: &Stage, download: Option<f64>, can_run: bool) -> Html {
    let (state, text) = match stage {
        _ if !can_run => (
            "ready",
            "It cannot run on this page; the reason is above.".into(),
        ),
        Stage::Ready => (
            "ready",
            match download {
                Some(bytes) => format!("Fetches Python once: {:.0}\u{a0}MB.", bytes / 1e6),
                None => "Fetches Python once.".to_owned(),
            },
        ),
        Stage::Starting => ("busy", "Fetching and starting Python …".to_owned()),
        Stage::Running => ("busy", "Running.".to_owned()),
        Stage::Ended => ("ended", "Done.".to_owned()),
        Stage::Stopped => ("ended", "Stopped.".to_owned()),
        Stage::Failed(why) => ("failed", why.clone()),
    };
    html! { <p class="home-status" id="status" role="status" data-state={state}>{ text }</p> }
}

/// Where to go from here.
fn doors() -> Html {
    let door = |address: &'static str, title: &'static str, text: &'static str| {
        html! {
            <li><a class="door" href={address}>
                <span class="door-title">{ title }</span>
                <span class="door-text">{ text }</span>
            </a></li>
        }
    };
    html! {
        <nav aria-label="Where to go from here">
            <ul class="doors">
                { door("?learn", "Learn", "Short lessons: guess, run, see why.") }
                { door("?run", "Run your own", "Write Python and watch its processes.") }
                { door("?measure", "Measure", "How fast is this browser, really?") }
            </ul>
        </nav>
    }
}

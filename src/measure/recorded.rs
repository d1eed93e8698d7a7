//! The recorded reports that come with the page. They are shown until there is a report of
//! this browser, and can be compared with it. Each is fetched only when it is needed.

use super::browser;
use super::state::{Action, Loaded, Origin, SharedReport, State};
use charts::geometry::plural;
use experiments::{Experiment, Report};
use std::rc::Rc;
use yew::platform::spawn_local;
use yew::prelude::*;

/// Fetches the recorded report of the experiment that is shown, if there is no other report
/// to show. It is not fetched during a run, which it would disturb, and not if a run begins
/// at once.
#[hook]
pub fn use_recorded(state: &State, on_edit: &Callback<Action>, run_at_once: bool) {
    let wanted = state.report().is_none() && !state.stage.is_busy();
    let on_edit = on_edit.clone();
    let first = use_mut_ref(|| run_at_once);
    use_effect_with(
        (state.experiment(), wanted),
        move |&(experiment, wanted)| {
            if !first.replace(false) && wanted {
                load(experiment, on_edit, false);
            }
        },
    );
}

fn load(experiment: Experiment, on_edit: Callback<Action>, asked: bool) {
    spawn_local(async move {
        let mut loaded = fetch_report(experiment).await;
        if loaded.is_err() && browser::site_was_updated().await {
            on_edit.emit(Action::SiteUpdated);
            loaded = Err(
                "The recorded run could not be loaded, because this site was \
                          updated: see the top of this page."
                    .into(),
            );
        }
        on_edit.emit(Action::Recorded(experiment, loaded, asked));
    });
}

/// The copy that the browser keeps may be wrong: then it is fetched anew, once.
async fn fetch_report(experiment: Experiment) -> Result<Loaded, AttrValue> {
    let folder = browser::recorded_folder()
        .ok_or("The recorded run could not be loaded: this page was built without it.")?;
    let address = format!("{folder}{experiment}.json");
    let mut why = String::new();
    for fresh in [false, true] {
        let text = browser::fetch_text(&address, fresh).await;
        let read = |text: String| Report::read(&text).map_err(|error| error.to_string());
        match text.and_then(read) {
            Ok(report) => {
                return Ok(Loaded {
                    name: "the recorded run".into(),
                    origin: Origin::Recorded,
                    report: SharedReport(Rc::new(report)),
                });
            }
            Err(text) => why = text,
        }
    }
    let why = why.trim_end_matches('.');
    Err(
        format!("The recorded run could not be loaded: {why}. Check the connection and try again.")
            .into(),
    )
}

/// The notice above a report that was not measured by this page: where and when it was, and
/// what to do to measure the same here.
pub fn recorded_notice(state: &State) -> Html {
    let runnable = state.isolation.is_isolated();
    let is_there = state.shown_recorded().is_some();
    let text = match (state.shown_recorded(), &state.recorded_error) {
        (Some(loaded), _) => format!("Recorded {}", in_short(&loaded.report)),
        _ if state.report().is_some() => return file_notice(state),
        (None, Some(why)) => why.to_string(),
        (None, None) if runnable => return Html::default(),
        (None, None) => "A recorded run is being fetched…".to_owned(),
    };
    html! {
        <p class="recorded" id="recorded" role="status">
            if is_there {
                <strong>{ "Not this browser. " }</strong>
            }
            { text }
            { match runnable {
                true if is_there => press_run(),
                true => Html::default(),
                false => html! { " This browser cannot run it itself: why is said at the top of this page." },
            } }
        </p>
    }
}

/// Above a report from a file: which file, and where and when it was measured. Above one that
/// was measured by this page there is nothing.
fn file_notice(state: &State) -> Html {
    let shown = (state.loaded.as_ref())
        .filter(|loaded| loaded.origin == Origin::File && state.report() == Some(&loaded.report))
        .filter(|_| state.own_report().is_none());
    let Some(loaded) = shown else {
        return Html::default();
    };
    html! {
        <p class="recorded" id="from-file" role="status">
            <strong>{ "From a file. " }</strong>
            { format!("“{}” was measured {}", loaded.name, in_short(&loaded.report)) }
            if state.isolation.is_isolated() { { press_run() } }
        </p>
    }
}

/// What to do to measure here. On a phone, where Run is always in sight, the style sheet leaves
/// it out, so that the answer has more room.
fn press_run() -> Html {
    html! { <span class="press-run">{ " Press Run to measure here." }</span> }
}

/// When and where a report was measured, as the end of a sentence and in one line of a wide
/// window where it can be. The whole of it stands with how it was measured.
fn in_short(report: &Report) -> String {
    let Some(provenance) = &report.provenance else {
        return when_and_where(report);
    };
    let day: String = report.environment.recorded_at.chars().take(10).collect();
    // No line ends within the day.
    let day = day.replace('-', "\u{2011}");
    let machine = &provenance.machine;
    format!(
        "on {day} in {} on {}, {}.",
        provenance.browser,
        machine.processor,
        plural(machine.cores.into(), "core", "cores"),
    )
}

/// When and where a report was measured, as the end of a sentence.
pub fn when_and_where(report: &Report) -> String {
    let environment = &report.environment;
    let place = match &report.provenance {
        Some(provenance) => provenance.words(),
        None => environment.user_agent.clone(),
    };
    // Cut after the minutes; the JSON contains the full time.
    let minute: String = environment.recorded_at.chars().take(16).collect();
    format!("on {} UTC in {place}.", minute.replace('T', ", "))
}

/// The properties of [`RecordedButton`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The experiment whose recorded report is loaded.
    pub experiment: Experiment,
    /// Whether there is a report to compare it with.
    pub compare: bool,
    /// Called with the action when the report was fetched or could not be.
    pub on_edit: Callback<Action>,
}

/// The button that loads the recorded report.
#[component]
pub fn RecordedButton(props: &Props) -> Html {
    let onclick = {
        let (experiment, on_edit) = (props.experiment, props.on_edit.clone());
        Callback::from(move |_: MouseEvent| load(experiment, on_edit.clone(), true))
    };
    let words = if props.compare {
        "Compare with a recorded run"
    } else {
        "Show a recorded run"
    };
    html! { <button type="button" id="load-recorded" {onclick}>{ words }</button> }
}

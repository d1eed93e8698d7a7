//! Reports that come with the page: shown where it cannot run, and to compare
//! with where it can. Each is fetched when it is wanted, and not before.

use super::state::{Action, Loaded, Origin, Shared, State};
use super::url;
use experiments::{Experiment, Report};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;
use yew::platform::spawn_local;
use yew::prelude::*;

/// Fetches the recorded report of the experiment that is shown, where there is
/// no other to show and none can be made.
#[hook]
pub fn use_recorded(state: &State, on_edit: &Callback<Action>) {
    let wanted = !state.isolation.is_isolated() && state.report().is_none();
    let on_edit = on_edit.clone();
    use_effect_with(
        (state.experiment(), wanted),
        move |&(experiment, wanted)| {
            if wanted {
                fetch(experiment, on_edit);
            }
        },
    );
}

fn fetch(experiment: Experiment, on_edit: Callback<Action>) {
    spawn_local(async move {
        let loaded = read(experiment).await;
        on_edit.emit(Action::Recorded(experiment, loaded));
    });
}

const RELOAD: &str = "Check the connection and try again.";

async fn read(experiment: Experiment) -> Result<Loaded, AttrValue> {
    let because =
        |why: &str| AttrValue::from(format!("The recorded run could not be loaded: {why}"));
    let unreachable = || because(&format!("the page’s host does not answer. {RELOAD}"));
    let folder = url::recorded().ok_or_else(|| because("this page was built without it."))?;
    let window = web_sys::window().ok_or_else(unreachable)?;
    let answer = JsFuture::from(window.fetch_with_str(&format!("{folder}{experiment}.json")));
    let answer: Response = answer.await.map_err(|_| unreachable())?.unchecked_into();
    if !answer.ok() {
        let status = answer.status();
        return Err(because(&format!(
            "the page’s host answered {status}. {RELOAD}"
        )));
    }
    let text = answer.text().map_err(|_| unreachable())?;
    let text = JsFuture::from(text).await.map_err(|_| unreachable())?;
    let text = text.as_string().unwrap_or_default();
    let report = Report::read(&text).map_err(|error| because(&error.to_string()))?;
    Ok(Loaded {
        name: "the recorded run".into(),
        origin: Origin::Page,
        report: Shared(Rc::new(report)),
    })
}

/// Above a recorded report that is shown by itself: that it is one, of which
/// machine, and why. Nothing above others.
pub fn heading(state: &State) -> Html {
    let runnable = state.isolation.is_isolated();
    let shown = state.shown_of_page();
    let (title, text) = match (shown, &state.unrecorded) {
        (Some(loaded), _) => (
            "A recorded run, not one of this browser",
            format!(
                "Recorded {} Below, “here” means that machine.",
                measured(&loaded.report)
            ),
        ),
        _ if runnable || state.report().is_some() => return Html::default(),
        (None, Some(why)) => ("There is no recorded run to show", why.to_string()),
        (None, None) => ("A recorded run", "It is being fetched…".to_owned()),
    };
    html! {
        <section class="panel recorded" id="recorded" aria-labelledby="recorded-title">
            <h3 class="panel-title" id="recorded-title">{ title }</h3>
            <p role="status">{ text }</p>
            <p class="note">{ match runnable {
                true => "Press Run to measure the same in this browser.",
                false => "This browser cannot run it itself, because processes need memory that they share; why it may not is said at the top of this page.",
            } }</p>
        </section>
    }
}

/// When and where a report was measured, as the rest of a sentence.
pub fn measured(report: &Report) -> String {
    let environment = &report.environment;
    let place = match &report.provenance {
        Some(provenance) => provenance.words(),
        None => environment.user_agent.clone(),
    };
    // Minutes are enough for people; the JSON has the rest.
    let minute: String = environment.recorded_at.chars().take(16).collect();
    format!("on {} UTC in {place}.", minute.replace('T', ", "))
}

/// What the button needs.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Whose recorded report.
    pub experiment: Experiment,
    /// Whether there is another to compare it with.
    pub compare: bool,
    /// What happens.
    pub on_edit: Callback<Action>,
}

/// The button that loads the recorded report.
#[component]
pub fn RecordedButton(props: &Props) -> Html {
    let onclick = {
        let (experiment, on_edit) = (props.experiment, props.on_edit.clone());
        Callback::from(move |_: MouseEvent| fetch(experiment, on_edit.clone()))
    };
    let words = if props.compare {
        "Compare with a recorded run"
    } else {
        "Show a recorded run"
    };
    html! { <button type="button" id="load-recorded" {onclick}>{ words }</button> }
}

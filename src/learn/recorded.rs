//! A run of a lesson's program that was recorded: it is shown where Python cannot run. What it
//! has told is heard again, so that the lanes, the output and the answer are read from it as
//! from a run here. `lessons/README.md` says what the file holds.

use super::super::browser;
use crate::playground::python;
use crate::playground::session::{Session, Stage};
use charts::geometry::plural;
use js_sys::{Array, JSON, Reflect};
use wasm_bindgen::JsValue;
use yew::platform::spawn_local;
use yew::prelude::*;

/// A recorded run.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// When and where it was recorded, in a sentence.
    pub about: String,
    /// The time in ms and the event, in their order.
    events: Array,
}

impl Recorded {
    /// The run that was recorded of the lesson's program; `None` if there is none, or one of
    /// another program.
    pub async fn fetch(lesson: &str, program: &str) -> Option<Recorded> {
        let folder = browser::named_address("manyhands-lessons")?;
        let file = browser::fetch_text(&format!("{folder}{lesson}.json"), false).await;
        let file = JSON::parse(&file.ok()?).ok()?;
        let get = |name: &str| Reflect::get(&file, &name.into()).ok();
        let text = |name: &str| get(name)?.as_string();
        if text("program")? != program {
            return None;
        }
        Some(Recorded {
            about: format!(
                "Recorded on {} on a computer with {}, in {}.",
                text("date")?,
                plural(get("cores")?.as_f64()? as u64, "core", "cores"),
                text("browser")?,
            ),
            events: Array::from(&get("events")?),
        })
    }

    /// What the run has shown.
    pub fn session(&self) -> Session {
        let mut session = Session::starting();
        for entry in self.events.iter().map(|entry| Array::from(&entry)) {
            let at: Option<f64> = entry.get(0).as_f64();
            let event: JsValue = entry.get(1);
            if let (Some(at), Some(event)) = (at, python::read(&event)) {
                session.hear(event, at);
            }
        }
        session.stage = Stage::Recorded(self.about.clone());
        session
    }
}

/// The recorded run of the lesson's program, where Python cannot run: `None` until the page knows
/// whether there is one.
#[hook]
pub fn use_recorded(
    name: &str,
    program: &str,
    can_run: bool,
) -> UseStateHandle<Option<Option<Recorded>>> {
    let recorded = use_state_eq(|| None);
    use_effect_with((), {
        let recorded = recorded.setter();
        let (name, program) = (name.to_owned(), program.to_owned());
        move |()| {
            if !can_run {
                spawn_local(async move {
                    recorded.set(Some(Recorded::fetch(&name, &program).await));
                });
            }
        }
    });
    recorded
}

/// Stands for Run and Stop where Python cannot run.
pub fn recorded_bar(
    recorded: &Option<Option<Recorded>>,
    session: &Session,
    is_edited: bool,
    on_show: &Callback<()>,
) -> Html {
    let is_shown = matches!(session.stage, Stage::Recorded(_));
    let text = match recorded {
        None => "The recorded run is being fetched…".to_owned(),
        Some(None) => "Python cannot run on this page, and there is no recorded run of this \
                       program. The reason is above."
            .to_owned(),
        Some(Some(recorded)) => {
            let lead = match is_shown {
                true => "",
                false => "Python cannot run on this page, so a recorded run is shown. ",
            };
            let whose = match is_edited {
                true => " It is a run of the lesson’s own program, without your changes.",
                false => "",
            };
            format!("{lead}{}{whose}", recorded.about)
        }
    };
    html! {
        <div class="playground-bar">
            <button type="button" class="run" id="show-recorded" onclick={on_show.reform(|_| ())}
                disabled={is_shown || !matches!(recorded, Some(Some(_)))}>{ "Show the recorded run" }</button>
            <p class="status" id="status" role="status" data-state={if is_shown { "ended" } else { "ready" }}>{ text }</p>
        </div>
    }
}

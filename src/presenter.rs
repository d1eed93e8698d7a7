//! The presenter view: large type, keys in place of the pointer, and an answer that stays
//! covered until it is revealed, so that a class can guess first.
//!
//! `?experiment=…&present` opens it at once.

use super::browser;
use super::state::{Action, State};
use experiments::Experiment;
use yew::prelude::*;

/// The presenter view of the page.
#[derive(Clone, PartialEq)]
pub struct Presenter {
    /// Whether it is on.
    pub on: bool,
    /// Whether the answer is covered.
    pub covered: bool,
    /// Switches it on or off.
    pub toggle: Callback<MouseEvent>,
    /// Shows the answer.
    pub reveal: Callback<MouseEvent>,
}

/// The keys in words.
pub const KEYS: &str = "R runs, V reveals the answer, N and P show the next and the previous experiment, Escape ends it";

/// The presenter view, with its keys. `on_run` starts a run.
#[hook]
pub fn use_presenter(
    state: &State,
    on_edit: &Callback<Action>,
    on_run: &Callback<()>,
) -> Presenter {
    let on = use_state_eq(|| opened_by(&browser::query()));
    let revealed = use_state_eq(|| None::<Experiment>);
    let experiment = state.experiment();
    use_effect_with(*on, |&on| browser::mark_root("presented", on));
    use_effect_with((*on, experiment), {
        let (on, revealed) = (on.clone(), revealed.clone());
        let (on_edit, on_run) = (on_edit.clone(), on_run.clone());
        move |&(is_on, experiment)| {
            let listener = is_on.then(|| {
                browser::on_key(move |key| match key {
                    "r" | "R" => on_run.emit(()),
                    "v" | "V" => revealed.set(Some(experiment)),
                    "n" | "N" => on_edit.emit(Action::ChooseExperiment(beside(experiment, 1))),
                    "p" | "P" => on_edit.emit(Action::ChooseExperiment(beside(
                        experiment,
                        Experiment::ALL.len() - 1,
                    ))),
                    "Escape" => on.set(false),
                    _ => {}
                })
            });
            move || drop(listener)
        }
    });
    Presenter {
        on: *on,
        covered: *on && *revealed != Some(experiment),
        toggle: {
            let (on, revealed) = (on.clone(), revealed.clone());
            Callback::from(move |_| {
                revealed.set(None);
                on.set(!*on);
            })
        },
        reveal: Callback::from(move |_| revealed.set(Some(experiment))),
    }
}

fn opened_by(query: &str) -> bool {
    let mut parts = query.trim_start_matches('?').split('&');
    parts.any(|part| part.strip_suffix('=').unwrap_or(part) == "present")
}

/// The experiment so many places after this one, beginning again at the first.
fn beside(experiment: Experiment, places: usize) -> Experiment {
    let all = Experiment::ALL;
    all[(experiment as usize + places) % all.len()]
}

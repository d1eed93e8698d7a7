//! The presenter view: large type, keys in place of the pointer, and an answer that stays
//! covered until it is revealed, so that a class can guess first.
//!
//! `&present` in the address of an experiment or of a lesson opens it at once, and
//! `&answers=hidden` covers the answers in the common view, too.

use super::browser;
use super::class_link;
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

/// Where the keys lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// To what follows.
    Next,
    /// To what was before.
    Previous,
}

/// What the keys do.
#[derive(Clone)]
pub struct Keys {
    /// Starts a run.
    pub on_run: Callback<()>,
    /// Shows another experiment or lesson.
    pub on_turn: Callback<Turn>,
    /// How far the visitor is here.
    pub at: At,
}

/// How far the visitor is with an experiment or a lesson, so that one key can lead on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Nothing has run yet.
    Question,
    /// It runs.
    Running,
    /// There is an answer, covered or not.
    Answer,
}

/// What one key leads to: the run, then the answer, then what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Run,
    Reveal,
    Next,
}

/// What leads on from here; nothing while it runs.
fn step(at: At, covered: bool) -> Option<Step> {
    match (at, covered) {
        (At::Question, _) => Some(Step::Run),
        (At::Running, _) => None,
        (At::Answer, true) => Some(Step::Reveal),
        (At::Answer, false) => Some(Step::Next),
    }
}

/// The keys in words. `what` is what they lead through: "experiment".
pub fn keys(what: &str) -> String {
    format!(
        "R runs, V reveals the answer, N and P show the next and the previous {what}, Escape \
         ends it. A clicker (PageDown, →) leads from the question to the run, the answer and \
         the next {what}; PageUp and ← lead back"
    )
}

/// The presenter view, with its keys. `subject` names what is shown: another one's answer is
/// covered again.
#[hook]
pub fn use_presenter(subject: &str, keys: Keys) -> Presenter {
    let on = use_state_eq(|| browser::has_part(&browser::query(), class_link::PRESENT));
    let hidden = class_link::are_answers_hidden(&browser::query());
    let revealed = use_state_eq(|| None::<String>);
    let covered = (*on || hidden) && revealed.as_deref() != Some(subject);
    // The keys do what they did when the page was last drawn: they know its settings.
    let latest = use_mut_ref(|| (keys.clone(), covered));
    *latest.borrow_mut() = (keys, covered);
    use_effect_with(*on, |&on| {
        browser::mark_root("presented", on);
        || browser::mark_root("presented", false)
    });
    use_effect_with((*on, subject.to_owned()), {
        let (on, revealed) = (on.clone(), revealed.clone());
        move |(is_on, subject)| {
            let subject = subject.clone();
            let listener = is_on.then(|| {
                browser::on_key(move |key| {
                    // A key may change what `latest` holds.
                    let (keys, covered) = latest.borrow().clone();
                    let key = match (key, step(keys.at, covered)) {
                        ("PageDown" | "ArrowRight", Some(Step::Run)) => "r",
                        ("PageDown" | "ArrowRight", Some(Step::Reveal)) => "v",
                        ("PageDown" | "ArrowRight", Some(Step::Next)) => "n",
                        ("PageDown" | "ArrowRight", None) => return true,
                        ("PageUp" | "ArrowLeft", _) => "p",
                        (key, _) => key,
                    };
                    match key {
                        "r" | "R" => keys.on_run.emit(()),
                        "v" | "V" => revealed.set(Some(subject.clone())),
                        "n" | "N" => keys.on_turn.emit(Turn::Next),
                        "p" | "P" => keys.on_turn.emit(Turn::Previous),
                        "Escape" => {
                            class_link::set_option(class_link::PRESENT, false);
                            on.set(false);
                        }
                        _ => return false,
                    }
                    true
                })
            });
            move || drop(listener)
        }
    });
    let reveal = {
        let (revealed, subject) = (revealed.setter(), subject.to_owned());
        Callback::from(move |_| revealed.set(Some(subject.clone())))
    };
    Presenter {
        on: *on,
        covered,
        toggle: {
            let (on, revealed) = (on.clone(), revealed.clone());
            Callback::from(move |_| {
                class_link::set_option(class_link::PRESENT, !*on);
                revealed.set(None);
                on.set(!*on);
            })
        },
        reveal,
    }
}

#[cfg(test)]
#[test]
fn one_key_leads_from_the_question_to_what_follows() {
    let steps = [At::Question, At::Running, At::Answer].map(|at| step(at, true));
    assert_eq!(steps, [Some(Step::Run), None, Some(Step::Reveal)]);
    assert_eq!(step(At::Answer, false), Some(Step::Next));
    assert_eq!(step(At::Question, false), Some(Step::Run));
}

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
}

/// The keys in words. `what` is what they lead through: "experiment".
pub fn keys(what: &str) -> String {
    format!(
        "R runs, V reveals the answer, N and P show the next and the previous {what}, Escape \
         ends it"
    )
}

/// The presenter view, with its keys. `subject` names what is shown: another one's answer is
/// covered again.
#[hook]
pub fn use_presenter(subject: &str, keys: Keys) -> Presenter {
    let on = use_state_eq(|| browser::has_part(&browser::query(), class_link::PRESENT));
    let hidden = class_link::are_answers_hidden(&browser::query());
    let revealed = use_state_eq(|| None::<String>);
    // The keys do what they did when the page was last drawn: they know its settings.
    let latest = use_mut_ref(|| keys.clone());
    *latest.borrow_mut() = keys;
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
                    let keys = latest.borrow().clone();
                    match key {
                        "r" | "R" => keys.on_run.emit(()),
                        "v" | "V" => revealed.set(Some(subject.clone())),
                        "n" | "N" => keys.on_turn.emit(Turn::Next),
                        "p" | "P" => keys.on_turn.emit(Turn::Previous),
                        "Escape" => {
                            class_link::set_option(class_link::PRESENT, false);
                            on.set(false);
                        }
                        _ => {}
                    }
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
        covered: (*on || hidden) && revealed.as_deref() != Some(subject),
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

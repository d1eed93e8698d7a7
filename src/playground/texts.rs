//! Which program the editor shows, and which programs of the visitor's the browser keeps.
//!
//! Nothing that the visitor wrote gets lost by looking at another program: a program to
//! begin from, or one that came with a link, is kept only once it was changed. It is then
//! the visitor's own, and the one before it stays as the earlier one.

use super::super::browser;
use super::programs::{PROGRAMS, Program};
use std::rc::Rc;
use yew::prelude::*;

/// Under which names the browser keeps the visitor's programs.
const KEPT_OWN: &str = "manyhands program";
const KEPT_EARLIER: &str = "manyhands program before";

/// Where the program in the editor comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Origin {
    /// One of the programs to begin from.
    Starter,
    /// The visitor wrote or changed it.
    Own,
    /// It came with the address.
    Link,
}

/// The programs.
#[derive(Clone, PartialEq)]
pub struct Texts {
    /// What the editor shows.
    pub shown: AttrValue,
    pub origin: Origin,
    /// The visitor's program.
    pub own: Option<AttrValue>,
    /// The one that the visitor had before.
    pub earlier: Option<AttrValue>,
    /// The program that came with the address.
    pub linked: Option<AttrValue>,
}

/// What may be done with the programs.
pub enum Change {
    /// The visitor typed, or opened a file.
    Edit(String),
    /// The visitor chose one by its name in the list.
    Choose(String),
    /// The address has brought one.
    Follow(String),
    /// All that is kept is forgotten.
    Reset,
}

impl Texts {
    /// What the browser kept, or the first program to begin from.
    pub fn kept() -> Texts {
        let kept = |name| browser::kept_text(name).map(AttrValue::from);
        let own = kept(KEPT_OWN);
        Texts {
            shown: own.clone().unwrap_or_else(|| PROGRAMS[0].source.into()),
            origin: own.as_ref().map_or(Origin::Starter, |_| Origin::Own),
            own,
            earlier: kept(KEPT_EARLIER),
            linked: None,
        }
    }

    /// The name of what is shown, in the list.
    pub fn chosen(&self) -> &'static str {
        match self.origin {
            Origin::Own => "own",
            Origin::Link => "linked",
            Origin::Starter => self.starter().map_or("", |program| program.name),
        }
    }

    /// The program to begin from that is shown, without a change.
    pub fn starter(&self) -> Option<&'static Program> {
        starter(&self.shown)
    }

    fn show(&mut self, origin: Origin, text: AttrValue) {
        self.shown = text;
        self.origin = origin;
    }

    fn edit(&mut self, text: String) {
        let text = AttrValue::from(text);
        if text == self.shown {
            return;
        }
        // By undoing one may come back to a program that is not one's own.
        let origin = if self.own.as_ref() == Some(&text) {
            Origin::Own
        } else if starter(&text).is_some() {
            Origin::Starter
        } else if self.linked.as_ref() == Some(&text) {
            Origin::Link
        } else {
            if self.origin != Origin::Own && self.own.is_some() {
                self.earlier = self.own.take();
            }
            self.own = Some(text.clone());
            Origin::Own
        };
        self.show(origin, text);
    }

    fn choose(&mut self, name: &str) {
        match name {
            "own" => self.own.clone().map(|text| self.show(Origin::Own, text)),
            "linked" => self
                .linked
                .clone()
                .map(|text| self.show(Origin::Link, text)),
            "earlier" => self.earlier.take().map(|text| {
                self.earlier = self.own.replace(text.clone());
                self.show(Origin::Own, text);
            }),
            _ => PROGRAMS
                .iter()
                .find(|program| program.name == name)
                .map(|program| self.show(Origin::Starter, program.source.into())),
        };
    }
}

fn starter(text: &str) -> Option<&'static Program> {
    PROGRAMS.iter().find(|program| program.source == text)
}

impl Reducible for Texts {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut new = (*self).clone();
        match change {
            Change::Edit(text) => new.edit(text),
            Change::Choose(name) => new.choose(&name),
            Change::Follow(text) => {
                new.linked = Some(text.clone().into());
                new.show(Origin::Link, text.into());
            }
            Change::Reset => {
                (new.own, new.earlier) = (None, None);
                new.show(Origin::Starter, PROGRAMS[0].source.into());
            }
        }
        for (name, before, after) in [
            (KEPT_OWN, &self.own, &new.own),
            (KEPT_EARLIER, &self.earlier, &new.earlier),
        ] {
            match after {
                _ if before == after => {}
                Some(text) => browser::keep_text(name, text),
                None => browser::forget_text(name),
            }
        }
        Rc::new(new)
    }
}

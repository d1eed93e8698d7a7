//! The run that the page shows, shared by the parts that draw it.

use super::file::File;
use super::python::Run;
use super::session::{Session, Stage};
use std::cell::{Ref, RefCell, RefMut};
use std::rc::Rc;

/// The run, and what it has shown so far.
#[derive(Default)]
pub struct Shown {
    pub session: Session,
    pub run: Option<Rc<Run>>,
    /// The program that runs or has run.
    pub source: String,
    /// The files that are beside the program when it starts.
    pub given: Vec<File>,
    /// Counts the runs; what an earlier one still tells is not shown.
    pub number: u32,
    /// Whether a refresh is on its way.
    pub refreshing: bool,
}

/// The same for all parts of the page.
#[derive(Clone, Default)]
pub struct SharedShown(Rc<RefCell<Shown>>);

impl PartialEq for SharedShown {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl SharedShown {
    pub fn borrow(&self) -> Ref<'_, Shown> {
        self.0.borrow()
    }

    pub fn borrow_mut(&self) -> RefMut<'_, Shown> {
        self.0.borrow_mut()
    }

    /// Kills the program, if one runs.
    pub fn kill(&self) {
        let run = self.borrow().run.clone();
        if let Some(run) = run {
            self.borrow_mut().session.stage = Stage::Killed;
            run.kill();
        }
    }
}

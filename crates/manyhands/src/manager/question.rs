//! A question under way, and its answer.

use super::{
    link::Link,
    message::{Answer, Name},
};
use crate::{Error, process::may_block};
use std::{cell::Cell, future::poll_fn, rc::Rc, task::Poll, time::Duration};

/// What is to become of the answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is waited for: dropped before, the question is given up.
    Wanted,
    /// It is waited for: dropped before, what was asked for is done all the
    /// same.
    Welcome,
    /// It came, or will never come.
    Known,
}

/// A question that was asked.
pub(super) struct Question {
    link: Rc<Link>,
    object: Name,
    number: u32,
    fate: Cell<Fate>,
}

impl Question {
    pub(super) fn new(link: &Rc<Link>, object: Name, number: u32) -> Question {
        Question {
            link: link.clone(),
            object,
            number,
            fate: Cell::new(Fate::Wanted),
        }
    }

    /// One that is not given up when it is dropped.
    pub(super) fn independent(self) -> Question {
        self.fate.set(Fate::Welcome);
        self
    }

    /// Nobody will wait for the answer.
    pub(super) fn leave(self) {
        self.fate.set(Fate::Welcome);
    }

    /// Asks for an end, which is an answer, too.
    pub(super) fn cancel(&self) {
        if self.fate.get() != Fate::Known {
            self.link.give_up(self.object, self.number);
        }
    }

    /// Settles what came.
    fn known(&self, came: Result<Answer, Error>) -> Result<Answer, Error> {
        self.fate.set(Fate::Known);
        match came {
            Ok(Answer::Fault(fault)) => Err(fault.into()),
            came => came,
        }
    }

    /// Is the answer here, as far as has been read? One that was taken is.
    pub(super) fn is_here(&self) -> bool {
        self.fate.get() == Fate::Known || self.link.has(self.number)
    }

    /// Takes what has come, and looks whether the answer is among it.
    pub(super) fn look(&self) -> Result<bool, Error> {
        if self.is_here() {
            return Ok(true);
        }
        match self.link.read_all() {
            Err(error) if !self.is_here() => Err(self.link.explain(error)),
            _ => Ok(self.is_here()),
        }
    }

    /// The answer, if it is here and was not taken before.
    pub(super) fn take(&self) -> Option<Result<Answer, Error>> {
        let came = self.link.take(self.number)?;
        Some(self.known(Ok(came)))
    }

    /// Waits for the answer to one of several, for as long as `time` says each
    /// time; did one come?
    pub(super) fn wait_any(
        questions: &[&Question],
        time: impl Fn() -> Option<Duration>,
        (call, instead): (&'static str, &'static str),
    ) -> Result<bool, Error> {
        let Some(first) = questions.first() else {
            return Ok(true);
        };
        while !questions.iter().any(|question| question.is_here()) {
            if !may_block() {
                return Err(Error::BlockingOnPage { call, instead });
            }
            match first.link.read(time()) {
                Ok(true) => {}
                Ok(false) => return Ok(false),
                Err(error) => return Err(first.link.explain(error)),
            }
        }
        Ok(true)
    }

    /// Waits for the answer.
    pub(super) fn answer(self) -> Result<Answer, Error> {
        let came = self.link.wait_for(self.number);
        self.known(came.map_err(|error| self.link.explain(error)))
    }

    /// [`Question::wait_any`] for the page.
    pub(super) async fn wait_any_async(questions: &[&Question]) -> Result<(), Error> {
        let Some(first) = questions.first() else {
            return Ok(());
        };
        loop {
            // Another one may be reading: it wakes us when something has come.
            let is_here = poll_fn(|context| {
                if questions.iter().any(|question| question.is_here()) {
                    Poll::Ready(true)
                } else if first.link.is_read(context.waker()) {
                    Poll::Pending
                } else {
                    Poll::Ready(false)
                }
            });
            if is_here.await {
                return Ok(());
            }
            if let Err(error) = first.link.read_async().await {
                return Err(first.link.explain_async(error).await);
            }
        }
    }

    /// [`Question::answer`] for the page.
    pub(super) async fn answer_async(self) -> Result<Answer, Error> {
        let waited = Question::wait_any_async(&[&self]).await;
        let came = waited.map(|()| self.link.take(self.number));
        // It is here: only this one could take it.
        self.known(came.and_then(|answer| answer.ok_or(Error::EOFError)))
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        if self.fate.get() == Fate::Known {
            return;
        }
        if self.fate.get() == Fate::Wanted && !self.link.has(self.number) {
            self.link.give_up(self.object, self.number);
        }
        self.link.ignore(self.number);
    }
}

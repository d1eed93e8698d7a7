//! Processes or threads: who works in a pool or an executor.

use crate::StartMethod;
use serde::{Deserialize, Serialize};

/// Who works.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Hands {
    /// Processes, started so; else as the process that makes them starts its own.
    Processes(Option<StartMethod>),
    /// Threads of the process that makes them.
    #[cfg(feature = "threads")]
    Threads,
}

/// A `W`, or one under another name because others work in it.
#[doc(hidden)]
pub trait Kind<W>: Sized {
    /// Who works in it.
    #[doc(hidden)]
    fn hands(method: Option<StartMethod>) -> Hands;

    /// Gives it its name.
    #[doc(hidden)]
    fn of(whole: W) -> Self;
}

impl<W> Kind<W> for W {
    fn hands(method: Option<StartMethod>) -> Hands {
        Hands::Processes(method)
    }

    fn of(whole: W) -> W {
        whole
    }
}

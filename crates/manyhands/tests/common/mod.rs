//! What the browser tests share.
#![allow(dead_code)] // each test file uses its own part

#[cfg(target_arch = "wasm32")]
pub mod conformance;

use manyhands::{Error, Process, ProcessError, Reason, Settings, configure, trace};
use std::{cell::RefCell, rc::Rc};

/// Starts the kernel with these settings, unless a test of this page has.
pub fn with(settings: Settings) {
    let _ = configure(settings);
}

/// How a process ended that was to leave no result.
pub async fn failure<R>(process: &Process<R>) -> ProcessError
where
    R: serde::Serialize + serde::de::DeserializeOwned + std::fmt::Debug + 'static,
{
    match process.join_async().await {
        Err(Error::ProcessError(error)) => error,
        other => panic!("a process that was to fail gave {other:?}"),
    }
}

/// The exit code and reason of a process that was to leave no result.
pub async fn ending(process: Process<()>) -> (i32, Reason) {
    let error = failure(&process).await;
    assert_eq!(process.exit_code().unwrap(), Some(error.exit_code));
    (error.exit_code, error.reason)
}

/// Everything heard since this was made.
pub struct Heard {
    records: Rc<RefCell<Vec<trace::Record>>>,
    _subscription: trace::Subscription,
}

impl Heard {
    pub fn new() -> Heard {
        let records = Rc::new(RefCell::new(Vec::new()));
        let heard = records.clone();
        let _subscription =
            trace::subscribe(move |news| heard.borrow_mut().extend_from_slice(news));
        Heard {
            records,
            _subscription,
        }
    }

    /// The lines of one process, in order.
    pub fn lines(&self, pid: u32) -> Vec<String> {
        trace::flush();
        let records = self.records.borrow();
        let lines = records.iter().filter_map(|record| match record {
            trace::Record::Line(line) if line.pid == pid => Some(line.text.clone()),
            _ => None,
        });
        lines.collect()
    }

    /// The events of one process, in order.
    pub fn events(&self, pid: u32) -> Vec<trace::Event> {
        trace::flush();
        let records = self.records.borrow();
        let events = records.iter().filter_map(|record| match record {
            trace::Record::Event(event) if event.pid == pid => Some(*event),
            _ => None,
        });
        events.collect()
    }
}

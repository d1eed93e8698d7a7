//! What the browser tests share.
#![allow(dead_code)] // each test file uses its own part

#[cfg(target_arch = "wasm32")]
pub mod conformance;

use manyhands::{
    Error, Port, Process, ProcessError, Reason, Settings, configure, diagnostics, trace,
};
use std::{cell::RefCell, rc::Rc};

/// Configures the kernel for tests that need no other settings: a small arena, so that it
/// fills and grows, a trace of everything, and the port that was requested.
pub fn setup() {
    with(Settings {
        arena_initial_bytes: 1 << 20,
        arena_max_bytes: 64 << 20,
        force_javascript_port: javascript_port_asked_for(),
        trace_level: trace::Level::Everything,
        ..Settings::default()
    });
}

/// Whether the JavaScript port was requested. A compiled test has no arguments, so the
/// request is in the browser's user agent.
pub fn javascript_port_asked_for() -> bool {
    let agent = js_sys::eval("navigator.userAgent").unwrap();
    agent.as_string().unwrap().contains("javascript-port")
}

/// Configures the kernel with these settings, unless an earlier test of this page has done
/// the same.
///
/// # Panics
/// When the kernel has been configured with other settings.
pub fn with(settings: Settings) {
    thread_local! {
        static CONFIGURED: RefCell<Option<Settings>> = const { RefCell::new(None) };
    }
    CONFIGURED.with_borrow_mut(|configured| match configured {
        Some(before) => assert_eq!(*before, settings, "one page, one configuration"),
        None => {
            configure(settings.clone()).unwrap();
            *configured = Some(settings);
        }
    });
}

/// Asserts that processes of this page share their memory through this port.
pub async fn runs_on(port: Port) {
    let process = Process::spawn(|| (), ()).unwrap();
    process.join_async().await.unwrap();
    assert_eq!(diagnostics().arena_port, Some(port));
}

/// The error of a process that ended without a result.
pub async fn failure<R>(process: &Process<R>) -> ProcessError
where
    R: serde::Serialize + serde::de::DeserializeOwned + std::fmt::Debug + 'static,
{
    match process.join_async().await {
        Err(Error::ProcessError(error)) => error,
        other => panic!("a process that was to fail gave {other:?}"),
    }
}

/// The exit code and reason of a process that ended without a result.
pub async fn ending(process: Process<()>) -> (i32, Reason) {
    let error = failure(&process).await;
    assert_eq!(process.exit_code().unwrap(), Some(error.exit_code));
    (error.exit_code, error.reason)
}

/// All trace records since this was made.
pub struct Collected {
    records: Rc<RefCell<Vec<trace::Record>>>,
    _subscription: trace::Subscription,
}

impl Collected {
    pub fn new() -> Collected {
        let records = Rc::new(RefCell::new(Vec::new()));
        let collected = records.clone();
        let _subscription =
            trace::subscribe(move |news| collected.borrow_mut().extend_from_slice(news));
        Collected {
            records,
            _subscription,
        }
    }

    /// The lines of one process, in order.
    pub fn lines(&self, pid: u32) -> Vec<String> {
        let output = self.output(pid).into_iter();
        output.map(|line| line.text).collect()
    }

    /// What one process printed, in order.
    pub fn output(&self, pid: u32) -> Vec<trace::OutputLine> {
        trace::flush();
        let records = self.records.borrow();
        let output = records.iter().filter_map(|record| match record {
            trace::Record::Output(line) if line.pid == pid => Some(line.clone()),
            _ => None,
        });
        output.collect()
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

/// A value that no codec takes.
pub struct Unpicklable;

impl serde::Serialize for Unpicklable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("on purpose"))
    }
}

impl<'de> serde::Deserialize<'de> for Unpicklable {
    fn deserialize<D: serde::Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Ok(Unpicklable)
    }
}

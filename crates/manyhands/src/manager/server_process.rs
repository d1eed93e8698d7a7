//! The server as a process: how it is found, how the process that started it shuts it
//! down, and why it ended.
//!
//! This module must not know what a server keeps.

use super::{
    exit_record::ExitRecord,
    message::{Body, Caller},
};
use crate::{
    Connection, Error, Process, Sentinel,
    connection::{Pickle, wait_async},
    process::{ExitPriority, may_block, register_finaliser},
};
use serde::{Deserialize, Serialize};
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

/// How long a server may take to shut down before it is terminated, as in Python.
const SHUT_DOWN_GRACE: Duration = Duration::from_secs(1);

/// How long a process that is ending may take from the closing of its pipes until its
/// end.
const EXIT_GRACE: Duration = Duration::from_secs(1);

/// Where a server is found. Every proxy contains it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "=")]
pub(super) struct Address {
    /// The server's pid, which no other process ever gets.
    pub(super) pid: u32,
    pub(super) sentinel: Sentinel,
    pub(super) requests: Connection,
    pub(super) exit_record: ExitRecord,
}

impl Address {
    /// Sends a request. This never waits, because the pipe has no limit.
    pub(super) fn send(&self, caller: Caller, body: Body) -> Result<(), Error> {
        self.requests.send(&(caller, Pickle::new(&body)?))
    }

    /// If the pipe is closed at the other end, the server has ended; the error then
    /// says so, and why.
    pub(super) fn explain(&self, error: Error) -> Error {
        if !is_closed(&error) {
            return error;
        }
        match self.sentinel.wait_timeout(EXIT_GRACE) {
            // The server is alive. It closed the pipe of this client only, because
            // there was no memory for the answer.
            Ok(false) => Error::BrokenPipeError,
            _ => self.died_error(),
        }
    }

    /// [`Address::explain`] for the page.
    pub(super) async fn explain_async(&self, error: Error) -> Error {
        if !is_closed(&error) {
            return error;
        }
        let ended = wait_async(&[&self.sentinel], Some(EXIT_GRACE)).await;
        if ended.is_empty() {
            Error::BrokenPipeError
        } else {
            self.died_error()
        }
    }

    /// The error of every call to a server that has ended. Its exit record contains the
    /// exit code and the text. A server that was killed wrote no record; then only the
    /// process that started it knows how it ended, and writes the record for the
    /// others.
    fn died_error(&self) -> Error {
        for server in own_servers() {
            if server.address.pid == self.pid {
                server.record_exit();
            }
        }
        let (exit_code, text) = match self.exit_record.read() {
            Some((code, text)) => (Some(code), text),
            None => (self.sentinel.exit_code(), String::new()),
        };
        Error::ManagerDied { exit_code, text }
    }
}

fn is_closed(error: &Error) -> bool {
    matches!(error, Error::EOFError | Error::BrokenPipeError)
}

/// A server that this process started.
pub(super) struct ServerProcess {
    pub(super) process: Process<()>,
    pub(super) address: Rc<Address>,
    was_shut_down: Cell<bool>,
}

thread_local! {
    static OWN_SERVERS: RefCell<Vec<Weak<ServerProcess>>> = const { RefCell::new(Vec::new()) };
}

fn own_servers() -> Vec<Rc<ServerProcess>> {
    OWN_SERVERS.with_borrow_mut(|servers| {
        servers.retain(|server| server.strong_count() > 0);
        servers.iter().filter_map(Weak::upgrade).collect()
    })
}

/// Shuts down the servers that this process started; called before the process ends.
fn shut_down_own_servers() {
    for server in own_servers() {
        server.shut_down();
    }
}

impl ServerProcess {
    pub(super) fn new(process: Process<()>, address: Rc<Address>) -> Rc<ServerProcess> {
        let server = Rc::new(ServerProcess {
            process,
            address,
            was_shut_down: Cell::new(false),
        });
        OWN_SERVERS.with_borrow_mut(|servers| servers.push(Rc::downgrade(&server)));
        register_finaliser(ExitPriority::Managers, shut_down_own_servers);
        server
    }

    /// Writes the exit record of the server, if it has ended.
    fn record_exit(&self) {
        if let Ok(Some(code)) = self.process.exit_code() {
            // The server has ended, so this does not wait.
            let text = match self.process.join() {
                Err(Error::ProcessError(error)) => error.text,
                _ => String::new(),
            };
            self.address.exit_record.write(code, &text);
        }
    }

    fn ask_to_shut_down(&self) {
        // Ignored: a server that has ended need not be asked.
        let _ = self.address.send(Caller::default(), Body::ShutDown);
    }

    pub(super) fn shut_down(&self) {
        if self.was_shut_down.replace(true) {
            return;
        }
        self.ask_to_shut_down();
        if may_block() && matches!(self.process.join_timeout(SHUT_DOWN_GRACE), Ok(None)) {
            let _ = self.process.terminate();
            let _ = self.process.join();
        }
    }

    pub(super) async fn shut_down_async(&self) -> Result<(), Error> {
        if !self.was_shut_down.replace(true) {
            self.ask_to_shut_down();
        }
        let ended = self.process.join_timeout_async(SHUT_DOWN_GRACE).await;
        if matches!(ended, Ok(None)) {
            self.process.terminate()?;
            let _ = self.process.join_async().await;
        }
        Ok(())
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.shut_down();
    }
}

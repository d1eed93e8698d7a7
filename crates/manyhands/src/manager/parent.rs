//! A server as the process that made it sees it: it shuts it down, and alone
//! knows what it died of.
//!
//! Must not know the objects in it.

use super::{link::Link, message::Request, obituary::Obituary};
use crate::{
    Error, Process,
    process::{finalise_with, may_block},
};
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

/// How long a server may take to end before it is terminated, as in Python.
const PATIENCE: Duration = Duration::from_secs(1);

/// The server, seen from the process that made it.
pub(super) struct Server {
    pub(super) process: Process<()>,
    pub(super) link: Rc<Link>,
    over: Cell<bool>,
}

thread_local! {
    /// The servers that this process made.
    static SERVERS: RefCell<Vec<Weak<Server>>> = const { RefCell::new(Vec::new()) };
}

fn servers() -> Vec<Rc<Server>> {
    SERVERS.with_borrow_mut(|servers| {
        servers.retain(|server| server.strong_count() > 0);
        servers.iter().filter_map(Weak::upgrade).collect()
    })
}

/// If this process made that server, it alone knows what it died of: it tells
/// the others.
pub(super) fn server_ended(pid: u32, obituary: &Obituary) {
    for server in servers() {
        if server.process.pid() != Ok(pid) {
            continue;
        }
        // It has ended: nobody waits here.
        if let Ok(Some(code)) = server.process.exit_code() {
            let text = match server.process.join() {
                Err(Error::ProcessError(error)) => error.text,
                _ => String::new(),
            };
            obituary.write(code, &text);
        }
    }
}

/// Before this process ends.
fn shut_down_all() {
    for server in servers() {
        server.shut_down();
    }
}

impl Server {
    pub(super) fn of(process: Process<()>, link: Rc<Link>) -> Rc<Server> {
        let server = Rc::new(Server {
            process,
            link,
            over: Cell::new(false),
        });
        SERVERS.with_borrow_mut(|servers| servers.push(Rc::downgrade(&server)));
        finalise_with(shut_down_all);
        server
    }

    pub(super) fn shut_down(&self) {
        if self.over.replace(true) {
            return;
        }
        let _ = self.link.say(&Request::ShutDown);
        if may_block() && matches!(self.process.join_timeout(PATIENCE), Ok(None)) {
            let _ = self.process.terminate();
            let _ = self.process.join();
        }
    }

    pub(super) async fn shut_down_async(&self) -> Result<(), Error> {
        if !self.over.replace(true) {
            let _ = self.link.say(&Request::ShutDown);
        }
        if matches!(self.process.join_timeout_async(PATIENCE).await, Ok(None)) {
            self.process.terminate()?;
            let _ = self.process.join_async().await;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shut_down();
    }
}

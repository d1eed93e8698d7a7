//! What a server died of, for all who had questions.

use super::{
    link::{Address, Link},
    parent::server_ended,
};
use crate::{Error, RawArray, connection::wait_async};
use serde::{Deserialize, Serialize};
use std::{cell::OnceCell, panic, time::Duration};

/// Where it is written: a flag, the exit code, the text's length, the text.
const CODE: usize = 1;
const LENGTH: usize = 5;
const TEXT: usize = 7;
const SIZE: usize = 512;

/// Bytes that all of a manager's clients see, empty while the server lives.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Obituary(RawArray<u8>);

thread_local! {
    static OWN: OnceCell<Obituary> = const { OnceCell::new() };
}

impl Obituary {
    pub(super) fn new() -> Result<Obituary, Error> {
        Ok(Obituary(RawArray::new(SIZE)?))
    }

    /// Writes it, if nobody has.
    pub(super) fn write(&self, exit_code: i32, text: &str) {
        if self.read().is_some() {
            return;
        }
        let mut length = text.len().min(SIZE - TEXT);
        while !text.is_char_boundary(length) {
            length -= 1;
        }
        // As long as they are these do fit.
        let _ = self.0.write(CODE, &exit_code.to_le_bytes());
        let _ = self.0.write(LENGTH, &(length as u16).to_le_bytes());
        let _ = self.0.write(TEXT, &text.as_bytes()[..length]);
        // Last: who sees it sees the rest.
        let _ = self.0.set(0, 1);
    }

    /// Writes it when this process panics.
    pub(super) fn keep_for_a_panic(self) {
        OWN.with(|own| {
            let _ = own.set(self);
        });
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            OWN.with(|own| {
                if let Some(own) = own.get() {
                    own.write(1, &info.to_string());
                }
            });
            before(info);
        }));
    }

    /// Exit code and text.
    pub(super) fn read(&self) -> Option<(i32, String)> {
        let bytes = (self.0.get(0) == Ok(1)).then(|| self.0.to_vec())?;
        let code = bytes[CODE..LENGTH].try_into().map(i32::from_le_bytes);
        let length = bytes[LENGTH..TEXT].try_into().map(u16::from_le_bytes);
        let end = (TEXT + usize::from(length.ok()?)).min(SIZE);
        let text = String::from_utf8_lossy(&bytes[TEXT..end]).into_owned();
        Some((code.ok()?, text))
    }
}

/// From the moment a process lets go of what it held to its end.
const LAST_BREATH: Duration = Duration::from_secs(1);

impl Link {
    /// A closed pipe means that the server died: of what?
    pub(super) fn explain(&self, error: Error) -> Error {
        if !matches!(error, Error::EOFError | Error::BrokenPipeError) {
            return error;
        }
        match self.address.sentinel.wait_timeout(LAST_BREATH) {
            // It hung up on this process only, for want of memory.
            Ok(false) => Error::BrokenPipeError,
            _ => self.epitaph(),
        }
    }

    pub(super) async fn explain_async(&self, error: Error) -> Error {
        if !matches!(error, Error::EOFError | Error::BrokenPipeError) {
            return error;
        }
        let ended = wait_async(&[&self.address.sentinel], Some(LAST_BREATH)).await;
        if ended.is_empty() {
            Error::BrokenPipeError
        } else {
            self.epitaph()
        }
    }

    fn epitaph(&self) -> Error {
        server_ended(self.address.server, &self.address.obituary);
        let Address {
            sentinel, obituary, ..
        } = &self.address;
        let (exit_code, text) = match obituary.read() {
            Some((code, text)) => (Some(code), text),
            None => (sentinel.exit_code(), String::new()),
        };
        Error::ManagerDied { exit_code, text }
    }
}

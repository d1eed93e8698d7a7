//! How a server ended, stored where all of its clients can read it.

use crate::{Error, RawArray};
use serde::{Deserialize, Serialize};
use std::{cell::OnceCell, panic};

/// The layout, in bytes: a flag that is 1 when the rest has been written, the exit
/// code, the length of the text, the text.
const CODE: usize = 1;
const LENGTH: usize = 5;
const TEXT: usize = 7;
const SIZE: usize = 512;

/// Shared bytes. They are 0 while the server is alive.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ExitRecord(RawArray<u8>);

thread_local! {
    /// The record of this process, if it is a server.
    static OWN: OnceCell<ExitRecord> = const { OnceCell::new() };
}

impl ExitRecord {
    pub(super) fn new() -> Result<ExitRecord, Error> {
        Ok(ExitRecord(RawArray::new(SIZE)?))
    }

    /// Writes the record, unless it has been written. A text that is too long is cut
    /// off.
    pub(super) fn write(&self, exit_code: i32, text: &str) {
        if self.read().is_some() {
            return;
        }
        let length = text.floor_char_boundary(SIZE - TEXT);
        // Cannot fail: these offsets are within the array.
        let _ = self.0.write(CODE, &exit_code.to_le_bytes());
        let _ = self.0.write(LENGTH, &(length as u16).to_le_bytes());
        let _ = self.0.write(TEXT, &text.as_bytes()[..length]);
        // The flag is set last, so whoever sees it sees the rest as well.
        let _ = self.0.set(0, 1);
    }

    /// Makes a panic of this process write the record.
    pub(super) fn write_on_panic(self) {
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

    /// The exit code and the text; `None` if nothing has been written.
    pub(super) fn read(&self) -> Option<(i32, String)> {
        let bytes = (self.0.get(0) == Ok(1)).then(|| self.0.to_vec())?;
        let code = bytes[CODE..LENGTH].try_into().map(i32::from_le_bytes);
        let length = bytes[LENGTH..TEXT].try_into().map(u16::from_le_bytes);
        let end = (TEXT + usize::from(length.ok()?)).min(SIZE);
        let text = String::from_utf8_lossy(&bytes[TEXT..end]).into_owned();
        Some((code.ok()?, text))
    }
}

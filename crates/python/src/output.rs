//! The standard streams of this process. Python writes bytes, the library takes text.

use std::sync::{Mutex, MutexGuard};

/// For each stream, the first bytes of a character whose others are still to come.
static UNFINISHED: Mutex<[Vec<u8>; 2]> = Mutex::new([Vec::new(), Vec::new()]);

fn unfinished() -> MutexGuard<'static, [Vec<u8>; 2]> {
    UNFINISHED
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Writes bytes in UTF-8; what is none shows as U+FFFD.
pub fn write(is_error: bool, bytes: &[u8]) {
    let text = {
        let pending = &mut unfinished()[usize::from(is_error)];
        pending.extend_from_slice(bytes);
        let rest = pending.split_off(whole_characters(pending));
        let text = String::from_utf8_lossy(pending).into_owned();
        *pending = rest;
        text
    };
    print(is_error, &text);
}

/// Writes what is left of an unfinished character.
pub fn flush() {
    let rest = std::mem::take(&mut *unfinished());
    for (is_error, bytes) in [false, true].into_iter().zip(rest) {
        print(is_error, &String::from_utf8_lossy(&bytes));
    }
}

fn print(is_error: bool, text: &str) {
    if text.is_empty() {
    } else if is_error {
        manyhands::eprint!("{text}");
    } else {
        manyhands::print!("{text}");
    }
}

/// How many of the bytes are whole characters, or no UTF-8 at all.
fn whole_characters(bytes: &[u8]) -> usize {
    // A character has at most 4 bytes, so that only the last 3 can be unfinished.
    let end = bytes.len();
    for start in (end.saturating_sub(3)..end).rev() {
        let length = match bytes[start] {
            0xc2..=0xdf => 2,
            0xe0..=0xef => 3,
            0xf0..=0xf4 => 4,
            0x80..=0xbf => continue,
            _ => return end,
        };
        return if start + length > end { start } else { end };
    }
    end
}

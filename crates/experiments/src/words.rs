//! Puts error messages and texts from URLs and controls into sentences.

use std::fmt;

/// The message of an error as a sentence, with a capital letter and a full stop.
pub(crate) fn capitalised(error: &impl fmt::Display) -> String {
    let mut sentence = format!("{error}.");
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence
}

/// The text or, if it is long, its beginning, so that it can be quoted in a message.
pub(crate) fn shortened(text: &str) -> String {
    const MAX_QUOTED_CHARS: usize = 40;
    if text.chars().count() <= MAX_QUOTED_CHARS {
        return text.to_owned();
    }
    text.chars().take(MAX_QUOTED_CHARS).chain(['…']).collect()
}

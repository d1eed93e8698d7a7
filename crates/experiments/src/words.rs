//! Texts from URLs and controls: read, quoted, and put into sentences.

use std::fmt;

/// An error's words as a sentence.
pub(crate) fn capitalised(error: &impl fmt::Display) -> String {
    let mut sentence = format!("{error}.");
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    sentence
}

/// The text, or the beginning of a long one, fit to be quoted in a message.
pub(crate) fn shortened(text: &str) -> String {
    const MAX_QUOTED_CHARS: usize = 40;
    if text.chars().count() <= MAX_QUOTED_CHARS {
        return text.to_owned();
    }
    text.chars().take(MAX_QUOTED_CHARS).chain(['…']).collect()
}

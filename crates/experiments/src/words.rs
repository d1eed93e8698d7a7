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
    const MOST: usize = 40;
    if text.chars().count() <= MOST {
        return text.to_owned();
    }
    text.chars().take(MOST).chain(['…']).collect()
}

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

/// A query's key or value without percent signs: `%2C` is a comma and `+` a
/// space. What is no escape stays; what is no UTF-8 becomes `�`.
pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        let hex = |digit: u8| (digit as char).to_digit(16);
        let escape = match tail {
            [high, low, ..] if *byte == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        let (decoded, used) = match (escape, byte) {
            (Some((high, low)), _) => ((high * 16 + low) as u8, 3),
            (None, b'+') => (b' ', 1),
            (None, byte) => (*byte, 1),
        };
        bytes.push(decoded);
        rest = &rest[used..];
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

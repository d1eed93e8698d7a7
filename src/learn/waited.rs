//! The waits of a run that a lesson tells of. The words are explained in
//! `lessons/README.md`.

use super::answer::Facts;
use crate::playground::wait::Wait;

/// Waits shorter than this are not told unless the lesson asks for them, in ms.
const WORTH_TELLING_MS: f64 = 10.0;

/// Which wait.
#[derive(Clone, Debug, PartialEq)]
pub enum Waited {
    /// The longest one for another process or thread.
    Longest,
    /// The longest one at a line that contains this text.
    At(String),
}

impl Waited {
    /// Understands `longest wait` and `wait at "text"`. `None` if the words are others.
    pub fn parse(text: &str) -> Option<Waited> {
        if text.trim() == "longest wait" {
            return Some(Waited::Longest);
        }
        let quoted = text.trim().strip_prefix("wait at ")?.trim();
        let text = quoted.strip_prefix('"')?.strip_suffix('"')?;
        (!text.is_empty()).then(|| Waited::At(text.to_owned()))
    }

    /// The wait, if the run has one.
    pub fn of<'a>(&self, run: &'a Facts) -> Option<&'a Wait> {
        let is_it = |wait: &&Wait| match self {
            Waited::Longest => wait.is_for_others,
            Waited::At(text) => {
                let line = run.source.get(wait.line.wrapping_sub(1) as usize);
                line.is_some_and(|line| line.contains(text))
            }
        };
        run.waits.iter().find(is_it)
    }

    /// The wait in a sentence, in Markdown.
    pub fn sentence(&self, run: &Facts) -> String {
        match (self.of(run), self) {
            (Some(wait), _) => wait.sentence(),
            (None, Waited::Longest) => "Nothing waited for another process.".to_owned(),
            (None, Waited::At(text)) => format!("Nothing waited at `{text}`."),
        }
    }
}

/// The longest wait of a run, if it is worth telling. Of a run that is stuck, the lanes tell
/// who waits for whom.
pub fn worth_telling(run: &Facts) -> Option<&Wait> {
    let wait = Waited::Longest.of(run)?;
    (wait.length >= WORTH_TELLING_MS && !run.is_stuck).then_some(wait)
}

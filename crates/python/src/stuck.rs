//! Whether a program can go on, and why not, in sentences.

use crate::waits::{Kind, Wait};
use manyhands::trace::Pid;
use std::collections::HashMap;

/// How many waits the text tells.
const MOST: usize = 6;

/// What is known from the last look at the waits of a program.
#[derive(Default)]
pub struct Stuck {
    last: Vec<Wait>,
    /// The waits that were told, while they last.
    told: Vec<Wait>,
}

impl Stuck {
    /// Looks at the waits of a program again. `threads` are its living processes, each with
    /// the number of its threads. Returns what there is to tell: the waits of a program
    /// that cannot go on, or none of one that goes on again.
    pub fn look(&mut self, waits: Vec<Wait>, threads: &HashMap<Pid, usize>) -> Option<&[Wait]> {
        let stays = waits == self.last;
        self.last = waits;
        if !self.told.is_empty() {
            if self.last == self.told {
                return None;
            }
            self.told.clear();
            return Some(&self.told);
        }
        if stays && cannot_go_on(&self.last, threads) {
            self.told = self.last.clone();
            return Some(&self.told);
        }
        None
    }
}

/// Whether every thread of every process waits for another one.
fn cannot_go_on(waits: &[Wait], threads: &HashMap<Pid, usize>) -> bool {
    !threads.is_empty()
        && waits
            .iter()
            .all(|wait| !wait.is_timed && wait.kind != Kind::Input)
        && threads.iter().all(|(pid, threads)| {
            let waiting = waits.iter().filter(|wait| wait.process == *pid);
            waiting.count() == *threads
        })
}

/// Who waits for whom, in sentences with the lines of the program.
pub fn text(waits: &[Wait], source: &str, name: &dyn Fn(Pid) -> String) -> String {
    let lines: Vec<&str> = source.lines().collect();
    let at = |line: u32| {
        let code = lines.get(line.wrapping_sub(1) as usize);
        code.map_or_else(String::new, |code| {
            format!(" at line {line} (`{}`)", code.trim())
        })
    };
    let who = |wait: &Wait| {
        if wait.is_first {
            name(wait.process)
        } else {
            format!("a thread of {}", name(wait.process))
        }
    };
    let holder = |wait: &Wait| {
        let held_by = |other: &&Wait| other.held.is_some_and(|held| held.0 == wait.object);
        let Some(other) = waits.iter().find(held_by) else {
            return String::new();
        };
        let line = other.held.map_or(0, |held| held.1);
        let holder = if other == wait { "it" } else { &who(other) };
        format!(", which {holder} acquired{} and holds", at(line))
    };
    let sentence = |wait: &Wait| {
        let place = match wait.line {
            0 if wait.is_first => " at its end".to_owned(),
            0 => String::new(),
            line => at(line),
        };
        let what = match wait.kind {
            Kind::Lock => format!("for a lock{}", holder(wait)),
            Kind::Message => "for a message".to_owned(),
            Kind::Room => "until somebody takes messages, because the pipe is full".to_owned(),
            Kind::Process => format!("until {} has ended", name(wait.object)),
            Kind::AnyOf => "for a message or the end of a process".to_owned(),
            Kind::Time => "for some time".to_owned(),
            Kind::ThreadLock => "for a lock, an event or a queue of its own threads".to_owned(),
            Kind::Input => "for input".to_owned(),
            Kind::Thread => "until one of its threads has ended".to_owned(),
        };
        format!("{} waits{place} {what}.", capital(&who(wait)))
    };
    // A thread that serves others waits in the library, and is of interest only if it
    // waits for room or for a lock.
    let of_interest = |wait: &&Wait| {
        wait.line != 0 || wait.is_first || matches!(wait.kind, Kind::Room | Kind::Lock)
    };
    let all: Vec<&Wait> = waits.iter().filter(of_interest).collect();
    let mut text = "This program cannot go on: all that is left of it waits.".to_owned();
    for wait in all.iter().take(MOST) {
        text.push(' ');
        text.push_str(&sentence(wait));
    }
    if all.len() > MOST {
        text.push_str(&format!(" {} more wait.", all.len() - MOST));
    }
    text
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

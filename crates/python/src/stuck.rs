//! Whether a program can go on, and why not, in sentences.

use crate::{
    registry::Holder,
    waits::{Kind, Wait},
};
use manyhands::trace::Pid;
use std::collections::HashMap;

/// How many waits the text tells.
const MOST: usize = 6;

/// How often in a row the same waits must be seen before they are told. Rows are read while
/// they are written, and on a busy machine a thread may not have had its turn since its wait
/// has ended.
const LOOKS: u32 = 3;

/// What is known from the last looks at the waits of a program.
#[derive(Default)]
pub struct Stuck {
    /// The waits that could not end.
    last: Vec<Wait>,
    /// How often in a row they were seen.
    looks: u32,
    /// Those of them that were told, while they last.
    told: Vec<Wait>,
}

/// Who holds the lock that a thread waits for.
pub type HolderOf<'a> = &'a dyn Fn(&Wait) -> Option<Holder>;

impl Stuck {
    /// Looks at the waits of a program again. `threads` are its living processes, each with
    /// the number of its threads. Returns what there is to tell: the waits that cannot end,
    /// or none if something goes on again.
    pub fn look(
        &mut self,
        waits: &[Wait],
        threads: &HashMap<Pid, usize>,
        holder: HolderOf,
    ) -> Option<&[Wait]> {
        let stuck: Vec<Wait> = if cannot_go_on(waits, threads) {
            // A server waits for as long as there are others, and they do not wait for it.
            waits.iter().filter(|wait| !wait.serves).cloned().collect()
        } else {
            circle(waits, holder)
        };
        self.looks = if stuck == self.last {
            self.looks + 1
        } else {
            1
        };
        self.last = stuck;
        if self.last == self.told || !(self.looks >= LOOKS || self.last.is_empty()) {
            return None;
        }
        self.told = self.last.clone();
        Some(&self.told)
    }
}

/// Whether every thread of every process waits for another one, or is the server of a manager,
/// which does nothing before somebody asks it.
pub fn cannot_go_on(waits: &[Wait], threads: &HashMap<Pid, usize>) -> bool {
    !threads.is_empty()
        && waits
            .iter()
            .all(|wait| !wait.is_timed && wait.kind != Kind::Input)
        && threads.iter().all(|(pid, threads)| {
            let waiting = waits.iter().filter(|wait| wait.process == *pid);
            waiting.count() == *threads
        })
}

/// The waits that end only if another one of them does: each is for a lock that a thread
/// holds whose wait is among them, or for the end of a process whose first thread's is, and
/// none has a time-out. (A thread that waits for a lock of its own may be waiting for another
/// one to release it, as with a semaphore.)
fn circle(waits: &[Wait], holder: HolderOf) -> Vec<Wait> {
    let waits_for = |wait: &Wait, other: &Wait| match wait.kind {
        Kind::Lock | Kind::ThreadLock => holder(wait)
            .is_some_and(|holder| holder.thread == other.thread && holder.thread != wait.thread),
        Kind::Process => other.process == wait.object && other.is_first,
        _ => false,
    };
    let mut circle: Vec<Wait> = waits
        .iter()
        .filter(|wait| !wait.is_timed && !wait.serves)
        .cloned()
        .collect();
    loop {
        let stays = |wait: &Wait| circle.iter().any(|other| waits_for(wait, other));
        let rest: Vec<Wait> = circle.iter().filter(|wait| stays(wait)).cloned().collect();
        if rest.len() == circle.len() {
            return rest;
        }
        circle = rest;
    }
}

/// What is known of the program for the text.
pub struct Known<'a> {
    /// The program.
    pub source: &'a str,
    /// The name of a process.
    pub name: &'a dyn Fn(Pid) -> String,
    /// For what a thread waits, in words, if that is an object of the program's.
    pub purpose: &'a dyn Fn(&Wait) -> Option<String>,
    /// Who holds the lock that a thread waits for.
    pub holder: HolderOf<'a>,
    /// Whether all threads of the program are among those that wait.
    pub is_all: bool,
}

/// Who waits for whom, in sentences with the lines of the program.
pub fn text(waits: &[Wait], known: &Known) -> String {
    let Known { source, name, .. } = known;
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
        let Some(holder) = (known.holder)(wait) else {
            return String::new();
        };
        let who = match waits.iter().find(|other| other.thread == holder.thread) {
            Some(other) if other == wait => "it".to_owned(),
            Some(other) => who(other),
            None => name(holder.process),
        };
        format!(", which {who} acquired{} and holds", at(holder.line))
    };
    let sentence = |wait: &Wait| {
        let place = match wait.line {
            0 if wait.is_first => " at its end".to_owned(),
            0 => String::new(),
            line => at(line),
        };
        let purpose = (known.purpose)(wait).map(|purpose| purpose + &holder(wait));
        let what = purpose.unwrap_or_else(|| match wait.kind {
            Kind::Lock => "for a lock".to_owned(),
            Kind::Message => "for a message".to_owned(),
            Kind::Room => "until somebody takes messages, because the pipe is full".to_owned(),
            Kind::Process => format!("until {} has ended", name(wait.object)),
            Kind::AnyOf => "for a message or the end of a process".to_owned(),
            Kind::Time => "for some time".to_owned(),
            Kind::ThreadLock => "for a lock, an event or a queue of its own threads".to_owned(),
            Kind::Input => "for input".to_owned(),
            Kind::Gil => "for its turn".to_owned(),
            Kind::Thread => "until one of its threads has ended".to_owned(),
        });
        let who = if wait.is_first {
            name(wait.process)
        } else {
            format!("A thread of {}", name(wait.process))
        };
        format!("{who} waits{place} {what}.")
    };
    // A thread that serves others waits in the library, and is of interest only if it
    // waits for room or for a lock.
    let of_interest = |wait: &&Wait| {
        wait.line != 0 || wait.is_first || matches!(wait.kind, Kind::Room | Kind::Lock)
    };
    let all: Vec<&Wait> = waits.iter().filter(of_interest).collect();
    let mut text = if known.is_all {
        "This program cannot go on: all that is left of it waits.".to_owned()
    } else {
        "A part of this program cannot go on: it waits in a circle.".to_owned()
    };
    for wait in all.iter().take(MOST) {
        text.push(' ');
        text.push_str(&sentence(wait));
    }
    if all.len() > MOST {
        text.push_str(&format!(" {} more wait.", all.len() - MOST));
    }
    text
}

//! Which lines of the program ended something with an exception, by what was written to
//! the standard error.

use std::collections::BTreeMap;

/// How many lines are marked: the first.
const MARKS: usize = 10;
/// How many processes' texts are read: those that write first.
const PROCESSES: usize = 200;
/// The longest message, in characters.
const MESSAGE_CHARS: usize = 120;

/// What CPython's `multiprocessing` says when a process starts processes while it imports
/// the program.
const NO_GUARD: &str = "An attempt has been made to start a new process before the";

/// A line of the program at which an exception ended something.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Counted from 1.
    pub line: u32,
    /// The exception, such as `ValueError: too large`.
    pub message: String,
    /// The process that wrote it.
    pub pid: u32,
}

/// Reads what the processes of a run write to their standard errors.
#[derive(Debug, Default)]
pub struct Tracebacks {
    readers: BTreeMap<u32, Reader>,
    pub marks: Vec<Mark>,
    /// Whether the program starts processes at its top level, without a guard.
    pub lacks_guard: bool,
}

/// The text of one process.
#[derive(Debug, Default)]
struct Reader {
    /// The beginning of a line whose end is not there yet.
    partial: String,
    /// The innermost line of the program in the traceback that is being written.
    line: Option<u32>,
}

impl Tracebacks {
    /// Takes in what a process wrote, whole lines or parts of one.
    pub fn read(&mut self, pid: u32, text: &str) {
        if !self.readers.contains_key(&pid) && self.readers.len() >= PROCESSES {
            return;
        }
        let reader = self.readers.entry(pid).or_default();
        for part in text.split_inclusive('\n') {
            // No line that is looked for is as long as this.
            if reader.partial.len() < 1000 {
                reader.partial.push_str(part);
            }
            if !part.ends_with('\n') {
                break;
            }
            let line = std::mem::take(&mut reader.partial);
            self.lacks_guard |= line.contains(NO_GUARD);
            let Some(mark) = reader.read_line(pid, line.trim_end()) else {
                continue;
            };
            let known = |other: &Mark| (other.line, &other.message) == (mark.line, &mark.message);
            if self.marks.len() < MARKS && !self.marks.iter().any(known) {
                self.marks.push(mark);
            }
        }
    }
}

impl Reader {
    fn read_line(&mut self, pid: u32, line: &str) -> Option<Mark> {
        if let Some(number) = line_of_program(line) {
            self.line = Some(number);
            return None;
        }
        if line.starts_with("Traceback ") {
            self.line = None;
        }
        if !is_exception(line) {
            return None;
        }
        Some(Mark {
            line: self.line.take()?,
            message: line.chars().take(MESSAGE_CHARS).collect(),
            pid,
        })
    }
}

/// The line number in a line such as `  File "/home/main.py", line 12, in f`.
fn line_of_program(line: &str) -> Option<u32> {
    let place = line.trim_start().strip_prefix("File \"")?;
    let (file, rest) = place.split_once("\", line ")?;
    let digits = rest.split(|char: char| !char.is_ascii_digit()).next()?;
    let is_program = file.rsplit('/').next() == Some("main.py");
    is_program.then(|| digits.parse().ok()).flatten()
}

/// Whether a line is the last one of a traceback: the exception's name, and mostly a colon
/// and a message.
fn is_exception(line: &str) -> bool {
    let name = line.split(':').next().unwrap_or_default();
    let is_name = |part: &str| {
        part.starts_with(|char: char| char.is_alphabetic() || char == '_')
            && part
                .chars()
                .all(|char| char.is_alphanumeric() || char == '_')
    };
    !name.is_empty() && name.split('.').all(is_name)
}

//! How a lesson's answer is read from a run: from what was printed, from the exit codes, and
//! from when the processes began and ended. The words are explained in `lessons/README.md`.

use crate::playground::session::{Session, Stage, Stream};
use crate::playground::wait::{Wait, waits};
use std::collections::BTreeMap;

/// How an answer is read from a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// A line of the output, counted from 1, or the last one.
    Line(Option<usize>),
    /// What follows this text in the last line that contains it.
    After(String),
    /// How many lines contain this text.
    Lines(String),
    /// The process that printed first, or last.
    Printer(Edge),
    /// The process that ended first, or last, besides the program's first one.
    Ender(Edge),
    /// The exit code of the process with this name.
    ExitCode(String),
    /// The name of the exception that ended something last.
    Exception,
    /// How many processes ran.
    Processes,
    /// Whether nothing in the program could go on.
    Stuck,
    /// Whether the number after one text is less than, the same as or more than that after
    /// another one.
    Compare(String, String),
    /// How many times the second number the first one is.
    Ratio(String, String),
    /// The text that is followed by the least number, or by the greatest.
    Extreme(Edge, Vec<String>),
}

/// The first of an order, or the last.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Edge {
    First,
    Last,
}

const WORDS: &str = "line 1, last line, after \"text\", lines with \"text\", first printer, \
    last printer, first to end, last to end, exit code of NAME, exception, processes, stuck, \
    compare \"text\" with \"text\", ratio of \"text\" to \"text\", least of \"text\", \"text\", \
    most of \"text\", \"text\"";

impl Reading {
    /// Understands the words of `lessons/README.md`.
    ///
    /// # Errors
    /// A sentence that names the words.
    pub fn parse(text: &str) -> Result<Reading, String> {
        let text = text.trim();
        let wrong =
            || format!("“{text}” does not say how the answer is read. Say one of: {WORDS}.");
        let after = |words: &str| text.strip_prefix(words).map(str::trim);
        let quoted = |part: &str| -> Option<String> {
            let inside = part.trim().strip_prefix('"')?.strip_suffix('"')?;
            (!inside.is_empty() && !inside.contains('"')).then(|| inside.to_owned())
        };
        let two = |part: &str, between: &str| -> Option<(String, String)> {
            let (one, other) = part.split_once(between)?;
            Some((quoted(one)?, quoted(other)?))
        };
        let several = |part: &str| -> Option<Vec<String>> {
            // (A comma may stand in a text.)
            let inside = part.strip_prefix('"')?.strip_suffix('"')?;
            let texts: Vec<_> = inside.split("\", \"").map(str::to_owned).collect();
            (texts.len() > 1).then_some(texts)
        };
        let question = match text {
            "last line" => Some(Reading::Line(None)),
            "first printer" => Some(Reading::Printer(Edge::First)),
            "last printer" => Some(Reading::Printer(Edge::Last)),
            "first to end" => Some(Reading::Ender(Edge::First)),
            "last to end" => Some(Reading::Ender(Edge::Last)),
            "exception" => Some(Reading::Exception),
            "processes" => Some(Reading::Processes),
            "stuck" => Some(Reading::Stuck),
            _ => None,
        };
        let question = question.or_else(|| {
            if let Some(number) = after("line ") {
                let number = number.parse().ok().filter(|number| *number > 0)?;
                Some(Reading::Line(Some(number)))
            } else if let Some(part) = after("after ") {
                quoted(part).map(Reading::After)
            } else if let Some(part) = after("lines with ") {
                quoted(part).map(Reading::Lines)
            } else if let Some(name) = after("exit code of ") {
                (!name.is_empty()).then(|| Reading::ExitCode(name.to_owned()))
            } else if let Some(part) = after("compare ") {
                two(part, " with ").map(|(one, other)| Reading::Compare(one, other))
            } else if let Some(part) = after("ratio of ") {
                two(part, " to ").map(|(one, other)| Reading::Ratio(one, other))
            } else if let Some(part) = after("least of ") {
                several(part).map(|texts| Reading::Extreme(Edge::First, texts))
            } else if let Some(part) = after("most of ") {
                several(part).map(|texts| Reading::Extreme(Edge::Last, texts))
            } else {
                None
            }
        });
        question.ok_or_else(wrong)
    }

    /// Reads the answer from a run.
    ///
    /// # Errors
    /// A sentence about what the run does not contain.
    pub fn of(&self, run: &Facts) -> Result<String, String> {
        match self {
            Reading::Line(Some(number)) => run
                .lines
                .get(number - 1)
                .map(|line| line.text.clone())
                .ok_or_else(|| format!("The output has no line {number}.")),
            Reading::Line(None) => {
                let last = run.lines.last().map(|line| line.text.clone());
                last.ok_or_else(|| "Nothing was printed.".to_owned())
            }
            Reading::After(text) => run.after(text),
            Reading::Lines(text) => {
                let lines = run.lines.iter();
                let count = lines.filter(|line| line.text.contains(text)).count();
                Ok(count.to_string())
            }
            Reading::Printer(edge) => {
                let line = edge.of(run.lines.iter());
                line.map(|line| line.printer.clone())
                    .ok_or_else(|| "Nothing was printed.".to_owned())
            }
            Reading::Ender(edge) => edge
                .of(run.ends.iter())
                .cloned()
                .ok_or_else(|| "No process but the first one has ended.".to_owned()),
            Reading::ExitCode(name) => run
                .exit_codes
                .get(name)
                .map(i32::to_string)
                .ok_or_else(|| format!("No process with the name {name} has ended.")),
            Reading::Exception => Ok(run.exception.clone().unwrap_or_else(|| "none".to_owned())),
            Reading::Processes => Ok(run.processes.to_string()),
            Reading::Stuck => Ok(if run.is_stuck { "stuck" } else { "ends" }.to_owned()),
            Reading::Compare(one, other) => {
                let (one, other) = (run.number_after(one)?, run.number_after(other)?);
                let words = match one.total_cmp(&other) {
                    std::cmp::Ordering::Less => "less",
                    std::cmp::Ordering::Equal => "same",
                    std::cmp::Ordering::Greater => "more",
                };
                Ok(words.to_owned())
            }
            Reading::Ratio(one, other) => {
                let ratio = run.number_after(one)? / run.number_after(other)?;
                Ok(format!("{ratio:.1}"))
            }
            Reading::Extreme(edge, texts) => {
                let mut numbers = Vec::new();
                for text in texts {
                    numbers.push((run.number_after(text)?, text));
                }
                numbers.sort_by(|(one, _), (other, _)| one.total_cmp(other));
                let found = edge.of(numbers.iter()).map(|(_, text)| text.trim());
                let found = found.map(|text| text.trim_end_matches(':').to_owned());
                Ok(found.unwrap_or_default())
            }
        }
    }
}

impl Edge {
    fn of<T>(self, mut all: impl DoubleEndedIterator<Item = T>) -> Option<T> {
        match self {
            Edge::First => all.next(),
            Edge::Last => all.next_back(),
        }
    }
}

/// What a run has to say, put in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// The lines of the standard outputs, in the order in which they were completed.
    lines: Vec<Line>,
    /// The names of the processes that have ended, in this order, without the first one.
    ends: Vec<String>,
    exit_codes: BTreeMap<String, i32>,
    exception: Option<String>,
    processes: usize,
    pub is_stuck: bool,
    /// The waits at lines of the program, the longest first.
    pub waits: Vec<Wait>,
    /// The lines of the program.
    pub source: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Line {
    printer: String,
    text: String,
}

impl Facts {
    /// Reads a run of this program that has ended or that is stuck. `now` is the end of what
    /// goes on, in ms since the page was opened.
    pub fn of(session: &Session, source: &str, now: f64) -> Facts {
        let mut lines = Vec::new();
        let mut begun: BTreeMap<(u32, bool), String> = BTreeMap::new();
        let mut exception = None;
        for piece in &session.output {
            if piece.stream == Stream::Input {
                continue;
            }
            let is_error = piece.stream == Stream::Error;
            let text = begun.entry((piece.pid, is_error)).or_default();
            text.push_str(&piece.text);
            while let Some(end) = text.find('\n') {
                let line = text[..end].to_owned();
                text.drain(..=end);
                if is_error {
                    exception = exception_of(&line).or(exception);
                } else {
                    let printer = session.name(piece.pid);
                    lines.push(Line {
                        printer,
                        text: line,
                    });
                }
            }
        }
        // What was printed without an end of its line is a line as well.
        for ((pid, is_error), text) in begun {
            if !is_error && !text.is_empty() {
                let printer = session.name(pid);
                lines.push(Line { printer, text });
            }
        }
        let mut ended: Vec<_> = session.lives.iter().collect();
        ended.retain(|life| life.ended.is_some());
        ended.sort_by(|one, other| {
            one.ended
                .partial_cmp(&other.ended)
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let name = |pid| session.name(pid);
        let exit_codes = ended
            .iter()
            .filter_map(|life| Some((name(life.process.pid), life.process.exit_code?)));
        Facts {
            exit_codes: exit_codes.collect(),
            ends: ended
                .iter()
                .filter(|life| life.process.parent.is_some())
                .map(|life| name(life.process.pid))
                .collect(),
            lines,
            exception,
            processes: session.lives.len() + session.dropped_processes,
            is_stuck: session.was_blocked,
            waits: waits(session, now),
            source: source.lines().map(str::to_owned).collect(),
        }
    }

    /// Whether a run has something to answer: it has ended, or it is stuck.
    pub fn are_there(session: &Session) -> bool {
        session.blocked.is_some()
            || matches!(session.stage, Stage::Ended { .. } | Stage::Recorded(_))
    }

    fn after(&self, text: &str) -> Result<String, String> {
        let found = self.lines.iter().rev().find_map(|line| {
            let (_, after) = line.text.split_once(text)?;
            Some(after.trim().to_owned())
        });
        found.ok_or_else(|| format!("No line of the output contains “{text}”."))
    }

    fn number_after(&self, text: &str) -> Result<f64, String> {
        let after = self.after(text)?;
        let number: String = after
            .trim_start()
            .chars()
            .take_while(|char| char.is_ascii_digit() || "-.,_".contains(*char))
            .filter(|char| !",_".contains(*char))
            .collect();
        let number = number.trim_end_matches('.').parse();
        number.map_err(|_| format!("No number follows “{text}” in the output."))
    }
}

/// The name of the exception, if this is the last line of a traceback.
fn exception_of(line: &str) -> Option<String> {
    let name = line.split([':', ' ']).next()?.rsplit('.').next()?;
    let is_name = [
        "Error",
        "Exception",
        "Interrupt",
        "Exit",
        "Empty",
        "Full",
        "BrokenProcessPool",
    ]
    .iter()
    .any(|ending| name.ends_with(ending));
    let is_whole = name
        .chars()
        .all(|char| char.is_ascii_alphanumeric() || char == '_');
    (is_name && is_whole && !line.starts_with(' ')).then(|| name.to_owned())
}

//! What a run has shown so far: bounded, however much a program prints or starts.

use super::file::File;
use super::objects::Object;
use super::python::{Blocked, Event, Process, Thread};
use super::sightings::Sightings;
use super::trace::Trace;
use super::tracebacks::{Mark, Tracebacks};
use std::collections::VecDeque;
use yew::AttrValue;

/// How many bytes of output are kept: the latest.
const OUTPUT_BYTES: usize = 200_000;
/// How many pieces, each of one process and stream.
const OUTPUT_PIECES: usize = 2000;
/// The length from which a new piece is begun, in bytes.
const PIECE_BYTES: usize = 4096;
/// How many processes are listed, and how many threads besides their first ones.
const PROCESSES: usize = 100;
const THREADS: usize = 100;
/// How much of the output a screen reader is told at once, in bytes and in lines.
const SPOKEN_BYTES: usize = 400;
const SPOKEN_LINES: usize = 5;

/// What a piece of the output is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stream {
    Output,
    Error,
    /// What the visitor has typed.
    Input,
}

/// What a process wrote to one of its streams, until another one wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Its place among all pieces of the run.
    pub number: usize,
    pub pid: u32,
    pub stream: Stream,
    pub text: AttrValue,
    /// Whether it begins in the middle of a line.
    pub continues: bool,
}

/// A process, and when the page heard of it: milliseconds since the page was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    pub process: Process,
    pub began: f64,
    /// Its interpreter was there and the program began.
    pub running: Option<f64>,
    pub ended: Option<f64>,
}

/// What the page is doing.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Stage {
    /// Nothing was run yet.
    #[default]
    Ready,
    /// The first process is being started; before that, Python is downloaded.
    Starting,
    Running,
    /// The visitor asked the program to stop, by a KeyboardInterrupt.
    Interrupted,
    /// The visitor had it killed.
    Killed,
    /// The program has ended: its exit code, and why.
    Ended {
        code: i32,
        end: End,
    },
    /// It could not be started, for this reason.
    Failed(String),
    /// What is shown is a run that was recorded; this says when and where.
    Recorded(String),
}

/// Why a program has ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    /// By itself.
    Own,
    /// After the visitor asked it to stop.
    Interrupted,
    Killed,
}

/// A run.
#[derive(Debug, Default)]
pub struct Session {
    pub stage: Stage,
    pub output: VecDeque<Piece>,
    /// Bytes in `output`.
    bytes: usize,
    /// Bytes of output that are no longer kept.
    pub dropped_bytes: usize,
    pub lives: VecDeque<Life>,
    /// How many processes are not listed.
    pub dropped_processes: usize,
    /// The processes that wait for a line of input, the first first.
    pub waiting: Vec<u32>,
    pub tracebacks: Tracebacks,
    /// Why nothing in the program can go on, while that is so.
    pub blocked: Option<Blocked>,
    /// Whether that was so at any time.
    pub was_blocked: bool,
    /// What is inside the program, and how many objects there are besides.
    pub objects: (Vec<Object>, u32),
    /// The threads other than the first ones of their processes, in the order of their
    /// starts.
    pub threads: Vec<Thread>,
    /// How many threads are not listed.
    pub dropped_threads: usize,
    pub trace: Trace,
    /// What the objects have shown of the waits.
    pub sightings: Sightings,
    /// The files that the program has made, once it has ended.
    pub files: Vec<File>,
    /// Counts the events.
    pub heard: usize,
    /// When the last one was heard of.
    heard_at: f64,
    /// Counts the changes of `output`, so that it is drawn only when it has changed.
    pub output_changes: usize,
    pieces: usize,
    unspoken: Unspoken,
}

/// Output that a screen reader was not told yet.
#[derive(Debug, Default)]
struct Unspoken {
    /// Its end.
    text: String,
    lines: usize,
}

impl Session {
    /// A run that begins.
    pub fn starting() -> Session {
        Session {
            stage: Stage::Starting,
            ..Session::default()
        }
    }

    /// Whether a program runs or is about to.
    pub fn is_busy(&self) -> bool {
        matches!(
            self.stage,
            Stage::Starting | Stage::Running | Stage::Interrupted | Stage::Killed
        )
    }

    /// The end of what goes on, at this time: a recorded run goes on until it was last heard of.
    pub fn until(&self, now: f64) -> f64 {
        match self.stage {
            Stage::Recorded(_) => self.heard_at,
            _ => now,
        }
    }

    /// The lines of the program that are marked: where an exception ended something, and
    /// where it is when nothing can go on.
    pub fn marks(&self) -> Vec<Mark> {
        let mut marks = self.tracebacks.marks.clone();
        for (pid, line) in self.blocked.iter().flat_map(|blocked| &blocked.lines) {
            marks.push(Mark {
                line: *line,
                message: format!("{} waits here", self.name(*pid)),
                pid: *pid,
            });
        }
        marks
    }

    /// Takes an event in, and when it was heard of.
    pub fn hear(&mut self, event: Event, now: f64) {
        self.heard += 1;
        self.heard_at = now;
        match event {
            Event::Output {
                pid,
                is_error: true,
                text,
            } => {
                self.tracebacks.read(pid, &text);
                self.write(pid, Stream::Error, text);
            }
            Event::Output { pid, text, .. } => self.write(pid, Stream::Output, text),
            Event::Process(process) => self.process(process, now),
            Event::Thread(thread) => self.thread(thread),
            Event::Objects(objects, more) => {
                self.sightings.add(&objects, now);
                self.objects = (objects, more);
            }
            Event::Trace(records, dropped) => self.trace.add(records, dropped),
            Event::Blocked(blocked) => {
                self.was_blocked |= blocked.is_some();
                self.blocked = blocked;
            }
            Event::Input { pid, waiting } => {
                self.waiting.retain(|other| *other != pid);
                if waiting {
                    self.waiting.push(pid);
                }
            }
        }
    }

    /// Shows in the output what the visitor has typed for a process.
    pub fn echo(&mut self, pid: u32, text: String) {
        self.write(pid, Stream::Input, text);
    }

    fn write(&mut self, pid: u32, stream: Stream, mut text: String) {
        self.unspoken.add(&text);
        self.output_changes += 1;
        if text.len() > OUTPUT_BYTES {
            let from = text.ceil_char_boundary(text.len() - OUTPUT_BYTES);
            self.dropped_bytes += from;
            text.drain(..from);
        }
        self.bytes += text.len();
        match self.output.back_mut() {
            Some(last)
                if (last.pid, last.stream) == (pid, stream) && last.text.len() < PIECE_BYTES =>
            {
                last.text = format!("{}{text}", last.text).into();
            }
            last => {
                let continues = last.is_some_and(|last| !last.text.ends_with('\n'));
                self.output.push_back(Piece {
                    number: self.pieces,
                    pid,
                    stream,
                    text: text.into(),
                    continues,
                });
                self.pieces += 1;
            }
        }
        while self.output.len() > 1
            && (self.bytes > OUTPUT_BYTES || self.output.len() > OUTPUT_PIECES)
        {
            if let Some(oldest) = self.output.pop_front() {
                self.bytes -= oldest.text.len();
                self.dropped_bytes += oldest.text.len();
            }
        }
    }

    fn process(&mut self, process: Process, now: f64) {
        let pid = process.pid;
        let is_end = process.state == "ended";
        if is_end {
            self.waiting.retain(|other| *other != pid);
        }
        let known = |life: &&mut Life| life.process.pid == pid && life.ended.is_none();
        if let Some(life) = self.lives.iter_mut().find(known) {
            if process.state == "running" {
                life.running.get_or_insert(now);
            }
            life.ended = is_end.then_some(now);
            let name = life.process.name.take();
            life.process = process;
            life.process.name = life.process.name.take().or(name);
            return;
        }
        if is_end {
            return;
        }
        if self.lives.len() >= PROCESSES {
            self.dropped_processes += 1;
            // The oldest that has ended makes room.
            match self.lives.iter().position(|life| life.ended.is_some()) {
                Some(oldest) => self.lives.remove(oldest),
                None => return,
            };
        }
        self.lives.push_back(Life {
            running: (process.state == "running").then_some(now),
            process,
            began: now,
            ended: None,
        });
    }

    fn thread(&mut self, thread: Thread) {
        let same = |known: &&mut Thread| known.thread == thread.thread;
        if let Some(known) = self.threads.iter_mut().rev().find(same) {
            known.name = thread.name.or(known.name.take());
        } else if self.threads.len() < THREADS {
            self.threads.push(thread);
        } else {
            self.dropped_threads += 1;
        }
    }

    /// The name of a thread, if it is not the first one of its process.
    pub fn thread_name(&self, pid: u32, thread: u32) -> Option<String> {
        let known = self.threads.iter().rfind(|known| known.thread == thread);
        let name = known.and_then(|known| known.name.clone());
        (pid != thread).then(|| name.unwrap_or_else(|| format!("thread {thread}")))
    }

    /// The name of a process or of a thread in it.
    pub fn lane_name(&self, pid: u32, thread: u32) -> String {
        match self.thread_name(pid, thread) {
            Some(thread) => format!("{} · {thread}", self.name(pid)),
            None => self.name(pid),
        }
    }

    /// The name of a process for the visitor.
    pub fn name(&self, pid: u32) -> String {
        let life = self.lives.iter().rfind(|life| life.process.pid == pid);
        let name = life.and_then(|life| life.process.name.clone());
        name.unwrap_or_else(|| format!("pid {pid}"))
    }

    /// How many processes have not ended.
    pub fn living(&self) -> usize {
        self.lives
            .iter()
            .filter(|life| life.ended.is_none())
            .count()
    }

    /// What a screen reader is to be told of the output since the last call.
    pub fn take_unspoken(&mut self) -> Option<String> {
        let Unspoken { text, lines } = std::mem::take(&mut self.unspoken);
        match lines {
            0 if text.is_empty() => None,
            0..=SPOKEN_LINES => Some(text),
            _ => {
                let last = text.trim_end().lines().next_back().unwrap_or_default();
                Some(format!("{lines} lines of output. The last: {last}"))
            }
        }
    }
}

impl Unspoken {
    fn add(&mut self, text: &str) {
        self.lines += text.matches('\n').count();
        self.text.push_str(text);
        if self.text.len() > SPOKEN_BYTES {
            let from = self.text.ceil_char_boundary(self.text.len() - SPOKEN_BYTES);
            self.text.drain(..from);
        }
    }
}

//! What a run has shown so far: bounded, however much a program prints or starts.

use super::python::{Event, Process};
use std::collections::VecDeque;

/// How many bytes of output are kept: the latest.
const OUTPUT_BYTES: usize = 200_000;
/// How many pieces, each of one process and stream.
const OUTPUT_PIECES: usize = 2000;
/// How many processes are listed: the latest.
const PROCESSES: usize = 100;

/// What a process wrote to one of its streams, until another one wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Its place among all pieces of the run.
    pub number: usize,
    pub pid: u32,
    pub is_error: bool,
    pub text: String,
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
    /// The visitor pressed Stop.
    Stopping,
    /// The program has ended: its exit code, and whether it was stopped.
    Ended {
        code: i32,
        stopped: bool,
    },
    /// It could not be started, for this reason.
    Failed(String),
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
    pub processes: VecDeque<Process>,
    /// How many processes are no longer listed.
    pub dropped_processes: usize,
    pieces: usize,
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
            Stage::Starting | Stage::Running | Stage::Stopping
        )
    }

    /// Takes an event in.
    pub fn hear(&mut self, event: Event) {
        match event {
            Event::Output {
                pid,
                is_error,
                text,
            } => self.write(pid, is_error, text),
            Event::Process(process) => self.process(process),
        }
    }

    fn write(&mut self, pid: u32, is_error: bool, mut text: String) {
        if text.len() > OUTPUT_BYTES {
            let from = text.ceil_char_boundary(text.len() - OUTPUT_BYTES);
            self.dropped_bytes += from;
            text.drain(..from);
        }
        self.bytes += text.len();
        match self.output.back_mut() {
            Some(last)
                if (last.pid, last.is_error) == (pid, is_error) && last.text.len() < 4096 =>
            {
                last.text.push_str(&text);
            }
            _ => {
                self.output.push_back(Piece {
                    number: self.pieces,
                    pid,
                    is_error,
                    text,
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

    fn process(&mut self, process: Process) {
        let known = self
            .processes
            .iter_mut()
            .find(|known| known.pid == process.pid);
        if let Some(known) = known {
            let name = known.name.take();
            *known = Process {
                name: process.name.clone().or(name),
                ..process
            };
            return;
        }
        if process.state != "ended" {
            self.processes.push_back(process);
        }
        if self.processes.len() > PROCESSES {
            self.processes.pop_front();
            self.dropped_processes += 1;
        }
    }

    /// The name of a process for the visitor.
    pub fn name(&self, pid: u32) -> String {
        let process = self.processes.iter().find(|process| process.pid == pid);
        let name = process.and_then(|process| process.name.clone());
        name.map_or_else(|| format!("pid {pid}"), |name| format!("{name}, pid {pid}"))
    }

    /// How many processes have not ended.
    pub fn living(&self) -> usize {
        let living = |process: &&Process| process.state != "ended";
        self.processes.iter().filter(living).count()
    }
}

//! What happened in a run of the program of Home, and what follows from it. A run that was
//! recorded and a run that goes on are read by the same code.
//!
//! This module must not import anything, so that it is tested natively.

/// Something that happened in the program.
#[derive(Clone, Debug, PartialEq)]
pub enum Happening {
    /// A process is being started.
    Starting { pid: u32 },
    /// Its Python is there and it begins.
    Running { pid: u32, name: String },
    /// It has ended.
    Ended { pid: u32, code: i32 },
    /// The program printed this line.
    Printed { line: String },
}

/// A process. Times are in ms on the clock of the run.
#[derive(Clone, Debug, PartialEq)]
pub struct Life {
    pub pid: u32,
    pub name: String,
    pub began: f64,
    pub running: Option<f64>,
    pub ended: Option<f64>,
}

/// A span of time, in ms. Its end is `None` while it goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub from: f64,
    pub to: Option<f64>,
}

impl Span {
    fn length(self) -> Option<f64> {
        Some(self.to? - self.from)
    }
}

/// A run of the program, as far as it has come.
///
/// The program prints four lines: before and after the work of one process, and before and
/// after that of several. The times of these lines are the times that are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    /// The processes, in the order in which they were started. The first is the program.
    pub lives: Vec<Life>,
    /// The lines that were printed, and when.
    pub lines: Vec<(f64, String)>,
    /// The exit code of the program.
    pub code: Option<i32>,
}

impl Timeline {
    /// Takes in what happened at a time.
    pub fn hear(&mut self, at: f64, what: Happening) {
        let is_first = |pid| self.lives.first().is_some_and(|life| life.pid == pid);
        match what {
            Happening::Starting { pid } => self.lives.push(Life {
                pid,
                name: String::new(),
                began: at,
                running: None,
                ended: None,
            }),
            Happening::Running { pid, name } => {
                if let Some(life) = self.life(pid) {
                    life.running.get_or_insert(at);
                    life.name = name;
                }
            }
            Happening::Ended { pid, code } => {
                if is_first(pid) {
                    self.code = Some(code);
                }
                if let Some(life) = self.life(pid) {
                    life.ended = Some(at);
                }
            }
            Happening::Printed { line } => self.lines.push((at, line)),
        }
    }

    fn life(&mut self, pid: u32) -> Option<&mut Life> {
        self.lives
            .iter_mut()
            .rfind(|life| life.pid == pid && life.ended.is_none())
    }

    /// The time in which one process did the work.
    pub fn alone(&self) -> Option<Span> {
        self.between(0)
    }

    /// The time in which several did it, the starting of them included.
    pub fn together(&self) -> Option<Span> {
        self.between(2)
    }

    fn between(&self, line: usize) -> Option<Span> {
        let at = |line: usize| self.lines.get(line).map(|(at, _)| *at);
        Some(Span {
            from: at(line)?,
            to: at(line + 1),
        })
    }

    /// The processes that did the work together.
    pub fn workers(&self) -> &[Life] {
        self.lives.get(1..).unwrap_or_default()
    }

    /// How many times as fast several processes were as one. `None` before the end, and if
    /// their results differ.
    pub fn speed_up(&self) -> Option<f64> {
        let (alone, together) = (self.alone()?.length()?, self.together_ms()?);
        (self.lines[1].1 == self.lines[3].1 && together > 0.0).then_some(alone / together)
    }

    /// How long several processes took, in ms. `None` before the end.
    pub fn together_ms(&self) -> Option<f64> {
        self.together()?.length()
    }

    /// The time until the last of the workers was ready, in ms.
    pub fn start_up_ms(&self) -> Option<f64> {
        let from = self.together()?.from;
        let ready = self.workers().iter().filter_map(|life| life.running);
        ready.reduce(f64::max).map(|ready| ready - from)
    }
}

/// A run that was recorded, with where and when.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// Such as 26 November 2026.
    pub date: String,
    /// Such as Chromium 150.
    pub browser: String,
    pub cores: u32,
    pub timeline: Timeline,
}

impl Recording {
    /// Reads a recording: a line for each happening, as [`write_line`] writes it, and a line
    /// each for `date`, `browser` and `cores`. A line that is none of these is left out.
    pub fn parse(text: &str) -> Recording {
        let mut recording = Recording::default();
        for line in text.lines() {
            match line.split_once(' ') {
                Some(("date", date)) => recording.date = date.to_owned(),
                Some(("browser", browser)) => recording.browser = browser.to_owned(),
                Some(("cores", cores)) => recording.cores = cores.parse().unwrap_or(0),
                _ => {
                    if let Some((at, what)) = read_line(line) {
                        recording.timeline.hear(at, what);
                    }
                }
            }
        }
        recording
    }
}

/// Writes what happened at a time, in ms, as a line of a recording.
pub fn write_line(at: f64, what: &Happening) -> String {
    let words = match what {
        Happening::Starting { pid } => format!("starting {pid}"),
        Happening::Running { pid, name } => format!("running {pid} {name}"),
        Happening::Ended { pid, code } => format!("ended {pid} {code}"),
        Happening::Printed { line } => format!("printed {line}"),
    };
    format!("{at:.0} {words}")
}

fn read_line(line: &str) -> Option<(f64, Happening)> {
    let (at, rest) = line.split_once(' ')?;
    let (kind, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let pid = |rest: &str| rest.split(' ').next().and_then(|pid| pid.parse().ok());
    let after_pid = |rest: &str| rest.split_once(' ').map(|(_, rest)| rest.to_owned());
    let what = match kind {
        "starting" => Happening::Starting { pid: pid(rest)? },
        "running" => Happening::Running {
            pid: pid(rest)?,
            name: after_pid(rest)?,
        },
        "ended" => Happening::Ended {
            pid: pid(rest)?,
            code: after_pid(rest)?.parse().ok()?,
        },
        "printed" => Happening::Printed {
            line: rest.to_owned(),
        },
        _ => return None,
    };
    Some((at.parse().ok()?, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = "date 26 November 2026\nbrowser Chromium 150\ncores 2\n\
        # A remark.\n0 starting 2\n700 running 2 MainProcess\n\
        1000 printed One process counts primes.\n5000 printed 406\n\
        5000 printed Several processes count.\n5100 starting 3\n5100 starting 4\n\
        5400 running 3 Worker-1\n5500 running 4 Worker-2\n7000 printed 406\n\
        7001 ended 4 0\n7001 ended 3 0\n7010 ended 2 0\n";

    #[test]
    fn a_recording_gives_what_is_shown() {
        let recording = Recording::parse(RUN);
        assert_eq!((recording.cores, &*recording.browser), (2, "Chromium 150"));
        let timeline = recording.timeline;
        let span = |from, to| Some(Span { from, to: Some(to) });
        assert_eq!(timeline.alone(), span(1000.0, 5000.0));
        assert_eq!(timeline.together(), span(5000.0, 7000.0));
        assert_eq!(timeline.speed_up(), Some(2.0));
        assert_eq!(timeline.start_up_ms(), Some(500.0));
        assert_eq!(timeline.workers().len(), 2);
        assert_eq!(timeline.workers()[1].ended, Some(7001.0));
        assert_eq!(timeline.code, Some(0));
    }

    #[test]
    fn there_is_no_number_before_the_end_or_for_different_results() {
        let (half, _) = RUN.split_once("7000").unwrap();
        let half = Recording::parse(half).timeline;
        assert_eq!(half.speed_up(), None);
        assert_eq!(half.together().unwrap().to, None);
        let wrong = RUN.replace("7000 printed 406", "7000 printed 407");
        assert_eq!(Recording::parse(&wrong).timeline.speed_up(), None);
    }

    #[test]
    fn what_is_written_is_read() {
        for line in RUN
            .lines()
            .filter(|line| line.as_bytes()[0].is_ascii_digit())
        {
            let (at, what) = read_line(line).unwrap();
            assert_eq!(write_line(at, &what), line);
        }
    }

    #[test]
    fn the_recorded_run_is_whole_and_of_a_stated_machine() {
        let recording = Recording::parse(include_str!("recorded.txt"));
        assert!(recording.cores >= 2, "{recording:?}");
        assert!(!recording.date.is_empty() && !recording.browser.is_empty());
        let timeline = recording.timeline;
        assert_eq!(timeline.code, Some(0));
        assert_eq!(timeline.workers().len(), recording.cores as usize);
        assert!(timeline.speed_up().is_some_and(|speed_up| speed_up > 1.0));
        let printed: Vec<_> = timeline.lines.iter().map(|(_, line)| &**line).collect();
        let program = include_str!("primes.py");
        for line in [printed[0], printed[2]] {
            assert!(program.contains(line), "{line} is printed by the program");
        }
    }
}

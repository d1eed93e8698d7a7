//! Which stretch of time each gap between two frames belongs to, and the longest
//! gap of each: how long the page was frozen.
//!
//! Pure, and tested natively: the clock's readings are given. Must not import
//! anything.

/// What the page watches itself during.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// The work runs on the page's own thread.
    MainThread,
    /// The work runs in processes.
    Processes,
}

/// The gaps kept for drawing; a longer run still counts in the longest gap.
const KEPT: usize = 4096;

#[derive(Clone, Debug, Default)]
struct Gaps {
    longest: Option<f64>,
    kept: Vec<f64>,
}

/// The record of one run: told of every frame and of where each stretch begins
/// and ends, all in milliseconds of one clock.
#[derive(Clone, Debug, Default)]
pub struct FrameLog {
    last_frame: Option<f64>,
    open: Option<Watched>,
    /// The stretches that were open at some time since the last frame, with the
    /// time each was first seen.
    touched: Vec<(Watched, f64)>,
    main_thread: Gaps,
    processes: Gaps,
}

impl FrameLog {
    /// A stretch begins; one that is open ends.
    pub fn begin(&mut self, watched: Watched, now: f64) {
        self.open = Some(watched);
        if self.touched.last().is_none_or(|&(last, _)| last != watched) {
            self.touched.push((watched, now));
        }
    }

    /// The stretch ends. The gap it ended in still counts as its own: the page
    /// is not back before it draws again.
    pub fn end(&mut self, watched: Watched) {
        if self.open == Some(watched) {
            self.open = None;
        }
    }

    /// The page draws a frame.
    pub fn frame(&mut self, now: f64) {
        if let Some(mut from) = self.last_frame {
            let touched = std::mem::take(&mut self.touched);
            for (index, &(watched, _)) in touched.iter().enumerate() {
                // Two stretches in one gap share it at the second one's start.
                let until = touched.get(index + 1).map_or(now, |&(_, start)| start);
                self.add(watched, until - from);
                from = until;
            }
        }
        self.touched.clear();
        self.touched.extend(self.open.map(|watched| (watched, now)));
        self.last_frame = Some(now);
    }

    /// The page went out of sight, where browsers draw no frames at all: the gap
    /// until the next one says nothing.
    pub fn pause(&mut self) {
        self.last_frame = None;
    }

    /// The longest gap of a kind of stretch; `None` before its first frame.
    pub fn longest(&self, watched: Watched) -> Option<f64> {
        self.gaps(watched).longest
    }

    /// The gaps of a kind of stretch, in order, from the first on.
    pub fn kept(&self, watched: Watched) -> &[f64] {
        &self.gaps(watched).kept
    }

    fn gaps(&self, watched: Watched) -> &Gaps {
        match watched {
            Watched::MainThread => &self.main_thread,
            Watched::Processes => &self.processes,
        }
    }

    fn add(&mut self, watched: Watched, gap: f64) {
        let gaps = match watched {
            Watched::MainThread => &mut self.main_thread,
            Watched::Processes => &mut self.processes,
        };
        let gap = gap.max(0.0);
        gaps.longest = Some(gaps.longest.map_or(gap, |longest| longest.max(gap)));
        if gaps.kept.len() < KEPT {
            gaps.kept.push(gap);
        }
    }
}

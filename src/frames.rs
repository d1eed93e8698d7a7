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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_page_is_charged_to_what_ran_while_it_was_frozen() {
        let mut log = FrameLog::default();
        for frame in 0..10 {
            log.frame(f64::from(frame) * 16.0);
        }
        assert_eq!(log.longest(Watched::MainThread), None);

        // 412 ms of work between two frames.
        log.begin(Watched::MainThread, 145.0);
        log.end(Watched::MainThread);
        log.frame(144.0 + 412.0);
        assert_eq!(log.longest(Watched::MainThread), Some(412.0));
        assert_eq!(log.longest(Watched::Processes), None);

        // Frames go on while processes work; the one open at the end counts too.
        log.begin(Watched::Processes, 560.0);
        for now in [572.0, 588.0, 605.0] {
            log.frame(now);
        }
        log.end(Watched::Processes);
        log.frame(621.0);
        log.frame(2000.0);
        assert_eq!(log.longest(Watched::Processes), Some(17.0));
        assert_eq!(log.kept(Watched::Processes), [16.0, 16.0, 17.0, 16.0]);
        assert_eq!(log.longest(Watched::MainThread), Some(412.0));
    }

    #[test]
    fn two_stretches_in_one_gap_share_it() {
        let mut log = FrameLog::default();
        log.frame(0.0);
        log.begin(Watched::MainThread, 1.0);
        log.end(Watched::MainThread);
        // A second repeat before the page could draw: one freeze, not two.
        log.begin(Watched::MainThread, 200.0);
        log.end(Watched::MainThread);
        log.begin(Watched::Processes, 400.0);
        log.frame(410.0);
        assert_eq!(log.longest(Watched::MainThread), Some(400.0));
        assert_eq!(log.longest(Watched::Processes), Some(10.0));
    }

    #[test]
    fn a_page_out_of_sight_is_not_a_frozen_page() {
        let mut log = FrameLog::default();
        log.frame(0.0);
        log.begin(Watched::Processes, 1.0);
        log.frame(16.0);
        log.pause();
        log.frame(60_000.0);
        log.frame(60_016.0);
        assert_eq!(log.longest(Watched::Processes), Some(16.0));
    }
}

//! A log of the page's frames. It attributes each gap between two frames to the
//! measurement that was going on, and keeps the longest gap, which is the longest time
//! that the page was frozen.
//!
//! All times are in ms of one clock and are passed in, so that this is tested natively.
//! This module must not import anything.

/// Where the work of a measurement runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkOn {
    /// On the page's own thread.
    MainThread,
    /// In processes or threads.
    Processes,
}

/// The number of gaps that are kept for drawing. Later gaps still count for the longest.
const MAX_KEPT_GAPS: usize = 4096;

#[derive(Clone, Debug, Default)]
struct Gaps {
    longest: Option<f64>,
    list: Vec<f64>,
}

/// The log of one run, which is notified of each frame and of the beginning and end of each
/// measurement.
#[derive(Clone, Debug, Default)]
pub struct FrameLog {
    last_frame: Option<f64>,
    current: Option<WorkOn>,
    /// The measurements that were going on at any time since the last frame, each with
    /// the time when it began or, if it began earlier, the time of that frame.
    since_last_frame: Vec<(WorkOn, f64)>,
    main_thread: Gaps,
    processes: Gaps,
}

impl FrameLog {
    /// A measurement begins; one that is going on ends.
    pub fn begin(&mut self, work_on: WorkOn, now: f64) {
        self.current = Some(work_on);
        if self
            .since_last_frame
            .last()
            .is_none_or(|&(last, _)| last != work_on)
        {
            self.since_last_frame.push((work_on, now));
        }
    }

    /// The measurement ends. The gap in which it ends still belongs to it, because the
    /// page stays frozen until it draws again.
    pub fn end(&mut self, work_on: WorkOn) {
        if self.current == Some(work_on) {
            self.current = None;
        }
    }

    /// The page draws a frame.
    pub fn frame(&mut self, now: f64) {
        if let Some(mut from) = self.last_frame {
            let since_last_frame = std::mem::take(&mut self.since_last_frame);
            for (index, &(work_on, _)) in since_last_frame.iter().enumerate() {
                // Two measurements in one gap divide it where the second one began.
                let until = since_last_frame
                    .get(index + 1)
                    .map_or(now, |&(_, start)| start);
                self.add(work_on, until - from);
                from = until;
            }
        }
        self.since_last_frame.clear();
        self.since_last_frame
            .extend(self.current.map(|work_on| (work_on, now)));
        self.last_frame = Some(now);
    }

    /// The page was hidden. Browsers draw no frames then, so the gap until the next frame
    /// is not counted.
    pub fn pause(&mut self) {
        self.last_frame = None;
    }

    /// The longest gap in ms; `None` before the first frame of such a measurement.
    pub fn longest(&self, work_on: WorkOn) -> Option<f64> {
        self.gaps(work_on).longest
    }

    /// The first gaps in ms, in order of time.
    pub fn gap_list(&self, work_on: WorkOn) -> &[f64] {
        &self.gaps(work_on).list
    }

    fn gaps(&self, work_on: WorkOn) -> &Gaps {
        match work_on {
            WorkOn::MainThread => &self.main_thread,
            WorkOn::Processes => &self.processes,
        }
    }

    fn add(&mut self, work_on: WorkOn, gap: f64) {
        let gaps = match work_on {
            WorkOn::MainThread => &mut self.main_thread,
            WorkOn::Processes => &mut self.processes,
        };
        let gap = gap.max(0.0);
        gaps.longest = Some(gaps.longest.map_or(gap, |longest| longest.max(gap)));
        if gaps.list.len() < MAX_KEPT_GAPS {
            gaps.list.push(gap);
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
        assert_eq!(log.longest(WorkOn::MainThread), None);

        // 412 ms of work between two frames.
        log.begin(WorkOn::MainThread, 145.0);
        log.end(WorkOn::MainThread);
        log.frame(144.0 + 412.0);
        assert_eq!(log.longest(WorkOn::MainThread), Some(412.0));
        assert_eq!(log.longest(WorkOn::Processes), None);

        // Frames go on while processes work; the one open at the end counts too.
        log.begin(WorkOn::Processes, 560.0);
        for now in [572.0, 588.0, 605.0] {
            log.frame(now);
        }
        log.end(WorkOn::Processes);
        log.frame(621.0);
        log.frame(2000.0);
        assert_eq!(log.longest(WorkOn::Processes), Some(17.0));
        assert_eq!(log.gap_list(WorkOn::Processes), [16.0, 16.0, 17.0, 16.0]);
        assert_eq!(log.longest(WorkOn::MainThread), Some(412.0));
    }

    #[test]
    fn two_stretches_in_one_gap_share_it() {
        let mut log = FrameLog::default();
        log.frame(0.0);
        log.begin(WorkOn::MainThread, 1.0);
        log.end(WorkOn::MainThread);
        // A second repetition before the page could draw belongs to the same freeze.
        log.begin(WorkOn::MainThread, 200.0);
        log.end(WorkOn::MainThread);
        log.begin(WorkOn::Processes, 400.0);
        log.frame(410.0);
        assert_eq!(log.longest(WorkOn::MainThread), Some(400.0));
        assert_eq!(log.longest(WorkOn::Processes), Some(10.0));
    }

    #[test]
    fn a_page_out_of_sight_is_not_a_frozen_page() {
        let mut log = FrameLog::default();
        log.frame(0.0);
        log.begin(WorkOn::Processes, 1.0);
        log.frame(16.0);
        log.pause();
        log.frame(60_000.0);
        log.frame(60_016.0);
        assert_eq!(log.longest(WorkOn::Processes), Some(16.0));
    }
}

//! Lanes of any length on a screen of few pixels: what each pixel's stretch of
//! time was spent on, found without looking at every event.

/// How many kinds of stretches a lane has.
pub const KINDS: usize = 4;

/// A stretch of time of one kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stretch {
    /// When it begins.
    pub start: f64,
    /// When it ends.
    pub end: f64,
    /// Its kind, less than [`KINDS`].
    pub kind: u8,
}

/// One lane's stretches, kept so that the time spent on each kind between any
/// two moments is known at once.
///
/// A prefix sum per kind makes that two searches, however many stretches lie
/// between: the cost of a frame depends on the pixels and not on the events.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    stretches: Vec<Stretch>,
    /// Before each stretch, how long all earlier ones of each kind took.
    before: Vec<[f64; KINDS]>,
    total: [f64; KINDS],
}

/// A part of a lane that looks the same all over, in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// Its first pixel.
    pub from: u32,
    /// The pixel after its last.
    pub to: u32,
    /// The share of its time that went to each kind; what is missing to 1 went
    /// to nothing.
    pub shares: [f64; KINDS],
}

/// Shares are told apart in so many steps: a lane is a few pixels high.
const STEPS: f64 = 8.0;

impl Coverage {
    /// The lane of these stretches, in the order of their time.
    pub fn new(stretches: impl IntoIterator<Item = Stretch>) -> Coverage {
        let mut coverage = Coverage::default();
        for stretch in stretches {
            coverage.push(stretch);
        }
        coverage
    }

    /// Adds a later stretch. What is earlier than the last one's end is cut off,
    /// and what is empty, not finite or of no kind is left out.
    pub fn push(&mut self, mut stretch: Stretch) {
        if let Some(last) = self.stretches.last() {
            stretch.start = stretch.start.max(last.end);
        }
        let usable = stretch.start.is_finite()
            && stretch.end.is_finite()
            && stretch.end > stretch.start
            && usize::from(stretch.kind) < KINDS;
        if usable {
            self.before.push(self.total);
            self.total[usize::from(stretch.kind)] += stretch.end - stretch.start;
            self.stretches.push(stretch);
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.stretches.is_empty()
    }

    /// The first and the last moment; nothing without stretches.
    pub fn span(&self) -> Option<(f64, f64)> {
        Some((self.stretches.first()?.start, self.stretches.last()?.end))
    }

    /// The time spent on each kind until a moment. `from` is a stretch that
    /// begins no later, where one is known; it is moved on.
    fn until(&self, moment: f64, from: &mut usize) -> [f64; KINDS] {
        // Steps that double: the next pixel's stretch is near.
        let mut step = 1;
        while self
            .stretches
            .get(*from + step)
            .is_some_and(|stretch| stretch.start <= moment)
        {
            *from += step;
            step *= 2;
        }
        while step > 0 {
            if self
                .stretches
                .get(*from + step)
                .is_some_and(|stretch| stretch.start <= moment)
            {
                *from += step;
            }
            step /= 2;
        }
        let Some(stretch) = self.stretches.get(*from) else {
            return self.total;
        };
        let mut spent = self.before[*from];
        spent[usize::from(stretch.kind)] += (moment.min(stretch.end) - stretch.start).max(0.0);
        spent
    }

    /// The time spent on each kind between two moments.
    #[cfg(test)]
    #[allow(dead_code, reason = "tests/coverage.rs holds it against counting")]
    pub fn between(&self, start: f64, end: f64) -> [f64; KINDS] {
        let mut from = 0;
        let before = self.until(start, &mut from);
        let after = self.until(end, &mut from);
        difference(&after, &before)
    }

    /// What to draw of a stretch of time on so many pixels, left to right,
    /// without overlaps: at most one run for each pixel, and far fewer where
    /// neighbours look alike. Nothing where the lane is empty.
    pub fn runs(&self, start: f64, end: f64, pixels: u32) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let each = (end - start) / f64::from(pixels.max(1));
        if self.is_empty() || !(each.is_finite() && each > 0.0) {
            return runs;
        }
        let mut at = 0;
        let mut before = self.until(start, &mut at);
        let mut alike: Option<[u8; KINDS]> = None;
        for pixel in 0..pixels {
            let moment = start + each * f64::from(pixel + 1);
            let after = self.until(moment, &mut at);
            let shares = difference(&after, &before).map(|time| (time / each).clamp(0.0, 1.0));
            before = after;
            let steps = seen(&shares);
            match runs.last_mut() {
                Some(last) if alike == Some(steps) && last.to == pixel => last.to = pixel + 1,
                _ if steps == [0; KINDS] => {}
                _ => runs.push(Run {
                    from: pixel,
                    to: pixel + 1,
                    shares: steps.map(|step| f64::from(step) / STEPS),
                }),
            }
            alike = Some(steps);
        }
        runs
    }
}

fn difference(after: &[f64; KINDS], before: &[f64; KINDS]) -> [f64; KINDS] {
    std::array::from_fn(|kind| (after[kind] - before[kind]).max(0.0))
}

/// Shares in steps that can be seen. What takes a millionth takes a step, so that
/// a short event does not vanish among long ones; all together fill no more
/// than the whole.
fn seen(shares: &[f64; KINDS]) -> [u8; KINDS] {
    let mut steps = shares.map(|share| {
        if share > 1e-6 {
            (share * STEPS).round().max(1.0) as u8
        } else {
            0
        }
    });
    // What is too much goes from the largest.
    while steps.iter().map(|step| u32::from(*step)).sum::<u32>() > STEPS as u32 {
        let largest = (0..KINDS).max_by_key(|&kind| steps[kind]).unwrap_or(0);
        steps[largest] -= 1;
    }
    steps
}

//! What the time of one process was spent on, however often it changed: its
//! spans, and what there is to draw of them on so many pixels.
//!
//! A prefix sum for each kind tells the time spent between any two moments in
//! two searches, so that the cost of a frame depends on the pixels. Where spans
//! are more than any screen has pixels, short neighbours are pooled: of a pool is
//! known how long each kind took, and no longer in which order. So a lane takes
//! bounded memory, and a copy of it no time, however long it grows.

use super::span::{Span, SpanKind};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor},
};
use std::{fmt, sync::Arc};

/// How many kinds of spans there are.
const KINDS: usize = SpanKind::ALL.len();

/// Twice so many stretches are never kept: short ones are pooled before.
const MOST: usize = 4_096;

/// Stretches that a copy does not share with the original.
const RECENT: usize = 512;

/// Shares of a pixel are told apart in so many steps: a lane is a few pixels
/// high.
const STEPS: f64 = 8.0;

/// A process's spans, in order and without overlaps.
///
/// In JSON it is the list of them; see [`list`](Spans::list).
#[derive(Clone, Debug, Default)]
pub struct Spans(Arc<Stretches>);

/// A part of a lane that looks the same all over, in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// Its first pixel.
    pub from: u32,
    /// The pixel after its last.
    pub to: u32,
    /// The share of its time that went to each kind, as [`SpanKind::ALL`] lists
    /// them; what is missing to 1 went to nothing.
    pub shares: [f64; KINDS],
}

/// A span, or several short ones.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    start: f64,
    end: f64,
    /// What it is; nothing for a pool of several kinds.
    kind: Option<SpanKind>,
    /// How long all earlier ones of each kind took.
    before: [f64; KINDS],
}

#[derive(Clone, Debug, Default)]
struct Stretches {
    /// The earlier ones, which copies share.
    settled: Arc<Vec<Stretch>>,
    recent: Vec<Stretch>,
    total: [f64; KINDS],
}

impl Stretches {
    fn len(&self) -> usize {
        self.settled.len() + self.recent.len()
    }

    fn get(&self, index: usize) -> Option<&Stretch> {
        (self.settled.get(index)).or_else(|| self.recent.get(index - self.settled.len()))
    }

    fn all(&self) -> impl Iterator<Item = &Stretch> {
        self.settled.iter().chain(&self.recent)
    }

    fn last(&self) -> Option<&Stretch> {
        self.recent.last().or(self.settled.last())
    }

    /// How long each kind took before a stretch.
    fn before(&self, index: usize) -> [f64; KINDS] {
        self.get(index).map_or(self.total, |stretch| stretch.before)
    }

    /// Pools short neighbours until there are no more than so many stretches.
    fn pool(&mut self, most: usize) {
        let (Some(first), Some(last)) = (self.get(0), self.last()) else {
            return;
        };
        // Two neighbours that are left are longer than this together.
        let width = 2.0 * (last.end - first.start) / (most.max(2) - 1) as f64;
        let mut pooled: Vec<Stretch> = Vec::with_capacity(most + RECENT);
        for stretch in self.all() {
            match pooled.last_mut() {
                Some(last) if stretch.end - last.start <= width => {
                    let one = last.kind == stretch.kind && last.end == stretch.start;
                    last.kind = last.kind.filter(|_| one);
                    last.end = stretch.end;
                }
                _ => pooled.push(*stretch),
            }
        }
        self.settled = Arc::new(pooled);
        self.recent.clear();
    }
}

impl PartialEq for Spans {
    fn eq(&self, other: &Self) -> bool {
        // What differs, differs in its end first.
        Arc::ptr_eq(&self.0, &other.0)
            || (self.0.total == other.0.total
                && self.0.len() == other.0.len()
                && self.0.all().eq(other.0.all()))
    }
}

impl FromIterator<Span> for Spans {
    fn from_iter<T: IntoIterator<Item = Span>>(all: T) -> Self {
        let mut spans = Spans::default();
        spans.extend(all);
        spans
    }
}

impl Extend<Span> for Spans {
    fn extend<T: IntoIterator<Item = Span>>(&mut self, all: T) {
        all.into_iter().for_each(|span| self.push(span));
    }
}

impl Serialize for Spans {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.list())
    }
}

impl<'de> Deserialize<'de> for Spans {
    /// One by one: however many there are in a file, few are kept.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;
        impl<'de> Visitor<'de> for List {
            type Value = Spans;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of spans")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Spans, A::Error> {
                let mut spans = Spans::new();
                while let Some(span) = seq.next_element()? {
                    spans.push(span);
                }
                Ok(spans)
            }
        }
        deserializer.deserialize_seq(List)
    }
}

impl Spans {
    /// None yet.
    pub fn new() -> Spans {
        Spans::default()
    }

    /// Adds a later span. What is earlier than the last one's end is cut off, and
    /// what is empty or not finite is left out.
    pub fn push(&mut self, span: Span) {
        let last = self.0.last().map_or(f64::NEG_INFINITY, |last| last.end);
        let (start, end) = (span.start_us.max(last), span.end_us);
        if !(span.start_us.is_finite() && end.is_finite() && start < end) {
            return;
        }
        let inner = Arc::make_mut(&mut self.0);
        inner.recent.push(Stretch {
            start,
            end,
            kind: Some(span.kind),
            before: inner.total,
        });
        inner.total[span.kind as usize] += end - start;
        if inner.len() >= 2 * MOST {
            inner.pool(MOST);
        } else if inner.recent.len() >= RECENT {
            let settled = Arc::make_mut(&mut inner.settled);
            settled.append(&mut inner.recent);
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    /// The first and the last moment; nothing without spans.
    pub fn ends(&self) -> Option<(f64, f64)> {
        Some((self.0.get(0)?.start, self.0.last()?.end))
    }

    /// How long all spans of one kind take together, in µs.
    pub fn total_us(&self, kind: SpanKind) -> f64 {
        self.0.total[kind as usize]
    }

    /// The spans, one by one. Of what was pooled, one for each kind: so long, in
    /// about that place.
    pub fn list(&self) -> Vec<Span> {
        let mut list: Vec<Span> = Vec::with_capacity(self.0.len());
        let mut after_pool = false;
        for (index, stretch) in self.0.all().enumerate() {
            let Stretch { start, end, .. } = *stretch;
            // Who was next to a pool may have been longer than is known.
            let meets = after_pool || stretch.kind.is_none();
            after_pool = stretch.kind.is_none();
            let mut add = |kind, start_us, end_us| match list.last_mut() {
                Some(last) if meets && last.kind == kind && last.end_us == start_us => {
                    last.end_us = end_us;
                }
                _ => list.push(Span {
                    kind,
                    start_us,
                    end_us,
                }),
            };
            if let Some(kind) = stretch.kind {
                add(kind, start, end);
                continue;
            }
            let times = difference(&self.0.before(index + 1), &stretch.before);
            let mut kinds: Vec<SpanKind> = (SpanKind::ALL.into_iter())
                .filter(|kind| times[*kind as usize] > 0.0)
                .collect();
            // To and fro, so that neighbours meet in one kind.
            if index % 2 == 1 {
                kinds.reverse();
            }
            // What its time does not fill is a hole, which may have been anywhere.
            let whole = times.iter().sum::<f64>();
            let filled = (end - start - whole).abs() < 1e-6 * (end - start);
            let mut now = start;
            for (place, kind) in kinds.iter().enumerate() {
                let until = match filled && place + 1 == kinds.len() {
                    true => end,
                    false => (now + times[*kind as usize]).min(end),
                };
                if now < until {
                    add(*kind, now, until);
                }
                now = until;
            }
        }
        list
    }

    /// The same in at most so many spans, at least eight: where there are more,
    /// short neighbours are put together by their kinds. What each kind takes
    /// stays as it is.
    pub fn shortened(&self, most: usize) -> Spans {
        let most = most.max(2 * KINDS);
        let mut stretches = most;
        let mut pooled = self.clone();
        loop {
            if pooled.0.len() > stretches {
                Arc::make_mut(&mut pooled.0).pool(stretches);
            }
            let list = pooled.list();
            if list.len() <= most {
                return list.into_iter().collect();
            }
            stretches = (stretches * most / list.len()).min(stretches - 1);
        }
    }

    /// The time spent on each kind until a moment. `from` is a stretch that
    /// begins no later, where one is known; it is moved on.
    fn until(&self, moment: f64, from: &mut usize) -> [f64; KINDS] {
        let begun = |index: usize| {
            let stretch = self.0.get(index);
            stretch.is_some_and(|stretch| stretch.start <= moment)
        };
        // Steps that double: the next pixel's stretch is near.
        let mut step = 1;
        while begun(*from + step) {
            *from += step;
            step *= 2;
        }
        while step > 0 {
            if begun(*from + step) {
                *from += step;
            }
            step /= 2;
        }
        let Some(Stretch {
            start, end, before, ..
        }) = self.0.get(*from)
        else {
            return self.0.total;
        };
        let share = ((moment - start) / (end - start)).clamp(0.0, 1.0);
        let times = difference(&self.0.before(*from + 1), before);
        std::array::from_fn(|kind| before[kind] + share * times[kind])
    }

    /// The time spent on each kind between two moments, in µs, as
    /// [`SpanKind::ALL`] lists them.
    pub fn between(&self, start_us: f64, end_us: f64) -> [f64; KINDS] {
        let mut from = 0;
        let before = self.until(start_us, &mut from);
        let after = self.until(end_us, &mut from);
        difference(&after, &before)
    }

    /// What to draw of a stretch of time on so many pixels, left to right,
    /// without overlaps: at most one run for each pixel, and far fewer where
    /// neighbours look alike. Nothing where there are no spans.
    pub fn runs(&self, start_us: f64, end_us: f64, pixels: u32) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        let each = (end_us - start_us) / f64::from(pixels.max(1));
        if self.is_empty() || !(each.is_finite() && each > 0.0) {
            return runs;
        }
        let mut at = 0;
        let mut before = self.until(start_us, &mut at);
        let mut alike: Option<[u8; KINDS]> = None;
        for pixel in 0..pixels {
            let moment = start_us + each * f64::from(pixel + 1);
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

//! The spans of one process, and what to draw of them for a given number of pixels.
//!
//! For each kind of span a prefix sum is kept. So the time that was spent on a kind between
//! two moments is found with two searches, and the cost of drawing depends on the number of
//! pixels and not on the number of spans. When there are more spans than any screen has
//! pixels, short neighbours are merged: a merged entry keeps how long each kind took, but not
//! in which order. So the memory of a lane is bounded, and copying a lane is cheap.

use super::span::{Span, SpanKind};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{SeqAccess, Visitor},
};
use std::{fmt, sync::Arc};

/// The number of kinds of span.
const KINDS: usize = SpanKind::ALL.len();

/// When a lane has twice this number of entries, short neighbours are merged until at most this
/// number is left.
const MAX_ENTRIES: usize = 4_096;

/// The largest number of recent spans. A copy of a lane shares all older spans with the
/// original, but not the recent ones.
const MAX_RECENT: usize = 512;

/// A share of a pixel is rounded to this number of steps. More steps could not be seen, since
/// a lane is only a few pixels high.
const SHARE_STEPS: f64 = 8.0;

/// A process's spans, in order and without overlaps.
///
/// In JSON it is a list of spans; see [`list`](Spans::list).
#[derive(Clone, Debug, Default)]
pub struct Spans(Arc<SpanEntries>);

/// A range of pixels of a lane that are drawn in the same way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PixelRun {
    /// The first pixel.
    pub from: u32,
    /// The pixel after the last.
    pub to: u32,
    /// The share of the time that was spent on each kind, in the order of
    /// [`SpanKind::ALL`]. The rest of 1 is time without a span.
    pub shares: [f64; KINDS],
}

/// One span, or several short neighbours that were merged.
#[derive(Clone, Copy, Debug, PartialEq)]
struct SpanEntry {
    start: f64,
    end: f64,
    /// The kind of span; `None` if spans of several kinds were merged.
    kind: Option<SpanKind>,
    /// The total time of all earlier spans, by kind, in µs.
    before: [f64; KINDS],
}

#[derive(Clone, Debug, Default)]
struct SpanEntries {
    /// The older ones, which copies share.
    older: Arc<Vec<SpanEntry>>,
    recent: Vec<SpanEntry>,
    total: [f64; KINDS],
}

impl SpanEntries {
    fn len(&self) -> usize {
        self.older.len() + self.recent.len()
    }

    fn get(&self, index: usize) -> Option<&SpanEntry> {
        (self.older.get(index)).or_else(|| self.recent.get(index - self.older.len()))
    }

    fn all(&self) -> impl Iterator<Item = &SpanEntry> {
        self.older.iter().chain(&self.recent)
    }

    fn last(&self) -> Option<&SpanEntry> {
        self.recent.last().or(self.older.last())
    }

    /// The total time of all spans before this one, by kind, in µs.
    fn before(&self, index: usize) -> [f64; KINDS] {
        self.get(index).map_or(self.total, |entry| entry.before)
    }

    /// Merges short neighbours until at most `max` entries are left.
    fn merge_short(&mut self, max: usize) {
        let (Some(first), Some(last)) = (self.get(0), self.last()) else {
            return;
        };
        // Any two neighbours in the result are together longer than this.
        let width = 2.0 * (last.end - first.start) / (max.max(2) - 1) as f64;
        let mut merged: Vec<SpanEntry> = Vec::with_capacity(max + MAX_RECENT);
        for entry in self.all() {
            match merged.last_mut() {
                Some(last) if entry.end - last.start <= width => {
                    let same_kind = last.kind == entry.kind && last.end == entry.start;
                    last.kind = last.kind.filter(|_| same_kind);
                    last.end = entry.end;
                }
                _ => merged.push(*entry),
            }
        }
        self.older = Arc::new(merged);
        self.recent.clear();
    }
}

impl PartialEq for Spans {
    fn eq(&self, other: &Self) -> bool {
        // Lanes that differ usually differ in their totals, so these come first.
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
    /// Reads the spans one by one, so that a long list is shortened while it is read.
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
    /// A lane without spans.
    pub fn new() -> Spans {
        Spans::default()
    }

    /// Adds a span after the others. The part that is earlier than the end of the last
    /// span is cut off. A span that is empty or not finite is ignored.
    pub fn push(&mut self, span: Span) {
        let last = self.0.last().map_or(f64::NEG_INFINITY, |last| last.end);
        let (start, end) = (span.start_us.max(last), span.end_us);
        if !(span.start_us.is_finite() && end.is_finite() && start < end) {
            return;
        }
        let inner = Arc::make_mut(&mut self.0);
        inner.recent.push(SpanEntry {
            start,
            end,
            kind: Some(span.kind),
            before: inner.total,
        });
        inner.total[span.kind as usize] += end - start;
        if inner.len() >= 2 * MAX_ENTRIES {
            inner.merge_short(MAX_ENTRIES);
        } else if inner.recent.len() >= MAX_RECENT {
            let older = Arc::make_mut(&mut inner.older);
            older.append(&mut inner.recent);
        }
    }

    /// Whether there are no spans.
    pub fn is_empty(&self) -> bool {
        self.0.len() == 0
    }

    /// The start of the first and the end of the last span, in µs; `None` without spans.
    pub fn ends(&self) -> Option<(f64, f64)> {
        Some((self.0.get(0)?.start, self.0.last()?.end))
    }

    /// The total time of all spans of one kind, in µs.
    pub fn total_us(&self, kind: SpanKind) -> f64 {
        self.0.total[kind as usize]
    }

    /// The spans as a list. A merged entry gives one span for each kind, with the right length and
    /// at about the right time.
    pub fn list(&self) -> Vec<Span> {
        let mut list: Vec<Span> = Vec::with_capacity(self.0.len());
        let mut after_merged = false;
        for (index, entry) in self.0.all().enumerate() {
            let SpanEntry { start, end, .. } = *entry;
            // A neighbour of a merged entry may continue a span of it, so the two are joined.
            let may_join = after_merged || entry.kind.is_none();
            after_merged = entry.kind.is_none();
            let mut add = |kind, start_us, end_us| match list.last_mut() {
                Some(last) if may_join && last.kind == kind && last.end_us == start_us => {
                    last.end_us = end_us;
                }
                _ => list.push(Span {
                    kind,
                    start_us,
                    end_us,
                }),
            };
            if let Some(kind) = entry.kind {
                add(kind, start, end);
                continue;
            }
            let times = difference(&self.0.before(index + 1), &entry.before);
            let mut kinds: Vec<SpanKind> = (SpanKind::ALL.into_iter())
                .filter(|kind| times[*kind as usize] > 0.0)
                .collect();
            // Every second merged entry lists the kinds backwards, so that two neighbouring
            // entries can share a span where they touch.
            if index % 2 == 1 {
                kinds.reverse();
            }
            // The merged spans may have had gaps, whose positions are not known.
            let total = times.iter().sum::<f64>();
            let filled = (end - start - total).abs() < 1e-6 * (end - start);
            let mut now = start;
            for (position, kind) in kinds.iter().enumerate() {
                let until = match filled && position + 1 == kinds.len() {
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

    /// The same lane with at most `max` spans (never fewer than eight). Short neighbours
    /// are merged by kind; the total time of each kind does not change.
    pub fn shortened(&self, max: usize) -> Spans {
        let max = max.max(2 * KINDS);
        let mut limit = max;
        let mut shortened = self.clone();
        loop {
            if shortened.0.len() > limit {
                Arc::make_mut(&mut shortened.0).merge_short(limit);
            }
            let list = shortened.list();
            if list.len() <= max {
                return list.into_iter().collect();
            }
            limit = (limit * max / list.len()).min(limit - 1);
        }
    }

    /// The time that was spent on each kind until a moment, in µs. `from` is the index of an
    /// entry that begins no later than the moment (0 if none is known); it is set to the last
    /// such index.
    fn times_until(&self, moment: f64, from: &mut usize) -> [f64; KINDS] {
        let begun = |index: usize| {
            let entry = self.0.get(index);
            entry.is_some_and(|entry| entry.start <= moment)
        };
        // Search with steps that double, since the span of the next pixel is near.
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
        let Some(SpanEntry {
            start, end, before, ..
        }) = self.0.get(*from)
        else {
            return self.0.total;
        };
        let share = ((moment - start) / (end - start)).clamp(0.0, 1.0);
        let times = difference(&self.0.before(*from + 1), before);
        std::array::from_fn(|kind| before[kind] + share * times[kind])
    }

    /// The time that was spent on each kind between two moments, in µs, in the order of
    /// [`SpanKind::ALL`].
    pub fn between(&self, start_us: f64, end_us: f64) -> [f64; KINDS] {
        let mut from = 0;
        let before = self.times_until(start_us, &mut from);
        let after = self.times_until(end_us, &mut from);
        difference(&after, &before)
    }

    /// What to draw of the time from `start_us` to `end_us` on `pixels` pixels: runs from
    /// left to right, without overlaps. There is at most one run for each pixel, since
    /// neighbours that look alike are one run, and none where there are no spans.
    pub fn runs(&self, start_us: f64, end_us: f64, pixels: u32) -> Vec<PixelRun> {
        let mut runs: Vec<PixelRun> = Vec::new();
        let each = (end_us - start_us) / f64::from(pixels.max(1));
        if self.is_empty() || !(each.is_finite() && each > 0.0) {
            return runs;
        }
        let mut at = 0;
        let mut before = self.times_until(start_us, &mut at);
        let mut last_steps: Option<[u8; KINDS]> = None;
        for pixel in 0..pixels {
            let moment = start_us + each * f64::from(pixel + 1);
            let after = self.times_until(moment, &mut at);
            let shares = difference(&after, &before).map(|time| (time / each).clamp(0.0, 1.0));
            before = after;
            let steps = visible_steps(&shares);
            match runs.last_mut() {
                Some(last) if last_steps == Some(steps) && last.to == pixel => last.to = pixel + 1,
                _ if steps == [0; KINDS] => {}
                _ => runs.push(PixelRun {
                    from: pixel,
                    to: pixel + 1,
                    shares: steps.map(|step| f64::from(step) / SHARE_STEPS),
                }),
            }
            last_steps = Some(steps);
        }
        runs
    }
}

fn difference(after: &[f64; KINDS], before: &[f64; KINDS]) -> [f64; KINDS] {
    std::array::from_fn(|kind| (after[kind] - before[kind]).max(0.0))
}

/// Rounds shares of a pixel to [`SHARE_STEPS`] visible steps. A share of more than a millionth
/// is at least one step, so that a short span stays visible among long ones. The steps
/// never add up to more than the whole pixel.
fn visible_steps(shares: &[f64; KINDS]) -> [u8; KINDS] {
    let mut steps = shares.map(|share| {
        if share > 1e-6 {
            (share * SHARE_STEPS).round().max(1.0) as u8
        } else {
            0
        }
    });
    // Steps beyond the whole pixel are taken from the largest share.
    while steps.iter().map(|step| u32::from(*step)).sum::<u32>() > SHARE_STEPS as u32 {
        let largest = (0..KINDS).max_by_key(|&kind| steps[kind]).unwrap_or(0);
        steps[largest] -= 1;
    }
    steps
}

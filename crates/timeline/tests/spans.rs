//! Lanes with more spans than a screen has pixels: the runs show the right times, and their
//! number depends only on the pixels.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use timeline::{PixelRun, Span, SpanKind, Spans};

const KINDS: usize = SpanKind::ALL.len();

fn span(start_us: f64, end_us: f64, kind: SpanKind) -> Span {
    Span {
        kind,
        start_us,
        end_us,
    }
}

/// A list of `count` short spans, computing and waiting in turns, whose lengths vary.
fn busy(count: u32) -> Vec<Span> {
    let mut now = 0.0;
    (0..count)
        .map(|number| {
            let begin = now;
            now += 1.0 + f64::from(number * 7919 % 97);
            span(begin, now, SpanKind::ALL[1 + (number % 2) as usize])
        })
        .collect()
}

fn of(spans: &[Span]) -> Spans {
    spans.iter().copied().collect()
}

/// The time on each kind, computed by going through all spans.
fn count_by_hand(spans: &[Span], start: f64, end: f64) -> [f64; KINDS] {
    let mut spent = [0.0; KINDS];
    for one in spans {
        let inside = one.end_us.min(end) - one.start_us.max(start);
        spent[one.kind as usize] += inside.max(0.0);
    }
    spent
}

fn totals(spans: &Spans) -> [f64; KINDS] {
    SpanKind::ALL.map(|kind| spans.total_us(kind))
}

fn same(one: [f64; KINDS], other: [f64; KINDS], within: f64) -> bool {
    (one.iter().zip(other)).all(|(one, other)| (one - other).abs() <= within)
}

fn covered(run: &PixelRun) -> f64 {
    f64::from(run.to - run.from) * run.shares.iter().sum::<f64>()
}

/// A lane with many more spans than are kept individually.
#[test]
fn a_hundred_thousand_spans_are_drawn_in_no_more_runs_than_pixels() {
    for (count, lanes) in [(100_000, 8), (100_000, 1)] {
        let spans = busy(count / lanes);
        let lane = of(&spans);
        let (start, end) = lane.ends().unwrap();
        assert_eq!((start, end), (0.0, spans.last().unwrap().end_us));
        let pixels = 1_200;
        let runs = lane.runs(start, end, pixels);
        assert!(!runs.is_empty() && runs.len() <= pixels as usize);
        // The runs are in order, without overlaps, and within the pixels.
        assert!(runs.iter().all(|run| run.from < run.to && run.to <= pixels));
        assert!(runs.windows(2).all(|pair| pair[0].to <= pair[1].from));
        // The runs cover all time, and each kind has its share except for rounding.
        let all: f64 = runs.iter().map(covered).sum();
        assert!((all - f64::from(pixels)).abs() < 1.0, "{all}");
        let expected = count_by_hand(&spans, start, end);
        for (kind, spent) in expected.into_iter().enumerate() {
            let parts = runs
                .iter()
                .map(|run| f64::from(run.to - run.from) * run.shares[kind]);
            let drawn: f64 = parts.sum();
            let wanted = spent / (end - start) * f64::from(pixels);
            assert!(
                (drawn - wanted).abs() < 0.05 * f64::from(pixels),
                "kind {kind}: {drawn} {wanted}"
            );
        }
    }
}

/// The time on each kind between any two moments is right, except for the time that merging may
/// have moved across the two moments.
#[test]
fn merged_spans_stay_in_place() {
    let mut spans = busy(100_000);
    let end = spans.last().unwrap().end_us;
    // A long span among short ones, with gaps before and after it, is not lost.
    let (from, until) = (end + 50_000.0, end + 250_000.0);
    spans.push(span(from, until, SpanKind::Idle));
    let later: Vec<Span> = (busy(30_000).iter())
        .map(|one| {
            let [start, end] = [one.start_us, one.end_us].map(|time| time + until + 1_000.0);
            span(start, end, one.kind)
        })
        .collect();
    spans.extend(later);
    let lane = of(&spans);
    let kept = lane.list().len();
    assert!(kept < 20_000, "{kept}");
    let length = lane.ends().unwrap().1;
    assert!(same(
        totals(&lane),
        count_by_hand(&spans, 0.0, length),
        1e-3
    ));
    let pixel = length / 1_000.0;
    for number in 0..1_000 {
        let (start, end) = (f64::from(number) * pixel, f64::from(number + 1) * pixel);
        let (found, counted) = (lane.between(start, end), count_by_hand(&spans, start, end));
        assert!(same(found, counted, 0.15 * pixel), "{found:?} {counted:?}");
    }
    assert_eq!(
        lane.between(from, until)[SpanKind::Idle as usize],
        until - from
    );
}

/// A shortened lane, as a report keeps it, has the same totals and the same end.
#[test]
fn a_shortened_lane_has_the_same_totals_in_fewer_spans() {
    let spans = busy(30_000);
    let lane = of(&spans);
    let length = lane.ends().unwrap().1;
    for most in [2_000, 400, 8] {
        let short = lane.shortened(most);
        let list = short.list();
        assert!(
            list.len() <= most && list.len() > most / 4,
            "{}",
            list.len()
        );
        assert!(
            list.windows(2)
                .all(|pair| pair[0].end_us <= pair[1].start_us)
        );
        assert_eq!(short.ends().unwrap().0, 0.0);
        assert!((short.ends().unwrap().1 - length).abs() < 1e-3);
        assert!(same(totals(&short), totals(&lane), 1e-3));
        // Writing and reading a shortened lane does not shorten it again.
        assert_eq!(short.shortened(most), short);
        let json = serde_json::to_string(&short).unwrap();
        assert_eq!(serde_json::from_str::<Spans>(&json).unwrap(), short);
    }
    // A lane with few spans is not changed.
    let few = of(&spans[..100]);
    assert_eq!(few.shortened(400), few);
    assert_eq!(few.list(), spans[..100]);
}

#[test]
fn a_copy_does_not_grow_with_its_original() {
    let spans = busy(3_000);
    let mut lane = Spans::new();
    let mut copies = Vec::new();
    for (number, one) in spans.iter().enumerate() {
        if number % 97 == 0 {
            copies.push((number, lane.clone()));
        }
        lane.push(*one);
    }
    for (number, copy) in copies {
        assert_eq!(copy, of(&spans[..number]));
        assert_eq!(copy.list().len(), number);
    }
    assert_eq!(lane, of(&spans));
    assert_ne!(lane, of(&spans[1..]));
}

#[test]
fn few_spans_keep_their_places() {
    let lane = of(&[
        span(0.0, 10.0, SpanKind::StartUp),
        span(10.0, 60.0, SpanKind::Computing),
        span(80.0, 100.0, SpanKind::Idle),
    ]);
    let only = |kind: usize| std::array::from_fn(|at| if at == kind { 1.0 } else { 0.0 });
    let run = |from, to, kind| PixelRun {
        from,
        to,
        shares: only(kind),
    };
    assert_eq!(
        lane.runs(0.0, 100.0, 100),
        [run(0, 10, 0), run(10, 60, 1), run(80, 100, 3)]
    );
    // A part of the lane, and a period that is longer than the lane.
    assert_eq!(lane.runs(50.0, 90.0, 4), [run(0, 1, 1), run(3, 4, 3)]);
    assert_eq!(lane.runs(-100.0, 0.0, 10), []);
    assert_eq!(lane.runs(100.0, 200.0, 10), []);
}

#[test]
fn a_span_thinner_than_a_pixel_is_still_seen() {
    let lane = of(&[
        span(0.0, 500.0, SpanKind::Computing),
        span(500.0, 500.01, SpanKind::Waiting),
        span(500.01, 1000.0, SpanKind::Computing),
    ]);
    let runs = lane.runs(0.0, 1000.0, 10);
    assert!(runs.iter().any(|run| run.shares[2] > 0.0), "{runs:?}");
    assert!(runs.iter().all(|run| run.shares.iter().sum::<f64>() <= 1.0));
}

#[test]
fn invalid_spans_are_left_out() {
    let mut lane = Spans::new();
    assert!(lane.is_empty() && lane.ends().is_none() && lane.list().is_empty());
    assert_eq!(lane.runs(0.0, 1.0, 10), []);
    for (start, end) in [
        (f64::NAN, 1.0),
        (f64::NEG_INFINITY, 1.0),
        (0.0, f64::INFINITY),
        (0.0, f64::NAN),
        (2.0, 1.0),
        (1.0, 1.0),
    ] {
        lane.push(span(start, end, SpanKind::StartUp));
    }
    assert!(lane.is_empty());
    lane.push(span(0.0, 10.0, SpanKind::Computing));
    // A span that begins before the last one has ended.
    lane.push(span(5.0, 12.0, SpanKind::Waiting));
    assert_eq!(lane.between(0.0, 20.0), [0.0, 10.0, 2.0, 0.0]);
    assert_eq!(lane.runs(0.0, f64::NAN, 10), []);
    assert_eq!(lane.runs(5.0, 5.0, 10), []);
    assert_eq!(lane.runs(0.0, 1.0, 0), []);
}

proptest! {
    #[test]
    fn the_index_agrees_with_counting(
        lengths in prop::collection::vec((0.0..50.0_f64, 0.0..50.0_f64, 0..KINDS), 0..1_200),
        (start, width) in (-10.0..5_000.0_f64, 0.0..5_000.0_f64),
        pixels in 1..300_u32,
        most in 8..50_usize,
    ) {
        let mut now = 0.0;
        let spans: Vec<Span> = lengths
            .iter()
            .map(|(gap, length, kind)| {
                let begin = now + gap;
                now = begin + length;
                span(begin, now, SpanKind::ALL[*kind])
            })
            .collect();
        let lane = of(&spans);
        let (counted, found) = (count_by_hand(&spans, start, start + width), lane.between(start, start + width));
        prop_assert!(same(counted, found, 1e-6), "{counted:?} {found:?}");
        let runs = lane.runs(start, start + width, pixels);
        prop_assert!(runs.len() <= pixels as usize);
        prop_assert!(runs.windows(2).all(|pair| pair[0].to <= pair[1].from));
        // Merging neither adds nor loses time.
        let short = lane.shortened(most);
        let list = short.list();
        prop_assert!(list.len() <= most);
        prop_assert!(list.windows(2).all(|pair| pair[0].end_us <= pair[1].start_us));
        prop_assert!(same(totals(&short), count_by_hand(&spans, 0.0, now), 1e-6));
    }
}

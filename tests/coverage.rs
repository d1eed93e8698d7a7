//! Lanes with more events than a screen has pixels: what is drawn is true, and
//! its amount depends on the pixels alone.
#![cfg(not(target_arch = "wasm32"))]

#[allow(dead_code, unused_imports, reason = "the page uses the rest")]
#[path = "../src/app/geometry/mod.rs"]
mod geometry;

use geometry::{Coverage, KINDS, Stretch, coverage::Run};
use proptest::prelude::*;

fn stretch(start: f64, end: f64, kind: u8) -> Stretch {
    Stretch { start, end, kind }
}

/// A lane of so many short events, computing and waiting in turns, of lengths
/// that repeat only after a while.
fn busy(events: u32) -> Vec<Stretch> {
    let mut now = 0.0;
    (0..events)
        .map(|number| {
            let begin = now;
            now += 1.0 + f64::from(number * 7919 % 97);
            stretch(begin, now, 1 + (number % 2) as u8)
        })
        .collect()
}

/// The same by looking at every event.
fn by_hand(stretches: &[Stretch], start: f64, end: f64) -> [f64; KINDS] {
    let mut spent = [0.0; KINDS];
    for one in stretches {
        let inside = one.end.min(end) - one.start.max(start);
        spent[usize::from(one.kind)] += inside.max(0.0);
    }
    spent
}

fn covered(run: &Run) -> f64 {
    f64::from(run.to - run.from) * run.shares.iter().sum::<f64>()
}

#[test]
fn a_hundred_thousand_events_are_drawn_in_no_more_runs_than_pixels() {
    const EVENTS: u32 = 100_000;
    let lanes = 8;
    let events = busy(EVENTS / lanes);
    let lane = Coverage::new(events.iter().copied());
    assert_eq!(events.len() as u32 * lanes, EVENTS);
    let (start, end) = lane.span().unwrap();
    let pixels = 1_200;
    let runs = lane.runs(start, end, pixels);
    assert!(!runs.is_empty() && runs.len() <= pixels as usize);
    // In order, without overlaps, inside.
    assert!(runs.iter().all(|run| run.from < run.to && run.to <= pixels));
    assert!(runs.windows(2).all(|pair| pair[0].to <= pair[1].from));
    // All time is covered, and each kind got what it took, to a rounding.
    let all: f64 = runs.iter().map(covered).sum();
    assert!((all - f64::from(pixels)).abs() < 1.0, "{all}");
    let whole = by_hand(&events, start, end);
    for (kind, spent) in whole.into_iter().enumerate() {
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

#[test]
fn few_events_keep_their_places() {
    let lane = Coverage::new([
        stretch(0.0, 10.0, 0),
        stretch(10.0, 60.0, 1),
        stretch(80.0, 100.0, 3),
    ]);
    let only = |kind: usize| std::array::from_fn(|at| if at == kind { 1.0 } else { 0.0 });
    let run = |from, to, kind| Run {
        from,
        to,
        shares: only(kind),
    };
    assert_eq!(
        lane.runs(0.0, 100.0, 100),
        [run(0, 10, 0), run(10, 60, 1), run(80, 100, 3)]
    );
    // A part of it, and more than there is.
    assert_eq!(lane.runs(50.0, 90.0, 4), [run(0, 1, 1), run(3, 4, 3)]);
    assert_eq!(lane.runs(-100.0, 0.0, 10), []);
    assert_eq!(lane.runs(100.0, 200.0, 10), []);
}

#[test]
fn an_event_thinner_than_a_pixel_is_still_seen() {
    let lane = Coverage::new([
        stretch(0.0, 500.0, 1),
        stretch(500.0, 500.01, 2),
        stretch(500.01, 1000.0, 1),
    ]);
    let runs = lane.runs(0.0, 1000.0, 10);
    assert!(runs.iter().any(|run| run.shares[2] > 0.0), "{runs:?}");
    assert!(runs.iter().all(|run| run.shares.iter().sum::<f64>() <= 1.0));
}

#[test]
fn what_cannot_be_is_left_out() {
    let mut lane = Coverage::default();
    assert!(lane.is_empty() && lane.span().is_none());
    assert_eq!(lane.runs(0.0, 1.0, 10), []);
    for bad in [
        stretch(f64::NAN, 1.0, 0),
        stretch(0.0, f64::INFINITY, 0),
        stretch(2.0, 1.0, 0),
        stretch(1.0, 1.0, 0),
        stretch(0.0, 1.0, 200),
    ] {
        lane.push(bad);
    }
    assert!(lane.is_empty());
    lane.push(stretch(0.0, 10.0, 1));
    // Begins before the last one ended.
    lane.push(stretch(5.0, 12.0, 2));
    assert_eq!(lane.between(0.0, 20.0), [0.0, 10.0, 2.0, 0.0]);
    assert_eq!(lane.runs(0.0, f64::NAN, 10), []);
    assert_eq!(lane.runs(5.0, 5.0, 10), []);
    assert_eq!(lane.runs(0.0, 1.0, 0), []);
}

proptest! {
    #[test]
    fn the_index_says_what_counting_says(
        lengths in prop::collection::vec((0.0..50.0_f64, 0.0..50.0_f64, 0..KINDS as u8), 0..200),
        (start, width) in (-10.0..5_000.0_f64, 0.0..5_000.0_f64),
        pixels in 1..300_u32,
    ) {
        let mut now = 0.0;
        let stretches: Vec<Stretch> = lengths
            .iter()
            .map(|(gap, length, kind)| {
                let begin = now + gap;
                now = begin + length;
                stretch(begin, now, *kind)
            })
            .collect();
        let lane = Coverage::new(stretches.iter().copied());
        let (counted, found) = (by_hand(&stretches, start, start + width), lane.between(start, start + width));
        for kind in 0..KINDS {
            prop_assert!((counted[kind] - found[kind]).abs() < 1e-6, "{counted:?} {found:?}");
        }
        let runs = lane.runs(start, start + width, pixels);
        prop_assert!(runs.len() <= pixels as usize);
        prop_assert!(runs.windows(2).all(|pair| pair[0].to <= pair[1].from));
    }
}

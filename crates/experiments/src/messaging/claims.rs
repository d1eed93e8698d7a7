//! What tutorials say about messages, and the rules by which it is judged.
//!
//! | claim | figure | true | not true | cannot be said |
//! |---|---|---|---|---|
//! | `pickling-dominates` | encoding and decoding over transit, for the largest table, by the codec or else as JSON | above 1 | below 1 | no table of 10,000 bytes measured |
//! | `pipe-faster` | a Queue's round trip over a Pipe's, and the rates of the two | above 1, and the Pipe's rate is not less | below 1, or the Pipe's rate is less | round trips not measured |
//! | `shared-memory-large` | the codec over a shared array, for the largest integers | from 2 | below 2 | no integers of 100,000 bytes measured |
//!
//! Each row holds for the whole interval of the figure; an interval on both sides of the
//! limit is too close to call.

use super::{Measured, Part, PayloadKind, Route, Way};
use crate::{
    claim::{Claim, Source},
    findings::{CannotBeSaid, Judgement, Limit, Place, Reached},
    numbers::{times, with_unit},
    report::{Finding, Outcome, Recording},
    statistics::Summary,
};
use workloads::grouped;

/// A smaller table costs little more than waking its receiver.
const MIN_TABLE_BYTES: f64 = 10_000.0;
/// An array of this size is large.
const MIN_LARGE_BYTES: f64 = 100_000.0;
/// "Much faster".
const MUCH: f64 = 2.0;

const PICKLING_DOMINATES: Claim = Claim {
    id: "pickling-dominates",
    text: "Between processes, turning objects into bytes and back costs more than moving the bytes.",
    source: Source::Tutorial,
    rule: "The time to encode and decode the largest table is held against the time to carry its bytes: true if it is longer, by the whole 95 % interval; it needs a table of 10,000 bytes or more, by the codec or as JSON.",
};

const PIPE_FASTER: Claim = Claim {
    id: "pipe-faster",
    text: "A Pipe is faster than a Queue.",
    source: Source::Tutorial,
    rule: "A short message’s way there and back through a Pipe is held against the same through a Queue: true if it is shorter, by the whole 95 % interval of the repeats’ medians, and if messages one after another do not go slower through the Pipe.",
};

const SHARED_MEMORY_LARGE: Claim = Claim {
    id: "shared-memory-large",
    text: "For large arrays, shared memory is much faster than sending them.",
    source: Source::Tutorial,
    rule: "The largest array of integers is read through shared memory and sent by the codec: true if sending takes 2 times as long or more, for the whole 95 % interval; it needs an array of 100,000 bytes or more.",
};

pub(crate) const CLAIMS: &[Claim] = &[PICKLING_DOMINATES, PIPE_FASTER, SHARED_MEMORY_LARGE];

/// The verdicts about the claims, in their order.
pub(super) fn judged(recording: &Recording) -> Vec<Finding> {
    vec![
        PICKLING_DOMINATES.judged(pickling(recording)),
        PIPE_FASTER.judged(pipe_or_queue(recording)),
        SHARED_MEMORY_LARGE.judged(shared(recording)),
    ]
}

/// Encoding and decoding against transit. A structured clone is not judged, because the
/// browser encodes within the transit.
fn pickling(recording: &Recording) -> Judgement {
    let table = PayloadKind::Table;
    let coded = [Way::Codec, Way::Json].into_iter().find(|way| {
        let series = recording.measured(&Measured::Time(table, *way));
        series.is_some_and(|series| !series.points.is_empty())
    });
    let Some(way) = coded else {
        return Err(CannotBeSaid::NotMeasured(
            "a table by the codec or as JSON".to_owned(),
        ));
    };
    let last = |part: Part| {
        let id = Measured::Part(table, way, part);
        Place::find(recording, &id, |series| series.points.last())
    };
    let (encode, transit, decode) = (
        last(Part::Encode)?,
        last(Part::Transit)?,
        last(Part::Decode)?,
    );
    if encode.x() < MIN_TABLE_BYTES {
        return Err(too_small("table", encode.x(), MIN_TABLE_BYTES));
    }
    let both: Vec<f64> = (encode.samples().iter().zip(decode.samples()))
        .map(|(one, other)| one + other)
        .collect();
    let Some(both) = Summary::of(&both) else {
        return Err(CannotBeSaid::NotMeasured(format!("“{}”", encode.label())));
    };
    let ratio = Reached::try_from(&both)?.over(transit.figure()?);
    let sentence = format!(
        "It took {} to encode and decode a table of {}, and {} to carry it and hear of it: {} as long.",
        with_unit(both.median, "µs"),
        with_unit(encode.x(), "bytes"),
        transit.words(),
        times(ratio.value)
    );
    ratio.judge(Limit::MoreThan(1.0), times, sentence)
}

fn too_small(what: &str, bytes: f64, least: f64) -> CannotBeSaid {
    CannotBeSaid::because(format!(
        "the largest {what} had {}, and the claim is judged from {} bytes on",
        with_unit(bytes, "bytes"),
        grouped(least as u128)
    ))
}

/// The figure of the repeats' medians: the latencies of one repeat depend on each other, as
/// the two sides share a core or do not, and so do not count as independent samples.
fn of_repeats(recording: &Recording, route: Route) -> Result<Reached, CannotBeSaid> {
    let place = Place::find(recording, &Measured::Latency(route), |series| {
        series.points.first()
    })?;
    let (repeats, samples) = (recording.plan.repeats().max(1) as usize, place.samples());
    let repeats = samples.chunks(samples.len().div_ceil(repeats).max(1));
    let medians: Vec<f64> = repeats
        .filter_map(Summary::of)
        .map(|one| one.median)
        .collect();
    match Summary::of(&medians) {
        Some(summary) => Reached::try_from(&summary),
        None => Err(CannotBeSaid::NotMeasured(format!("“{}”", place.label()))),
    }
}

fn pipe_or_queue(recording: &Recording) -> Judgement {
    let pipe = of_repeats(recording, Route::Pipe)?;
    let queue = of_repeats(recording, Route::Queue)?;
    let ratio = queue.over(pipe);
    let mut outcome = ratio.outcome(Limit::MoreThan(1.0));
    let mut sentence = format!(
        "There and back, a Pipe took {} and a Queue {}, by the medians of the repeats",
        with_unit(pipe.value, "µs"),
        with_unit(queue.value, "µs")
    );
    let rate = |route: Route| {
        Place::find(recording, &Measured::Stream(route), |series| {
            series.points.last()
        })
    };
    if let (Ok(pipe), Ok(queue)) = (rate(Route::Pipe), rate(Route::Queue)) {
        let rates = pipe.figure()?.over(queue.figure()?);
        if rates.outcome(Limit::AtLeast(1.0)) == Outcome::DoesNotHold {
            outcome = Outcome::DoesNotHold;
        }
        sentence += &format!(
            "; one after another, messages of {} went at {} and {}",
            with_unit(pipe.x(), "bytes"),
            pipe.words(),
            queue.words()
        );
    }
    sentence += ".";
    if outcome == Outcome::TooClose {
        sentence += &ratio.across(|ratio| format!("{} as long", times(ratio)));
    }
    Ok((outcome, sentence))
}

fn shared(recording: &Recording) -> Judgement {
    let last = |way: Way| {
        let id = Measured::Time(PayloadKind::Integers, way);
        Place::find(recording, &id, |series| series.points.last())
    };
    let (codec, shared) = (last(Way::Codec)?, last(Way::Shared)?);
    if codec.x() < MIN_LARGE_BYTES {
        return Err(too_small("array", codec.x(), MIN_LARGE_BYTES));
    }
    let ratio = codec.over(&shared)?;
    let sentence = format!(
        "{} of integers took {} through a shared array and {} by the codec: {} as long.",
        with_unit(codec.x(), "bytes"),
        shared.words(),
        codec.words(),
        times(ratio.value)
    );
    ratio.judge(Limit::AtLeast(MUCH), times, sentence)
}

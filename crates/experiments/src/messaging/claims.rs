//! What tutorials say about messages, and the rules that judge these statements.
//!
//! | claim | figure | true | not true | cannot be said |
//! |---|---|---|---|---|
//! | `pickling-dominates` | encoding and decoding over transit, for the largest table, by the codec or else as JSON | above 1 | below 1 | no table of 10,000 bytes measured |
//! | `pipe-faster` | a Queue's round trip over a Pipe's, and the rates of the two | above 1, and the Pipe's rate is not less | below 1, or the Pipe's rate is less | round trips not measured |
//! | `shared-memory-large` | the codec over a shared array, for the largest integers | from 2 | below 2 | no integers of 100,000 bytes measured |
//!
//! Each row holds for the whole interval of the figure; an interval on both sides of the
//! limit is too close to call.

use super::{ChannelKind, Measured, Part, PayloadKind, SendMethod};
use crate::{
    claim::{Claim, Source},
    findings::{CannotBeSaid, Judgement, PointRef, Threshold},
    numbers::{times, with_unit},
    report::{Finding, Outcome, Recording},
    samples::Estimate,
    statistics::Summary,
};
use workloads::grouped;

/// The size in bytes from which on a table is judged. The time of a smaller one is mostly that
/// of waking its receiver.
const MIN_TABLE_BYTES: f64 = 10_000.0;
/// The size in bytes from which on an array is large.
const MIN_LARGE_BYTES: f64 = 100_000.0;
/// From this ratio on, something is "much faster".
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
pub(super) fn verdicts(recording: &Recording) -> Vec<Finding> {
    vec![
        PICKLING_DOMINATES.finding(pickling(recording)),
        PIPE_FASTER.finding(pipe_or_queue(recording)),
        SHARED_MEMORY_LARGE.finding(shared(recording)),
    ]
}

/// Compares encoding and decoding with transit. A structured clone is not judged, because the
/// browser encodes and decodes it during the transit.
fn pickling(recording: &Recording) -> Judgement {
    let table = PayloadKind::Table;
    let coded = [SendMethod::Codec, SendMethod::Json]
        .into_iter()
        .find(|method| {
            let series = recording.measured(&Measured::Time(table, *method));
            series.is_some_and(|series| !series.points.is_empty())
        });
    let Some(method) = coded else {
        return Err(CannotBeSaid::NotMeasured(
            "a table by the codec or as JSON".to_owned(),
        ));
    };
    let last = |part: Part| {
        let id = Measured::Part(table, method, part);
        PointRef::find(recording, &id, |series| series.points.last())
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
    let ratio = Estimate::of_summary(&both)?.over(transit.figure()?);
    let sentence = format!(
        "It took {} to encode and decode a table of {}, and {} to carry it and hear of it: {} as long.",
        with_unit(both.median, "µs"),
        with_unit(encode.x(), "bytes"),
        transit.words(),
        times(ratio.value)
    );
    ratio.judge(Threshold::MoreThan(1.0), times, sentence)
}

fn too_small(what: &str, bytes: f64, least: f64) -> CannotBeSaid {
    CannotBeSaid::because(format!(
        "the largest {what} had {}, and the claim is judged from {} bytes on",
        with_unit(bytes, "bytes"),
        grouped(least as u128)
    ))
}

/// The figure of the repeats' medians. The latencies of one repeat are not independent samples,
/// because they all depend on whether the two processes share a core.
fn figure_of_repeats(
    recording: &Recording,
    channel: ChannelKind,
) -> Result<Estimate, CannotBeSaid> {
    let point = PointRef::find(recording, &Measured::Latency(channel), |series| {
        series.points.first()
    })?;
    let (repeats, samples) = (recording.plan.repeats().max(1) as usize, point.samples());
    let repeats = samples.chunks(samples.len().div_ceil(repeats).max(1));
    let medians: Vec<f64> = repeats
        .filter_map(Summary::of)
        .map(|one| one.median)
        .collect();
    match Summary::of(&medians) {
        Some(summary) => Estimate::of_summary(&summary),
        None => Err(CannotBeSaid::NotMeasured(format!("“{}”", point.label()))),
    }
}

fn pipe_or_queue(recording: &Recording) -> Judgement {
    let pipe = figure_of_repeats(recording, ChannelKind::Pipe)?;
    let queue = figure_of_repeats(recording, ChannelKind::Queue)?;
    let ratio = queue.over(pipe);
    let mut outcome = ratio.outcome(Threshold::MoreThan(1.0));
    let mut sentence = format!(
        "There and back, a Pipe took {} and a Queue {}, by the medians of the repeats",
        with_unit(pipe.value, "µs"),
        with_unit(queue.value, "µs")
    );
    let rate = |channel: ChannelKind| {
        PointRef::find(recording, &Measured::Stream(channel), |series| {
            series.points.last()
        })
    };
    if let (Ok(pipe), Ok(queue)) = (rate(ChannelKind::Pipe), rate(ChannelKind::Queue)) {
        let rates = pipe.figure()?.over(queue.figure()?);
        if rates.outcome(Threshold::AtLeast(1.0)) == Outcome::DoesNotHold {
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
        sentence += &ratio.interval_in_words(|ratio| format!("{} as long", times(ratio)));
    }
    Ok((outcome, sentence))
}

fn shared(recording: &Recording) -> Judgement {
    let last = |method: SendMethod| {
        let id = Measured::Time(PayloadKind::Integers, method);
        PointRef::find(recording, &id, |series| series.points.last())
    };
    let (codec, shared) = (last(SendMethod::Codec)?, last(SendMethod::Shared)?);
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
    ratio.judge(Threshold::AtLeast(MUCH), times, sentence)
}

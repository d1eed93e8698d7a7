//! One plain sentence about a speed-up recording, made from its data.

use super::{Measured, Part, speed_ups::SpeedUp};
use crate::{
    findings::{below_clock, is_below_clock},
    numbers::times,
    report::{Point, Recording},
    statistics::median,
};

/// What the series and their speed-ups say, in words that do not say more than
/// the intervals allow.
pub(super) fn sentence(recording: &Recording, rows: &[SpeedUp]) -> String {
    let main = recording
        .measured(&Measured::MAIN)
        .and_then(|one| one.points.first());
    let processes = recording.measured(&Measured::PROCESSES);
    let best = SpeedUp::best(rows);
    let point = best.and_then(|best| processes?.at(f64::from(best.workers)));
    let (Some(best), Some(main), Some(processes)) = (best, main, point) else {
        return incomplete(recording);
    };
    let cost = Cost::of(recording, main, processes);
    let (summary, who) = (&best.summary, who(best.workers));
    let [speed, low, high] = [summary.median, summary.low, summary.high].map(times);
    let (once, n) = (summary.n == 1, summary.n);
    // A difference that would be written as 1.00× is none.
    let told = !(0.995..1.005).contains(&summary.median);
    let in_one = if once { SINGLE_RUN } else { "" };
    if told && summary.low > 1.0 {
        format!(
            "{who} {speed} as fast as the main thread{in_one}; {}.",
            cost.earned_back()
        )
    } else if told && summary.high < 1.0 {
        format!(
            "{who} only {speed} as fast as the main thread{in_one}: {}.",
            cost.not_earned_back()
        )
    } else if once {
        format!("No difference shown: {who} as fast as the main thread{SINGLE_RUN}.")
    } else {
        format!(
            "No difference shown: {who} {low} to {high} as fast as the main thread (95 % interval of {n} runs); {}.",
            cost.paid()
        )
    }
}

/// A figure without a spread says so.
const SINGLE_RUN: &str = " in a single run, which shows no spread";

/// What starting processes cost, and what they gave for it.
struct Cost {
    plural: bool,
    /// The median start-up, where it was measured and is not too short to tell.
    startup_ms: Option<f64>,
    /// The step of the clock in µs, if start-up was too short for it.
    below_step_us: Option<f64>,
    /// What a run of the processes saved before start-up is paid for.
    saved_ms: f64,
}

impl Cost {
    fn of(recording: &Recording, main: &Point, processes: &Point) -> Cost {
        let series = recording.measured(&Measured::Part(Part::StartUp));
        let startup = series.and_then(|series| {
            let ms = median(&series.at(processes.x)?.samples)?;
            Some((ms, is_below_clock(recording, series, ms)))
        });
        let told = startup.filter(|(ms, below)| !below && *ms >= 0.05);
        let startup_ms = told.map(|(ms, _)| ms);
        let below = startup.is_some_and(|(_, below)| below);
        let seconds = |point: &Point| median(&point.samples).unwrap_or_default();
        let net_ms = (seconds(main) - seconds(processes)) * 1000.0;
        Cost {
            plural: processes.x != 1.0,
            startup_ms,
            below_step_us: below.then_some(recording.environment.clock_step_us),
            saved_ms: net_ms + startup_ms.unwrap_or_default(),
        }
    }

    fn them(&self) -> &'static str {
        if self.plural { "them" } else { "it" }
    }

    fn they(&self) -> &'static str {
        if self.plural { "they" } else { "it" }
    }

    fn paid(&self) -> String {
        match self.startup_ms {
            Some(ms) => format!("starting {} cost {}", self.them(), milliseconds(ms)),
            None => match self.below_step_us {
                Some(step_us) => format!(
                    "the time to start {} is {}",
                    self.them(),
                    below_clock(step_us)
                ),
                None => format!("starting {} took no time to speak of", self.them()),
            },
        }
    }

    fn earned_back(&self) -> String {
        let Some(startup_ms) = self.startup_ms else {
            return self.paid();
        };
        let paid = self.paid();
        format!(
            "{paid}, and this work saved {} that",
            times(self.saved_ms / startup_ms)
        )
    }

    fn not_earned_back(&self) -> String {
        let paid = self.paid();
        match self.startup_ms {
            Some(_) if self.saved_ms > 0.0 => format!(
                "{paid}, more than the {} {} saved",
                milliseconds(self.saved_ms),
                self.they()
            ),
            Some(_) => format!("{paid}, and the work itself ran no faster either"),
            None => format!("{paid}, but the work itself ran no faster"),
        }
    }
}

fn who(workers: u32) -> String {
    match workers {
        1 => "1 process was".to_owned(),
        n => format!("{n} processes were"),
    }
}

fn milliseconds(ms: f64) -> String {
    match ms {
        ms if ms >= 9.95 => format!("{ms:.0} ms"),
        ms if ms >= 0.95 => format!("{ms:.1} ms"),
        ms => format!("{ms:.2} ms"),
    }
}

fn incomplete(recording: &Recording) -> String {
    let measured = |id: &Measured| {
        let series = recording.measured(id);
        series.is_some_and(|one| one.points.iter().any(|point| !point.samples.is_empty()))
    };
    let missing = match (measured(&Measured::MAIN), measured(&Measured::PROCESSES)) {
        (true, false) => "only the main thread was measured",
        (false, true) => "only processes were measured",
        (true, true) => {
            let below = below_clock(recording.environment.clock_step_us);
            return format!("No speed-up can be told: a time is {below}. Choose more work.");
        }
        (false, false) => "nothing was measured",
    };
    format!("No speed-up can be told: {missing}.")
}

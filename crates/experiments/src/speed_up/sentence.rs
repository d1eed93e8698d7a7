//! One plain sentence about a speed-up recording, made from its data.

use super::{Measured, Part, speed_ups::SpeedUp};
use crate::{
    findings::{below_clock_in_words, is_below_clock},
    numbers::times,
    report::{Point, Recording},
    statistics::median,
};

/// The sentence about the best speed-up. It states no more than the confidence intervals allow.
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
    // A speed-up that is written as 1.00× does not count as a difference.
    let differs = !(0.995..1.005).contains(&summary.median);
    let in_one = if once { SINGLE_RUN } else { "" };
    if differs && summary.low > 1.0 {
        format!(
            "{who} {speed} as fast as the main thread{in_one}; {}.",
            cost.gain_in_words()
        )
    } else if differs && summary.high < 1.0 {
        format!(
            "{who} only {speed} as fast as the main thread{in_one}: {}.",
            cost.loss_in_words()
        )
    } else if once {
        format!("No difference shown: {who} as fast as the main thread{SINGLE_RUN}.")
    } else {
        format!(
            "No difference shown: {who} {low} to {high} as fast as the main thread (95 % interval of {n} runs); {}.",
            cost.cost_in_words()
        )
    }
}

/// The addition to a figure of a single run.
const SINGLE_RUN: &str = " in a single run, which shows no spread";

/// The cost of starting processes, and the time that they saved.
struct Cost {
    plural: bool,
    /// The median start-up time, if it was measured and is not too short for the clock.
    startup_ms: Option<f64>,
    /// The step of the clock in µs, if start-up was too short for it.
    below_step_us: Option<f64>,
    /// The time that the processes saved, if start-up took no time.
    saved_ms: f64,
}

impl Cost {
    fn of(recording: &Recording, main: &Point, processes: &Point) -> Cost {
        let series = recording.measured(&Measured::Part(Part::StartUp));
        let startup = series.and_then(|series| {
            let ms = median(&series.at(processes.x)?.samples)?;
            Some((ms, is_below_clock(recording, series, ms)))
        });
        let measurable = startup.filter(|(ms, below)| !below && *ms >= 0.05);
        let startup_ms = measurable.map(|(ms, _)| ms);
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

    fn cost_in_words(&self) -> String {
        match self.startup_ms {
            Some(ms) => format!("starting {} cost {}", self.them(), milliseconds(ms)),
            None => match self.below_step_us {
                Some(step_us) => format!(
                    "the time to start {} is {}",
                    self.them(),
                    below_clock_in_words(step_us)
                ),
                None => format!("starting {} took no time to speak of", self.them()),
            },
        }
    }

    fn gain_in_words(&self) -> String {
        let Some(startup_ms) = self.startup_ms else {
            return self.cost_in_words();
        };
        let paid = self.cost_in_words();
        format!(
            "{paid}, and this work saved {} that",
            times(self.saved_ms / startup_ms)
        )
    }

    fn loss_in_words(&self) -> String {
        let paid = self.cost_in_words();
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
            let below = below_clock_in_words(recording.environment.clock_step_us);
            return format!("No speed-up can be told: a time is {below}. Choose more work.");
        }
        (false, false) => "nothing was measured",
    };
    format!("No speed-up can be told: {missing}.")
}

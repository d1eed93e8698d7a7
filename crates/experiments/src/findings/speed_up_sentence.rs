//! One plain sentence about a speed-up recording, made from its data.

use crate::{
    SpeedUp,
    report::{Point, Recording},
    statistics::median,
};

/// What the series and their speed-ups say, in words that do not say more than
/// the intervals allow.
pub(super) fn sentence(recording: &Recording, rows: &[SpeedUp]) -> String {
    let main = recording
        .series_of("main")
        .and_then(|one| one.points.first());
    let processes = recording.series_of("processes");
    let best = SpeedUp::best(rows);
    let point = best.and_then(|best| processes?.at(f64::from(best.workers)));
    let (Some(best), Some(main), Some(processes)) = (best, main, point) else {
        return incomplete(recording);
    };
    let startup = recording
        .series_of("start-up")
        .and_then(|one| one.at(processes.x));
    let cost = Cost::of(main, processes, startup);
    let (summary, who) = (&best.summary, who(best.workers));
    let [speed, low, high] = [summary.median, summary.low, summary.high].map(times);
    let (once, n) = (summary.n == 1, summary.n);
    // A difference that would be written as 1.00× is none.
    let told = !(0.995..1.005).contains(&summary.median);
    if told && summary.low > 1.0 {
        let in_one = if once { SINGLE_RUN } else { "" };
        format!("{who} {speed}× faster{in_one}; {}.", cost.earned_back())
    } else if told && summary.high < 1.0 {
        let in_one = if once { SINGLE_RUN } else { "" };
        format!(
            "{who} no faster here ({speed}× the main thread’s speed{in_one}): {}.",
            cost.not_earned_back()
        )
    } else if once {
        format!("No difference shown: {who} as fast as the main thread{SINGLE_RUN}.")
    } else {
        format!(
            "No difference shown: {who} {low} to {high} times as fast as the main thread (95 % interval of {n} runs); {}.",
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
    /// What a run of the processes saved before start-up is paid for.
    saved_ms: f64,
}

impl Cost {
    fn of(main: &Point, processes: &Point, startup: Option<&Point>) -> Cost {
        let startup_ms = startup
            .and_then(|startup| median(&startup.samples))
            .filter(|ms| *ms >= 0.05);
        let seconds = |point: &Point| median(&point.samples).unwrap_or_default();
        let net_ms = (seconds(main) - seconds(processes)) * 1000.0;
        Cost {
            plural: processes.x != 1.0,
            startup_ms,
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
            None => format!("starting {} took no time to speak of", self.them()),
        }
    }

    fn earned_back(&self) -> String {
        let Some(startup_ms) = self.startup_ms else {
            return self.paid();
        };
        let paid = self.paid();
        format!(
            "{paid}, which this work earned back {} times",
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

/// A factor with as many digits as mean something.
fn times(factor: f64) -> String {
    match factor {
        f if f >= 9.95 => format!("{f:.0}"),
        f if f >= 1.15 => format!("{f:.1}"),
        f => format!("{f:.2}"),
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
    let measured = |id: &str| {
        let series = recording.series_of(id);
        series.is_some_and(|one| one.points.iter().any(|point| !point.samples.is_empty()))
    };
    let missing = match (measured("main"), measured("processes")) {
        (true, false) => "only the main thread was measured",
        (false, true) => "only processes were measured",
        (true, true) => "the times were too short for this browser’s clock",
        (false, false) => "nothing was measured",
    };
    format!("No speed-up can be told: {missing}.")
}

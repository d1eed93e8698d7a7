//! One plain sentence about a speed-up experiment, made from its data.

use super::statistics::median;
use super::{
    Model,
    speed_up_report::{SpeedUp, SpeedUpSeries},
};

/// What the series and their speed-ups say, in words that do not say more than
/// the intervals allow.
pub fn sentence(series: &[SpeedUpSeries], rows: &[SpeedUp], agree: bool) -> String {
    if !agree {
        return disagreement(series);
    }
    let Some(best) = SpeedUp::best(rows) else {
        return incomplete(series);
    };
    let main = series.iter().find(|one| one.model == Model::Main);
    let processes = series
        .iter()
        .find(|one| one.model != Model::Main && one.workers == best.workers);
    let Some((main, processes)) = main.zip(processes) else {
        return incomplete(series);
    };
    let cost = Cost::of(main, processes);
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
            "{who} no faster here ({speed}× the main thread's speed{in_one}): {}.",
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
    fn of(main: &SpeedUpSeries, processes: &SpeedUpSeries) -> Cost {
        let startup_ms = median(&processes.startup_ms).filter(|ms| *ms >= 0.05);
        let seconds = |series: &SpeedUpSeries| median(&series.seconds).unwrap_or_default();
        let net_ms = (seconds(main) - seconds(processes)) * 1000.0;
        Cost {
            plural: processes.workers != 1,
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

fn disagreement(series: &[SpeedUpSeries]) -> String {
    let who = |series: &SpeedUpSeries| match (series.model, series.workers) {
        (Model::Main, _) => "the main thread".to_owned(),
        (_, 1) => "1 process".to_owned(),
        (_, n) => format!("{n} processes"),
    };
    let what = match series.split_first() {
        Some((first, rest)) if first.has_one_digest() => {
            let wrong: Vec<String> = (rest.iter())
                .filter(|one| one.digest != first.digest)
                .map(who)
                .collect();
            format!("{} and {} do not agree", who(first), wrong.join(", "))
        }
        Some((first, _)) => format!("{} got different results in different runs", who(first)),
        None => "nothing was measured".to_owned(),
    };
    format!("The results differ and must not be trusted: {what}.")
}

fn incomplete(series: &[SpeedUpSeries]) -> String {
    let measured = |main| series.iter().any(|one| (one.model == Model::Main) == main);
    let missing = match (measured(true), measured(false)) {
        (true, false) => "only the main thread was measured",
        (false, true) => "only processes were measured",
        (true, true) => "the times were too short for this browser's clock",
        (false, false) => "nothing was measured",
    };
    format!("No speed-up can be told: {missing}.")
}

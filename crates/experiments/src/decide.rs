//! The table "Which model should I use?", with the figures of the reports that exist.

use super::{
    Experiment, Plan, Report,
    findings::{is_below_clock, median_in_words},
    form::Named,
    io_bound, messaging,
    numbers::{times, with_unit},
    pool_methods,
    report::{Point, Series, SeriesId},
    sharing, speed_up, start_up,
    statistics::{Difference, MIN_RUNS, Summary, difference},
};
use manyhands::StartMethod;
use serde::Serialize;

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    /// The task at hand.
    pub situation: &'static str,
    /// The advice: what to use for it.
    pub advice: String,
    /// The measured reason; `None` if the experiment has not been run here.
    pub because: Option<String>,
    /// The experiment that measures it.
    pub experiment: Experiment,
}

/// A row: its situation, the experiment that measures it, the advice before the experiment
/// was run, and the function that makes the advice and the reason from a report.
struct Row {
    situation: &'static str,
    experiment: Experiment,
    default_advice: &'static str,
    advise: fn(&Report) -> Option<(String, String)>,
}

const ROWS: [Row; 7] = [
    Row {
        situation: "Much to compute",
        experiment: Experiment::SpeedUp,
        default_advice: "Processes, about as many as there are cores.",
        advise: computing,
    },
    Row {
        situation: "Much to wait for (I/O)",
        experiment: Experiment::IoBound,
        default_advice: "The event loop.",
        advise: waiting,
    },
    Row {
        situation: "Many tiny tasks",
        experiment: Experiment::Granularity,
        default_advice: "A pool, with many of them in one chunk.",
        advise: tiny,
    },
    Row {
        situation: "Large data that several need",
        experiment: Experiment::Messaging,
        default_advice: "A shared Array.",
        advise: large,
    },
    Row {
        situation: "A number that all count in",
        experiment: Experiment::Sharing,
        default_advice: "A sum for each process, added at the end.",
        advise: counting,
    },
    Row {
        situation: "Results wanted as soon as they are there",
        experiment: Experiment::PoolMethods,
        default_advice: "imap_unordered.",
        advise: soon,
    },
    Row {
        situation: "A crash must not end everything",
        experiment: Experiment::StartUp,
        default_advice: "Processes: one that dies takes no other with it, and a new one takes its place.",
        advise: crash,
    },
];

/// The reason for a report with too few repeats to show a spread.
const TOO_FEW_RUNS: &str = "It was measured fewer than 3 times, which shows no spread.";

/// The table, with the figures of the last report of each experiment. A report with wrong
/// results is ignored.
pub fn decide(reports: &[&Report]) -> Vec<Decision> {
    let rows = ROWS.iter().map(|row| {
        let mut found = reports.iter().rev();
        let report = found.find(|report| report.experiment() == row.experiment && report.agree);
        let measured = report.and_then(|report| match report.plan.repeats() < MIN_RUNS {
            true => Some((row.default_advice.to_owned(), TOO_FEW_RUNS.to_owned())),
            false => (row.advise)(report),
        });
        let (advice, because) = match measured {
            Some((advice, because)) => (advice, Some(because)),
            None => (row.default_advice.to_owned(), None),
        };
        Decision {
            situation: row.situation,
            advice,
            because,
            experiment: row.experiment,
        }
    });
    rows.collect()
}

/// The point of a series with the smallest median.
fn least(series: &Series) -> Option<(&Point, Summary)> {
    let points = series.points.iter();
    points
        .filter_map(|point| Some((point, point.summary?)))
        .min_by(|one, other| one.1.median.total_cmp(&other.1.median))
}

/// The largest number of names in an advice.
const MAX_NAMES: usize = 3;

/// Compares the times of several things. Returns the shortest time, and an advice that names
/// the quickest thing and every other for which no difference from it is shown.
fn quickest(all: impl IntoIterator<Item = (String, Summary)>) -> Option<(String, Summary)> {
    let mut all: Vec<(String, Summary)> = all.into_iter().collect();
    all.sort_by(|one, other| one.1.median.total_cmp(&other.1.median));
    let best = all.first()?.1;
    let alike = all
        .iter()
        .filter(|(_, time)| difference(time, &best) == Difference::NotShown);
    let names: Vec<&str> = alike.map(|(name, _)| name.as_str()).collect();
    let advice = match &names[..] {
        [] => format!("{}.", all[0].0),
        [one] => format!("{one}."),
        [..] if names.len() > MAX_NAMES => {
            format!("Any of {}: no difference shown.", names.len())
        }
        [others @ .., last] => {
            format!("{} or {last}: no difference shown.", others.join(", "))
        }
    };
    Some((advice, best))
}

/// For each of these series its label and the summary of its last point.
fn last_medians<Id: SeriesId>(
    report: &Report,
    ids: impl IntoIterator<Item = Id>,
) -> Vec<(String, Summary)> {
    let series = ids.into_iter().filter_map(|id| report.measured(&id));
    series
        .filter_map(|one| Some((one.label.clone(), one.points.last()?.summary?)))
        .collect()
}

fn computing(report: &Report) -> Option<(String, String)> {
    let main = report
        .measured(&speed_up::Measured::MAIN)?
        .points
        .first()?
        .summary?;
    let (point, best) = least(report.measured(&speed_up::Measured::PROCESSES)?)?;
    let gain = times(main.median / best.median);
    let workers = point.x;
    Some(match difference(&best, &main) {
        Difference::Less => (
            match workers {
                1.0 => "A process.".to_owned(),
                workers => format!("Processes: {workers} of them."),
            },
            format!("{} {gain} as fast as the main thread.", were(workers)),
        ),
        Difference::Greater => (
            "The main thread, for work as small as this.".to_owned(),
            format!("{} only {gain} as fast as the main thread.", were(workers)),
        ),
        Difference::NotShown | Difference::TooFewRuns => (
            "Either; processes leave the page alive.".to_owned(),
            format!(
                "No difference shown: {} {gain} as fast as the main thread.",
                were(workers)
            ),
        ),
    })
}

/// "1 process was", "2 processes were".
fn were(workers: f64) -> String {
    match workers {
        1.0 => "1 process was".to_owned(),
        workers => format!("{workers} processes were"),
    }
}

fn waiting(report: &Report) -> Option<(String, String)> {
    use io_bound::{IoModel, Measured};
    let Plan::IoBound(plan) = &report.plan else {
        return None;
    };
    let of = |io_model: IoModel| {
        let id = Measured::Time(io_model, io_model.model(plan.start));
        least(report.measured(&id)?)
    };
    let (_, event_loop) = of(IoModel::EventLoop)?;
    let (_, processes) = of(IoModel::Processes)?;
    let because = format!(
        "At their best, the event loop took {} and processes {}.",
        with_unit(event_loop.median, "s"),
        with_unit(processes.median, "s")
    );
    let advice = match difference(&event_loop, &processes) {
        Difference::Less => "The event loop.",
        Difference::Greater => "Processes.",
        Difference::NotShown | Difference::TooFewRuns => {
            "Either: no difference shown. The event loop needs no workers."
        }
    };
    Some((advice.to_owned(), because))
}

fn tiny(report: &Report) -> Option<(String, String)> {
    let advice = "A pool, with chunks so large that a task is worth handing out.";
    Some((advice.to_owned(), report.sentence.clone()))
}

fn large(report: &Report) -> Option<(String, String)> {
    use messaging::{Measured, PayloadKind, SendMethod};
    let ids = || {
        SendMethod::ALL
            .iter()
            .map(|method| Measured::Time(PayloadKind::Integers, *method))
    };
    let (advice, best) = quickest(last_medians(report, ids()))?;
    let size = ids().find_map(|id| Some(report.measured(&id)?.points.last()?.x))?;
    Some((
        advice,
        format!(
            "{} took {}.",
            with_unit(size, "bytes"),
            with_unit(best.median, "µs")
        ),
    ))
}

fn counting(report: &Report) -> Option<(String, String)> {
    use sharing::{CountMethod, Measured};
    // Counting without a lock gives wrong results, so it is never the advice.
    let right = CountMethod::ALL
        .iter()
        .filter(|method| **method != CountMethod::Unlocked);
    let ids = right.map(|method| Measured::Time(*method));
    let (advice, best) = quickest(last_medians(report, ids))?;
    let lock = report
        .measured(&Measured::Time(CountMethod::Locked))
        .and_then(|one| one.points.last()?.median());
    let lock = lock.map(|lock| format!("; with the lock, {}", with_unit(lock, "µs")));
    Some((
        capitalised(&advice),
        format!(
            "An addition took {}{}.",
            with_unit(best.median, "µs"),
            lock.unwrap_or_default()
        ),
    ))
}

fn soon(report: &Report) -> Option<(String, String)> {
    let series = report.measured(&pool_methods::Measured::Half)?;
    let points = series.points.iter();
    let methods = points.filter_map(|point| Some((point.label.clone()?, point.summary?)));
    let (advice, best) = quickest(methods)?;
    if is_below_clock(report, series, best.median) {
        return None;
    }
    Some((
        advice,
        format!(
            "Half of the results were there after {}.",
            with_unit(best.median, "ms")
        ),
    ))
}

fn crash(report: &Report) -> Option<(String, String)> {
    let ready = StartMethod::ALL.into_iter().filter_map(|method| {
        let series = report.measured(&start_up::Measured::Called(method))?;
        let point = series.points.first()?;
        let words = median_in_words(report, series, point)?;
        Some((method, point.median()?, words))
    });
    let (method, _, words) = ready.min_by(|one, other| one.1.total_cmp(&other.1))?;
    Some((
        ROWS[6].default_advice.to_owned(),
        format!("The time until a new one is at work: {words} ({method})."),
    ))
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

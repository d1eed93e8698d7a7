//! Compares two trees. Their benchmark pages are measured in turn, pair by pair, so that both
//! run on the machine in the same state, and the ratios of the pairs are summarised.

use crate::{
    drive,
    figures::{Figures, short},
    groups::Group,
    options::{Against, Options},
};
use experiments::statistics::median;
use serde_json::json;
use std::{collections::BTreeMap, fmt::Write, path::Path};
use test_support::server::{self, Server};

/// Measures all requested groups on both trees.
#[tokio::main]
pub async fn compare(options: Options, against: Against) -> Result<(), String> {
    let serve = |site: &Path| {
        let server = Server::start(server::Options::new(site));
        server.map_err(|error| error.to_string())
    };
    let (this, other) = (serve(&options.site)?, serve(&against.site)?);
    let urls = [this.url(), other.url()];
    let mut lines = String::new();
    for group in &options.groups {
        let pairs = pairs(group, &options, against.pairs, &urls).await?;
        println!("\n{} ({})", group.name, pairs[0][0].engine);
        println!("  ratio = time here / time in the other tree: less than 1 is faster here");
        for row in rows(&pairs) {
            println!("{}", row.text());
            let _ = writeln!(lines, "{}", row.json(&pairs[0][0].engine));
        }
        if let Some(name) = differing_digest(&pairs) {
            return Err(format!("the trees computed different results: {name}"));
        }
    }
    drive::write(&options, &lines)
}

/// The figures of this and of the other tree, pair by pair. The order changes with every
/// pair, since the first measurement influences the second.
async fn pairs(
    group: &Group,
    options: &Options,
    count: u32,
    urls: &[String; 2],
) -> Result<Vec<[Figures; 2]>, String> {
    let mut pairs = Vec::new();
    for number in 0..count {
        eprintln!("{}: pair {} of {count}", group.name, number + 1);
        let mut pair = [Figures::default(), Figures::default()];
        for turn in 0..2 {
            let tree = (turn + number as usize) % 2;
            drive::measure(group, options.kind, &urls[tree], &mut pair[tree]).await?;
        }
        pairs.push(pair);
    }
    Ok(pairs)
}

/// The comparison of one figure.
struct Row {
    name: String,
    unit: String,
    /// The median of the medians, in this tree and in the other one.
    medians: [f64; 2],
    /// The ratio of this tree's time to the other tree's, over all pairs: the median and the
    /// ends of its confidence interval.
    ratio: f64,
    low: f64,
    high: f64,
    /// The number of pairs.
    n: usize,
}

impl Row {
    fn new(name: String, unit: String, here: &[f64], there: &[f64]) -> Option<Row> {
        // A rate is compared by its reciprocal, which is a time.
        let ratio = |(a, b): (&f64, &f64)| if unit.ends_with("/s") { b / a } else { a / b };
        let mut ratios: Vec<f64> = here.iter().zip(there).map(ratio).collect();
        ratios.sort_by(f64::total_cmp);
        let left_out = left_out(ratios.len());
        Some(Row {
            medians: [median(here)?, median(there)?],
            ratio: median(&ratios)?,
            low: ratios[left_out],
            high: ratios[ratios.len() - 1 - left_out],
            n: ratios.len(),
            name,
            unit,
        })
    }

    /// The conclusion from the interval.
    fn verdict(&self) -> &'static str {
        match (self.low, self.high) {
            _ if self.n < MIN_PAIRS => "too few pairs to tell",
            (low, _) if low > 1.0 => "slower here",
            (_, high) if high < 1.0 => "faster here",
            _ => "no difference shown",
        }
    }

    fn text(&self) -> String {
        let [here, there] = self.medians.map(short);
        let Row {
            name,
            unit,
            ratio,
            low,
            high,
            n,
            ..
        } = self;
        let verdict = self.verdict();
        format!(
            "  {name:28} {here:>9} | {there:>9} {unit:4} {ratio:.3} [{low:.3} – {high:.3}] n={n}  {verdict}"
        )
    }

    fn json(&self, engine: &str) -> serde_json::Value {
        json!({
            "name": self.name, "unit": self.unit, "engine": engine,
            "here": self.medians[0], "other": self.medians[1],
            "ratio": self.ratio, "low": self.low, "high": self.high,
            "n": self.n, "verdict": self.verdict(),
        })
    }
}

/// With fewer pairs than this, no interval of ratios contains the median with a probability of
/// 95 %.
const MIN_PAIRS: usize = 6;

/// The number of the `n` sorted ratios that are outside the median's confidence interval at
/// either end. It is the largest number for which the interval contains the median with a
/// probability of at least 95 %, for any distribution of the ratios (the interval of the sign
/// test).
fn left_out(n: usize) -> usize {
    // The probability that at most this number of n ratios lie below the median.
    let mut combinations = 1.0;
    let mut below = 0.5_f64.powi(n as i32);
    let mut count = 0;
    while 2.0 * below <= 0.05 {
        count += 1;
        combinations *= (n + 1 - count) as f64 / count as f64;
        below += combinations * 0.5_f64.powi(n as i32);
    }
    count.saturating_sub(1)
}

/// All figures that both trees have.
fn rows(pairs: &[[Figures; 2]]) -> Vec<Row> {
    let mut found: BTreeMap<String, (String, [Vec<f64>; 2])> = BTreeMap::new();
    for [here, there] in pairs {
        let there: BTreeMap<_, _> = there.medians().map(|(name, _, b)| (name, b)).collect();
        for (name, unit, a) in here.medians() {
            if let Some(b) = there.get(&name) {
                let entry = found.entry(name).or_insert((unit, Default::default()));
                entry.1[0].push(a);
                entry.1[1].push(*b);
            }
        }
    }
    let row = |(name, (unit, [here, there])): (String, (String, [Vec<f64>; 2]))| {
        Row::new(name, unit, &here, &there)
    };
    found.into_iter().filter_map(row).collect()
}

/// The first result whose digest differs between the two trees.
fn differing_digest(pairs: &[[Figures; 2]]) -> Option<&str> {
    pairs.iter().find_map(|[here, there]| {
        let mut digests = here.notes.iter().filter(|note| note.0.ends_with("_digest"));
        let there = |name: &str| there.notes.iter().find(|note| note.0 == name);
        let differs =
            |note: &&(String, String)| there(&note.0).is_some_and(|other| other.1 != note.1);
        digests.find(differs).map(|note| note.0.as_str())
    })
}

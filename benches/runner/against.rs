//! Two trees compared: their benchmark pages are measured in turn, pair by pair,
//! so that both see the same machine, and the ratios of the pairs are summed up.

use crate::{
    drive,
    figures::{Figures, short},
    groups::Group,
    options::{Against, Options},
};
use experiments::Summary;
use serde_json::json;
use std::{collections::BTreeMap, fmt::Write, path::Path};
use test_support::server::{self, Server};

/// Measures all groups that were asked for on both trees.
pub async fn compare(options: &Options, against: &Against) -> Result<(), String> {
    let serve = |site: &Path| {
        let server = Server::start(server::Options::new(site));
        server.map_err(|error| error.to_string())
    };
    let (this, other) = (serve(&options.site)?, serve(&against.site)?);
    let urls = [this.url(), other.url()];
    let mut lines = String::new();
    for group in &options.groups {
        let pairs = pairs(group, options, against.pairs, &urls).await?;
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
    drive::write(options, &lines)
}

/// The figures here and there, pair by pair. Who comes first changes with every
/// pair, since the second finds the machine as the first left it.
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

/// One figure on both trees.
struct Row {
    name: String,
    unit: String,
    /// The median of the medians here, and in the other tree.
    medians: [f64; 2],
    /// The times of all pairs, here as a share of those in the other tree.
    ratio: Summary,
}

impl Row {
    /// What the ratio's interval shows.
    fn verdict(&self) -> &'static str {
        match (self.ratio.low, self.ratio.high) {
            (low, _) if low > 1.0 => "slower here",
            (_, high) if high < 1.0 => "faster here",
            _ => "no difference shown",
        }
    }

    fn text(&self) -> String {
        let [here, there] = self.medians.map(short);
        let (Summary { median, n, .. }, unit) = (self.ratio, &self.unit);
        let (low, high) = (self.ratio.low, self.ratio.high);
        format!(
            "  {:30} {here:>9} | {there:>9} {unit:5} {median:.3} [{low:.3} – {high:.3}] n={n}  {}",
            self.name,
            self.verdict()
        )
    }

    fn json(&self, engine: &str) -> serde_json::Value {
        json!({
            "name": self.name, "unit": self.unit, "engine": engine,
            "here": self.medians[0], "other": self.medians[1],
            "ratio": self.ratio.median, "low": self.ratio.low, "high": self.ratio.high,
            "n": self.ratio.n, "verdict": self.verdict(),
        })
    }
}

/// Every figure that both trees have.
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
        // A rate counts as the time that one of its units takes.
        let ratio = |(a, b): (&f64, &f64)| if unit.ends_with("/s") { b / a } else { a / b };
        let ratios: Vec<f64> = here.iter().zip(&there).map(ratio).collect();
        Some(Row {
            medians: [Summary::of(&here)?.median, Summary::of(&there)?.median],
            ratio: Summary::of(&ratios)?,
            name,
            unit,
        })
    };
    found.into_iter().filter_map(row).collect()
}

/// The first digest of a computed result that is not the same in both trees.
fn differing_digest(pairs: &[[Figures; 2]]) -> Option<&str> {
    pairs.iter().find_map(|[here, there]| {
        let mut digests = here.notes.iter().filter(|note| note.0.ends_with("_digest"));
        let there = |name: &str| there.notes.iter().find(|note| note.0 == name);
        let differs =
            |note: &&(String, String)| there(&note.0).is_some_and(|other| other.1 != note.1);
        digests.find(differs).map(|note| note.0.as_str())
    })
}

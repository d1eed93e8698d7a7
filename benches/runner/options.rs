//! The command line.

use crate::groups::{GROUPS, Group};
use std::path::PathBuf;
use test_support::browser::Kind;

/// The groups to measure, the browser, and where the figures are written.
pub struct Options {
    pub kind: Kind,
    pub groups: Vec<&'static Group>,
    pub json: Option<PathBuf>,
    /// The folder with the benchmark page.
    pub site: PathBuf,
    /// The tree to compare with, if there is one.
    pub against: Option<Against>,
}

/// Another tree to compare with.
pub struct Against {
    /// The folder with its benchmark page.
    pub site: PathBuf,
    /// The number of pairs of measurements.
    pub pairs: u32,
}

/// Reads the command line.
pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        kind: Kind::Chromium,
        groups: GROUPS.iter().filter(|group| group.by_default).collect(),
        json: None,
        site: "target/bench-site".into(),
        against: None,
    };
    let (mut against, mut pairs) = (None, 10);
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let missing = || format!("{argument} needs a value");
            arguments.next().ok_or_else(missing)
        };
        match argument.as_str() {
            "--firefox" => options.kind = Kind::Firefox,
            "--json" => options.json = Some(value()?.into()),
            "--site" => options.site = value()?.into(),
            "--only" => {
                options.groups = value()?.split(',').map(named).collect::<Result<_, _>>()?
            }
            "--against-site" => against = Some(PathBuf::from(value()?)),
            "--pairs" => pairs = at_least_one(&value()?)?,
            // An argument that `cargo bench` adds.
            "--bench" => {}
            _ => {
                return Err(format!(
                    "'{argument}' is not an option\n\
                     usage: script/bench [--json FILE] [--firefox] [--only GROUP[,GROUP]...] \
                     [--shipped] [--against CHECKOUT [--pairs N]]"
                ));
            }
        }
    }
    options.against = against.map(|site| Against { site, pairs });
    let other = options.against.as_ref().map(|against| &against.site);
    for site in [Some(&options.site), other].into_iter().flatten() {
        if !site.join("index.html").is_file() {
            let site = site.display();
            return Err(format!(
                "{site} holds no benchmark page: script/bench builds it"
            ));
        }
    }
    Ok(options)
}

fn at_least_one(text: &str) -> Result<u32, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("'{text}' is not a number of pairs: at least 1 is needed"))
}

fn named(name: &str) -> Result<&'static Group, String> {
    match GROUPS.iter().find(|group| group.name == name) {
        Some(group) => Ok(group),
        None => {
            let names: Vec<_> = GROUPS.iter().map(|group| group.name).collect();
            Err(format!(
                "there is no group '{name}': choose one of {}",
                names.join(", ")
            ))
        }
    }
}

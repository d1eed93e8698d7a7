//! The command line.

use crate::groups::{GROUPS, Group};
use std::path::PathBuf;
use test_support::browser::Kind;

/// What is to be measured, in which browser, and where the figures go.
pub struct Options {
    pub kind: Kind,
    pub groups: Vec<&'static Group>,
    pub json: Option<PathBuf>,
    /// The folder with the benchmark page.
    pub site: PathBuf,
}

/// Reads the command line.
pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        kind: Kind::Chromium,
        groups: GROUPS.iter().filter(|group| group.usual).collect(),
        json: None,
        site: "target/bench-site".into(),
    };
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let missing = || format!("{argument} needs a value");
            arguments.next().ok_or_else(missing)
        };
        match argument.as_str() {
            "--firefox" => options.kind = Kind::Firefox,
            "--json" => options.json = Some(value()?.into()),
            "--site" => options.site = value()?.into(),
            "--only" => options.groups = named(&value()?)?,
            // What `cargo bench` adds.
            "--bench" => {}
            _ => {
                return Err(format!(
                    "'{argument}' is not an option\n\
                     usage: script/bench [--json FILE] [--firefox] [--only GROUP]"
                ));
            }
        }
    }
    if !options.site.join("index.html").is_file() {
        let site = options.site.display();
        return Err(format!(
            "{site} holds no benchmark page: script/bench builds it"
        ));
    }
    Ok(options)
}

fn named(name: &str) -> Result<Vec<&'static Group>, String> {
    match GROUPS.iter().find(|group| group.name == name) {
        Some(group) => Ok(vec![group]),
        None => {
            let names: Vec<_> = GROUPS.iter().map(|group| group.name).collect();
            Err(format!(
                "there is no group '{name}': choose one of {}",
                names.join(", ")
            ))
        }
    }
}

//! Makes the requested recordings, one after the other.

use crate::{
    machine,
    options::{Options, Subject, Task},
    page, plans, python,
    stored::stored,
};
use experiments::{Experiment, Provenance, Report};
use std::{fs, time::Instant};
use test_support::server::{self, Server};

/// Makes all requested recordings. A failure is reported, and the earlier file is kept.
#[tokio::main]
pub async fn all(options: &Options) -> Result<(), String> {
    let Task::Record(subjects) = &options.task else {
        return Ok(());
    };
    let server = Server::start(server::Options::new(&options.site));
    let server = server.map_err(|error| error.to_string())?;
    let folder = &options.folder;
    fs::create_dir_all(folder)
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
    println!("on {}", machine::machine().words());
    let mut failures = Vec::new();
    for subject in subjects {
        let (name, load, begin) = (subject.name(), machine::load(), Instant::now());
        let recorded = match subject {
            Subject::Experiment(experiment) => record_experiment(*experiment, &server).await,
            Subject::Cpython => python::record(),
        };
        let file = folder.join(format!("{name}.json"));
        let written = recorded.and_then(|(sentence, json)| {
            fs::write(&file, format!("{json}\n"))
                .map_err(|error| format!("cannot write {}: {error}", file.display()))?;
            Ok((sentence, json.len()))
        });
        let seconds = begin.elapsed().as_secs();
        match written {
            Ok((sentence, bytes)) => println!(
                "{name}: {sentence} ({seconds} s, {} kB, load {load})",
                bytes.div_ceil(1000)
            ),
            Err(why) => {
                println!("{name}: NOT RECORDED: {why} ({seconds} s, load {load})");
                failures.push(name);
            }
        }
    }
    match failures.is_empty() {
        true => Ok(()),
        false => Err(format!("not recorded: {}", failures.join(", "))),
    }
}

/// Records an experiment; returns a summary and the JSON to store.
async fn record_experiment(
    experiment: Experiment,
    server: &Server,
) -> Result<(String, String), String> {
    let machine = machine::machine();
    let plan = plans::plan(experiment, machine.cores);
    let url = format!("{}?{}&run=1", server.url(), plan.to_query());
    // This runs in a task of its own, so that a browser that does not start ends only this
    // recording.
    let outcome = tokio::spawn(page::run(url)).await;
    let result = outcome.map_err(|error| error.to_string())??;
    let provenance = Provenance {
        browser: browser(&result.user_agent),
        headless: true,
        machine,
    };
    let (report, json) = stored(&result.report, provenance)?;
    Ok((summary(&report), json))
}

/// The report's main sentence, and whether the measurement was disturbed.
fn summary(report: &Report) -> String {
    let environment = &report.environment;
    if environment.hidden || environment.throttled {
        return format!(
            "{} DISTURBED: the browser slowed the page down; samples are marked.",
            report.sentence
        );
    }
    report.sentence.clone()
}

/// The browser's name and version, from its user agent.
fn browser(agent: &str) -> String {
    let known = [("Firefox/", "Firefox"), ("Chrome/", "Chromium")];
    let found = known.into_iter().find_map(|(word, name)| {
        let (_, version) = agent.split_once(word)?;
        let version = version.split(['.', ' ']).next()?;
        Some(format!("{name} {version}"))
    });
    found.unwrap_or_else(|| agent.to_owned())
}

//! Drives the browser, a new one for each page load, and reads what the page reports.

use crate::{
    figures::Figures,
    groups::{Group, max_live_processes},
    machine,
    options::Options,
    python,
};
use fantoccini::Client;
use fantoccini::wd::TimeoutConfiguration;
use serde_json::Value;
use std::fs;
use std::time::Duration;
use test_support::{
    browser::{Browser, Kind, Setup},
    server::{self, Server},
};

/// The longest time for which a page may measure without a report.
const REPORT_TIMEOUT: Duration = Duration::from_secs(900);

/// Measures all requested groups.
#[tokio::main]
pub async fn all(options: Options) -> Result<(), String> {
    let server = Server::start(server::Options::new(&options.site));
    let server = server.map_err(|error| error.to_string())?;
    let mut lines = String::new();
    let mut failures = Vec::new();
    for group in &options.groups {
        let mut figures = Figures::default();
        let load = machine::load();
        cpython(group, 0, &mut figures);
        if let Err(sentence) = measure(group, options.kind, &server.url(), &mut figures).await {
            println!("\n{}: {sentence}", group.name);
            failures.push(group.name);
        }
        cpython(group, 1, &mut figures);
        figures.note("load", &format!("{load} before, {} after", machine::load()));
        println!("\n{}", group.name);
        print!("{}", figures.table());
        lines.push_str(&figures.json_lines());
    }
    write(&options, &lines)?;
    if failures.is_empty() {
        Ok(())
    } else {
        Err(format!("not measured: {}", failures.join(", ")))
    }
}

/// Writes the figures as JSON into the requested file, if there is one.
pub fn write(options: &Options, lines: &str) -> Result<(), String> {
    let Some(file) = &options.json else {
        return Ok(());
    };
    let written = fs::write(file, lines);
    written.map_err(|error| format!("cannot write {}: {error}", file.display()))
}

/// Runs CPython's measurements for a group. This is done before and after the browser's.
fn cpython(group: &Group, repeat: usize, figures: &mut Figures) {
    for command in group.cpython {
        if let Err(sentence) = python::measure(command, repeat, figures) {
            figures.note("cpython", &sentence);
        }
    }
}

/// Measures one group on a served benchmark page.
pub async fn measure(
    group: &Group,
    kind: Kind,
    site: &str,
    figures: &mut Figures,
) -> Result<(), String> {
    for (number, load) in group.loads.repeat(group.repeats).into_iter().enumerate() {
        let repeat = number / group.loads.len();
        let (name, most) = (group.name, max_live_processes(kind));
        let url = format!("{site}?group={name}&most={most}&{load}");
        let browser = Browser::open(kind, Setup::default()).await;
        // This runs in a task of its own, so that the browser is closed even after a panic.
        let client = browser.client.clone();
        let loaded = tokio::spawn(async move { read(&client, &url).await }).await;
        browser.close().await;
        let (engine, lines, error) = loaded.map_err(|error| error.to_string())??;
        figures.add(&engine, repeat, &lines)?;
        if let Some(error) = error {
            return Err(format!("{load}: {error}"));
        }
    }
    Ok(())
}

/// The engine, the reported lines, and the error if the page could not measure.
type PageReports = (String, Vec<Value>, Option<String>);

/// Reads all reports of one page.
async fn read(client: &Client, url: &str) -> Result<PageReports, String> {
    let failed = |error: fantoccini::error::CmdError| error.to_string();
    let timeouts = TimeoutConfiguration::new(Some(REPORT_TIMEOUT), None, None);
    client.update_timeouts(timeouts).await.map_err(failed)?;
    client.goto(url).await.map_err(failed)?;
    let agent = client.execute("return navigator.userAgent", Vec::new());
    let engine = engine(agent.await.map_err(failed)?.as_str().unwrap_or_default());
    let mut lines = Vec::new();
    loop {
        let script = "bench.next(arguments[arguments.length - 1])";
        let mut report = client
            .execute_async(script, Vec::new())
            .await
            .map_err(failed)?;
        if let Some(lines_of_report) = report["lines"].as_array_mut() {
            lines.append(lines_of_report);
        }
        if report["done"] == true {
            let error = report["error"].as_str().map(Into::into);
            return Ok((engine, lines, error));
        }
        let answer = match report["question"].as_str() {
            Some("memory") => machine::browser_memory().map(Value::from),
            Some("one core") => Some(machine::bind_browser(true).into()),
            Some("all cores") => Some(machine::bind_browser(false).into()),
            _ => None,
        };
        let answer = client.execute(
            "bench.answer(arguments[0])",
            vec![answer.unwrap_or_default()],
        );
        answer.await.map_err(failed)?;
    }
}

/// `chromium 140` or `firefox 140`, from the browser's user-agent string.
fn engine(agent: &str) -> String {
    let known = [("Firefox/", "firefox"), ("Chrome/", "chromium")];
    let found = known.into_iter().find_map(|(word, name)| {
        let (_, version) = agent.split_once(word)?;
        let version = version.split('.').next()?;
        Some(format!("{name} {version}"))
    });
    found.unwrap_or_else(|| agent.to_owned())
}

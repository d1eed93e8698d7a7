//! Runs one experiment on the built page, in a browser of its own.

use fantoccini::Client;
use serde_json::Value;
use std::time::{Duration, Instant};
use test_support::browser::{Browser, Kind, Setup};

/// The longest time of one experiment.
const RUN_TIMEOUT: Duration = Duration::from_secs(900);
/// The time between two checks. It is long, since each check disturbs the measurement.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// The result of one experiment.
pub struct RunResult {
    /// The text of its report.
    pub report: String,
    /// The browser's user agent.
    pub user_agent: String,
}

/// Opens the address, which starts a run, and waits for its end.
pub async fn run(url: String) -> Result<RunResult, String> {
    let browser = Browser::open(Kind::Chromium, Setup::default()).await;
    // This runs in a task of its own, so that the browser is closed even after a panic.
    let client = browser.client.clone();
    let outcome = tokio::spawn(async move { report(&client, &url).await }).await;
    browser.close().await;
    outcome.map_err(|error| error.to_string())?
}

async fn report(client: &Client, url: &str) -> Result<RunResult, String> {
    let failed = |error: fantoccini::error::CmdError| error.to_string();
    client.goto(url).await.map_err(failed)?;
    let script = "
        const status = document.querySelector('#status');
        const complaints = [...document.querySelectorAll('[data-error-for]')]
            .map(one => one.innerText.trim()).filter(one => one);
        return {
            state: status?.dataset.state ?? 'loading',
            words: status?.innerText ?? document.body.innerText.trim(),
            complaint: complaints.join(' '),
            report: document.querySelector('#report')?.textContent ?? '',
            agent: navigator.userAgent,
        };";
    let begin = Instant::now();
    loop {
        tokio::time::sleep(CHECK_INTERVAL).await;
        let seen: Value = client.execute(script, Vec::new()).await.map_err(failed)?;
        let text = |key: &str| seen[key].as_str().unwrap_or_default().to_owned();
        match seen["state"].as_str() {
            Some("done") => {
                return Ok(RunResult {
                    report: text("report"),
                    user_agent: text("agent"),
                });
            }
            Some("failed" | "cancelled") => return Err(text("words")),
            Some("ready") if !text("complaint").is_empty() => return Err(text("complaint")),
            _ if begin.elapsed() > RUN_TIMEOUT => {
                let (state, words) = (text("state"), text("words"));
                return Err(format!(
                    "after {} s it is not done ({state}: {words})",
                    RUN_TIMEOUT.as_secs()
                ));
            }
            _ => {}
        }
    }
}

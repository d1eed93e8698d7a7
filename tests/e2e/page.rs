//! The page as a visitor uses it, through a browser.

use fantoccini::{Client, Locator};
use serde_json::Value;
use std::future::Future;
use std::path::Path;
use std::time::{Duration, Instant};
use test_support::browser::{Browser, Kind, Setup, reload_past_caches};

/// The longest wait for anything before the test fails. It is long, because a test
/// machine may be slow and busy.
const PATIENCE: Duration = Duration::from_secs(120);
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

/// No run is going on, and one can start.
const IDLE: &str = "!document.querySelector('#run').disabled";

/// Runs one test case in a new browser, which is closed even if the case fails.
pub async fn in_browser<F, Fut>(kind: Kind, setup: Setup, case: F)
where
    F: FnOnce(Page) -> Fut,
    Fut: Future<Output = ()> + Send + 'static,
{
    let browser = Browser::open(kind, setup).await;
    let page = Page {
        kind,
        client: browser.client.clone(),
    };
    // The case runs in a task of its own, so that a panic is caught here and the browser is
    // closed.
    let outcome = tokio::spawn(case(page)).await;
    browser.close().await;
    if let Err(failure) = outcome {
        std::panic::resume_unwind(failure.into_panic());
    }
}

/// One tab.
#[derive(Clone)]
pub struct Page {
    /// The kind of browser.
    pub kind: Kind,
    /// The WebDriver session.
    pub client: Client,
}

impl Page {
    /// Opens an address.
    pub async fn open(&self, url: &str) {
        let opened = self.client.goto(url).await;
        opened.unwrap_or_else(|error| panic!("{url} does not open: {error}"));
    }

    /// Evaluates a JavaScript expression.
    pub async fn evaluate(&self, expression: &str) -> Value {
        let result = self.try_evaluate(expression).await;
        result.unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    async fn try_evaluate(&self, expression: &str) -> Result<Value, String> {
        let script = format!("return ({expression});");
        let result = self.client.execute(&script, Vec::new()).await;
        result.map_err(|error| error.to_string())
    }

    /// The value of an expression as text; empty if there is no value.
    pub async fn text(&self, expression: &str) -> String {
        let value = self.evaluate(expression).await;
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until a JavaScript expression is true. `what` describes this for the error
    /// message.
    pub async fn until(&self, what: &str, expression: &str) {
        let start = Instant::now();
        loop {
            // While the page reloads, the expression cannot be evaluated.
            let now = self.try_evaluate(&format!("!!({expression})")).await;
            if now == Ok(Value::Bool(true)) {
                return;
            }
            if start.elapsed() > PATIENCE {
                let state = self
                    .try_evaluate(
                        "JSON.stringify([location.href, {...document.documentElement.dataset}]) \
                         + '\\n' + document.body.innerText",
                    )
                    .await;
                panic!("waited in vain for {what} (last answer {now:?}). The page: {state:#?}");
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Waits until a condition of the test program is true.
    pub async fn until_here(&self, what: &str, condition: impl Fn() -> bool) {
        let start = Instant::now();
        while !condition() {
            assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Waits until these words are visible on the page.
    pub async fn until_words_are_shown(&self, words: &str) {
        let shown = format!("document.body.innerText.includes({})", Value::from(words));
        self.until(&format!("the words '{words}'"), &shown).await;
    }

    /// Waits until the element has text.
    pub async fn until_shown(&self, selector: &str) {
        let text = format!("document.querySelector('{selector}')?.innerText.trim()");
        self.until(&format!("{selector} to say something"), &text)
            .await;
    }

    /// Waits until the service worker has cached this number of files.
    pub async fn until_kept(&self, files: usize) {
        let script = "
            const done = arguments[arguments.length - 1];
            const count = async () => {
                let count = 0;
                for (const name of await caches.keys())
                    count += (await (await caches.open(name)).keys()).length;
                return count;
            };
            count().then(done, (error) => done(String(error)));";
        let start = Instant::now();
        loop {
            let kept = self.client.execute_async(script, Vec::new()).await;
            let kept = kept.expect("a look into the cache");
            if kept.as_u64() == u64::try_from(files).ok() {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{kept} of {files} files kept");
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Reloads the page past all caches and the service worker, as Shift+Reload does.
    pub async fn reload_past_caches(&self) {
        reload_past_caches(&self.client, self.kind).await;
    }

    /// Saves a screenshot of the visible part of the page.
    pub async fn photograph(&self, file: &Path) {
        let picture = self.client.screenshot().await.expect("a screenshot");
        std::fs::write(file, picture).expect("a file for the screenshot");
    }

    /// Waits until the program runs and the Run button can be used.
    pub async fn until_ready(&self) {
        self.until(
            "the program to start",
            "document.documentElement.dataset.started === 'yes' && document.querySelector('#run')",
        )
        .await;
        self.open_sections().await;
    }

    /// Opens the parts of the page that are closed at first.
    pub async fn open_sections(&self) {
        self.evaluate(
            "document.querySelectorAll('details.section').forEach(one => { one.open = true; })",
        )
        .await;
    }

    /// Waits for the end of a run and returns its report.
    pub async fn until_report(&self) -> Value {
        self.until(
            "a report",
            "document.querySelector('#report')?.textContent.trim()",
        )
        .await;
        self.open_sections().await;
        self.report().await
    }

    /// Whether the page contains a report.
    pub async fn has_report(&self) -> bool {
        let found = "!!document.querySelector('#report')";
        self.evaluate(found).await == Value::Bool(true)
    }

    /// Whether no run is going on.
    pub async fn is_idle(&self) -> bool {
        self.evaluate(IDLE).await == Value::Bool(true)
    }

    /// Waits for the end of the run, whether it is completed or cancelled.
    pub async fn until_idle(&self) {
        self.until("the end of the run", IDLE).await;
    }

    /// The report that the page contains now.
    pub async fn report(&self) -> Value {
        let text = self
            .text("document.querySelector('#report').textContent")
            .await;
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("the report: {error}\n{text}"))
    }

    /// Clicks the element. It is found again if the page has drawn it anew meanwhile, as a
    /// visitor clicks on what is there.
    pub async fn click(&self, selector: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let element = self.client.find(Locator::Css(selector)).await;
            let element = element.unwrap_or_else(|error| panic!("no {selector}: {error}"));
            match element.click().await {
                Ok(()) => return,
                Err(error) if error.is_stale_element_reference() && Instant::now() < until => {}
                Err(error) => panic!("{selector} cannot be clicked: {error}"),
            }
        }
    }

    /// Presses a key, given as its WebDriver code.
    pub async fn press(&self, key: char) {
        let element = self.client.active_element().await;
        let element = element.expect("something has the keyboard's focus");
        let pressed = element.send_keys(&key.to_string()).await;
        pressed.unwrap_or_else(|error| panic!("{key:?} cannot be pressed: {error}"));
    }

    /// Sets the value of a control of any kind as a visitor would.
    pub async fn set(&self, control: &str, value: &str) {
        let script = "
            const element = document.getElementById(arguments[0]);
            const control = element.wrappedJSObject ?? element;
            control.value = arguments[1];
            for (const kind of ['input', 'change'])
                control.dispatchEvent(new Event(kind, { bubbles: true }));";
        let arguments = vec![control.into(), value.into()];
        let set = self.client.execute(script, arguments).await;
        set.unwrap_or_else(|error| panic!("#{control} cannot be set: {error}"));
    }

    /// The values that the controls of the plan's fields show.
    pub async fn plan(&self) -> Value {
        self.evaluate(
            "['workload', 'size', 'workers', 'repeats']\
             .map(id => document.getElementById(id).value)",
        )
        .await
    }

    /// The error text at a control.
    pub async fn complaint(&self, field: &str) -> String {
        let selector = format!("[data-error-for=\"{field}\"]");
        let text = format!("document.querySelector('{selector}')?.textContent.trim()");
        self.text(&text).await
    }
}

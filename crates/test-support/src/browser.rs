//! A real browser that is driven over WebDriver: the driver program and one session
//! with a new profile. Both are ended when the test ends, even if it fails.

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use url::Url;

/// The browsers that the page is tested in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Chromium or Chrome, through chromedriver.
    Chromium,
    /// Firefox, through geckodriver.
    Firefox,
}

/// How the browser is set up.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// Whether the browser is set to dark colours.
    pub dark: bool,
    /// The page's width and height in CSS pixels.
    pub size: (u32, u32),
    /// Whether pages may install service workers. Only Firefox has such a setting.
    pub service_workers: bool,
    /// Whether there is WebAssembly, which strict security settings switch off.
    pub web_assembly: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            dark: false,
            size: (1024, 768),
            service_workers: true,
            web_assembly: true,
        }
    }
}

/// A running browser.
pub struct Browser {
    /// The WebDriver session.
    pub client: Client,
    driver: Driver,
}

impl Browser {
    /// Starts the driver on a free port, and then the browser.
    pub async fn open(kind: Kind, setup: Setup) -> Self {
        let driver = Driver::start(kind);
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(kind, setup))
            .connect(&driver.address)
            .await
            .unwrap_or_else(|error| panic!("{kind:?} did not start: {error}"));
        let browser = Self { client, driver };
        if kind == Kind::Firefox {
            browser.fit(setup.size).await;
        }
        browser
    }

    /// Ends the session, the browser and the driver.
    pub async fn close(self) {
        let closed = self.client.close().await;
        drop(self.driver);
        closed.expect("the browser ends its session");
    }

    /// Sets the page to exactly this size. Chromium gets the size through its capabilities.
    /// A window with toolbars cannot be as narrow as a phone, so a pop-up window is used.
    async fn fit(&self, (width, height): (u32, u32)) {
        let first = self.client.window().await.unwrap();
        let open = format!("window.open('', '', 'popup,width={width},height={height}')");
        self.client.execute(&open, Vec::new()).await.unwrap();
        let windows = self.client.windows().await.unwrap();
        let popup = windows.into_iter().find(|window| *window != first);
        let popup = popup.expect("the window just opened");
        self.client.switch_to_window(popup).await.unwrap();
        // The window's size includes its borders, so their size is added.
        self.client.set_window_size(width, height).await.unwrap();
        let inner = "return [innerWidth, innerHeight]";
        let got = self.client.execute(inner, Vec::new()).await.unwrap();
        let with_borders = |at: usize, wanted: u32| {
            let got = got[at].as_u64().and_then(|size| u32::try_from(size).ok());
            wanted + wanted.saturating_sub(got.unwrap_or(wanted))
        };
        let (width, height) = (with_borders(0, width), with_borders(1, height));
        self.client.set_window_size(width, height).await.unwrap();
    }
}

/// Reloads the page past all caches and the service worker, as Shift+Reload does.
pub async fn reload_past_caches(client: &Client, kind: Kind) {
    let reloaded = match kind {
        Kind::Chromium => {
            let params = json!({ "ignoreCache": true });
            let cmd = "Page.reload";
            client.issue_cmd(DevTools { cmd, params }).await.map(drop)
        }
        Kind::Firefox => {
            let script = "location.reload(true)";
            client.execute(script, Vec::new()).await.map(drop)
        }
    };
    reloaded.unwrap_or_else(|error| panic!("the page does not reload: {error}"));
}

/// The bytes of the page's live objects, after what is garbage was collected. Only Chromium
/// tells. (`performance.measureUserAgentSpecificMemory` also counts the code that the browser
/// has compiled, which grows for a while.)
pub async fn live_bytes(client: &Client) -> u64 {
    let ask = async |cmd| {
        let answer = client
            .issue_cmd(DevTools {
                cmd,
                params: json!({}),
            })
            .await;
        answer.unwrap_or_else(|error| panic!("no answer to {cmd}: {error}"))
    };
    // What is collected may let go of more, once its finalizers have run.
    let mut least = u64::MAX;
    loop {
        ask("HeapProfiler.collectGarbage").await;
        let usage = ask("Runtime.getHeapUsage").await;
        let bytes = usage["usedSize"].as_u64().expect("a number of bytes");
        if bytes >= least {
            return least;
        }
        least = bytes;
    }
}

/// A command of Chromium's own.
#[derive(Debug)]
struct DevTools {
    cmd: &'static str,
    params: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!(
            "session/{}/goog/cdp/execute",
            session.unwrap_or_default()
        ))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        let DevTools { cmd, params } = self;
        let body = json!({ "cmd": cmd, "params": params });
        (http::Method::POST, Some(body.to_string()))
    }
}

/// The browser's options: those of `webdriver.json`, with which the unit tests' browsers
/// start, and those of this test.
fn capabilities(kind: Kind, setup: Setup) -> Map<String, Value> {
    let shared: Value = serde_json::from_str(include_str!("../../../webdriver.json"))
        .expect("webdriver.json is valid JSON");
    let key = match kind {
        Kind::Chromium => "goog:chromeOptions",
        Kind::Firefox => "moz:firefoxOptions",
    };
    let mut options = shared[key].clone();
    let (width, height) = setup.size;
    match kind {
        Kind::Chromium => {
            let scheme = if setup.dark { 0 } else { 1 };
            let arguments = options["args"].as_array_mut().expect("a list of arguments");
            arguments.push(json!(format!(
                "--blink-settings=preferredColorScheme={scheme}"
            )));
            // With it chromedriver takes a page of before a reload for the present one.
            arguments.push(json!("--disable-features=BackForwardCache"));
            if !setup.web_assembly {
                arguments.push(json!("--js-flags=--jitless"));
            }
            options["mobileEmulation"] = json!({
                "deviceMetrics": {
                    "width": width, "height": height, "pixelRatio": 1,
                    "mobile": false, "touch": false,
                },
            });
        }
        Kind::Firefox => {
            let scheme = if setup.dark { 0 } else { 1 };
            options["prefs"] = json!({
                "layout.css.prefers-color-scheme.content-override": scheme,
                "dom.serviceWorkers.enabled": setup.service_workers,
                "javascript.options.wasm": setup.web_assembly,
            });
        }
    }
    let mut capabilities = Map::new();
    capabilities.insert(key.into(), options);
    capabilities
}

/// How often the driver is started at most.
const TRIES: u32 = 5;

/// The driver program. Dropping it ends the program.
struct Driver {
    child: Child,
    address: String,
}

impl Driver {
    /// Starts the driver. It is started again if it ends at once: another program may have
    /// taken the port that it chose, before it could.
    fn start(kind: Kind) -> Self {
        let (program, argument) = match kind {
            Kind::Chromium => ("chromedriver", "--port=0"),
            Kind::Firefox => ("geckodriver", "--port=0"),
        };
        (0..TRIES)
            .find_map(|_| Driver::try_start(program, argument))
            .unwrap_or_else(|| panic!("{program} did not say which port it listens on"))
    }

    fn try_start(program: &str, argument: &str) -> Option<Self> {
        let mut child = Command::new(program)
            .arg(argument)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} (see script/bootstrap): {error}"));
        // The driver chooses its port and prints it. Its later output is read as well,
        // because a full pipe would block it.
        let output = child.stdout.take().expect("a pipe, as asked for");
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some(port) = port_in(&line) {
                    // Only the first port is received; sending another one fails.
                    let _ = sender.send(port);
                }
            }
        });
        let Ok(port) = receiver.recv_timeout(Duration::from_secs(60)) else {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        };
        let address = format!("http://127.0.0.1:{port}");
        Some(Self { child, address })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // An error means that the driver has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port in `… was started successfully on port 1234.` (chromedriver) or
/// `… Listening on 127.0.0.1:1234` (geckodriver).
fn port_in(line: &str) -> Option<u16> {
    let says_port = line.contains("started successfully on port") || line.contains("Listening on");
    let digits = line.trim_end_matches('.').rsplit([' ', ':']).next()?;
    digits.parse().ok().filter(|port| says_port && *port != 0)
}

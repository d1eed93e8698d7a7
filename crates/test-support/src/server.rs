//! A small static file server. `script/serve` starts it, and the end-to-end tests load
//! the site from it.
//!
//! It serves one folder, read-only, on 127.0.0.1. It can behave like the hosts on which the
//! site must work: with or without isolation headers, with a Content-Security-Policy, below
//! a sub-directory, without caching, with the start page in place of missing files, and
//! with wrong answers for a while. It keeps a log of all requests, so that a test can count
//! them.
//!
//! It uses only the standard library, so that `script/serve` can compile it quickly and
//! without any dependency.

use std::fmt;
use std::fs;
use std::io::{self, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, UNIX_EPOCH};

#[path = "http.rs"]
mod http;

use http::{Request, Response};

/// How long an idle connection is kept open.
const IDLE: Duration = Duration::from_secs(60);

/// What the server serves, and with which headers.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder that is served.
    pub root: PathBuf,
    /// The port to listen on; 0 takes any free one.
    pub port: u16,
    /// The path under which the folder appears, such as `/some/sub/dir/`.
    pub prefix: String,
    /// Whether every response has the headers that make a page cross-origin isolated,
    /// which shared memory requires.
    pub isolation: bool,
    /// Whether `Document-Isolation-Policy` is among these headers.
    pub document_isolation: bool,
    /// A Content-Security-Policy header for every response.
    pub csp: Option<String>,
    /// Whether every answer says `no-cache`, also for files that never change.
    pub no_cache: bool,
    /// Whether a missing file is answered with the start page and status 200, as hosts of
    /// single-page programs do.
    pub fallback: bool,
}

/// What the server does wrong with some files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A web page comes in place of the file, with status 200.
    WebPage,
    /// Half of the file comes, with the length of that half.
    Half,
    /// The file comes with the type `text/plain`.
    PlainText,
    /// The server answers 500.
    Error,
}

impl Options {
    /// Options that serve `root` at `/` on a free port, with isolation headers.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            port: 0,
            prefix: "/".into(),
            isolation: true,
            document_isolation: true,
            csp: None,
            no_cache: false,
            fallback: false,
        }
    }
}

/// Why the server did not start.
#[derive(Debug)]
pub enum StartError {
    /// The folder does not exist.
    NoFolder(PathBuf),
    /// Another program uses the port.
    PortTaken(u16),
    /// The server cannot listen on the port for another reason.
    Listen(u16, io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFolder(folder) => write!(
                f,
                "there is no folder {}: build the site first (script/build)",
                folder.display()
            ),
            Self::PortTaken(port) => write!(
                f,
                "port {port} is taken by another program: stop it, or choose another port"
            ),
            Self::Listen(port, error) => write!(f, "cannot listen on port {port}: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

/// A request that the server received.
#[derive(Clone, Debug)]
pub struct LoggedRequest {
    /// The method: `GET`, `HEAD` or any other.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The body, such as a browser's report of a violated policy.
    pub body: String,
    /// The status of the answer.
    pub status: u16,
}

/// A running server, which stops when this is dropped.
pub struct Server {
    address: SocketAddr,
    site: Arc<Site>,
    stop: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts the server. When this returns, it accepts connections.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let root = fs::canonicalize(&options.root)
            .ok()
            .filter(|root| root.is_dir())
            .ok_or_else(|| StartError::NoFolder(options.root.clone()))?;
        let port = options.port;
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken(port),
            _ => StartError::Listen(port, error),
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let site = Arc::new(Site {
            root,
            prefix: format!("/{}", options.prefix.trim_matches('/')),
            isolation: options.isolation,
            document_isolation: options.document_isolation,
            csp: options.csp,
            no_cache: options.no_cache,
            fallback: options.fallback,
            fault: Mutex::default(),
            seen: Mutex::default(),
        });
        let stop = Arc::new(AtomicBool::new(false));
        let acceptor = thread::spawn({
            let (site, stop) = (Arc::clone(&site), Arc::clone(&stop));
            move || accept(&listener, &site, &stop)
        });
        Ok(Self {
            address,
            site,
            stop,
            acceptor: Some(acceptor),
        })
    }

    /// The address of the site's first page.
    pub fn url(&self) -> String {
        let slash = if self.site.prefix == "/" { "" } else { "/" };
        format!("http://{}{}{slash}", self.address, self.site.prefix)
    }

    /// From now on, answers requests wrongly if their path ends with `part` or goes through
    /// a folder that begins with it. `None` ends that.
    pub fn set_fault(&self, fault: Option<(&str, Fault)>) {
        let fault = fault.map(|(part, fault)| (part.to_owned(), fault));
        *(self.site.fault.lock()).unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// All requests so far, in order.
    pub fn seen(&self) -> Vec<LoggedRequest> {
        let seen = self.site.seen.lock();
        seen.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Serves until the program is ended from outside.
    pub fn wait(mut self) {
        if let Some(acceptor) = self.acceptor.take() {
            // A panic of the acceptor has been printed already.
            let _ = acceptor.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let Some(acceptor) = self.acceptor.take() else {
            return;
        };
        self.stop.store(true, Ordering::SeqCst);
        // The acceptor waits for a connection. This connection wakes it, so that it sees
        // the flag.
        let woken = TcpStream::connect(self.address).is_ok();
        if woken {
            let _ = acceptor.join();
        }
    }
}

fn accept(listener: &TcpListener, site: &Arc<Site>, stop: &Arc<AtomicBool>) {
    for stream in listener.incoming() {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        // A connection that fails is ignored; the next one may work.
        let Ok(stream) = stream else { continue };
        let (site, stop) = (Arc::clone(site), Arc::clone(stop));
        thread::spawn(move || {
            let _ = serve_connection(stream, &site, &stop);
        });
    }
}

/// Answers the requests of one connection, one after the other.
fn serve_connection(mut stream: TcpStream, site: &Site, stop: &AtomicBool) -> io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(request) = Request::read(&mut reader)? {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let mut response = match &request {
            Ok(request) => site.answer(request),
            Err(reason) => Response::message(400, reason),
        };
        let last = !request.as_ref().is_ok_and(|request| request.keep_alive);
        let method = request.map_or_else(|_| String::new(), |request| request.method);
        site.add_headers(&mut response);
        response.write(&mut stream, method == "HEAD", last)?;
        stream.flush()?;
        if last {
            break;
        }
    }
    Ok(())
}

/// The served folder, with its path prefix and its headers.
struct Site {
    root: PathBuf,
    /// The path prefix, without a slash at its end unless it is `/`.
    prefix: String,
    isolation: bool,
    document_isolation: bool,
    csp: Option<String>,
    no_cache: bool,
    fallback: bool,
    /// What is done wrong, and with which files.
    fault: Mutex<Option<(String, Fault)>>,
    seen: Mutex<Vec<LoggedRequest>>,
}

impl Site {
    fn answer(&self, request: &Request) -> Response {
        let response = self.look_up(request);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.push(LoggedRequest {
            method: request.method.clone(),
            path: request.path.clone(),
            body: request.body.clone(),
            status: response.status,
        });
        response
    }

    fn look_up(&self, request: &Request) -> Response {
        if request.method != "GET" && request.method != "HEAD" {
            let refusal = Response::message(405, "This server only hands out files.");
            return refusal.with("Allow", "GET, HEAD");
        }
        let not_found = || Response::message(404, "There is no such page here.");
        if request.path == self.prefix && self.prefix != "/" {
            return redirect(&format!("{}/", self.prefix), request);
        }
        let inside = request.path.strip_prefix(self.prefix.trim_end_matches('/'));
        let Some(relative) = inside.and_then(|rest| rest.strip_prefix('/')) else {
            return not_found();
        };
        let path = match self.locate(relative) {
            Some(path) => path,
            None if self.fallback => self.root.join("index.html"),
            None => return not_found(),
        };
        if path.is_dir() {
            if !request.path.ends_with('/') {
                return redirect(&format!("{}/", request.path), request);
            }
            return self.file(&path.join("index.html"), relative, request);
        }
        self.file(&path, relative, request)
    }

    /// The file that a path of the address means, if it is inside the folder.
    fn locate(&self, relative: &str) -> Option<PathBuf> {
        let decoded = http::percent_decoded(relative)?;
        let mut path = self.root.clone();
        for part in decoded.split('/').filter(|part| !part.is_empty()) {
            if part == "." || part == ".." || part.contains(['\\', '\0']) {
                return None;
            }
            path.push(part);
        }
        // The target of a symbolic link must be inside the folder, too.
        let real = fs::canonicalize(path).ok()?;
        real.starts_with(&self.root).then_some(real)
    }

    fn file(&self, path: &Path, relative: &str, request: &Request) -> Response {
        let Ok(mut body) = fs::read(path) else {
            return Response::message(404, "There is no such page here.");
        };
        let fault = self.fault_of(&request.path);
        let mut kind = content_type(path);
        match fault {
            None => {}
            Some(Fault::Error) => return Response::message(500, "This server is out of order."),
            Some(Fault::WebPage) => {
                body = b"<!doctype html><p>Sign in first.</p></html>".to_vec();
                kind = "text/html; charset=utf-8";
            }
            Some(Fault::Half) => body.truncate(body.len() / 2),
            Some(Fault::PlainText) => kind = "text/plain",
        }
        let tag = entity_tag(path, body.len());
        let caching = if is_hashed(relative) && !self.no_cache {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let response = if tag.is_some() && request.header("if-none-match") == tag.as_deref() {
            Response::new(304, Vec::new())
        } else {
            Response::new(200, body).with("Content-Type", kind)
        };
        let response = response.with("Cache-Control", caching);
        match tag {
            Some(tag) => response.with("ETag", &tag),
            None => response,
        }
    }

    /// What is done wrong with the file at this path.
    fn fault_of(&self, path: &str) -> Option<Fault> {
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        let (part, fault) = fault.as_ref()?;
        (path.ends_with(part) || path.contains(&format!("/{part}"))).then_some(*fault)
    }

    /// Adds the headers that this host sends with every answer.
    fn add_headers(&self, response: &mut Response) {
        response.add("X-Content-Type-Options", "nosniff");
        if self.isolation {
            response.add("Cross-Origin-Opener-Policy", "same-origin");
            response.add("Cross-Origin-Embedder-Policy", "require-corp");
            response.add("Cross-Origin-Resource-Policy", "cross-origin");
        }
        if self.isolation && self.document_isolation {
            response.add("Document-Isolation-Policy", "isolate-and-require-corp");
        }
        if let Some(policy) = &self.csp {
            response.add("Content-Security-Policy", policy);
        }
    }
}

fn redirect(to: &str, request: &Request) -> Response {
    let query = request.query.as_ref().map(|query| format!("?{query}"));
    let target = format!("{to}{}", query.unwrap_or_default());
    Response::message(302, "It is over there.").with("Location", &target)
}

/// The entity tag of a file. It changes when the file changes, so that a browser can
/// revalidate its copy.
fn entity_tag(path: &Path, length: usize) -> Option<String> {
    let modified = fs::metadata(path).and_then(|data| data.modified()).ok()?;
    let age = modified.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("\"{length:x}-{:x}\"", age.as_nanos()))
}

/// Whether the name of a file or folder on the path contains a hash of its content
/// (`start-1a2b3c4d5e6f7a8b.js`), so that it never changes.
fn is_hashed(path: &str) -> bool {
    path.match_indices('-').any(|(dash, _)| {
        let hash = path[dash + 1..].bytes().take_while(u8::is_ascii_hexdigit);
        hash.count() >= 12
    })
}

fn content_type(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension.unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

//! The part of HTTP/1.1 that the static file server uses: reading a request and writing an
//! answer of known length.

use std::io::{self, BufRead, Read, Write};

/// The largest head of a request that is read, in bytes; browsers send about a tenth of it.
const LONGEST_HEAD: u64 = 32 * 1024;

/// The largest body that is read, in bytes; a browser's report about the page is shorter.
const LONGEST_BODY: u64 = 64 * 1024;

/// One request.
pub struct Request {
    /// The method: `GET`, `HEAD` or any other.
    pub method: String,
    /// The path as it was sent, with percent-encoding.
    pub path: String,
    /// The part after the `?`, if there is one.
    pub query: Option<String>,
    /// Whether the client may send another request on this connection.
    pub keep_alive: bool,
    /// The body; empty for `GET` and `HEAD`.
    pub body: String,
    headers: Vec<(String, String)>,
}

impl Request {
    /// Reads the next request. `None` means that the connection has ended. The inner
    /// error says why the request cannot be understood.
    pub fn read(reader: &mut impl BufRead) -> io::Result<Option<Result<Self, &'static str>>> {
        let mut head = Vec::new();
        let mut limited = reader.take(LONGEST_HEAD);
        loop {
            let before = head.len();
            limited.read_until(b'\n', &mut head)?;
            let line = head[before..].trim_ascii();
            if head.len() == before {
                // The connection has ended, or the head is longer than the limit.
                let whole = head.is_empty();
                return Ok((!whole).then_some(Err("This request is too long or ends too soon.")));
            }
            if line.is_empty() && before > 0 {
                break;
            }
            if line.is_empty() {
                head.clear();
            }
        }
        let mut request = match Self::parse(&head) {
            Ok(request) => request,
            Err(reason) => return Ok(Some(Err(reason))),
        };
        let length = request.header("content-length").unwrap_or("0").parse();
        match length {
            Ok(length) if length <= LONGEST_BODY => {
                let mut body = Vec::new();
                limited.into_inner().take(length).read_to_end(&mut body)?;
                request.body = String::from_utf8_lossy(&body).into_owned();
            }
            // The body is not read, so the bytes after it cannot be read as a request.
            _ => request.keep_alive = false,
        }
        Ok(Some(Ok(request)))
    }

    fn parse(head: &[u8]) -> Result<Self, &'static str> {
        let head = std::str::from_utf8(head).map_err(|_| "This request is not text.")?;
        let mut lines = head.lines();
        let mut words = lines.next().unwrap_or_default().split_ascii_whitespace();
        let (Some(method), Some(target), Some(version)) =
            (words.next(), words.next(), words.next())
        else {
            return Err("This request is not HTTP.");
        };
        if !target.starts_with('/') || !version.starts_with("HTTP/1.") {
            return Err("This request is not plain HTTP/1.");
        }
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        let mut request = Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query,
            keep_alive: version == "HTTP/1.1",
            body: String::new(),
            headers,
        };
        let closing = |value: &str| value.eq_ignore_ascii_case("close");
        if request.header("connection").is_some_and(closing)
            || request.header("transfer-encoding").is_some()
        {
            request.keep_alive = false;
        }
        Ok(request)
    }

    /// The value of a header. `name` must be in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A response that has not been sent yet.
pub struct Response {
    /// The status code.
    pub status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Response {
    /// A response without headers.
    pub fn new(status: u16, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
        }
    }

    /// A plain page that consists of one sentence.
    pub fn message(status: u16, sentence: &str) -> Self {
        let page = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{status}</title>\
             <p>{sentence}</p></html>\n"
        );
        Self::new(status, page.into_bytes())
            .with("Content-Type", "text/html; charset=utf-8")
            .with("Cache-Control", "no-cache")
    }

    /// The same response with one more header.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.add(name, value);
        self
    }

    /// Adds a header. Line breaks are removed from the value.
    pub fn add(&mut self, name: &'static str, value: &str) {
        self.headers.push((name, value.replace(['\r', '\n'], "")));
    }

    /// Sends the response, without its body if only the head was requested.
    pub fn write(&self, to: &mut impl Write, head_only: bool, last: bool) -> io::Result<()> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.status != 304 {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        head.push_str(if last {
            "Connection: close\r\n\r\n"
        } else {
            "Connection: keep-alive\r\n\r\n"
        });
        to.write_all(head.as_bytes())?;
        if !head_only {
            to.write_all(&self.body)?;
        }
        Ok(())
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        304 => "Not Modified",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        500 => "Internal Server Error",
        _ => "",
    }
}

/// The text with percent-encoded characters (such as `%2e`) decoded; `None` if the
/// result is not valid text.
pub fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |at: usize| char::from(*after.get(at)?).to_digit(16);
        bytes.push(u8::try_from(digit(0)? * 16 + digit(1)?).ok()?);
        rest = &after[2..];
    }
    String::from_utf8(bytes).ok()
}

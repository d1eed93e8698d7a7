//! The static file server of `script/serve` and of the end-to-end tests.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use test_support::server::{Options, Server, StartError};

const HASHED: &str = "assets/code-0123456789abcdef/program.js";

/// Creates a site of three files in a separate folder for the test.
fn site(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let root = folder.join("site");
    fs::create_dir_all(root.join(HASHED).parent().unwrap()).unwrap();
    fs::write(folder.join("secret.txt"), "secret").unwrap();
    fs::write(root.join("index.html"), "<p>first").unwrap();
    fs::write(root.join("module.wasm"), "\0asm").unwrap();
    fs::write(root.join(HASHED), "1").unwrap();
    root
}

/// Sends these bytes and returns the complete response.
fn ask(server: &Server, request: &str) -> String {
    let url = server.url();
    let host = url["http://".len()..].split('/').next().unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn get(server: &Server, path: &str) -> String {
    ask(
        server,
        &format!("GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n"),
    )
}

#[test]
fn serves_files_with_types_and_isolation() {
    let server = Server::start(Options::new(site("types"))).unwrap();
    let first = get(&server, "/?run=1");
    assert!(first.starts_with("HTTP/1.1 200 OK\r\n"), "{first}");
    assert!(first.contains("\r\nContent-Type: text/html; charset=utf-8\r\n"));
    assert!(first.contains("\r\nCross-Origin-Opener-Policy: same-origin\r\n"));
    assert!(first.contains("\r\nCross-Origin-Embedder-Policy: require-corp\r\n"));
    assert!(first.ends_with("\r\n\r\n<p>first"));
    assert!(get(&server, "/module.wasm").contains("\r\nContent-Type: application/wasm\r\n"));
    let head = ask(&server, "HEAD / HTTP/1.1\r\nConnection: close\r\n\r\n");
    assert!(head.contains("\r\nContent-Length: 8\r\n") && head.ends_with("\r\n\r\n"));
    let seen = server.seen();
    let paths: Vec<_> = seen.iter().map(|seen| seen.path.as_str()).collect();
    assert_eq!(paths, ["/", "/module.wasm", "/"]);
}

#[test]
fn only_hashed_files_are_kept_for_ever() {
    let server = Server::start(Options::new(site("caching"))).unwrap();
    let kept = get(&server, &format!("/{HASHED}"));
    assert!(kept.contains("\r\nCache-Control: public, max-age=31536000, immutable\r\n"));
    let first = get(&server, "/");
    assert!(first.contains("\r\nCache-Control: no-cache\r\n"));
    let tag = first
        .lines()
        .find_map(|line| line.strip_prefix("ETag: "))
        .expect("a tag");
    let again = format!("GET / HTTP/1.1\r\nIf-None-Match: {tag}\r\nConnection: close\r\n\r\n");
    let again = ask(&server, &again);
    assert!(again.starts_with("HTTP/1.1 304 "), "{again}");
    assert!(again.ends_with("\r\n\r\n"), "without a body: {again}");
}

#[test]
fn nothing_outside_the_folder_is_served() {
    let root = site("inside");
    #[cfg(unix)]
    {
        let link = root.join("link.txt");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink("../secret.txt", link).unwrap();
    }
    let server = Server::start(Options::new(root)).unwrap();
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/..%2f..%2f../secret.txt",
        "/..%5csecret.txt",
        "/link.txt",
        "/%00",
        "/%zz",
        "/%",
        "//etc/passwd",
    ] {
        let answer = get(&server, path);
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
        assert!(!answer.contains("secret"), "{path}: {answer}");
    }
}

#[test]
fn a_prefix_moves_the_site() {
    let mut options = Options::new(site("prefix"));
    options.prefix = "/some/sub/dir/".into();
    options.isolation = false;
    options.csp = Some("default-src 'none'".into());
    let server = Server::start(options).unwrap();
    assert!(server.url().ends_with("/some/sub/dir/"));
    let first = get(&server, "/some/sub/dir/");
    assert!(first.ends_with("<p>first"), "{first}");
    assert!(!first.contains("Cross-Origin"), "{first}");
    assert!(first.contains("\r\nContent-Security-Policy: default-src 'none'\r\n"));
    let moved = get(&server, "/some/sub/dir?a=b");
    assert!(
        moved.contains("\r\nLocation: /some/sub/dir/?a=b\r\n"),
        "{moved}"
    );
    let folder = get(&server, "/some/sub/dir/assets");
    assert!(
        folder.contains("\r\nLocation: /some/sub/dir/assets/\r\n"),
        "{folder}"
    );
    for elsewhere in [
        "/",
        "/index.html",
        "/some/sub/direction/",
        "/some/sub/dir/assets/",
    ] {
        let answer = get(&server, elsewhere);
        assert!(answer.starts_with("HTTP/1.1 404 "), "{elsewhere}: {answer}");
    }
}

#[test]
fn what_is_no_visit_is_refused() {
    let server = Server::start(Options::new(site("refused"))).unwrap();
    let post = "POST /violations HTTP/1.1\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
    assert!(ask(&server, post).starts_with("HTTP/1.1 405 "));
    assert_eq!(server.seen()[0].body, "hello");
    for junk in [
        "junk\r\n\r\n",
        "GET http://elsewhere/ HTTP/1.1\r\n\r\n",
        "GET / SPDY/3\r\n\r\n",
    ] {
        let answer = ask(&server, junk);
        assert!(answer.starts_with("HTTP/1.1 400 "), "{junk}: {answer}");
    }
    let endless = format!("GET / HTTP/1.1\r\nA: {}", "a".repeat(40_000));
    let long = TcpStream::connect(server.url()["http://".len()..].trim_end_matches('/'));
    // Ignored: the server may close the connection before all bytes are sent.
    let _ = long.unwrap().write_all(endless.as_bytes());
    assert!(
        get(&server, "/").starts_with("HTTP/1.1 200 "),
        "still there"
    );
}

#[test]
fn one_connection_serves_many_requests() {
    let server = Server::start(Options::new(site("many"))).unwrap();
    let requests = "GET / HTTP/1.1\r\n\r\nGET /none HTTP/1.1\r\n\r\n\
                    GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
    let answers = ask(&server, requests);
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert_eq!(answers.matches("HTTP/1.1 404 Not Found").count(), 1);
}

#[test]
fn says_why_it_does_not_start() {
    let first = Server::start(Options::new(site("port"))).unwrap();
    let port = first.url()["http://127.0.0.1:".len()..]
        .trim_end_matches('/')
        .parse();
    let mut options = Options::new(site("port"));
    options.port = port.unwrap();
    let taken = Server::start(options).err().expect("the port is taken");
    assert!(matches!(taken, StartError::PortTaken(_)), "{taken:?}");
    assert!(taken.to_string().contains("taken by another program"));
    let missing = Server::start(Options::new("no-such-folder")).err();
    let missing = missing.expect("there is no such folder").to_string();
    assert!(missing.contains("script/build"), "{missing}");
}

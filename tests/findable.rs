//! `script/findable` tells search engines and other sites where the pages of a built site are.
#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A site with what the script reads: a page, one experiment and one lesson.
fn site(name: &str) -> PathBuf {
    let dist = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&dist);
    for (file, text) in [
        (
            "index.html",
            "<meta content=website property=og:type><meta content=card.png property=og:image>\
             <meta content=assets/files.json name=manyhands-files>",
        ),
        (
            "service-worker.js",
            "const VERSION = \"\";\nconst FILES = {};\n",
        ),
        ("_headers", "/*\n  X-Content-Type-Options: nosniff\n"),
        ("assets/recorded-0123456789abcdef/sharing.json", "{}"),
        ("assets/recorded-0123456789abcdef/cpython.json", "{}"),
        ("assets/lessons-0123456789abcdef/pipe.md", "# A pipe"),
        ("assets/lessons-0123456789abcdef/pipe.py", "pass"),
        ("assets/lessons-0123456789abcdef/index.md", "# Lessons"),
    ] {
        let file = dist.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    dist
}

fn findable(dist: &Path, address: &str) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut script = Command::new(root.join("script/findable"));
    script.arg(dist).arg(address).output().expect("a shell")
}

#[test]
fn every_page_is_told_with_its_whole_address() {
    let dist = site("findable");
    let read = |file: &str| fs::read_to_string(dist.join(file)).unwrap();
    // With a slash at its end or without; a second call takes the place of the first.
    for address in ["https://example.org/other", "https://example.org/hands/"] {
        let told = findable(&dist, address);
        assert!(told.status.success(), "{told:?}");
    }
    let sitemap = read("sitemap.xml");
    let places: Vec<&str> = sitemap
        .split("<loc>")
        .skip(1)
        .filter_map(|rest| rest.split("</loc>").next())
        .collect();
    let queries = [
        "",
        "?learn",
        "?run",
        "?measure",
        "?rust",
        "?glossary",
        "?class",
        "?experiment=sharing",
        "?learn=pipe",
    ];
    assert_eq!(
        places,
        queries.map(|query| format!("https://example.org/hands/{query}"))
    );
    assert!(read("robots.txt").contains("Sitemap: https://example.org/hands/sitemap.xml\n"));
    let page = read("index.html");
    for part in [
        "content=\"https://example.org/hands/card.png\"",
        "<meta property=\"og:url\" content=\"https://example.org/hands/\">",
    ] {
        assert_eq!(page.matches(part).count(), 1, "{part}: {page}");
    }
    // The page has changed, so the build has another name.
    let list = page
        .split("assets/files-")
        .nth(1)
        .expect("the list of files");
    let version = list.split(".json").next().unwrap();
    assert!(read("service-worker.js").contains(&format!("const VERSION = \"{version}\";")));
}

#[test]
fn what_is_no_address_is_refused() {
    let dist = site("findable-refused");
    let before = fs::read_to_string(dist.join("index.html")).unwrap();
    for address in [
        "example.org",
        "ftp://example.org",
        "https://a b",
        "https://a\"><script>",
        "",
    ] {
        let told = findable(&dist, address);
        assert_eq!(told.status.code(), Some(1), "{address}: {told:?}");
    }
    assert_eq!(fs::read_to_string(dist.join("index.html")).unwrap(), before);
    assert!(!dist.join("sitemap.xml").exists());
}

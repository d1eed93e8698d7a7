//! The behaviour of hosts: wrong answers, updates, reloads that bypass the service worker, several
//! sites on one origin, and hosts that send the start page in place of a missing file.

use super::builds::{build_name, copy_folder, copy_of_dist, dist, files_below, only_file, update};
use super::page::Page;
use super::{SMALL_RUN, check_small_report, experiment, serve, visits};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use test_support::server::{Fault, Server};

const STARTED: &str = "document.documentElement.dataset.started ?? ''";
const STYLED: &str =
    "getComputedStyle(document.documentElement).getPropertyValue('--whole').trim() === 'yes'";
const ISOLATED: &str =
    "crossOriginIsolated && document.documentElement.dataset.isolation === 'yes'";

/// Waits until the page shows an error and does not try again.
async fn until_given_up(page: &Page) {
    page.until(
        "the page to say what is wrong",
        &format!("({STARTED}) === 'no' && document.querySelector('[role=alert]')"),
    )
    .await;
}

/// A host that sends the isolation headers lets the browser cache hashed files for ever. On other
/// hosts the service worker caches them.
pub async fn a_wrong_answer_does_not_stay(page: Page) {
    for isolation in [false, true] {
        for (part, fault, words) in [
            (".wasm", Fault::WebPage, "answered with a web page"),
            (".wasm", Fault::Half, "bytes came"),
            (".wasm", Fault::Error, "answered 500"),
            ("manyhands.js", Fault::WebPage, "answered with a web page"),
            ("manyhands.js", Fault::Half, "bytes came"),
            ("manyhands.js", Fault::PlainText, "text/plain"),
            ("start.js", Fault::Half, "bytes came"),
        ] {
            let case = format!("{part}, {fault:?}, isolation {isolation}");
            let server = serve(|options| options.isolation = isolation);
            server.set_fault(Some((part, fault)));
            page.open(&experiment(&server)).await;
            if fault == Fault::PlainText && !isolation {
                // The service worker determines the type of the file from its content.
                page.until_ready().await;
                continue;
            }
            until_given_up(&page).await;
            // The service worker does not pass on a file that is incomplete.
            let words = match (fault, isolation) {
                (Fault::Half, false) => "broke off",
                _ => words,
            };
            page.until_words_are_shown(words).await;
            // The page shows the recorded report if no experiment can run.
            page.until_shown("#recorded table").await;
            server.set_fault(None);
            page.open(&experiment(&server)).await;
            page.until_ready().await;
            assert_eq!(page.evaluate(STYLED).await, json!(true), "{case}");
            page.until("isolation", ISOLATED).await;
        }
    }
}

pub async fn a_wrong_style_sheet_does_not_stay(page: Page) {
    for isolation in [false, true] {
        for fault in [Fault::WebPage, Fault::Half, Fault::Error] {
            let server = serve(|options| options.isolation = isolation);
            server.set_fault(Some(("style-", fault)));
            page.open(&experiment(&server)).await;
            page.until_ready().await;
            assert_eq!(page.evaluate(STYLED).await, json!(false), "{fault:?}");
            server.set_fault(None);
            page.open(&experiment(&server)).await;
            let case = format!("the styles after {fault:?}, isolation {isolation}");
            page.until(&case, STYLED).await;
            page.until_ready().await;
        }
    }
}

pub async fn a_wrong_recorded_run_does_not_stay(page: Page) {
    for isolation in [false, true] {
        for fault in [Fault::WebPage, Fault::Half, Fault::Error] {
            let server = serve(|options| options.isolation = isolation);
            server.set_fault(Some(("recorded-", fault)));
            page.open(&experiment(&server)).await;
            page.until("isolation", ISOLATED).await;
            page.until_ready().await;
            page.until_shown("#unrecorded").await;
            page.until_words_are_shown("could not be loaded").await;
            server.set_fault(None);
            page.click("#load-recorded").await;
            assert_eq!(page.until_report().await["experiment"], "speed-up");
        }
    }
}

/// Puts a wrong answer into the service worker's cache. An older version of the service worker or
/// a damaged disk may have caused one.
const SPOIL: &str = "
    const done = arguments[arguments.length - 1];
    (async () => {
        for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
                if (!request.url.includes(arguments[0])) continue;
                await cache.put(request, new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } }));
                return true;
            }
        }
        return false;
    })().then(done, (error) => done(String(error)));";

pub async fn a_kept_file_that_is_wrong_is_fetched_anew(page: Page) {
    let server = serve(|options| options.isolation = false);
    page.open(&experiment(&server)).await;
    page.until("isolation", ISOLATED).await;
    page.until_ready().await;
    for part in [".wasm", "manyhands.js", "start.js", "isolate.js"] {
        page.until_kept(files_of_the_page()).await;
        let spoilt = page.client.execute_async(SPOIL, vec![part.into()]).await;
        assert_eq!(spoilt.unwrap(), json!(true), "{part} is kept");
        page.open(&experiment(&server)).await;
        page.until_ready().await;
        page.until("isolation", ISOLATED).await;
    }
    let address = format!("{}{SMALL_RUN}", server.url());
    drop(server);
    page.open(&address).await;
    check_small_report(&page.until_report().await);
}

/// The number of files of a build that the service worker caches: its assets without their list,
/// the page, and the script that the page of a class offers.
pub fn files_of_the_page() -> usize {
    let files = files_below(&dist().join("assets"));
    let files = files.iter().filter(|file| !file.starts_with("editor-"));
    files.count() + 1
}

/// Waits until the service worker has cached all files of this build.
async fn until_build_is_kept(page: &Page, build: &str) {
    let script = "
        const done = arguments[arguments.length - 1];
        (async () => {
            for (const name of await caches.keys())
                if (name.endsWith(arguments[0])) return (await (await caches.open(name)).keys()).length;
            return 0;
        })().then(done, (error) => done(String(error)));";
    let (page, files) = (page.clone(), json!(files_of_the_page()));
    let mut kept = Value::Null;
    for _ in 0..1200 {
        let answer = page.client.execute_async(script, vec![build.into()]).await;
        kept = answer.expect("a look into the caches");
        if kept == files {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{kept} of {files} files of {build} are kept");
}

pub async fn an_update_is_kept_as_a_whole_before_the_old_version_goes(page: Page) {
    let folder = copy_of_dist(&format!("updated-{:?}", page.kind));
    let server = serve(|options| {
        options.root = folder.clone();
        options.isolation = false;
        options.no_cache = true;
    });
    page.open(&experiment(&server)).await;
    page.until("isolation", ISOLATED).await;
    page.until_ready().await;
    until_build_is_kept(&page, &build_name(&folder)).await;

    // An incomplete update is not used: without the host, the old version is shown.
    update(&folder, "Second");
    let style = only_file(&folder, "assets/style-");
    let text = fs::read(&style).unwrap();
    fs::write(&style, "").unwrap();
    page.open(&experiment(&server)).await;
    page.until_ready().await;
    server.set_fault(Some(("", Fault::Error)));
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    check_small_report(&page.until_report().await);
    assert_eq!(page.evaluate(STYLED).await, json!(true), "the old version");
    server.set_fault(None);
    fs::write(&style, text).unwrap();

    // After one visit of the complete update, the page works without the host.
    update(&folder, "Third");
    page.open(&experiment(&server)).await;
    page.until_ready().await;
    until_build_is_kept(&page, &build_name(&folder)).await;
    let address = format!("{}{SMALL_RUN}", server.url());
    drop(server);
    for _ in 0..2 {
        page.open(&address).await;
        check_small_report(&page.until_report().await);
        // This holds also after all pages of the old version were closed.
        page.open("about:blank").await;
    }
}

pub async fn a_page_left_open_across_an_update_says_so(page: Page) {
    // The host sends the isolation headers, so no service worker caches the old files.
    let folder = copy_of_dist(&format!("left-open-{:?}", page.kind));
    let server = serve(|options| {
        options.root = folder.clone();
        options.no_cache = true;
    });
    let plan = SMALL_RUN.replace("run=1&", "");
    let other = "a[href='?experiment=sharing']";
    for (address, click) in [
        (&*plan, "#run"),
        (&*plan, other),
        ("?faults", "#misbehave button"),
    ] {
        page.open(&format!("{}{address}", server.url())).await;
        page.until(
            "the page and, on that of an experiment, its recorded run",
            "document.querySelector('#misbehave, [data-answer=recorded]')",
        )
        .await;
        let plan = "['workload', 'size', 'workers', 'repeats']\
                    .map(id => document.getElementById(id)?.value ?? null)";
        let before = page.evaluate(plan).await;
        update(&folder, click);
        page.click(click).await;
        page.until_shown("#updated").await;
        if click != "#misbehave button" {
            page.until_words_are_shown("because this site was updated")
                .await;
        }
        let said = page.text("document.body.innerText").await;
        for wrong in ["no room", "Check the connection"] {
            assert!(!said.contains(wrong), "{click}: {said}");
        }
        page.click("#reload").await;
        page.until(
            "the new version",
            "document.documentElement.dataset.started === 'yes' && !document.querySelector('#updated') \
             && document.querySelector('#run, #misbehave')",
        )
        .await;
        if click == "#run" {
            assert_eq!(page.evaluate(plan).await, before, "the plan is kept");
        }
    }
    page.open(&format!("{}{plan}", server.url())).await;
    page.until_ready().await;
    page.click("#run").await;
    check_small_report(&page.until_report().await);

    // If the service worker has cached them, the page works.
    let server = serve(|options| {
        options.root = folder.clone();
        options.isolation = false;
        options.no_cache = true;
    });
    page.open(&format!("{}{plan}", server.url())).await;
    page.until("isolation", ISOLATED).await;
    page.until_ready().await;
    until_build_is_kept(&page, &build_name(&folder)).await;
    update(&folder, "kept");
    page.click("#run").await;
    check_small_report(&page.until_report().await);
}

pub async fn a_reload_past_the_service_worker_is_cured(page: Page) {
    let server = serve(|options| options.isolation = false);
    page.open(&experiment(&server)).await;
    page.until("isolation", ISOLATED).await;
    page.until_ready().await;
    let before = visits(&server, "/");
    page.reload_past_caches().await;
    page.until_here("the reload and its cure", || {
        visits(&server, "/") >= before + 2
    })
    .await;
    page.until("isolation", ISOLATED).await;
    page.until_ready().await;
    assert_eq!(visits(&server, "/"), before + 2, "one reload cures it");
}

pub async fn several_sites_share_an_origin(page: Page) {
    let folder = copy_of_dist(&format!("several-{:?}", page.kind));
    for site in ["one", "two"] {
        copy_folder(&dist(), &folder.join("sites").join(site));
    }
    let server = serve(|options| {
        options.root = folder;
        options.isolation = false;
    });
    // The service worker of the last site could also serve the others, because their folders are
    // below its own.
    for site in ["sites/one/", "sites/two/", "sites/one/", "", "sites/two/"] {
        page.open(&format!("{}{site}", server.url())).await;
        page.until("isolation", ISOLATED).await;
        page.until_ready().await;
    }
}

pub async fn a_host_that_answers_with_the_start_page_is_seen_through(page: Page) {
    for isolation in [false, true] {
        let name = format!("fallback-{:?}-{isolation}", page.kind);
        let folder = copy_of_dist(&name);
        let server = serve(|options| {
            options.root = folder.clone();
            options.isolation = isolation;
            options.fallback = true;
        });
        let module = only_file(&folder, "assets/manyhands-");
        let bytes = fs::read(&module).unwrap();
        fs::remove_file(&module).unwrap();
        page.open(&experiment(&server)).await;
        until_given_up(&page).await;
        page.until_words_are_shown("answered with a web page").await;
        fs::write(&module, bytes).unwrap();
        page.open(&format!("{}{SMALL_RUN}", server.url())).await;
        check_small_report(&page.until_report().await);
    }
}

/// The configuration file for hosts lists each file with a hash in its name as unchanging, and no
/// other address. The site has a page for missing files, so that hosts do not use another one.
#[test]
fn hosts_are_told_of_files_that_exist_and_of_no_other() {
    let headers = fs::read_to_string(dist().join("_headers")).unwrap();
    let mut told = BTreeSet::new();
    let mut rule = "";
    for line in headers.lines() {
        if line.starts_with('/') {
            rule = line.trim();
        } else if line.contains("immutable") {
            told.insert(rule.trim_start_matches('/').to_owned());
        }
    }
    let assets = files_below(&dist().join("assets"));
    for file in assets.iter().map(|file| format!("assets/{file}")) {
        assert!(told.contains(&file), "{file} never changes");
    }
    for file in told {
        assert!(dist().join(&file).is_file(), "{file} is not there");
    }
    assert!(dist().join("404.html").is_file());
}

/// A helper, and not a test: the server whose requests a test checks.
pub fn asked_for(server: &Server, part: &str) -> usize {
    let seen = server.seen();
    seen.iter().filter(|seen| seen.path.contains(part)).count()
}

/// Large files that are not always needed are cached when they are used, not before.
pub async fn files_on_demand_are_kept_when_they_are_used(page: Page) {
    let folder = copy_of_dist(&format!("on-demand-{:?}", page.kind));
    fs::create_dir_all(folder.join("python")).unwrap();
    fs::write(folder.join("python/image.bin"), "hello").unwrap();
    let worker = folder.join("service-worker.js");
    let listed = fs::read_to_string(&worker).unwrap().replace(
        "const FILES = {",
        "const FILES = {\"python/image.bin\":[5,\
         \"2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824\"],",
    );
    fs::write(&worker, listed).unwrap();
    let server = serve(|options| {
        options.root = folder.clone();
        options.isolation = false;
        options.no_cache = true;
    });
    let files = files_of_the_page();
    page.open(&experiment(&server)).await;
    page.until("isolation", ISOLATED).await;
    page.until_ready().await;
    page.until_kept(files).await;
    assert_eq!(asked_for(&server, "python/"), 0, "nobody asked for it");
    let fetched = "
        const done = arguments[arguments.length - 1];
        fetch('python/image.bin').then((answer) => answer.text()).then(done, (error) => done(String(error)));";
    let text = page
        .client
        .execute_async(fetched, Vec::new())
        .await
        .unwrap();
    assert_eq!(text, json!("hello"));
    page.until_kept(files + 1).await;
    // An update keeps unchanged files in the cache and does not fetch them again.
    update(&folder, "Second");
    page.open(&experiment(&server)).await;
    page.until_ready().await;
    page.until_kept(2 * (files + 1)).await;
    assert_eq!(asked_for(&server, "python/"), 1);
    drop(server);
    let text = page
        .client
        .execute_async(fetched, Vec::new())
        .await
        .unwrap();
    assert_eq!(text, json!("hello"));
}

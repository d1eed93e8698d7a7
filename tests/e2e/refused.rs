//! A page that cannot run experiments says why, shows the recorded reports, and offers links. The
//! causes are frames, browsers without WebAssembly or with too little memory, and hosts without
//! the means of isolation.

use super::builds::{copy_of_dist, only_file};
use super::page::{Page, in_browser};
use super::{SMALL_RUN, check_small_report, experiment, serve, visits};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use test_support::browser::{Kind, Setup};
use test_support::server::{Options, Server};

/// Another site, with a page that shows this address in a frame. If `isolated` is true, it sends
/// COOP and COEP, and allows the frame to be isolated.
pub fn foreign(name: &str, address: &str, isolated: bool) -> Server {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("foreign-{name}"));
    fs::create_dir_all(&folder).unwrap();
    let frame = format!(
        "<!doctype html><iframe width=\"900\" height=\"700\" allow=\"cross-origin-isolated\" \
         src=\"{address}\"></iframe>"
    );
    fs::write(folder.join("index.html"), frame).unwrap();
    let mut options = Options::new(folder);
    options.isolation = isolated;
    options.document_isolation = false;
    Server::start(options).unwrap()
}

/// A host on which nothing can run: it sends no headers and lacks the service worker.
pub fn still_host(name: &str) -> Server {
    let folder = copy_of_dist(name);
    fs::remove_file(folder.join("service-worker.js")).unwrap();
    serve(|options| {
        options.root = folder;
        options.isolation = false;
    })
}

/// The instructions in README.md for embedding the page in a course page. They work in both
/// browsers.
pub async fn runs_inside_a_course_page_that_is_isolated(page: Page) {
    let server = serve(|_| ());
    let address = format!("{}{SMALL_RUN}", server.url());
    let course = foreign(&format!("course-{:?}", page.kind), &address, true);
    page.open(&course.url()).await;
    page.client.enter_frame(0).await.expect("a frame");
    check_small_report(&page.until_report().await);
    assert_eq!(visits(&server, "/"), 1, "nothing reloads");
}

/// In a frame of any other page, Chromium isolates the frame alone. Other browsers show the
/// recorded report and a link.
pub async fn does_what_it_can_inside_any_page(page: Page) {
    for isolation in [true, false] {
        let server = serve(|options| options.isolation = isolation);
        let address = format!("{}{SMALL_RUN}", server.url());
        let name = format!("any-{:?}-{isolation}", page.kind);
        let outer = foreign(&name, &address, false);
        page.open(&outer.url()).await;
        page.client.enter_frame(0).await.expect("a frame");
        let report = page.until_report().await;
        match page.kind {
            Kind::Chromium => check_small_report(&report),
            Kind::Firefox => {
                page.until_words_are_shown("inside another page").await;
                page.until_words_are_shown("Recorded on").await;
                assert_eq!(visits(&server, "/"), 1, "nothing reloads");
                let link = page.text("document.querySelector('#own-tab').href").await;
                assert_eq!(link, address);
                let target = "document.querySelector('#own-tab').target";
                assert_eq!(page.text(target).await, "_blank");
            }
        }
        page.client.enter_parent_frame().await.unwrap();
    }
}

/// A host with another service worker, which does not add the isolation headers.
pub async fn reloads_once_at_most(page: Page) {
    let folder = copy_of_dist(&format!("idle-worker-{:?}", page.kind));
    fs::write(folder.join("service-worker.js"), "// Does nothing.\n").unwrap();
    let server = serve(|options| {
        options.root = folder;
        options.isolation = false;
    });
    for _ in 0..2 {
        page.open(&experiment(&server)).await;
        page.until_words_are_shown("the browser still refuses")
            .await;
    }
    assert_eq!(visits(&server, "/"), 3, "two visits and one reload");
}

pub async fn says_why_when_the_worker_is_missing(page: Page) {
    let server = still_host(&format!("no-worker-{:?}", page.kind));
    page.open(&experiment(&server)).await;
    page.until_words_are_shown("service worker").await;
    assert_eq!(visits(&server, "/"), 1, "nothing reloads");
}

pub async fn says_why_when_the_program_is_missing(page: Page) {
    let folder = copy_of_dist(&format!("no-program-{:?}", page.kind));
    fs::remove_file(only_file(&folder, "assets/manyhands-")).unwrap();
    let server = serve(|options| options.root = folder);
    page.open(&experiment(&server)).await;
    page.until_words_are_shown("The fault is the host’s").await;
    page.until_words_are_shown("answered 404").await;
}

/// A browser setting of some visitors. Only Firefox can be started with it.
pub async fn says_why_without_service_workers() {
    let setup = Setup {
        service_workers: false,
        ..Setup::default()
    };
    in_browser(Kind::Firefox, setup, async |page: Page| {
        let server = serve(|options| options.isolation = false);
        page.open(&experiment(&server)).await;
        page.until_words_are_shown("allows no service worker").await;
        assert_eq!(visits(&server, "/"), 1, "nothing reloads");
    })
    .await;
}

/// The recorded reports are shown exactly if no experiment can run.
pub async fn shows_recorded_runs_without_web_assembly(kind: Kind) {
    let setup = Setup {
        web_assembly: false,
        ..Setup::default()
    };
    in_browser(kind, setup, async |page: Page| {
        for isolation in [true, false] {
            let server = serve(|options| options.isolation = isolation);
            page.open(&format!("{}?experiment=pool-methods", server.url()))
                .await;
            page.until_words_are_shown("WebAssembly switched off").await;
            page.until_words_are_shown("Recorded runs").await;
            page.until_shown("#recorded table td").await;
            let title = page
                .text("document.querySelector('#recorded-title').innerText")
                .await;
            assert!(title.contains("Pool methods"), "{title}");
            let said = page.text("document.body.innerText").await;
            assert!(
                !said.contains("Use a current"),
                "the browser is current: {said}"
            );
            // The next experiment is opened by its link.
            page.click("#recorded nav a[href*=sharing]").await;
            page.until(
                "the recorded run of another experiment",
                "document.querySelector('#recorded-title')?.innerText.includes('Sharing') \
                 && document.querySelector('#recorded table td')",
            )
            .await;
            // A lesson shows its text, its program and what a recorded run of it has shown.
            page.open(&format!("{}?learn=pipe&embed", server.url()))
                .await;
            page.until_words_are_shown("WebAssembly switched off").await;
            page.until_words_are_shown("A pipe is a wire between two processes.")
                .await;
            page.until_words_are_shown("process = Process(target=worker")
                .await;
            page.click("#recorded-lesson summary").await;
            page.until_words_are_shown("my list has this many items: 1")
                .await;
            page.until_words_are_shown("In the recorded run: 1 item")
                .await;
        }
    })
    .await;
}

/// Makes the browser refuse shared memories whose maximum is above this number of pages of 64 KiB.
fn refuse_memory(folder: &Path, maximum: u32) {
    let refusal = format!(
        "WebAssembly.Memory = class extends WebAssembly.Memory {{ constructor(wanted) {{ \
         if (wanted.shared && wanted.maximum > {maximum}) throw new RangeError('could not allocate memory'); \
         super(wanted); }} }};\n"
    );
    for part in ["isolate.js", "manyhands.js"] {
        let file = only_file(folder, part);
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{refusal}{text}")).unwrap();
    }
}

pub async fn takes_a_smaller_memory_where_a_large_one_is_refused(page: Page) {
    let folder = copy_of_dist(&format!("memory-{:?}", page.kind));
    refuse_memory(&folder, 1500);
    let server = serve(|options| options.root = folder.clone());
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    check_small_report(&page.until_report().await);

    // If the browser gives no shared memory, the page names this reason, and does not say that the
    // browser is too old.
    refuse_memory(&folder, 0);
    let server = serve(|options| options.root = folder.clone());
    page.open(&experiment(&server)).await;
    page.until_words_are_shown("gave it no memory").await;
    page.until_shown("#recorded table td").await;
    let said = page.text("document.body.innerText").await;
    assert!(!said.contains("Use a current"), "{said}");
}

/// The results of the check-up page, by the names of the checks.
async fn findings(page: &Page) -> Value {
    page.until(
        "the end of the check",
        "document.documentElement.dataset.checked",
    )
    .await;
    page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('[data-check]')]\
         .map((finding) => [finding.dataset.check, finding.dataset.good]))",
    )
    .await
}

const LINE: &str = "document.querySelector('#check-line').textContent";

pub async fn the_check_up_page_finds_what_is_there_and_what_is_not(page: Page) {
    for isolation in [true, false] {
        let server = serve(|options| options.isolation = isolation);
        page.open(&format!("{}?check", server.url())).await;
        let found = findings(&page).await;
        for check in [
            "isolation",
            "WebAssembly",
            "shared memory",
            "workers",
            "clock",
            "files",
        ] {
            assert_eq!(found[check], "true", "{found}");
        }
        let line = page.text(LINE).await;
        for words in [
            "isolation: yes",
            "shared memory: up to",
            "measured",
            "steps of",
            "whole",
        ] {
            assert!(line.contains(words), "{words}: {line}");
        }
        assert!(
            !line.contains('\n') && line.len() < 1200,
            "one line: {line}"
        );
        page.click("#check-copy").await;
        page.until(
            "a word about the copy",
            "/^(Copied|Selected)/.test(document.querySelector('#check-copy').textContent)",
        )
        .await;
        // Only the service worker keeps anything, and it is not in use where the host sends the
        // headers.
        if isolation {
            page.until_words_are_shown("This host keeps nothing").await;
        } else {
            page.until_words_are_shown("Lessons still need a connection")
                .await;
            page.click("#check-keep").await;
            page.until_words_are_shown("lessons run without a connection")
                .await;
        }
    }
    // A host without headers and service worker, with an incomplete file.
    let folder = copy_of_dist(&format!("check-{:?}", page.kind));
    fs::remove_file(folder.join("service-worker.js")).unwrap();
    fs::write(only_file(&folder, "start-up.json"), "{").unwrap();
    let server = serve(|options| {
        options.root = folder;
        options.isolation = false;
    });
    page.open(&format!("{}?check", server.url())).await;
    let found = findings(&page).await;
    for (check, good) in [
        ("isolation", "false"),
        ("WebAssembly", "true"),
        ("shared memory", "false"),
        ("workers", "true"),
        ("files", "false"),
    ] {
        assert_eq!(found[check], good, "{check}: {found}");
    }
    let line = page.text(LINE).await;
    for words in ["isolation: NO, not isolated", "start-up.json: only 1 of"] {
        assert!(line.contains(words), "{words}: {line}");
    }
}

/// The check-up page also explains why the program cannot run.
pub async fn the_check_up_page_needs_no_web_assembly(kind: Kind) {
    let setup = Setup {
        web_assembly: false,
        ..Setup::default()
    };
    in_browser(kind, setup, async |page: Page| {
        let server = serve(|_| ());
        page.open(&format!("{}?check", server.url())).await;
        let found = findings(&page).await;
        assert_eq!(found["WebAssembly"], json!("false"), "{found}");
        assert_eq!(found["isolation"], json!("true"), "{found}");
        assert_eq!(found["workers"], json!("true"), "{found}");
    })
    .await;
}

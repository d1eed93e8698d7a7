//! The built page in real browsers: on a host with isolation headers, on one without,
//! in a sub-directory, in a frame of another page, and with invalid parameters in the
//! address.
//!
//! The tests need the built site (in the folder `MANYHANDS_DIST`, by default `dist`),
//! both browsers and their drivers. They are therefore enabled only by the feature
//! `e2e`. `script/test e2e` prepares everything.
#![cfg(not(target_arch = "wasm32"))]

mod answer;
mod axe;
mod builds;
mod classroom;
mod cpython;
mod disturbed;
mod experiments;
mod files;
mod home;
mod hosts;
mod lanes;
mod lessons;
mod page;
mod playground;
mod python;
mod python_inside;
mod python_limits;
mod python_signals;
mod recorded;
mod refused;
mod walk;

use answer::{
    a_presenter_reveals_the_answer, a_run_keeps_the_place_of_the_answer, a_wrong_setting_is_opened,
    faults_have_a_page_of_their_own, the_answer_comes_first, the_claims_are_one_step_away,
};
use builds::dist;
use classroom::{
    a_choice_of_lessons_is_one_link, a_class_makes_one_picture, a_link_carries_a_lesson,
    exercises_are_checked_and_handed_in,
};
use disturbed::a_page_out_of_sight_or_slowed_down_marks_its_samples;
use experiments::{
    a_bad_parameter_is_explained, a_chart_is_walked_by_keys, cancel_stops_any_experiment,
    every_experiment_has_a_chrome_trace, every_experiment_leaves_a_report,
    everything_can_be_taken_away, links_lead_from_experiment_to_experiment,
    the_image_filter_shows_a_picture_before_and_after, work_in_rounds_runs,
};
use files::{
    hostile_files_are_answered_and_take_nothing_away,
    reports_come_back_and_bad_files_are_explained, scripts_in_a_file_stay_text,
};
use home::{
    every_page_has_the_header_and_its_own_title,
    home_keeps_the_recorded_run_where_python_cannot_run,
    home_shows_a_recorded_run_and_then_its_own, home_stops_its_run,
    pages_fit_a_narrow_window_and_large_text, terms_are_explained_where_they_stand,
    the_colours_are_the_visitors_choice, the_example_for_rust_runs,
};
use hosts::{
    a_host_that_answers_with_the_start_page_is_seen_through,
    a_kept_file_that_is_wrong_is_fetched_anew, a_page_left_open_across_an_update_says_so,
    a_reload_past_the_service_worker_is_cured, a_wrong_answer_does_not_stay,
    a_wrong_recorded_run_does_not_stay, a_wrong_style_sheet_does_not_stay,
    an_update_is_kept_as_a_whole_before_the_old_version_goes, files_of_the_page,
    files_on_demand_are_kept_when_they_are_used, several_sites_share_an_origin,
};
use lanes::a_hundred_thousand_spans_are_drawn_and_the_page_answers;
use lessons::{
    a_bad_lesson_is_explained, a_guess_is_compared_with_the_answer, a_knob_changes_the_answer,
    a_recorded_run_stands_where_python_cannot_run, every_lesson_answers_from_its_run,
};
use page::{Page, in_browser};
use playground::{
    a_link_is_the_whole_program, a_missing_guard_is_added,
    a_text_area_does_the_work_of_a_missing_editor, an_embedded_playground_has_no_surroundings,
    lines_of_exceptions_are_marked, programs_are_opened_and_saved,
    the_editor_is_there_and_keeps_the_policy, the_playground_answers_and_interrupts,
    the_playground_runs_python, the_playground_says_why_python_cannot_run,
    the_playground_tells_what_is_stuck_and_has_a_gil_switch,
    the_playground_works_offline_after_the_first_use,
};
use python::{
    python_errors_are_told, python_events_tell_of_every_process, python_files_come_and_go,
    python_has_a_gil_unless_told_otherwise, python_is_silent_while_something_can_go_on,
    python_programs_print_what_cpython_prints, python_runs_are_killed_and_do_not_mix,
    python_shared_memory_ends_with_its_program, python_starts_threads_also_when_answers_are_late,
    python_tells_when_nothing_can_go_on,
};
use python_inside::{
    python_tells_of_a_circle_beside_what_goes_on, python_tells_threads_and_a_trace,
    python_tells_what_is_inside, python_tells_what_threads_share,
    the_playground_shows_what_is_inside,
};
use python_limits::{
    a_file_that_is_no_interpreter_is_explained, python_has_a_limit_of_memory,
    python_has_a_limit_of_recursion_everywhere, python_runs_a_program_of_1_mb,
    python_says_what_cannot_be_pickled, python_says_why_a_process_ended,
    python_that_starts_processes_for_ever_is_bounded, the_deadlock_to_begin_from_is_told,
};
use python_signals::{
    python_interrupts_at_any_moment, python_programs_are_interrupted,
    python_programs_read_standard_input,
};
use recorded::{
    compares_with_a_recorded_run, says_when_a_recorded_run_is_missing,
    shows_a_recorded_run_where_it_cannot_run,
};
use refused::{
    does_what_it_can_inside_any_page, reloads_once_at_most,
    runs_inside_a_course_page_that_is_isolated, says_why_when_the_program_is_missing,
    says_why_when_the_worker_is_missing, takes_a_smaller_memory_where_a_large_one_is_refused,
    the_check_up_page_finds_what_is_there_and_what_is_not,
};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use test_support::browser::{Kind, Setup};
use test_support::server::{Options, Server};

/// A plan that takes a moment and starts immediately.
const SMALL_RUN: &str = "?run=1&workload=sum-of-squares&size=2000000&workers=2&repeats=2";
const FIELDS: [&str; 4] = ["workload", "size", "workers", "repeats"];

fn serve(change: impl FnOnce(&mut Options)) -> Server {
    let mut options = Options::new(dist());
    change(&mut options);
    Server::start(options).unwrap_or_else(|error| panic!("{error}"))
}

/// The address of the first experiment.
fn experiment(server: &Server) -> String {
    format!("{}?measure", server.url())
}

/// The number of requests for the start page.
fn visits(server: &Server, prefix: &str) -> usize {
    let index = format!("{prefix}index.html");
    let seen = server.seen();
    let first_page = |path: &str| path == prefix || path == index;
    seen.iter().filter(|seen| first_page(&seen.path)).count()
}

/// Checks what must hold for the report of [`SMALL_RUN`].
fn check_small_report(report: &Value) {
    assert_eq!(report["schema"], "manyhands-report/2");
    assert_eq!(report["experiment"], "speed-up");
    let plan = &report["plan"];
    assert_eq!(plan["workload"], "sum-of-squares", "{plan}");
    assert_eq!((&plan["workers"], &plan["repeats"]), (&json!(2), &json!(2)));
    let series = report["series"].as_array().expect("a list of series");
    let points = |id: &str| {
        let found = series.iter().find(|one| one["id"] == id);
        let points = found.and_then(|one| one["points"].as_array());
        points.unwrap_or_else(|| panic!("no series {id}")).clone()
    };
    let (main, processes) = (points("main"), points("processes"));
    assert_eq!((main.len(), processes.len()), (1, 2), "1 and 2 processes");
    let digest = &main[0]["digests"][0];
    assert!(digest.as_str().is_some_and(|digest| !digest.is_empty()));
    for one in main.iter().chain(&processes) {
        assert_eq!(
            one["digests"],
            json!([digest]),
            "every model has the same result"
        );
        let seconds = one["samples"].as_array().expect("samples");
        assert_eq!(seconds.len(), 2, "one sample for each repeat: {one}");
        assert!(seconds.iter().all(|s| s.as_f64().is_some_and(|s| s > 0.0)));
    }
}

async fn measures_with_headers(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    check_small_report(&page.until_report().await);
    page.until_shown("#answer-figure").await;
    assert_eq!(visits(&server, "/"), 1, "nothing reloads");
    let registrations = "navigator.serviceWorker.controller === null";
    assert_eq!(page.evaluate(registrations).await, json!(true));
    let seen = server.seen();
    let module = |path: &str| path.ends_with(".wasm");
    let modules = seen.iter().filter(|seen| module(&seen.path)).count();
    assert_eq!(modules, 1, "the module is downloaded once");
    let failed: Vec<_> = seen.iter().filter(|seen| seen.status >= 400).collect();
    assert!(failed.is_empty(), "nothing is missing: {failed:?}");
    // The style sheets and the scripts that start the page are asked for before any of them
    // is there, not one after the other.
    let waited = "(() => {
        const parts = performance.getEntriesByType('resource')
            .filter((part) => part.name.endsWith('.css') || /boot[^/]*\\/(isolate|theme|start)\\.js$/.test(part.name));
        const first = Math.min(...parts.map((part) => part.responseEnd));
        return [parts.length, parts.filter((part) => part.startTime > first).map((part) => part.name)];
    })()";
    let waited = page.evaluate(waited).await;
    assert_eq!(waited, json!([9, []]));
}

async fn works_in_a_folder_without_headers_and_offline(page: Page) {
    let prefix = "/some/sub/dir/";
    let server = serve(|options| {
        options.prefix = prefix.into();
        options.isolation = false;
    });
    page.open(&experiment(&server)).await;
    page.until(
        "isolation",
        "crossOriginIsolated && document.documentElement.dataset.isolation === 'yes'",
    )
    .await;
    page.until_ready().await;
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    check_small_report(&page.until_report().await);
    // The first visit, one reload, and the run. A reload loop would have made more
    // requests.
    let count = visits(&server, prefix);
    assert!(count <= 3, "{count} requests for the page");

    // When all files are cached, the page works without the host.
    page.until_kept(files_of_the_page()).await;
    let address = format!("{}{SMALL_RUN}", server.url());
    drop(server);
    page.open(&address).await;
    check_small_report(&page.until_report().await);
}

async fn needs_nothing_that_a_strict_policy_forbids(page: Page) {
    let policy = policy_of_headers();
    let server = serve(|options| options.csp = Some(format!("{policy}; report-uri /violations")));
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    check_small_report(&page.until_report().await);

    // Adds a forbidden script at the end. It must not run, and the report about it
    // shows that earlier reports would have arrived as well.
    page.evaluate(
        "document.head.append(Object.assign(document.createElement('script'), \
         { textContent: 'window.forbidden = true' }))",
    )
    .await;
    let reports = || {
        let seen = server.seen().into_iter();
        seen.filter(|seen| seen.method == "POST")
    };
    page.until_here("the report of a violation", || reports().count() > 0)
        .await;
    assert_eq!(page.evaluate("window.forbidden ?? null").await, Value::Null);
    let reports: Vec<_> = reports().map(|seen| seen.body).collect();
    assert_eq!(reports.len(), 1, "{reports:#?}");
    assert!(reports[0].contains("script-src"), "{reports:#?}");
}

/// The policy that hosts should send, which the page itself also contains.
fn policy_of_headers() -> String {
    let headers = fs::read_to_string(dist().join("_headers")).unwrap();
    let policy = headers
        .lines()
        .find_map(|line| line.trim().strip_prefix("Content-Security-Policy: "))
        .expect("a policy in _headers");
    let page = fs::read_to_string(dist().join("index.html")).unwrap();
    assert!(page.contains(policy), "the page states another policy");
    policy.to_owned()
}

async fn explains_junk_in_the_address(page: Page) {
    let server = serve(|_| ());
    page.open(&experiment(&server)).await;
    page.until_ready().await;
    for field in FIELDS {
        assert_eq!(
            page.complaint(field).await,
            "",
            "{field} of a plain address"
        );
    }
    let junk = "?workload=nonsense&size=1e30&workers=10000&repeats=-1";
    page.open(&format!("{}{junk}", server.url())).await;
    page.until_ready().await;
    for field in FIELDS {
        assert_ne!(page.complaint(field).await, "", "{field} of a junk address");
    }
    // The invalid values are shown and marked, and not the defaults that replace them.
    let given = json!(["nonsense", "1e30", "10000", "-1"]);
    assert_eq!(page.plan().await, given, "what was given is shown");
    // The controls still work: they are set to a plan that takes a moment.
    for (field, value) in [
        ("workload", "sum-of-squares"),
        ("size", "2000000"),
        ("workers", "2"),
        ("repeats", "2"),
    ] {
        page.set(field, value).await;
        page.until(
            "the complaint to go",
            &format!("!document.querySelector('[data-error-for={field}]')?.textContent.trim()"),
        )
        .await;
    }
    page.click("#run").await;
    check_small_report(&page.until_report().await);
}

async fn keeps_the_report_when_a_control_is_wrong(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    let report = page.until_report().await;
    for (field, value) in [("workers", "0"), ("size", "-1"), ("repeats", "many")] {
        page.set(field, value).await;
        page.until(
            "a complaint",
            &format!("document.querySelector('[data-error-for={field}]')?.textContent.trim()"),
        )
        .await;
    }
    assert_eq!(page.report().await, report);
}

async fn cancel_really_stops(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    let report = page.until_report().await;
    page.until_idle().await;

    // A plan that would take hours.
    page.set("size", "4000000000").await;
    page.set("repeats", "20").await;
    page.click("#run").await;
    let status = "document.querySelector('#status').innerText.trim()";
    page.until(
        "the run to begin",
        "document.querySelector('#run').disabled",
    )
    .await;
    page.click("#cancel").await;
    page.until_idle().await;
    let after = page.text(status).await;
    assert!(after.to_lowercase().contains("cancel"), "{after}");
    assert_eq!(page.report().await, report, "the earlier report is kept");

    // After cancelling, the cores and the page are free for the next run.
    page.set("size", "2000000").await;
    page.set("repeats", "2").await;
    page.click("#run").await;
    let old = report["environment"]["recorded_at"].clone();
    page.until(
        "another report",
        &format!(
            "JSON.parse(document.querySelector('#report').textContent)\
             .environment.recorded_at !== {old}"
        ),
    )
    .await;
    check_small_report(&page.report().await);
}

async fn asks_only_its_own_host(page: Page) {
    let server = serve(|_| ());
    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    page.until_report().await;
    let addresses = page
        .evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
        .await;
    let addresses = addresses.as_array().expect("a list of addresses");
    assert!(!addresses.is_empty(), "the page is made of several files");
    let home = server.url();
    for address in addresses.iter().filter_map(Value::as_str) {
        let local = ["data:", "blob:"]
            .iter()
            .any(|kind| address.starts_with(kind));
        assert!(local || address.starts_with(&home), "{address}");
    }
}

/// Takes screenshots of the page in three sizes and checks that nothing is wider than
/// the window.
async fn fits_every_window(kind: Kind, dark: bool) {
    for size in [(1440, 900), (1024, 768), (390, 844)] {
        let setup = Setup {
            dark,
            size,
            ..Setup::default()
        };
        let scheme = if dark { "dark" } else { "light" };
        let name = format!("{kind:?}-{scheme}-{}x{}", size.0, size.1).to_lowercase();
        in_browser(kind, setup, move |page| fits_its_window(page, name, size.0)).await;
    }
}

async fn fits_its_window(page: Page, name: String, width: u32) {
    let server = serve(|_| ());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/screenshots");
    fs::create_dir_all(&folder).unwrap();
    page.open(&server.url()).await;
    page.until_ready().await;
    let window = page.evaluate("innerWidth").await;
    assert_eq!(window, json!(width), "the window has the width it should");
    page.photograph(&folder.join(format!("{name}-start.png")))
        .await;
    let needed = "document.scrollingElement.scrollWidth";
    let wide_enough = |needed: &Value| needed.as_u64() <= Some(width.into());
    let at_start = page.evaluate(needed).await;
    assert!(wide_enough(&at_start), "{at_start} > {width} at the start");
    for (experiment, _) in experiments::EXPERIMENTS {
        page.open(&format!("{}?experiment={experiment}", server.url()))
            .await;
        page.until_ready().await;
        let form = page.evaluate(needed).await;
        assert!(wide_enough(&form), "{form} > {width}: {experiment}");
        page.photograph(&folder.join(format!("{name}-{experiment}.png")))
            .await;
    }

    for other in ["run", "rust", "glossary"] {
        page.open(&format!("{}?{other}", server.url())).await;
        page.until(
            "the page",
            "document.documentElement.dataset.started === 'yes'",
        )
        .await;
        let needed = page.evaluate(needed).await;
        assert!(wide_enough(&needed), "{needed} > {width}: {other}");
        page.photograph(&folder.join(format!("{name}-{other}.png")))
            .await;
    }

    for (address, file) in [
        ("?learn", "learn"),
        ("?learn=value", "lesson"),
        ("?learn=exercises&seed=7", "exercises"),
        ("?class", "class"),
    ] {
        page.open(&format!("{}{address}", server.url())).await;
        page.until(
            "the page",
            "document.querySelector('.learn-group, .lesson, .exercise, #class')",
        )
        .await;
        let learn = page.evaluate(needed).await;
        assert!(wide_enough(&learn), "{learn} > {width}: {address}");
        page.photograph(&folder.join(format!("{name}-{file}.png")))
            .await;
    }

    page.open(&format!("{}{SMALL_RUN}", server.url())).await;
    page.until_report().await;
    page.until_shown("#answer-figure").await;
    let with_report = page.evaluate(needed).await;
    assert!(wide_enough(&with_report), "{with_report} > {width}");
    // One screenshot for each screen, for a person to look at.
    let screens = "Math.ceil(document.scrollingElement.scrollHeight / innerHeight)";
    let screens = page.evaluate(screens).await.as_u64().unwrap_or(1);
    for screen in 0..screens.min(12) {
        page.evaluate(&format!("scrollTo(0, {screen} * innerHeight)"))
            .await;
        let file = folder.join(format!("{name}-report-{}.png", screen + 1));
        page.photograph(&file).await;
    }
}

/// Makes each case a separate test in each browser.
macro_rules! in_both_browsers {
    ($($case:ident),* $(,)?) => {
        in_both_browsers!(@ chromium Chromium $($case)*);
        in_both_browsers!(@ firefox Firefox $($case)*);
    };
    (@ $browser:ident $kind:ident $($case:ident)*) => {
        mod $browser {
            use super::{Kind, Setup, in_browser};

            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
                async fn $case() {
                    in_browser(Kind::$kind, Setup::default(), super::$case).await;
                }
            )*

            #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
            async fn shows_recorded_runs_without_web_assembly() {
                super::refused::shows_recorded_runs_without_web_assembly(Kind::$kind).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
            async fn the_check_up_page_needs_no_web_assembly() {
                super::refused::the_check_up_page_needs_no_web_assembly(Kind::$kind).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
            async fn the_answer_comes_first() {
                super::the_answer_comes_first(Kind::$kind).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
            async fn fits_every_window_in_light_colours() {
                super::fits_every_window(Kind::$kind, false).await;
            }
        }
    };
}

in_both_browsers!(
    a_presenter_reveals_the_answer,
    a_run_keeps_the_place_of_the_answer,
    the_claims_are_one_step_away,
    a_wrong_setting_is_opened,
    faults_have_a_page_of_their_own,
    measures_with_headers,
    works_in_a_folder_without_headers_and_offline,
    needs_nothing_that_a_strict_policy_forbids,
    explains_junk_in_the_address,
    keeps_the_report_when_a_control_is_wrong,
    cancel_really_stops,
    runs_inside_a_course_page_that_is_isolated,
    does_what_it_can_inside_any_page,
    reloads_once_at_most,
    says_why_when_the_worker_is_missing,
    says_why_when_the_program_is_missing,
    takes_a_smaller_memory_where_a_large_one_is_refused,
    the_check_up_page_finds_what_is_there_and_what_is_not,
    a_wrong_answer_does_not_stay,
    a_wrong_style_sheet_does_not_stay,
    a_wrong_recorded_run_does_not_stay,
    a_kept_file_that_is_wrong_is_fetched_anew,
    an_update_is_kept_as_a_whole_before_the_old_version_goes,
    files_on_demand_are_kept_when_they_are_used,
    a_page_left_open_across_an_update_says_so,
    a_reload_past_the_service_worker_is_cured,
    several_sites_share_an_origin,
    a_host_that_answers_with_the_start_page_is_seen_through,
    asks_only_its_own_host,
    every_experiment_leaves_a_report,
    links_lead_from_experiment_to_experiment,
    cancel_stops_any_experiment,
    a_bad_parameter_is_explained,
    a_chart_is_walked_by_keys,
    everything_can_be_taken_away,
    the_image_filter_shows_a_picture_before_and_after,
    reports_come_back_and_bad_files_are_explained,
    hostile_files_are_answered_and_take_nothing_away,
    scripts_in_a_file_stay_text,
    shows_a_recorded_run_where_it_cannot_run,
    compares_with_a_recorded_run,
    says_when_a_recorded_run_is_missing,
    work_in_rounds_runs,
    a_page_out_of_sight_or_slowed_down_marks_its_samples,
    a_hundred_thousand_spans_are_drawn_and_the_page_answers,
    home_shows_a_recorded_run_and_then_its_own,
    home_keeps_the_recorded_run_where_python_cannot_run,
    home_stops_its_run,
    every_page_has_the_header_and_its_own_title,
    terms_are_explained_where_they_stand,
    the_colours_are_the_visitors_choice,
    the_example_for_rust_runs,
    pages_fit_a_narrow_window_and_large_text,
    python_programs_print_what_cpython_prints,
    python_errors_are_told,
    python_events_tell_of_every_process,
    python_files_come_and_go,
    python_has_a_gil_unless_told_otherwise,
    python_tells_when_nothing_can_go_on,
    python_is_silent_while_something_can_go_on,
    python_starts_threads_also_when_answers_are_late,
    python_tells_what_is_inside,
    python_tells_what_threads_share,
    python_tells_threads_and_a_trace,
    python_tells_of_a_circle_beside_what_goes_on,
    the_playground_shows_what_is_inside,
    python_runs_are_killed_and_do_not_mix,
    a_file_that_is_no_interpreter_is_explained,
    python_has_a_limit_of_memory,
    python_has_a_limit_of_recursion_everywhere,
    python_runs_a_program_of_1_mb,
    python_says_what_cannot_be_pickled,
    python_says_why_a_process_ended,
    python_that_starts_processes_for_ever_is_bounded,
    the_deadlock_to_begin_from_is_told,
    a_link_is_the_whole_program,
    a_missing_guard_is_added,
    a_text_area_does_the_work_of_a_missing_editor,
    an_embedded_playground_has_no_surroundings,
    lines_of_exceptions_are_marked,
    the_playground_tells_what_is_stuck_and_has_a_gil_switch,
    programs_are_opened_and_saved,
    the_editor_is_there_and_keeps_the_policy,
    the_playground_answers_and_interrupts,
    python_programs_are_interrupted,
    python_programs_read_standard_input,
    python_interrupts_at_any_moment,
    python_shared_memory_ends_with_its_program,
    exercises_are_checked_and_handed_in,
    a_link_carries_a_lesson,
    a_class_makes_one_picture,
    a_choice_of_lessons_is_one_link,
    a_recorded_run_stands_where_python_cannot_run,
    a_guess_is_compared_with_the_answer,
    a_bad_lesson_is_explained,
    the_playground_runs_python,
    the_playground_says_why_python_cannot_run,
    the_playground_works_offline_after_the_first_use,
);

/// Cases that take long, and whose subject is the same in both browsers: what is made of a
/// run, and colours.
mod chromium_alone {
    use super::{Kind, Setup, in_browser};

    macro_rules! in_chromium {
        ($($case:ident),* $(,)?) => {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
            async fn $case() {
                in_browser(Kind::Chromium, Setup::default(), super::$case).await;
            }
        )*};
    }

    in_chromium!(
        a_knob_changes_the_answer,
        every_experiment_has_a_chrome_trace,
        every_lesson_answers_from_its_run,
    );

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn fits_every_window_in_dark_colours() {
        super::fits_every_window(Kind::Chromium, true).await;
    }
}

/// Takes long; `--ignored` runs it.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "a soak"]
async fn python_is_stopped_at_any_moment() {
    for kind in [Kind::Chromium, Kind::Firefox] {
        in_browser(
            kind,
            Setup::default(),
            python_signals::python_is_stopped_200_times,
        )
        .await;
    }
}

/// Takes long; `--ignored` runs it.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "a soak"]
async fn python_does_not_grow() {
    let setup = Setup::default();
    in_browser(Kind::Chromium, setup, python_signals::python_runs_200_times).await;
}

/// Records the run that Home shows; `--ignored` runs it. Nothing else should run on the
/// machine meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "a recording"]
async fn home_is_recorded() {
    in_browser(
        Kind::Chromium,
        Setup::default(),
        home::records_the_run_of_home,
    )
    .await;
}

/// Records the runs that lessons show where Python cannot run; `--ignored` runs it. Nothing else
/// should run on the machine meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "a recording"]
async fn lessons_are_recorded() {
    in_browser(
        Kind::Chromium,
        Setup::default(),
        lessons::records_the_lessons,
    )
    .await;
}

/// Measurements that need a machine without other load; `--ignored` runs them.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "a measurement"]
async fn measurements_of_python() {
    in_browser(Kind::Chromium, Setup::default(), python::measures_python).await;
}

/// A quick subset of CPython's own tests. They test the interpreter, which is the same in
/// both browsers.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn chromium_runs_cpython_tests() {
    in_browser(
        Kind::Chromium,
        Setup::default(),
        cpython::cpython_tests_have_the_known_outcomes,
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn chromium_has_cpythons_library() {
    in_browser(
        Kind::Chromium,
        Setup::default(),
        cpython::the_python_library_is_cpythons,
    )
    .await;
}

/// What axe-core looks at is the same in both browsers.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn chromium_axe_finds_nothing() {
    in_browser(Kind::Chromium, Setup::default(), axe::axe_finds_nothing).await;
}

/// Takes long; `--ignored` runs it.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "a soak"]
async fn a_walk_at_random_in_chromium() {
    in_browser(Kind::Chromium, Setup::default(), walk::walks_at_random).await;
}

/// Takes long; `--ignored` runs it.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "a soak"]
async fn a_walk_at_random_in_firefox() {
    in_browser(Kind::Firefox, Setup::default(), walk::walks_at_random).await;
}

/// All of CPython's own tests; `script/cpython-tests` runs them.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "takes long"]
async fn all_cpython_tests() {
    cpython::cpython_tests().await;
}

#[test]
fn cpython_prints_what_is_recorded() {
    python::cpython_prints_what_is_recorded();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn firefox_without_service_workers_says_why() {
    refused::says_why_without_service_workers().await;
}

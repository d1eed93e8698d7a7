//! The sentences, verdicts and charts of reports.

use super::*;
use charts::{ChartKind, Role, ScaleKind};

fn verdicts(report: &Report) -> Vec<(&'static str, Outcome)> {
    let claims = report.findings.iter().filter_map(|one| one.claim.as_ref());
    claims
        .map(|verdict| (verdict.claim.id, verdict.outcome))
        .collect()
}

fn outcome(report: &Report, claim: &str) -> Outcome {
    let mut all = verdicts(report).into_iter();
    all.find(|(id, _)| *id == claim).expect(claim).1
}

fn finding<'a>(report: &'a Report, claim: &str) -> &'a str {
    let mut found = report.findings.iter();
    let found = found.find(|one| one.claim.as_ref().is_some_and(|one| one.claim.id == claim));
    &found.expect(claim).sentence
}

#[test]
fn every_report_has_sentences_charts_and_tables_that_fit() {
    for report in all() {
        let name = report.experiment();
        assert!(report.agree, "{name}");
        assert!(
            report.sentence.ends_with('.') && report.sentence.len() > 20,
            "{name}: {}",
            report.sentence
        );
        for finding in &report.findings {
            assert!(
                finding.sentence.ends_with('.'),
                "{name}: {}",
                finding.sentence
            );
            assert!(
                finding.sentence.starts_with(char::is_uppercase)
                    || finding.sentence.starts_with(char::is_numeric)
                    || finding.sentence.starts_with("imap"),
                "{name}: {}",
                finding.sentence
            );
        }
        // Each claim has exactly one verdict.
        let claims: Vec<&str> = name.claims().iter().map(|claim| claim.id).collect();
        let judged: Vec<&str> = verdicts(&report).into_iter().map(|(id, _)| id).collect();
        assert_eq!(judged, claims, "{name}");
        let mut ids: Vec<&str> = report
            .charts
            .iter()
            .map(|chart| chart.id.as_str())
            .collect();
        assert!(!ids.is_empty());
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(
            ids.len(),
            report.charts.len(),
            "{name}: two charts of one name"
        );
        for chart in &report.charts {
            assert!(chart.sentence.ends_with('.'), "{name}: {}", chart.sentence);
            let dots = || chart.lines.iter().flat_map(|line| &line.dots);
            assert!(dots().count() > 0, "{name}");
            if chart.y.scale == ScaleKind::Log {
                assert!(dots().all(|dot| dot.y > 0.0), "{name}: {}", chart.id);
            }
        }
    }
}

/// Lines have at least three points and at most four are on one chart, bars begin at 0, and
/// every caption is a sentence about the chart and not a list of labels.
#[test]
fn charts_claim_no_more_than_was_measured() {
    for report in all() {
        for chart in &report.charts {
            let (id, kind) = (&chart.id, chart.kind);
            if kind == ChartKind::Lines {
                let most = chart.lines.iter().map(|line| line.dots.len()).max();
                assert!(most >= Some(3), "{id}: a line through two points");
            }
            if kind == ChartKind::Bars {
                assert_eq!(chart.y.scale, ScaleKind::Linear, "{id}: bars of a log axis");
            } else {
                assert!(chart.lines.len() <= 4, "{id}: {} series", chart.lines.len());
            }
            for part in [": from ", "(processes: ", "(tasks: ", "(payload: "] {
                assert!(!chart.sentence.contains(part), "{id}: {}", chart.sentence);
            }
            assert!(chart.sentence.len() > 20, "{id}: {}", chart.sentence);
        }
    }
}

/// The figure that answers the question is one figure, and its caption goes on from it.
#[test]
fn every_report_has_a_headline() {
    for report in all() {
        let name = report.experiment();
        let headline = report.headline.as_ref();
        let headline = headline.unwrap_or_else(|| panic!("{name}: no headline"));
        assert!(
            headline.figure.starts_with(char::is_numeric),
            "{headline:?}"
        );
        assert!(headline.figure.chars().count() <= 12, "{headline:?}");
        assert!(!headline.caption.ends_with('.'), "{headline:?}");
    }
    let mut recording = speed_up().recording;
    recording.series[0].point(1.0).result("1".to_owned(), "2");
    let wrong = Report::new(recording);
    assert_eq!(wrong.headline, None, "wrong results have no figure");
}

#[test]
fn sizes_that_span_decades_have_log_axes() {
    let report = messaging();
    let chart = report.chart("table").unwrap();
    assert_eq!(chart.x.scale, ScaleKind::Log);
    let report = speed_up();
    let chart = report.chart("speed-up").unwrap();
    assert_eq!(
        (chart.x.scale, chart.y.scale),
        (ScaleKind::Linear, ScaleKind::Linear)
    );
}

#[test]
fn speed_up_says_what_limits_it() {
    let report = speed_up();
    assert_eq!(
        verdicts(&report),
        [
            ("near-linear", Outcome::CannotBeSaid),
            ("gil-threads", Outcome::Holds),
            ("more-than-cores", Outcome::Holds)
        ]
    );
    assert_eq!(
        finding(&report, "gil-threads"),
        "2 threads with a GIL were 0.95× as fast as one."
    );
    assert_eq!(
        finding(&report, "more-than-cores"),
        "2 processes took 2.10 s, 3 processes took 2.20 s: 0.95× as fast."
    );
    let roles = |id: &str| -> Vec<Role> {
        let lines = &report.chart(id).unwrap().lines;
        lines.iter().map(|line| line.role).collect()
    };
    assert_eq!(
        roles("speed-up"),
        [Role::Measured, Role::Ideal, Role::Measured]
    );
    assert_eq!(roles("laws"), [Role::Measured, Role::Fitted, Role::Fitted]);
    let weak = report.chart("weak").unwrap();
    assert!(
        weak.sentence
            .starts_with("4 processes, each on all of the work, each ran at 48.8 %"),
        "{}",
        weak.sentence
    );
    let scaling = report
        .tables
        .iter()
        .find(|table| table.id == "scaling")
        .unwrap();
    // Two processes are 4.1 / 2.1 = 1.952 times as fast as one, so the serial fraction is
    // (1/1.952 − 1/2) / (1 − 1/2) = 2.4 %.
    assert_eq!(
        scaling.rows[1],
        [
            "2",
            "1.9×",
            "2.0×",
            "1.9×",
            "all, within the spread",
            "2.44 %"
        ]
    );
}

#[test]
fn sharing_reports_lost_additions_and_the_cost_of_the_lock() {
    let report = sharing();
    assert!(
        verdicts(&report)
            .iter()
            .all(|(_, outcome)| *outcome == Outcome::Holds)
    );
    assert!(
        report.sentence.starts_with(
            "Without a lock 27 % of the additions were lost. One addition cost 0.20 µs with the lock"
        ),
        "{}",
        report.sentence
    );
    assert!(finding(&report, "manager-slow").contains("200× the time"));
    // A wrong result in a series that may not be wrong is reported.
    let mut recording = report.recording.clone();
    recording.series[1]
        .point(2.0)
        .result("399".to_owned(), "400");
    let wrong = Report::new(recording);
    assert!(!wrong.agree);
    assert_eq!(
        wrong.sentence,
        "The results differ and must not be trusted: locked (2 processes)."
    );
}

#[test]
fn sleeping_is_compared_with_computing() {
    let report = io_bound();
    assert_eq!(
        verdicts(&report),
        [
            ("event-loop-best", Outcome::Holds),
            ("sleep-is-work", Outcome::DoesNotHold)
        ]
    );
    assert_eq!(
        finding(&report, "sleep-is-work"),
        "4 processes slept 3.6× as fast as one, and computed 1.9× as fast: sleeping needs no core, work does."
    );
}

#[test]
fn granularity_finds_the_break_even_length_of_a_task() {
    let report = granularity();
    // 0.5 s + 1 ms per task equals 1 s with 500 tasks of 2 ms.
    assert_eq!(
        report.sentence,
        "A task costs 1 ms beyond its own work; handing it out pays from tasks of about 2.00 ms."
    );
    assert_eq!(
        verdicts(&report),
        [
            ("tiny-tasks", Outcome::Holds),
            ("tenth-of-a-second", Outcome::DoesNotHold),
            ("chunks-help", Outcome::Holds)
        ]
    );
}

#[test]
fn start_up_is_compared_with_cpython() {
    let report = start_up();
    assert_eq!(
        verdicts(&report),
        [
            ("start-up-cost", Outcome::DoesNotHold),
            ("memory-cost", Outcome::CannotBeSaid)
        ]
    );
    let chart = report.chart("joined-cpython").unwrap();
    let references = chart
        .lines
        .iter()
        .filter(|line| line.role == Role::Reference);
    let figures: Vec<f64> = references.map(|line| line.dots[0].y).collect();
    let claims = Experiment::StartUp.claims();
    let claim = claims.iter().find(|claim| claim.id == "start-up-cost");
    let reference = claim.and_then(|claim| claim.reference());
    let recorded = reference.map(|one| one.figures.iter().map(|figure| figure.value));
    assert_eq!(figures, recorded.unwrap().collect::<Vec<f64>>());
    assert!(figures.len() >= 3, "spawn, forkserver and fork");
    assert!(
        chart
            .lines
            .iter()
            .filter(|line| line.role == Role::Reference)
            .all(|line| line.label.contains("CPython 3.11"))
    );
}

#[test]
fn pipelines_name_the_stage_that_limits() {
    let report = pipelines();
    assert_eq!(
        report.sentence,
        "With 1 process smoothing, smoothing is the limit: it is at work 99 % of the time; with 2 processes smoothing it is reading, at 80 %."
    );
    assert!(
        verdicts(&report)
            .iter()
            .all(|(_, outcome)| *outcome == Outcome::Holds)
    );
}

#[test]
fn pool_methods_say_who_is_first() {
    let report = pool_methods();
    assert_eq!(
        report.sentence,
        "The first result came soonest by imap_unordered, after 5 ms; the last came soonest by imap_unordered, after 89 ms."
    );
    assert!(
        verdicts(&report)
            .iter()
            .all(|(_, outcome)| *outcome == Outcome::Holds)
    );
}

#[test]
fn messaging_names_the_quickest_methods() {
    let report = messaging();
    assert_eq!(
        verdicts(&report),
        [
            ("pickling-dominates", Outcome::Holds),
            ("pipe-faster", Outcome::Holds),
            ("shared-memory-large", Outcome::Holds)
        ]
    );
    let sentence = &report.chart("integers").unwrap().sentence;
    assert!(
        sentence.contains("both take the same time at about"),
        "{sentence}"
    );
}

/// The two processes shared a core in some repeats and not in others. So there are five
/// independent samples, and not two hundred.
#[test]
fn latencies_of_one_repeat_are_not_independent() {
    let latencies = |id: &str, repeats: [f64; 5]| {
        let [axis, measure] = ["payload", "round trip"].map(|label| Quantity::new(label, "µs"));
        let mut series = Series::new(id, id, axis, measure);
        for repeat in repeats {
            for at in 0..40 {
                series
                    .point(16.0)
                    .sample(repeat + 0.01 * f64::from(at), false);
            }
        }
        series
    };
    let verdict = |pipe, queue| {
        let all = vec![
            latencies("latency-pipe", pipe),
            latencies("latency-queue", queue),
        ];
        let report = report("experiment=messaging&repeats=5", all);
        outcome(&report, "pipe-faster")
    };
    let mixed = verdict([1.0, 8.0, 1.0, 8.0, 8.0], [12.0, 1.0, 12.0, 12.0, 1.0]);
    assert_eq!(mixed, Outcome::TooClose);
    let apart = verdict([1.0, 1.1, 1.2, 1.0, 1.1], [2.0, 2.1, 2.2, 2.0, 2.1]);
    assert_eq!(apart, Outcome::Holds);
}

#[test]
fn overlapping_intervals_show_no_difference() {
    let at = ("processes", "µs");
    let report = report(
        "experiment=sharing&workers=2",
        vec![
            series("locked", at, &[(2.0, 1.0)]),
            series("partial", at, &[(2.0, 1.01)]),
        ],
    );
    assert_eq!(outcome(&report, "lock-costs"), Outcome::TooClose);
    assert!(finding(&report, "lock-costs").contains("0.99×"));
}

#[test]
fn an_empty_recording_says_so() {
    for experiment in Experiment::ALL {
        let report = report(&format!("experiment={experiment}"), Vec::new());
        assert!(report.sentence.ends_with('.'), "{experiment}");
        let mut outcomes = verdicts(&report).into_iter().map(|(_, outcome)| outcome);
        assert!(
            outcomes.all(|outcome| outcome == Outcome::CannotBeSaid),
            "{experiment}"
        );
        assert!(
            Report::read(&report.to_json()).unwrap() == report,
            "{experiment}"
        );
    }
}

#[test]
fn outliers_and_disturbed_samples_are_marked() {
    let mut locked = series("locked", ("processes", "µs"), &[(2.0, 1.0)]);
    locked.point(2.0).sample(50.0, true);
    locked.point(2.0).sample(f64::NAN, true);
    let report = report("experiment=sharing", vec![locked]);
    let point = &report.series[0].points[0];
    assert_eq!(point.samples.len(), 6);
    assert_eq!(point.disturbed, [5]);
    assert_eq!((point.outliers.len(), point.outliers[0].index), (1, 5));
}

/// A speed-up above the ideal shows that the calibration was disturbed. Then no share of the ideal
/// is given.
#[test]
fn no_share_of_the_ideal_exceeds_100_per_cent() {
    let share = |processes: f64, ideal: [f64; 3]| {
        let mut recording = recording("experiment=speed-up&workers=2");
        let time = ("processes", "s");
        recording.series = vec![
            series("main", time, &[(1.0, 4.0)]),
            series("processes", time, &[(2.0, processes)]),
        ];
        recording.calibration = Some(Calibration::new([(2, ideal.to_vec())]));
        let report = Report::new(recording);
        let text = speed_ups(&report)[0].share.unwrap().words();
        for text in report
            .findings
            .iter()
            .map(|one| &one.sentence)
            .chain([&text])
        {
            assert!(!text.contains("110 %") && !text.contains("244 %"), "{text}");
            assert!(!text.contains("could be had"), "{text}");
        }
        text
    };
    assert_eq!(
        share(4.0 / 1.5, [1.9, 1.95, 2.0]),
        "77 % of the ideal 1.9×, calibrated here"
    );
    assert_eq!(
        share(4.0 / 1.98, [1.7, 1.8, 2.1]),
        "no difference shown from the ideal 1.8×, calibrated here"
    );
    assert_eq!(
        share(4.0 / 1.98, [0.8, 0.81, 0.82]),
        "the calibration found only 0.81×: something else used the machine then, so no share of the ideal is told"
    );
}

/// The actual length of tasks is compared with the planned length.
#[test]
fn tasks_that_are_not_as_long_as_planned_are_marked() {
    let length = |took: f64| {
        let all = vec![named("task-length", "ms", &[("map", took), ("imap", took)])];
        let report = report("experiment=pool-methods&workers=2&task=50", all);
        report.findings.last().unwrap().sentence.clone()
    };
    assert_eq!(
        length(49.0),
        "A short task took 49 ms, about as long as planned (50 ms)."
    );
    assert!(length(8.0).starts_with("⚠ A short task took 8 ms and not 50 ms, as planned"));
    let work = |took: f64| {
        let all = vec![series("posing-compute", ("processes", "s"), &[(1.0, took)])];
        report("experiment=io-bound", all)
            .findings
            .last()
            .unwrap()
            .sentence
            .clone()
    };
    assert!(work(0.24).starts_with("⚠ The work that stands beside the sleep"));
    assert!(work(0.41).contains("about as long as planned"));
}

/// The lengths of two queues are not added up in one chart.
#[test]
fn each_queue_has_a_chart_of_its_own() {
    let over_time = |id: &str| {
        let [axis, measure] = ["time", "recordings"].map(|label| Quantity::new(label, ""));
        let mut series = Series::new(id, id, axis, measure);
        series.point(1.0).sample(1.0, false);
        series.point(2.0).sample(1.0, false);
        series
    };
    let all = vec![
        over_time("over-time-read-1"),
        over_time("over-time-smooth-1"),
    ];
    let report = report("experiment=pipelines&capacities=1", all);
    let charts = ["depth-read-1", "depth-smooth-1"].map(|id| report.chart(id).expect(id));
    for chart in charts {
        assert_eq!(chart.lines.len(), 1);
        assert!(chart.lines[0].dots.iter().all(|dot| dot.y <= 1.0));
    }
}

/// All texts use the phrase "times as fast", and not "times faster".
#[test]
fn texts_say_times_as_fast_and_not_times_faster() {
    for report in all() {
        let cells = report.tables.iter().flat_map(|table| &table.rows).flatten();
        let charts = report.charts.iter().map(|chart| &chart.sentence);
        let findings = report.findings.iter().map(|one| &one.sentence);
        let decided = decide(&[&report]).into_iter();
        let decided: Vec<String> = decided.filter_map(|row| row.because).collect();
        for text in cells
            .chain(charts)
            .chain(findings)
            .chain([&report.sentence])
            .chain(&decided)
        {
            assert!(
                !text.contains("× faster") && !text.contains("speed, "),
                "{text}"
            );
            assert!(!text.contains("1 process were"), "{text}");
        }
    }
}

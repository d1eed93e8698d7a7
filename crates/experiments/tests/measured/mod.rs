//! What all experiments have in common.

mod cancelled;
mod granularity;
mod io_bound;
mod messaging;
mod pipelines;
mod pool_methods;
mod sharing;
mod speed_up;
mod start_up;
#[cfg(feature = "threads")]
mod threads;

use experiments::*;
use manyhands::{active_children, diagnostics};
use timeline::{Live, Trace};

/// The report of a query's plan, after what holds for every report was checked.
pub async fn report_of(query: &str) -> Report {
    let cores = manyhands::cpu_count();
    let (plan, invalid, _) = Plan::from_query(query, cores);
    assert_eq!(invalid, [], "{query}");
    let mut watcher = Watcher::default();
    let report = run(&plan, &Cancel::new(), &mut watcher).await.unwrap();
    watcher.check(&plan);
    nothing_is_left();
    check(&report);
    assert_eq!(report.plan, plan);
    assert!(report.environment.isolated);
    report
}

/// No process and no warm worker.
pub fn nothing_is_left() {
    assert_eq!(active_children(), []);
    let diagnostics = diagnostics();
    assert_eq!((diagnostics.processes, diagnostics.warm_workers), (0, 0));
}

fn check(report: &Report) {
    let repeats = report.plan.repeats() as usize;
    assert!(report.series.len() >= 2);
    for series in &report.series {
        assert!(!series.points.is_empty(), "{} is empty", series.id);
        for point in &series.points {
            let at = format!("{} at {}", series.id, point.x);
            let once = &*series.axis.label == "time";
            assert!(once || point.samples.len() >= repeats, "{at}");
            assert!(point.samples.iter().all(|one| one.is_finite()), "{at}");
            assert!(series.may_be_wrong || point.correct, "{at}: {point:?}");
            assert!(point.summary.is_some(), "{at}");
        }
    }
    assert!(report.agree, "{}", report.sentence);
    assert!(report.sentence.ends_with('.'), "{}", report.sentence);
    assert!(!report.charts.is_empty() && !report.tables.is_empty());
    for chart in &report.charts {
        assert!(
            chart.lines.iter().any(|line| !line.dots.is_empty()),
            "{}",
            chart.id
        );
        for id in chart.lines.iter().filter_map(|line| line.series.as_ref()) {
            assert!(report.series_of(id).is_some(), "{} draws {id}", chart.id);
        }
    }
    for table in &report.tables {
        assert!(
            table
                .rows
                .iter()
                .all(|row| row.len() == table.columns.len()),
            "{}",
            table.id
        );
    }
    let again = Report::read(&report.to_json()).unwrap();
    assert!(again == *report, "a report reads back as it was");
    let samples: usize = (report.series.iter().flat_map(|one| &one.points))
        .map(|point| point.samples.len())
        .sum();
    assert_eq!(report.to_csv().lines().count(), samples + 1);
}

/// Watches whether everything is told in order.
#[derive(Default)]
struct Watcher {
    done: Vec<u32>,
    total: u32,
    under_way: Option<Model>,
    measured: u32,
    on_main: u32,
    lanes: u32,
    traces: u32,
    /// Whether a process worked out what is to come out.
    expected: bool,
}

impl Watcher {
    fn check(&self, plan: &Plan) {
        // What is to come out is never worked out on the page's own thread: it would freeze,
        // and nobody would count that. Nor is a warm-up of it measured.
        let works = [Experiment::SpeedUp, Experiment::Granularity];
        let waits = [Experiment::Pipelines, Experiment::IoBound];
        let experiment = plan.experiment();
        let expects = works.contains(&experiment) || waits.contains(&experiment);
        assert_eq!(self.expected, expects, "{experiment}");
        if experiment == Experiment::SpeedUp {
            assert_eq!(self.on_main, plan.repeats());
        }
        assert!(self.done.is_sorted(), "{:?}", self.done);
        assert_eq!(
            self.done.last(),
            Some(&(self.total - 1)),
            "all steps were told"
        );
        assert_eq!(self.under_way, None);
        assert!(self.measured > 0);
        assert!(self.lanes > 0);
        assert_eq!(self.traces, 1);
    }
}

impl Observer for Watcher {
    fn progress(&mut self, progress: &Progress) {
        assert!(!progress.phase.is_empty());
        self.done.push(progress.done);
        self.total = progress.total;
    }

    fn measuring(&mut self, model: Model, begin: bool) {
        let before = std::mem::replace(&mut self.under_way, begin.then_some(model));
        assert_eq!(before, (!begin).then_some(model));
        self.measured += u32::from(begin);
        self.on_main += u32::from(begin && model == Model::Main);
    }

    fn live(&mut self, live: &Live) {
        self.lanes += 1;
        assert!(live.lanes.iter().all(|lane| !lane.spans.is_empty()));
    }

    fn trace(&mut self, trace: Trace) {
        self.traces += 1;
        let file: serde_json::Value = serde_json::from_str(&trace.to_chrome()).unwrap();
        let events = file["traceEvents"].as_array().unwrap();
        let some = |ph: &str, name: &str| {
            events
                .iter()
                .any(|event| event["ph"] == ph && event["name"] == name)
        };
        self.expected = events.iter().any(|event| {
            event["name"] == "process_name" && event["args"]["name"] == "Expected result"
        });
        // Who it was, what was measured, and what ran.
        assert!(some("M", "process_name") && some("X", "target"));
        let measured = events.iter().filter(|event| event["cat"] == "measured");
        assert_eq!(measured.count(), self.measured as usize);
        // On a busy machine there may be more waits than it can hold.
        let less = trace.dropped() + trace.lost() > 0;
        assert_eq!(missing_records(&trace).is_some(), less);
    }
}

//! Checks that all experiments share.

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
use timeline::{LiveLanes, Trace};

/// Runs the plan of a query, and checks everything that all reports have in common.
pub async fn report_of(query: &str) -> Report {
    let cores = manyhands::cpu_count();
    let (plan, invalid, _) = Plan::from_query(query, cores);
    assert_eq!(invalid, [], "{query}");
    let mut observer = CheckingObserver::default();
    let report = run(&plan, &Cancel::new(), &mut observer).await.unwrap();
    observer.check(&plan);
    nothing_is_left();
    check(&report);
    assert_eq!(report.plan, plan);
    assert!(report.environment.isolated);
    report
}

/// Checks that no process and no warm worker is left running.
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
    let read = Report::read(&report.to_json()).unwrap();
    assert!(read == *report, "a report reads back as it was");
    let samples: usize = (report.series.iter().flat_map(|one| &one.points))
        .map(|point| point.samples.len())
        .sum();
    assert_eq!(report.to_csv().lines().count(), samples + 1);
}

/// An observer that checks the order of the calls.
#[derive(Default)]
struct CheckingObserver {
    done: Vec<u32>,
    total: u32,
    /// The model that is being measured.
    measuring: Option<Model>,
    measured: u32,
    on_main: u32,
    lanes: u32,
    traces: u32,
    /// Whether a process computed the expected result.
    expected: bool,
}

impl CheckingObserver {
    fn check(&self, plan: &Plan) {
        // The expected result is not computed on the page's own thread, because the page would
        // freeze, and the freeze would not be measured. A warm-up is not measured either.
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
        assert_eq!(self.measuring, None);
        assert!(self.measured > 0);
        assert!(self.lanes > 0);
        assert_eq!(self.traces, 1);
    }
}

impl Observer for CheckingObserver {
    fn progress(&mut self, progress: &Progress) {
        assert!(!progress.phase.is_empty());
        self.done.push(progress.done);
        self.total = progress.total;
    }

    fn measuring(&mut self, model: Model, begin: bool) {
        let before = std::mem::replace(&mut self.measuring, begin.then_some(model));
        assert_eq!(before, (!begin).then_some(model));
        self.measured += u32::from(begin);
        self.on_main += u32::from(begin && model == Model::Main);
    }

    fn live(&mut self, live: &LiveLanes) {
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
        // The trace contains the names of the processes, the measurements and the targets.
        assert!(some("M", "process_name") && some("X", "target"));
        let measured = events.iter().filter(|event| event["cat"] == "measured");
        assert_eq!(measured.count(), self.measured as usize);
        // On a busy machine there may be more waits than a trace can hold.
        let less = trace.dropped() + trace.lost() > 0;
        assert_eq!(missing_records(&trace).is_some(), less);
    }
}

//! The start-up experiment: what does a process cost before it does anything? Its plan and its
//! series.

pub(super) mod claims;
pub(super) mod findings;
pub(super) mod run;

use crate::{
    Model, Quantity, Series,
    form::{Kind, Limit, Rules, YesOrNo, plan},
    report::SeriesId,
};
use manyhands::StartMethod;

plan! {
    /// The plan of the start-up experiment.
    Plan(_) {
        /// How many processes are started at once.
        counts: Vec<u32> = vec![1, 2, 4, 8], "Processes",
            Kind::Numbers(Limit::Fixed(1, 64, ""), 8);
        /// How processes get their workers.
        methods: Vec<StartMethod> = StartMethod::ALL.to_vec(), "Start methods";
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 3 => 10, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
        /// Whether the browser is asked how much memory its workers take. It may need
        /// half a minute to answer, and not every browser does.
        browser_memory as "browser-memory": YesOrNo = YesOrNo::No, "Ask the browser, too";
    }
}

impl Rules for Plan {}

/// The series that the experiment records.
#[derive(Clone, Copy)]
pub(crate) enum Measured {
    /// The time until the target of a process is called.
    Called(StartMethod),
    /// The time until all processes have ended.
    Joined(StartMethod),
    /// The memory of a process's instance of the module.
    Memory(StartMethod),
    /// The memory of the page and its workers, measured by the browser.
    BrowserTotal,
    /// The memory of each worker, measured by the browser.
    BrowserWorker,
}

impl SeriesId for Measured {
    fn series(&self) -> Series {
        let of_method = |id: &str, method: StartMethod, label: &str, measure| {
            let model = Some(Model::Processes(method));
            (
                format!("{id}-{method}"),
                format!("{method}: {label}"),
                measure,
                model,
            )
        };
        let of_browser =
            |id: &str, label: &str| (id.to_owned(), label.to_owned(), ("memory", "MiB"), None);
        let (id, label, measure, model) = match *self {
            Measured::Called(method) => of_method(
                "called",
                method,
                "until its function is called",
                ("time", "ms"),
            ),
            Measured::Joined(method) => {
                of_method("joined", method, "until all have ended", ("time", "ms"))
            }
            Measured::Memory(method) => {
                of_method("memory", method, "memory of its own", ("memory", "MiB"))
            }
            Measured::BrowserTotal => {
                of_browser("browser-total", "page and workers, says the browser")
            }
            Measured::BrowserWorker => {
                of_browser("browser-worker", "each worker, says the browser")
            }
        };
        let (axis, measure) = (
            Quantity::new("processes", ""),
            Quantity::new(measure.0, measure.1),
        );
        let series = Series::new(id, label, axis, measure);
        let series = Series { model, ..series };
        match self {
            Measured::Called(_) | Measured::Joined(_) => series.timed_once(),
            _ => series,
        }
    }
}

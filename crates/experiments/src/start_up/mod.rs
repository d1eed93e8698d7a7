//! What does a process cost before it does anything? What is asked, and what is
//! recorded.

pub(super) mod run;

use crate::{
    Model, Quantity, Series,
    form::{Kind, Limit, Rules, YesOrNo, plan},
    series_id::SeriesId,
};
use manyhands::StartMethod;

plan! {
    /// What is measured of starting processes.
    Plan(_) {
        /// How many processes are started at once.
        counts: Vec<u32> = vec![1, 2, 4, 8], "Processes",
            Kind::Numbers(Limit::Fixed(1, 64, ""), 8);
        /// How processes get their workers.
        methods: Vec<StartMethod> = StartMethod::ALL.to_vec(), "Start methods";
        /// How often everything is measured: more repeats, less doubt.
        repeats: u32 = 5, "Repeats", Kind::Number(Limit::Fixed(1, 50, ""));
        /// Whether the browser is asked how much memory its workers take. It may need
        /// half a minute to answer, and not every browser does.
        browser_memory as "browser-memory": YesOrNo = YesOrNo::No, "Ask the browser, too";
    }
}

impl Rules for Plan {}

/// What is recorded.
#[derive(Clone, Copy)]
enum Measured {
    /// How long until a process's function is called.
    Called(StartMethod),
    /// How long until all processes have ended.
    Joined(StartMethod),
    /// How much memory the module of a process has.
    Memory(StartMethod),
    /// How much memory the browser says that the page and its workers take.
    BrowserTotal,
    /// And each worker.
    BrowserWorker,
}

impl SeriesId for Measured {
    fn id(&self) -> String {
        match self {
            Measured::Called(method) => format!("called-{method}"),
            Measured::Joined(method) => format!("joined-{method}"),
            Measured::Memory(method) => format!("memory-{method}"),
            Measured::BrowserTotal => "browser-total".to_owned(),
            Measured::BrowserWorker => "browser-worker".to_owned(),
        }
    }

    fn series(&self) -> Series {
        let (id, axis) = (self.id(), Quantity::new("processes", ""));
        let (time, memory) = (Quantity::new("time", "ms"), Quantity::new("memory", "MiB"));
        let (method, label, measure) = match self {
            Measured::Called(method) => (method, "until its function is called", time),
            Measured::Joined(method) => (method, "until all have ended", time),
            Measured::Memory(method) => (method, "memory of its own", memory),
            Measured::BrowserTotal => {
                return Series::new(id, "page and workers, says the browser", axis, memory);
            }
            Measured::BrowserWorker => {
                return Series::new(id, "each worker, says the browser", axis, memory);
            }
        };
        Series::new(id, format!("{method}: {label}"), axis, measure)
            .of_model(Model::Processes(*method))
    }
}

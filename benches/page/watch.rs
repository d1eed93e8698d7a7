//! The moments at which targets begin, from the trace.

use manyhands::{Process, trace};
use std::{cell::RefCell, collections::HashMap, rc::Rc};

/// Records when the target of each process begins, until it is dropped.
pub struct Watch {
    begun: Rc<RefCell<HashMap<trace::Pid, f64>>>,
    _subscription: trace::Subscription,
}

impl Watch {
    pub fn new() -> Watch {
        let begun = Rc::new(RefCell::new(HashMap::new()));
        let recorded = begun.clone();
        let subscription = trace::subscribe(move |records| {
            for record in records {
                if let trace::Record::Event(event) = record
                    && event.op == trace::Op::TargetBegin
                {
                    recorded.borrow_mut().insert(event.pid, event.time_us);
                }
            }
        });
        Watch {
            begun,
            _subscription: subscription,
        }
    }

    /// When the process's target began, in µs on the trace's clock.
    pub fn begun(&self, process: &Process<()>) -> Option<f64> {
        trace::flush();
        let pid = process.pid().ok()?;
        self.begun.borrow().get(&pid).copied()
    }

    /// Waits until the target of the process runs; `false` if the process ended before that.
    pub async fn wait_until_it_runs(
        &self,
        process: &Process<()>,
    ) -> Result<bool, manyhands::Error> {
        loop {
            if self.begun(process).is_some() {
                return Ok(true);
            }
            if !process.is_alive()? {
                return Ok(false);
            }
            manyhands::sleep_async(std::time::Duration::from_millis(2)).await;
        }
    }
}

use super::nothing_is_left;
use experiments::*;
use manyhands::active_children;
use timeline::LiveLanes;
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Cancels an experiment after a number of steps.
struct CancelAfter {
    cancel: Cancel,
    /// The number of steps that are still to begin before it cancels.
    steps: u32,
    /// Whether it waits until processes are alive, and does not cancel at a step's beginning.
    while_processes_work: bool,
    /// The largest number of processes that were alive when it cancelled.
    seen: usize,
}

impl Observer for CancelAfter {
    fn progress(&mut self, _: &Progress) {
        if !self.while_processes_work && self.steps == 0 {
            self.cancel.cancel();
        }
        self.steps = self.steps.saturating_sub(1);
    }

    fn live(&mut self, _: &LiveLanes) {
        if self.while_processes_work && self.steps == 0 && !active_children().is_empty() {
            self.seen = self.seen.max(active_children().len());
            self.cancel.cancel();
        }
    }
}

async fn cancelled(query: &str, steps: u32, while_processes_work: bool) -> usize {
    let (plan, invalid, _) = Plan::from_query(query, manyhands::cpu_count());
    assert_eq!(invalid, []);
    let cancel = Cancel::new();
    let mut observer = CancelAfter {
        cancel: cancel.clone(),
        steps,
        while_processes_work,
        seen: 0,
    };
    let outcome = run(&plan, &cancel, &mut observer).await;
    assert_eq!(outcome, Err(RunError::Cancelled), "{query}");
    nothing_is_left();
    observer.seen
}

#[test]
async fn cancel_at_any_step_leaves_nothing_behind() {
    for experiment in Experiment::ALL {
        let query = format!("experiment={experiment}&repeats=2");
        for steps in [0, 1, 3] {
            cancelled(&query, steps, false).await;
        }
    }
}

#[test]
async fn cancel_while_processes_work_leaves_nothing_behind() {
    // The work takes longer than the interval at which the lanes are updated.
    for query in [
        "experiment=speed-up&workload=prime-count&size=3e8&workers=2&repeats=1",
        "experiment=sharing&ways=locked&increments=1e7&workers=2&repeats=1",
        "experiment=io-bound&workload=sleep&size=200&models=processes&workers=2&posing=no&repeats=1",
    ] {
        assert!(cancelled(query, 0, true).await > 0, "{query}");
    }
}

#[test]
async fn an_invalid_plan_is_not_run() {
    let (mut plan, ..) = Plan::from_query("experiment=granularity", 2);
    plan.set("size", "1000", 2).unwrap();
    plan.set("chunks", "1,4096", 2).unwrap();
    let outcome = run(&plan, &Cancel::new(), &mut ()).await;
    let Err(RunError::Invalid(invalid)) = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(invalid[0].field, "chunks");
    nothing_is_left();
}

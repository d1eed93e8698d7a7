//! Runs an experiment and sends its progress and its result to the page's state.

use super::browser;
use super::frame_monitor::FrameMonitor;
use super::state::{Action, RunProgress, Stage, State};
use experiments::{Cancel, Model, Observer, Plan, Progress, RunError, run};
use manyhands::diagnostics;
use std::rc::Rc;
use timeline::{LiveLanes, Trace};
use yew::{AttrValue, UseReducerDispatcher};

/// Runs the plan until it is done, cancelled or failed.
pub async fn start(
    plan: Plan,
    cancel: Cancel,
    monitor: FrameMonitor,
    page: UseReducerDispatcher<State>,
) {
    page.dispatch(Action::Start);
    // A process of the fault panel may still be running; it would take a core from the
    // measurement.
    manyhands::kill_all().await;
    monitor.start();
    let mut observer = PageObserver {
        monitor: monitor.clone(),
        page: page.clone(),
    };
    let outcome = run(&plan, &cancel, &mut observer).await;
    monitor.stop();
    let freezes = monitor.freezes();
    let responsiveness = freezes.responsiveness();
    page.dispatch(Action::Freezes(freezes));
    page.dispatch(match outcome {
        Ok(mut report) => {
            report.recording.responsiveness = responsiveness;
            Action::Finish(Stage::Done, Some(Rc::new(report)))
        }
        Err(RunError::Cancelled) => Action::Finish(Stage::Cancelled, None),
        Err(error) => {
            if browser::site_was_updated().await {
                page.dispatch(Action::SiteUpdated);
            }
            Action::Finish(Stage::Failed(sentence(error.to_string())), None)
        }
    });
}

struct PageObserver {
    monitor: FrameMonitor,
    page: UseReducerDispatcher<State>,
}

impl Observer for PageObserver {
    fn progress(&mut self, progress: &Progress) {
        self.page
            .dispatch(Action::Progress(RunProgress::from(progress)));
        self.page.dispatch(Action::Freezes(self.monitor.freezes()));
        if diagnostics().hidden {
            self.page.dispatch(Action::Hidden);
        }
    }

    fn measuring(&mut self, model: Model, begin: bool) {
        self.monitor.measuring(model, begin);
    }

    fn live(&mut self, live: &LiveLanes) {
        self.page.dispatch(Action::Live(Rc::new(live.clone())));
    }

    fn trace(&mut self, trace: Trace) {
        self.page.dispatch(Action::Trace(Rc::new(trace)));
    }
}

/// Adds the full stop that an error's text may lack.
fn sentence(mut text: String) -> AttrValue {
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text.into()
}

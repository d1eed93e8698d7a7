//! The whole page: one state, handed down to its parts.

use super::chart::patterns;
use super::controls::Controls;
use super::explain::explain;
use super::frame_monitor::FrameMonitor;
use super::lanes::run_lanes;
use super::masthead::masthead;
use super::misbehave::Misbehave;
use super::progress::now;
use super::report_script::report_script;
use super::result::{alarm, answer};
use super::runner;
use super::speed_up_chart::SpeedUpChart;
use super::state::{Action, State};
use super::table::Table;
use super::time_bar::time_bars;
use super::url::{self, Isolation};
use crate::experiment::Cancel;
use yew::platform::spawn_local;
use yew::prelude::*;

/// The page.
#[component]
pub fn Page() -> Html {
    let begin = use_memo((), |()| {
        State::new(crate::cpu_count(), Isolation::of_page(), &url::query())
    });
    let state = {
        let begin = begin.clone();
        use_reducer_eq(move || begin.0.clone())
    };
    let monitor = (*use_memo((), |()| FrameMonitor::new())).clone();
    let cancel = use_mut_ref(Cancel::new);

    let run = {
        let (state, monitor, cancel) = (state.clone(), monitor.clone(), cancel.clone());
        move || {
            state.dispatch(Action::Check);
            if state.stage.is_busy() || !state.isolation.is_isolated() {
                return;
            }
            if let Some(field) = state.first_invalid() {
                url::focus(field.name());
                return;
            }
            url::replace_query(&state.plan.to_query());
            url::reveal("now");
            *cancel.borrow_mut() = Cancel::new();
            spawn_local(runner::start(
                state.plan.clone(),
                cancel.borrow().clone(),
                monitor.clone(),
                state.dispatcher(),
            ));
        }
    };
    let on_run = {
        let run = run.clone();
        Callback::from(move |()| run())
    };
    let on_cancel = {
        let (state, cancel) = (state.clone(), cancel.clone());
        Callback::from(move |()| {
            cancel.borrow().cancel();
            state.dispatch(Action::Stop);
        })
    };
    let on_edit = {
        let state = state.clone();
        Callback::from(move |action| state.dispatch(action))
    };

    // `?run=1` starts at once.
    use_effect_with((), {
        let at_once = begin.1;
        move |()| {
            if at_once {
                run();
            }
        }
    });
    // The address follows the plan, but not before someone changed it: a query
    // with a fault in it stays to be looked at.
    let first = use_mut_ref(|| true);
    use_effect_with(state.plan.clone(), move |plan| {
        if !first.replace(false) {
            url::replace_query(&plan.to_query());
        }
    });

    let shown = state.report.as_deref();
    let report = shown.map(|shown| &**shown);
    let workers = state.plan.workers;
    html! {
        <div class="page">
            { patterns() }
            <a class="skip" href="#results">{ "To the results" }</a>
            { masthead(&state.isolation, state.cores) }
            <main>
                <div class="bench">
                    <Controls state={(*state).clone()} {on_edit} {on_run} {on_cancel} />
                    <section class="results" id="results" tabindex="-1" aria-label="Results">
                        { now(&state, &monitor) }
                        { alarm(report) }
                        <div class="two">
                            { answer(report) }
                            <SpeedUpChart report={state.report.clone()} {workers} />
                        </div>
                        <div class="two">
                            { time_bars(report, workers) }
                            { run_lanes(&state.live_lanes, report, workers) }
                        </div>
                        if let Some(report) = &state.report {
                            <Table report={report.clone()} />
                        }
                    </section>
                </div>
                { explain() }
                <Misbehave runnable={state.isolation.is_isolated()} busy={state.stage.is_busy()} />
            </main>
            <footer class="foot">
                { "Everything runs in this browser: no request leaves this page’s own address. \
                   Free software under the MIT or Apache 2.0 licence." }
            </footer>
            if let Some(shown) = shown {
                { report_script(shown) }
            }
        </div>
    }
}

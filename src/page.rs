//! The whole page: one state, handed down to its parts.

use super::browser::{self, Isolation};
use super::charts::Charts;
use super::compare::comparison;
use super::controls::Controls;
use super::decisions::decisions;
use super::fault_panel::FaultPanel;
use super::filtered::pictures;
use super::forecast;
use super::frame_monitor::FrameMonitor;
use super::hatches::hatches;
use super::header::{header, update_notice};
use super::navigation::navigation;
use super::progress::progress_panel;
use super::question::question;
use super::recorded::{self, use_recorded};
use super::report_file::{ReportScript, files, on_drag_over, on_drop};
use super::result::{answer, disturbance, findings, wrong_results};
use super::runner;
use super::state::{Action, State};
use crate::lanes::RunLanes;
use experiments::Cancel;
use yew::platform::spawn_local;
use yew::prelude::*;

/// The page.
#[component]
pub fn Page() -> Html {
    let begin = use_memo((), |()| {
        State::new(
            manyhands::cpu_count(),
            experiments::environment().clock_step_us,
            Isolation::of_page(),
            &browser::query(),
        )
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
            state.dispatch(Action::Validate);
            if state.stage.is_busy() || !state.isolation.is_isolated() {
                return;
            }
            if let Some(field) = state.first_invalid() {
                browser::focus(field);
                return;
            }
            browser::replace_query(&state.plan.to_query());
            browser::scroll_into_view("now");
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
        let state = state.dispatcher();
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
    // The address follows the plan once the plan has changed. It does not at first, so
    // that an invalid query stays in the address bar. Another experiment becomes a new
    // entry of the browser's history, so that the Back button returns from it.
    let last = use_mut_ref(|| None);
    use_effect_with(state.plan.clone(), move |plan| {
        browser::set_title(plan.experiment().title());
        match last.replace(Some(plan.experiment())) {
            None => {}
            Some(earlier) if earlier == plan.experiment() => {
                browser::replace_query(&plan.to_query())
            }
            Some(_) => browser::push_query(&format!("experiment={}", plan.experiment())),
        }
    });
    use_effect_with((), {
        let on_edit = on_edit.clone();
        move |()| {
            let listener =
                browser::on_back(move || on_edit.emit(Action::OpenAddress(browser::query())));
            move || drop(listener)
        }
    });

    use_recorded(&state, &on_edit);
    let on_not_loaded = {
        let on_edit = on_edit.clone();
        Callback::from(move |()| {
            let on_edit = on_edit.clone();
            spawn_local(async move {
                if browser::site_was_updated().await {
                    on_edit.emit(Action::SiteUpdated);
                }
            });
        })
    };

    let report = state.report().cloned();
    let shown = report.as_deref();
    let isolated = state.isolation.is_isolated();
    html! {
        <div class="page" ondrop={on_drop(&on_edit)} ondragover={on_drag_over()}>
            { hatches() }
            <a class="skip" href="#results">{ "To the results" }</a>
            { header(&state.isolation, state.cores) }
            { update_notice(state.site_updated) }
            { navigation(&state, &on_edit) }
            <main id="experiment" data-experiment={state.experiment().name()}>
                { question(state.experiment()) }
                <div class={classes!("bench", (!isolated).then_some("is-still"))}>
                    <Controls state={(*state).clone()} on_edit={on_edit.clone()} {on_run} {on_cancel} />
                    <section class="results" id="results" tabindex="-1" aria-label="Results">
                        if isolated {
                            { progress_panel(&state, &monitor) }
                        }
                        { wrong_results(shown) }
                        { for shown.map(disturbance) }
                        { recorded::recorded_notice(&state) }
                        if shown.is_some() || isolated {
                            <RunLanes live={state.shown_live()} report={report.clone()}
                                own={state.own_report().is_some()} busy={state.is_measuring()}
                                expected={forecast::lane_count(&state.plan)} />
                            { answer(shown, state.is_measuring()) }
                        }
                        { pictures(&state) }
                        { for shown.map(findings) }
                        { for shown.zip(state.compared()).map(|(report, other)| comparison(report, other)) }
                        if let Some(report) = &report {
                            <Charts report={report.clone()} other={state.compared().cloned()} />
                        }
                        { files(&state, &on_edit) }
                    </section>
                </div>
                { decisions(&state) }
                if isolated {
                    <FaultPanel busy={state.stage.is_busy()} {on_not_loaded} />
                }
            </main>
            <footer class="foot">
                { "Everything runs in this browser: no request leaves this page’s own address. \
                   Free software under the MIT or Apache 2.0 licence." }
            </footer>
            if let Some(report) = report {
                <ReportScript {report} />
            }
        </div>
    }
}

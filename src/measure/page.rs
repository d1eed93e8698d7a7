//! The whole page: one state, handed down to its parts.

use super::browser::{self, Isolation};
use super::card::card;
use super::charts::{Charts, Tables};
use super::class_link::{self, Addition, ClassLink};
use super::compare::comparison;
use super::controls::Controls;
use super::decisions::decisions;
use super::filtered::pictures;
use super::forecast;
use super::frame_monitor::FrameMonitor;
use super::hatches::hatches;
use super::header::{Part, isolation_status, readiness, site_footer, site_header, update_notice};
use super::lanes::RunLanes;
use super::navigation::navigation;
use super::presenter::{At, Keys, Turn, keys, use_presenter};
use super::question::claims;
use super::recorded::use_recorded;
use super::report_file::{ReportScript, files, on_drag_over, on_drop};
use super::result::{disturbance, findings, how_measured};
use super::runner;
use super::section::Section;
use super::stage_panel::freezes;
use super::state::{Action, SharedReport, State};
use charts::geometry::plural;
use experiments::{Cancel, Experiment};
use std::time::Duration;
use yew::platform::{spawn_local, time::sleep};
use yew::prelude::*;

/// Moves the keyboard's focus to a control that is shown only after the page has changed: one
/// of the settings, which open if one of them is wrong.
fn focus_when_shown(field: &'static str) {
    spawn_local(async move {
        sleep(Duration::ZERO).await;
        browser::focus(field);
    });
}

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
            if let Some(field) = state.form.first_invalid() {
                focus_when_shown(field);
                return;
            }
            browser::replace_query(&with_options(&state.form.plan.to_query()));
            browser::scroll_into_view("card");
            *cancel.borrow_mut() = Cancel::new();
            spawn_local(runner::start(
                state.form.plan.clone(),
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
    use_effect_with(state.form.plan.clone(), move |plan| {
        let experiment = plan.experiment();
        browser::describe(experiment.title(), experiment.question());
        browser::show_in_row(".experiments [aria-current]");
        match last.replace(Some(plan.experiment())) {
            None => {}
            Some(earlier) if earlier == plan.experiment() => {
                browser::replace_query(&with_options(&plan.to_query()))
            }
            Some(_) => {
                let query = format!("experiment={}", plan.experiment());
                browser::push_query(&with_options(&query));
            }
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

    use_recorded(&state, &on_edit, begin.1 && state.isolation.is_isolated());
    // What was loaded must be seen.
    use_effect_with(state.compared().is_some(), |&compared| {
        if compared {
            browser::open("section-files");
        }
    });

    let experiment = state.experiment();
    let on_turn = on_edit.reform(move |turn| Action::ChooseExperiment(beside(experiment, turn)));
    let on_key_run = on_run.clone();
    let presenter = use_presenter(
        experiment.name(),
        Keys {
            on_run: on_key_run,
            on_turn,
            at: match state.stage.is_busy() {
                true => At::Running,
                false if state.own_report().is_some() || !state.isolation.is_isolated() => {
                    At::Answer
                }
                false => At::Question,
            },
        },
    );
    // Without the presenter, a covered answer is covered everywhere on the page.
    let is_hidden = presenter.covered && !presenter.on;
    let report = state.report().cloned();
    let own = state.own_report().is_some();
    html! {
        <div class="page measure" ondrop={on_drop(&on_edit)} ondragover={on_drag_over()}>
            { hatches() }
            <a class="skip" href="#results">{ "To the results" }</a>
            { site_header(Part::Measure) }
            { isolation_status(&state.isolation) }
            { update_notice(state.site_updated) }
            { navigation(&state, &on_edit) }
            <main id="experiment" data-experiment={state.experiment().name()}>
                { card(&state, &monitor, &presenter) }
                <Controls state={(*state).clone()} on_edit={on_edit.clone()} {on_run} {on_cancel} />
                { for report.as_deref().map(disturbance) }
                if let Some(why) = &state.file_error {
                    <p class="error" id="unreadable" role="alert">{ why.clone() }</p>
                }
                <div class="sections" id="results" tabindex="-1" role="region" aria-label="Results">
                    if !is_hidden {
                        { sections(&state, report.as_ref(), own) }
                    }
                    <Section name="files" title="Save and compare">
                        { files(&state, &on_edit) }
                        { for report.as_deref().filter(|_| own).zip(state.compared())
                            .map(|(report, other)| comparison(report, other)) }
                    </Section>
                    <Section name="decisions" title="Which model should I use?"
                        about="advice, with the figures of this browser">
                        { decisions(&state) }
                    </Section>
                </div>
                <div class="for-teachers">
                    <p class="note">
                        <button type="button" class="link" id="present" aria-pressed={presenter.on.to_string()}
                            onclick={presenter.toggle.clone()}>{ "Presenter view" }</button>
                        { format!(": large type, and keys: {}.", keys("experiment")) }
                        { " " }<a href="?class">{ "A class on one picture" }</a>
                        { ": the reports of all laptops in one chart." }
                    </p>
                    <ClassLink query={state.form.plan.to_query()} additions={vec![
                        Addition::new(class_link::HIDDEN, "The answer is hidden until it is asked for"),
                        Addition::new("run=1", "Starts at once"),
                        Addition::new(class_link::PRESENT, "Presenter view"),
                    ]} />
                </div>
            </main>
            { site_footer(readiness(&state.isolation, state.form.cores)) }
            if let Some(report) = state.embedded_report() {
                <ReportScript report={report.clone()} />
            }
        </div>
    }
}

/// A query with the options of the page's address: the presenter view, hidden answers.
fn with_options(query: &str) -> String {
    format!("{query}{}", class_link::options(&browser::query()))
}

/// The experiment after this one or before it, beginning again at the first.
fn beside(experiment: Experiment, turn: Turn) -> Experiment {
    let all = Experiment::ALL;
    let places = match turn {
        Turn::Next => 1,
        Turn::Previous => all.len() - 1,
    };
    all[(experiment as usize + places) % all.len()]
}

/// What is one step further down than the answer.
fn sections(state: &State, report: Option<&SharedReport>, own: bool) -> Html {
    let experiment = state.experiment();
    let lanes = match (state.is_measuring(), report) {
        (true, _) => {
            html! { <p class="note">{ "While it runs, the lanes are in the card above." }</p> }
        }
        (false, _) => html! {
            <>
                <RunLanes live={state.shown_live()} report={report.cloned()} {own} busy=false
                    expected={forecast::lane_count(&state.form.plan)} />
                if own && state.freezes.processes_ms.is_some() {
                    { freezes(state) }
                }
            </>
        },
    };
    let (charts, tables) =
        report.map_or((0, 0), |report| (report.charts.len(), report.tables.len()));
    html! {
        <>
            <Section name="claims" title="What tutorials say, and what was found"
                about={plural(experiment.claims().len() as u64, "claim", "claims")}>
                { report.map_or_else(|| claims(experiment), |report| findings(report, own)) }
            </Section>
            <Section name="lanes" title="Lanes" about="what each process did, and when">{ lanes }</Section>
            <Section name="charts" title="Charts" about={plural(charts as u64, "chart", "charts")}>
                if let Some(report) = report {
                    <Charts report={report.clone()} other={state.compared().cloned()} />
                }
            </Section>
            <Section name="numbers" title="Every number" about={plural(tables as u64, "table", "tables")}>
                if let Some(report) = report {
                    <Tables report={report.clone()} />
                }
            </Section>
            <Section name="method" title="How it was measured">
                { match report {
                    Some(report) => how_measured(report),
                    None => html! { <p>{ experiment.explanation() }</p> },
                } }
                { pictures(state) }
            </Section>
        </>
    }
}

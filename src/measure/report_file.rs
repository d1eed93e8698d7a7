//! Saving the report as files and loading it again. The report is also embedded in the
//! page as JSON, which tests and other programs read.

use super::recorded::RecordedButton;
use super::save::save;
use super::state::{Action, Loaded, Origin, SharedReport, SharedTrace, State};
use super::student::{self, NameField};
use experiments::{MAX_REPORT_BYTES, Report, missing_records};
use std::rc::Rc;
use timeline::chrome_trace_of_lanes;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DragEvent, File, FileList, HtmlInputElement};
use yew::platform::spawn_local;
use yew::prelude::*;

/// The element `<script type="application/json" id="report">`. It is data, which browsers
/// do not run and the Content-Security-Policy allows. This is a component so that its
/// text is generated only once for each report.
#[component]
pub fn ReportScript(props: &ReportProps) -> Html {
    let json = use_memo(props.report.clone(), |report| {
        AttrValue::from(embedded(&report.to_json()))
    });
    html! { <script type="application/json" id="report">{ (*json).clone() }</script> }
}

/// Escapes every `<` as `\u003c`, which means the same in JSON. Otherwise `</script>` or
/// `<!--` in a text would break the page when it is saved as HTML.
fn embedded(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// The properties of [`ReportScript`].
#[derive(Properties, PartialEq)]
pub struct ReportProps {
    /// The report.
    pub report: SharedReport,
}

/// A report and, if this page measured it, its trace.
#[derive(Clone, Properties, PartialEq)]
pub struct ExportsProps {
    report: SharedReport,
    trace: Option<SharedTrace>,
}

impl ExportsProps {
    /// The Chrome trace of the whole experiment or, for a loaded report, of the lanes of
    /// its last run. `None` if there are no lanes either.
    fn chrome_trace(&self) -> Option<String> {
        match &self.trace {
            Some(trace) if !trace.0.is_empty() => Some(trace.0.to_chrome()),
            _ if self.report.lanes.is_empty() => None,
            _ => Some(chrome_trace_of_lanes(&self.report.lanes)),
        }
    }
}

/// The panel with the buttons that save, load and remove reports.
pub fn files(state: &State, on_edit: &Callback<Action>) -> Html {
    html! {
        <div class="files" id="files">
            <div class="files-row">
                if let Some(report) = state.report() {
                    <Exports report={report.clone()} trace={state.trace().cloned()} />
                }
                { picker(on_edit) }
                if !state.has_recorded() && (state.shown_recorded().is_none()) {
                    <RecordedButton experiment={state.experiment()} compare={state.own_report().is_some()}
                        on_edit={on_edit.clone()} />
                }
                { for state.loaded.as_ref().map(|loaded| unload_button(loaded, on_edit)) }
            </div>
            if state.own_report().is_some() {
                <NameField />
            }
            if let Some(why) = state.recorded_error.as_ref().filter(|_| state.isolation.is_isolated()) {
                <p class="error" id="unrecorded" role="alert">{ why.clone() }</p>
            }
            if let Some(warning) = state.trace().and_then(|trace| missing_records(&trace.0)) {
                <p class="note" id="trace-dropped">{ warning }</p>
            }
            <p class="note">
                { "A report that was saved as JSON, here or on another machine, can be loaded again, by \
                   the button or dropped anywhere on this page: it is drawn beside the one measured here. So is the \
                   recorded run that comes with the page." }
            </p>
        </div>
    }
}

/// The formats that a report can be saved in.
#[derive(Clone, Copy, PartialEq)]
enum Export {
    Json,
    Csv,
    Trace,
}

impl Export {
    const ALL: [Export; 3] = [Export::Json, Export::Csv, Export::Trace];

    fn name(self) -> &'static str {
        match self {
            Export::Json => "JSON",
            Export::Csv => "CSV",
            Export::Trace => "Chrome trace",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Export::Json => "save-json",
            Export::Csv => "save-csv",
            Export::Trace => "save-trace",
        }
    }

    /// Whether the button is shown; the trace needs recorded events or lanes.
    fn is_offered(self, props: &ExportsProps) -> bool {
        let traced = || {
            props
                .trace
                .as_ref()
                .is_some_and(|trace| !trace.0.is_empty())
        };
        self != Export::Trace || traced() || !props.report.lanes.is_empty()
    }

    fn run(self, props: &ExportsProps) -> Result<(), String> {
        let report: &Report = &props.report;
        let begin = student::file_name(&format!("manyhands-{}", report.experiment()));
        let file = |ending: &str| format!("{begin}.{ending}");
        match self {
            Export::Json => save(&file("json"), "application/json", &report.to_json()),
            Export::Csv => save(&file("csv"), "text/csv", &report.to_csv()),
            Export::Trace => save(
                &file("trace.json"),
                "application/json",
                &props.chrome_trace().unwrap_or_default(),
            ),
        }
    }
}

#[component]
fn Exports(props: &ExportsProps) -> Html {
    let refusal = use_state_eq(|| None::<AttrValue>);
    let button = |export: Export| {
        let (props, refusal) = (props.clone(), refusal.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            refusal.set(export.run(&props).err().map(AttrValue::from));
        });
        html! { <button type="button" id={export.id()} {onclick}>{ format!("Save {}", export.name()) }</button> }
    };
    html! {
        <>
            { for Export::ALL.into_iter().filter(|export| export.is_offered(props)).map(button) }
            if let Some(why) = &*refusal {
                <p class="error" role="alert">{ why.clone() }</p>
            }
        </>
    }
}

fn picker(on_edit: &Callback<Action>) -> Html {
    let on_edit = on_edit.clone();
    let onchange = Callback::from(move |event: Event| {
        let target = event.target();
        let input = target.and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            load_first(input.files(), &on_edit);
            // Without this, choosing the same file again would cause no event.
            input.set_value("");
        }
    });
    html! {
        <label class="button picker">
            <input type="file" id="load" accept=".json,application/json" {onchange} />
            { "Load a report…" }
        </label>
    }
}

fn unload_button(loaded: &Loaded, on_edit: &Callback<Action>) -> Html {
    let on_edit = on_edit.clone();
    let onclick = Callback::from(move |_: MouseEvent| on_edit.emit(Action::Unload));
    html! { <button type="button" id="unload" {onclick}>{ format!("Remove {}", loaded.name) }</button> }
}

/// Reads a file that was dropped on the page.
pub fn on_drop(on_edit: &Callback<Action>) -> Callback<DragEvent> {
    let on_edit = on_edit.clone();
    Callback::from(move |event: DragEvent| {
        event.prevent_default();
        load_first(
            event.data_transfer().and_then(|data| data.files()),
            &on_edit,
        );
    })
}

/// Accepts the drop; without this the browser would open the dropped file.
pub fn on_drag_over() -> Callback<DragEvent> {
    Callback::from(|event: DragEvent| event.prevent_default())
}

fn load_first(files: Option<FileList>, on_edit: &Callback<Action>) {
    if let Some(file) = files.and_then(|files| files.item(0)) {
        let on_edit = on_edit.clone();
        spawn_local(async move { on_edit.emit(Action::Load(read_report(file).await)) });
    }
}

/// The largest number of characters of a file's name that are shown.
const MAX_NAME_CHARS: usize = 60;

/// Reads a file: its name, and its text.
///
/// # Errors
/// A sentence about why there is no text.
pub async fn file_text(file: File) -> (String, Result<String, String>) {
    let name: String = file.name().chars().take(MAX_NAME_CHARS).collect();
    // The size is checked before reading, because the file may be larger than memory.
    if file.size() > MAX_REPORT_BYTES as f64 {
        let most = MAX_REPORT_BYTES >> 20;
        let why = format!("this file is larger than any report that is read ({most} MiB).");
        return (name, Err(why));
    }
    let text = JsFuture::from(file.text()).await;
    let text = text.ok().and_then(|text| text.as_string());
    (
        name,
        text.ok_or_else(|| "the browser could not read this file.".to_owned()),
    )
}

async fn read_report(file: File) -> Result<Loaded, AttrValue> {
    let (name, text) = file_text(file).await;
    let error_text = |why: String| AttrValue::from(format!("{name}: {why}"));
    let text = text.map_err(error_text)?;
    let report = Report::read(&text).map_err(|error| error_text(error.to_string()))?;
    Ok(Loaded {
        name: name.clone().into(),
        origin: Origin::File,
        report: SharedReport(Rc::new(report)),
    })
}

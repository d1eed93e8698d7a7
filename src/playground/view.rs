//! The parts of the playground that only show something.

use super::super::browser;
use super::programs::PROGRAMS;
use super::session::{End, Session, Stage};
use super::texts::{Change, Origin, Texts};
use yew::prelude::*;

/// What this page does.
pub fn about() -> Html {
    html! {
        <section class="about">
            <h2 class="question">{ "Run Python’s multiprocessing here" }</h2>
            <p class="explanation">
                { "Each process is a real one: a Python interpreter of its own in a worker of this \
                   browser, on a core of its own where there is one. Nothing that you write leaves \
                   this browser." }
            </p>
            <details class="claims">
                <summary>{ "What works, what does not, and how fast it is" }</summary>
                <p class="explanation">
                    { "CPython’s own " }<code>{ "multiprocessing" }</code>{ " package runs here, on \
                       RustPython: processes, queues, pipes, locks, semaphores, events, \
                       conditions, " }
                    <code>{ "Pool" }</code>{ ", executors, " }<code>{ "Manager" }</code>{ ", shared \
                       values and memory, threads, " }<code>{ "asyncio" }</code>{ ", files in \
                       memory and " }<code>{ "input()" }</code>{ " work. Packages from elsewhere, \
                       such as numpy, are not here. Python is slower here than on your \
                       machine: a loop over numbers takes three to four times as long as in \
                       CPython, a call of a function four to six times." }
                </p>
            </details>
        </section>
    }
}

/// The list of programs: those to begin from, and the visitor's own.
pub fn chooser(texts: &Texts, on_choose: &Callback<String>) -> Html {
    let onchange = {
        let choose = on_choose.clone();
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<web_sys::HtmlSelectElement>();
            choose.emit(select.map(|select| select.value()).unwrap_or_default());
        })
    };
    let chosen = texts.chosen();
    let option = |name: &'static str, title: &'static str| {
        html! { <option key={name} value={name} selected={chosen == name}>{ title }</option> }
    };
    let has_own = texts.own.is_some() || texts.earlier.is_some() || texts.linked.is_some();
    html! {
        <select id="starter" aria-label="Program" {onchange}>
            if has_own {
                <optgroup label="Yours">
                    if texts.own.is_some() { { option("own", "Your program") } }
                    if texts.earlier.is_some() { { option("earlier", "Your earlier program") } }
                    if texts.linked.is_some() { { option("linked", "The program of the link") } }
                </optgroup>
            }
            <optgroup label="To begin from">
                { for PROGRAMS.iter().map(|program| option(program.name, program.title)) }
            </optgroup>
        </select>
    }
}

/// The buttons that start and end a run.
pub fn run_and_stop(
    session: &Session,
    can_run: bool,
    on_run: Callback<MouseEvent>,
    on_stop: Callback<MouseEvent>,
) -> Html {
    let stop_word = if session.stage == Stage::Interrupted {
        "Kill"
    } else {
        "Stop"
    };
    let can_stop = matches!(session.stage, Stage::Running | Stage::Interrupted);
    html! {
        <>
            <button type="button" class="run" id="run" onclick={on_run} disabled={!can_run}>{ "Run" }</button>
            <button type="button" id="stop" onclick={on_stop} disabled={!can_stop}>{ stop_word }</button>
        </>
    }
}

/// What the page is doing, in a sentence.
pub fn status(session: &Session, isolated: bool, download: Option<f64>) -> Html {
    let (state, text) = match &session.stage {
        Stage::Recorded(about) => ("recorded", about.clone()),
        _ if !isolated => (
            "ready",
            "Python cannot run on this page; the reason is above.".to_owned(),
        ),
        Stage::Ready => ("ready", first_run(download)),
        Stage::Starting => ("busy", "Starting Python …".to_owned()),
        Stage::Running if session.blocked.is_some() => {
            ("busy", "Stuck: the lanes say why. Press Stop.".to_owned())
        }
        Stage::Running => ("busy", running(session.living())),
        Stage::Interrupted => (
            "busy",
            "Asked to stop: KeyboardInterrupt was raised in it. If it goes on, kill it.".to_owned(),
        ),
        Stage::Killed => ("busy", "Stopping …".to_owned()),
        Stage::Ended {
            end: End::Killed, ..
        } => ("ended", "Stopped.".to_owned()),
        Stage::Ended {
            end: End::Interrupted,
            code,
        } => (
            "ended",
            format!("Stopped by KeyboardInterrupt (exit code {code})."),
        ),
        Stage::Ended { code: 0, .. } => {
            ("ended", "The program has ended (exit code 0).".to_owned())
        }
        Stage::Ended { code, .. } => (
            "failed",
            format!("The program has ended with exit code {code}."),
        ),
        Stage::Failed(why) => ("failed", why.clone()),
    };
    html! { <p class="status" id="status" role="status" data-state={state}>{ text }</p> }
}

fn first_run(download: Option<f64>) -> String {
    match download {
        Some(bytes) => format!(
            "The first run in this browser downloads Python: {:.0}\u{a0}MB.",
            bytes / 1e6
        ),
        None => "The first run in this browser downloads Python.".to_owned(),
    }
}

fn running(processes: usize) -> String {
    match processes {
        0 | 1 => "Running: 1 process.".to_owned(),
        several => format!("Running: {several} processes."),
    }
}

/// Says that the program came with a link, and offers the visitor's own.
pub fn link_notice(texts: &Texts, on_change: &Callback<Change>) -> Html {
    if texts.origin != Origin::Link {
        return Html::default();
    }
    let change = on_change.clone();
    let back = Callback::from(move |_: MouseEvent| change.emit(Change::Choose("own".into())));
    html! {
        <p class="advice" id="link-notice">
            <span>{ "This program came with the link. Look at it before you run it." }</span>
            if texts.own.is_some() {
                <button type="button" id="back-to-own" onclick={back}>{ "Back to your own program" }</button>
            }
        </p>
    }
}

/// Leads from a frame to the page itself, with the same program if it came with the link.
pub fn own_tab(texts: &Texts) -> Html {
    let fragment = match texts.origin {
        Origin::Link => browser::fragment(),
        _ => String::new(),
    };
    html! {
        <p class="note">
            <a id="own-page" href={format!("?run{fragment}")} target="_blank" rel="noopener">{ "Open in Manyhands" }</a>
        </p>
    }
}

/// What to do about a program without a guard.
pub fn guard_advice(can_add: bool, on_add: &Callback<()>) -> Html {
    let add = on_add.clone();
    let onclick = Callback::from(move |_: MouseEvent| add.emit(()));
    html! {
        <p class="advice is-bad" id="guard-advice" role="alert">
            <span>
                { "Each new process imports this program, and ran into the lines that start \
                   processes. Put them under " }
                <code>{ "if __name__ == \"__main__\":" }</code>
                { ", so that only the first process runs them." }
            </span>
            if can_add {
                <button type="button" id="add-guard" {onclick}>{ "Add the guard" }</button>
            }
        </p>
    }
}

/// Whether the threads of a process take turns, for the next run.
pub fn gil(gil: &UseStateHandle<bool>, disabled: bool) -> Html {
    let onchange = {
        let gil = gil.clone();
        Callback::from(move |event: Event| {
            if let Some(select) = event.target_dyn_into::<web_sys::HtmlSelectElement>() {
                gil.set(select.value() == "on");
            }
        })
    };
    html! {
        <select id="gil" aria-label="Global interpreter lock" {onchange} {disabled}
            title="CPython’s usual build lets one thread of a process run Python at a time: the \
                   global interpreter lock (GIL). Its free-threaded build does not.">
            <option value="on" selected={**gil}>{ "GIL on" }</option>
            <option value="off" selected={!**gil}>{ "GIL off" }</option>
        </select>
    }
}

/// The exceptions, with their lines.
pub fn errors(session: &Session, on_go: &Callback<u32>) -> Html {
    html! {
        { for session.tracebacks.marks.iter().map(|mark| {
            let (go, line) = (on_go.clone(), mark.line);
            let onclick = Callback::from(move |_: MouseEvent| go.emit(line));
            html! {
                <p class="advice is-bad" data-line={line.to_string()}>
                    <span>{ format!("{}: {}", session.name(mark.pid), mark.message) }</span>
                    <button type="button" {onclick}>{ format!("Line {line}") }</button>
                </p>
            }
        }) }
    }
}

/// A text in which code stands between backticks.
pub fn with_code(text: &str) -> Html {
    let parts = text.split('`').enumerate();
    parts
        .map(|(at, part)| match at % 2 {
            0 => html! { { part.to_owned() } },
            _ => html! { <code>{ part.to_owned() }</code> },
        })
        .collect()
}

/// One of the seven hues of processes, by pid: a process keeps its own. (The eighth colour
/// of series is grey, which is for waiting.)
pub fn color(pid: u32) -> &'static str {
    ["s0", "s1", "s2", "s3", "s4", "s5", "s6"][pid as usize % 7]
}

/// How a process ended, in a word or two.
pub fn exit_word(code: i32) -> String {
    match code {
        0 => "exit 0".to_owned(),
        -9 => "killed".to_owned(),
        -15 => "terminated".to_owned(),
        // (A minus sign, which screen readers read.)
        code if code < 0 => format!("⚠ signal {}", code.unsigned_abs()),
        code => format!("⚠ exit {code}"),
    }
}

/// The processes, with their exit codes.
pub fn processes(session: &Session) -> Html {
    if session.lives.is_empty() {
        return html! { <p class="note">{ "The processes of the program are listed here." }</p> };
    }
    html! {
        <>
            if session.dropped_processes > 0 {
                <p class="note">
                    { format!("{} more are not listed.", session.dropped_processes) }
                </p>
            }
            <table class="processes" id="processes">
                <thead><tr>
                    <th scope="col">{ "Name" }</th><th scope="col">{ "pid" }</th>
                    <th scope="col">{ "Started by" }</th><th scope="col">{ "State" }</th>
                </tr></thead>
                <tbody>
                    { for session.lives.iter().map(|life| {
                        let process = &life.process;
                        html! {
                            <tr key={format!("{}-{}", process.pid, life.began)}>
                                <td class={color(process.pid)}>{ process.name.clone().unwrap_or_else(|| "…".into()) }</td>
                                <td class="numeric">{ process.pid }</td>
                                <td class="numeric">{ process.parent.map_or_else(|| "the page".into(), |parent| parent.to_string()) }</td>
                                <td>{ match process.exit_code {
                                    Some(code) => format!("ended, exit code {code}"),
                                    None => process.state.clone(),
                                } }</td>
                            </tr>
                        }
                    }) }
                </tbody>
            </table>
        </>
    }
}

/// Whose work runs here.
pub fn notice(editor: Option<String>) -> Html {
    let editor = editor.map(|address| address.replace("editor.js", "LICENSES.txt"));
    html! {
        <>
            { "The interpreter is RustPython with CPython’s library. " }
            <a href="python/NOTICE.txt">{ "Licences and sources" }</a>
            { " of what it contains. " }
            if let Some(address) = editor {
                { "The editor is CodeMirror (" }<a href={address}>{ "MIT licence" }</a>{ "). " }
            }
        </>
    }
}

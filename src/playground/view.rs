//! The parts of the playground: the program, what it prints, its processes.

use super::programs::PROGRAMS;
use super::session::{Session, Stage};
use web_sys::{HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

/// What this page does.
pub fn about() -> Html {
    html! {
        <section class="about">
            <h2 class="question">{ "Run Python’s multiprocessing here" }</h2>
            <p class="explanation">
                { "CPython’s own " }<code>{ "multiprocessing" }</code>{ " package, one \
                   interpreter (RustPython) in each process, each process in a Web Worker: \
                   processes, queues, pipes, locks, semaphores, events, conditions, " }
                <code>{ "Pool" }</code>{ ", executors, threads and files in memory work. " }
                <code>{ "Manager" }</code>{ " does not yet, and there is no \
                   input. Python is slower here than on your machine: a loop takes about six \
                   times as long as in CPython, a call of a function about twenty times. \
                   Nothing that you write leaves this browser." }
            </p>
        </section>
    }
}

/// The program's text, and the programs to begin from.
pub fn editor(source: &AttrValue, edit: &Callback<String>) -> Html {
    let oninput = {
        let edit = edit.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                edit.emit(area.value());
            }
        })
    };
    let onchange = {
        let edit = edit.clone();
        Callback::from(move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            let name = select.map(|select| select.value()).unwrap_or_default();
            if let Some(program) = PROGRAMS.iter().find(|program| program.name == name) {
                edit.emit(program.source.to_owned());
            }
        })
    };
    let chosen = PROGRAMS
        .iter()
        .find(|program| program.source == source.as_str());
    let chosen = chosen.map_or("", |program| program.name);
    html! {
        <div class="panel playground-editor">
            <div class="field">
                <label class="field-label" for="starter">{ "A program to begin from" }</label>
                <select id="starter" {onchange}>
                    <option value="" selected={chosen.is_empty()} disabled={true}>{ "Your own" }</option>
                    { for PROGRAMS.iter().map(|program| html! {
                        <option value={program.name} selected={chosen == program.name}>{ program.title }</option>
                    }) }
                </select>
            </div>
            <div class="field">
                <label class="field-label" for="program">{ "Program" }</label>
                <textarea id="program" class="program" rows="20" spellcheck="false"
                    autocapitalize="off" autocomplete="off" wrap="off" {oninput}
                    value={source.clone()} />
            </div>
        </div>
    }
}

/// What the page is doing, in a sentence.
pub fn status(session: &Session, isolated: bool) -> Html {
    let (state, text) = match &session.stage {
        _ if !isolated => (
            "ready",
            "Python cannot run on this page; the reason is above.".to_owned(),
        ),
        Stage::Ready => ("ready", "The first run downloads Python.".to_owned()),
        Stage::Starting => ("busy", "Starting Python …".to_owned()),
        Stage::Running => ("busy", running(session.living())),
        Stage::Stopping => ("busy", "Stopping …".to_owned()),
        Stage::Ended { stopped: true, .. } => ("ended", "Stopped.".to_owned()),
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

fn running(processes: usize) -> String {
    match processes {
        0 | 1 => "Running: 1 process.".to_owned(),
        several => format!("Running: {several} processes."),
    }
}

/// What the processes print, in order.
pub fn output(session: &Session) -> Html {
    html! { <Output
    dropped={session.dropped_bytes}
    last={session.output.back().map(|piece| (piece.number, piece.text.len()))}
    pieces={session.output.iter().map(|piece| {
        let title = session.name(piece.pid);
        let class = piece.is_error.then_some("is-stderr");
        html! {
            <span key={piece.number} {title} class={classes!(class, color(piece.pid))}>{ piece.text.clone() }</span>
        }
    }).collect::<Html>()} /> }
}

#[derive(Properties, PartialEq)]
struct OutputProps {
    dropped: usize,
    last: Option<(usize, usize)>,
    pieces: Html,
}

/// The output, which follows its end unless the visitor has scrolled away from there.
#[component]
fn Output(props: &OutputProps) -> Html {
    let log = use_node_ref();
    let follows = use_mut_ref(|| true);
    let onscroll = {
        let (log, follows) = (log.clone(), follows.clone());
        Callback::from(move |_| {
            if let Some(log) = log.cast::<web_sys::Element>() {
                let below = log.scroll_height() - log.scroll_top() - log.client_height();
                *follows.borrow_mut() = below < 24;
            }
        })
    };
    use_effect_with((log.clone(), props.last), move |(log, last)| {
        if last.is_none() {
            *follows.borrow_mut() = true;
        }
        if let Some(log) = log.cast::<web_sys::Element>().filter(|_| *follows.borrow()) {
            log.set_scroll_top(log.scroll_height());
        }
    });
    html! {
        <section class="panel" aria-labelledby="output-title">
            <h3 class="panel-title" id="output-title">{ "Output" }</h3>
            if props.dropped > 0 {
                <p class="note" id="output-dropped">
                    { format!("Only the end is shown: {} earlier bytes are not kept.", props.dropped) }
                </p>
            }
            <pre class="console python-output" id="output" ref={log} role="log" tabindex="0"
                aria-labelledby="output-title" {onscroll}>{ props.pieces.clone() }</pre>
        </section>
    }
}

/// One of the eight colours of series, by pid: a process keeps its colour.
fn color(pid: u32) -> &'static str {
    ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"][pid as usize % 8]
}

/// The processes, with their exit codes.
pub fn processes(session: &Session) -> Html {
    if session.processes.is_empty() {
        return Html::default();
    }
    html! {
        <section class="panel" aria-labelledby="processes-title">
            <h3 class="panel-title" id="processes-title">{ "Processes" }</h3>
            if session.dropped_processes > 0 {
                <p class="note">
                    { format!("{} earlier ones are not listed.", session.dropped_processes) }
                </p>
            }
            <table class="processes" id="processes">
                <thead><tr>
                    <th scope="col">{ "Name" }</th><th scope="col">{ "pid" }</th>
                    <th scope="col">{ "Started by" }</th><th scope="col">{ "State" }</th>
                </tr></thead>
                <tbody>
                    { for session.processes.iter().map(|process| html! {
                        <tr key={process.pid}>
                            <td class={color(process.pid)}>{ process.name.clone().unwrap_or_else(|| "…".into()) }</td>
                            <td class="numeric">{ process.pid }</td>
                            <td class="numeric">{ process.parent.map_or_else(|| "the page".into(), |parent| parent.to_string()) }</td>
                            <td>{ match process.exit_code {
                                Some(code) => format!("ended, exit code {code}"),
                                None => process.state.clone(),
                            } }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
        </section>
    }
}

/// Whose work runs here.
pub fn notice() -> Html {
    html! {
        <>
            { "The interpreter is RustPython with CPython’s library. " }
            <a href="python/NOTICE.txt">{ "Licences and sources" }</a>
            { " of what it contains. Manyhands itself is free software under the MIT or Apache 2.0 \
               licence." }
        </>
    }
}

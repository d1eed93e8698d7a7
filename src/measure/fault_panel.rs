//! The panel "What if a process …" of the page `?faults`: three processes, one of which misbehaves.

use super::chart::lane_legend;
use super::fault_demo::{Fault, FaultDemo};
use crate::measure::lanes::{Row, lane_list};
use manyhands::trace::{OutputLine, Stream};
use std::rc::Rc;
use wasm_bindgen::{JsCast, closure::Closure};
use yew::prelude::*;

/// The properties of [`FaultPanel`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Called when a process could not be loaded.
    pub on_not_loaded: Callback<()>,
}

/// How often the lanes of running processes are drawn again, in ms.
const REFRESH_MS: i32 = 150;

/// The panel.
#[component]
pub fn FaultPanel(props: &Props) -> Html {
    let fault_demo = use_state(|| None::<Rc<FaultDemo>>);
    let refusal = use_state_eq(|| None::<AttrValue>);
    let refresh = use_force_update();
    let living = fault_demo
        .as_ref()
        .is_some_and(|fault_demo| !fault_demo.is_over());

    // A process that loops records no events, so a timer makes its lane grow.
    use_effect_with(living, {
        let refresh = refresh.clone();
        move |&living| {
            let timer = living.then(|| interval(REFRESH_MS, move || refresh.force_update()));
            move || drop(timer)
        }
    });
    let start = |fault: Fault| {
        let (fault_demo, refusal, refresh) = (fault_demo.clone(), refusal.clone(), refresh.clone());
        let on_not_loaded = props.on_not_loaded.clone();
        Callback::from(move |_| {
            if let Some(earlier) = &*fault_demo {
                earlier.kill_all();
            }
            let refresh = refresh.clone();
            let changed = Callback::from(move |()| refresh.force_update());
            let not_loaded = on_not_loaded.clone();
            match FaultDemo::start(fault, changed, not_loaded) {
                Ok(started) => {
                    refusal.set(None);
                    fault_demo.set(Some(started));
                }
                Err(error) => refusal.set(Some(error.to_string().into())),
            }
        })
    };
    html! {
        <section aria-labelledby="misbehave-title" id="misbehave">
            <h2 class="question" id="misbehave-title">{ "What if a process …" }</h2>
            <p class="explanation">
                { "A process is a running program with a memory of its own. If it fails, it takes no other process with it. Try it: each button starts three processes, of which the second one fails." }
            </p>
            <div class="panel misbehave">
                <div class="misbehave-buttons">
                    { for Fault::ALL.map(|fault| html! {
                        <button type="button" id={fault_id(fault)} onclick={start(fault)}>{ fault.question() }</button>
                    }) }
                </div>
                <p class="note">
                    { match &*fault_demo {
                        Some(fault_demo) => fault_demo.fault.lesson(),
                        None => "Their lanes and what they print are shown here.",
                    } }
                </p>
                if let Some(why) = &*refusal {
                    <p class="error" role="alert">{ why.clone() }</p>
                }
                { lane_legend() }
                <div class="misbehave-grid">
                    <div>{ fault_demo.as_ref().map_or_else(|| lane_list(&[], 3, None), lanes) }</div>
                    <Console lines={fault_demo.as_ref().map(|fault_demo| fault_demo.lines()).unwrap_or_default()} />
                </div>
            </div>
        </section>
    }
}

fn fault_id(fault: Fault) -> &'static str {
    match fault {
        Fault::Panic => "fault-panic",
        Fault::Loop => "fault-loop",
        Fault::Exit => "fault-exit",
    }
}

fn lanes(fault_demo: &Rc<FaultDemo>) -> Html {
    let lanes = fault_demo.lanes();
    let errors: Vec<Option<String>> = lanes
        .iter()
        .map(|lane| fault_demo.error(lane.pid))
        .collect();
    let rows: Vec<Row<'_>> = (lanes.iter().zip(&errors))
        .map(|(lane, error)| Row {
            lane,
            error: error.as_deref(),
            action: kill_button(fault_demo, lane.pid),
        })
        .collect();
    lane_list(&rows, 3_usize.saturating_sub(rows.len()), None)
}

fn kill_button(fault_demo: &Rc<FaultDemo>, pid: u32) -> Html {
    if !fault_demo.is_alive(pid) || fault_demo.fault != Fault::Loop {
        return Html::default();
    }
    let label = format!("Kill {}, pid {pid}", fault_demo.name(pid));
    let fault_demo = fault_demo.clone();
    let onclick = Callback::from(move |_| fault_demo.kill(pid));
    html! { <button type="button" class="kill" aria-label={label} {onclick}>{ "Kill" }</button> }
}

/// The properties of [`Console`].
#[derive(Properties, PartialEq)]
struct ConsoleProps {
    lines: Vec<OutputLine>,
}

/// The lines that the processes printed, scrolled to the newest.
#[component]
fn Console(props: &ConsoleProps) -> Html {
    let list = use_node_ref();
    use_effect_with(
        (list.clone(), props.lines.last().map(|line| line.sequence)),
        |(list, _)| {
            if let Some(list) = list.cast::<web_sys::Element>() {
                list.set_scroll_top(list.scroll_height());
            }
        },
    );
    html! {
        <div class="console" id="console" ref={list} role="log" aria-label="What the processes print" tabindex="0">
            if props.lines.is_empty() {
                <p class="console-empty">{ "What they print is shown here." }</p>
            }
            { for props.lines.iter().map(|line| {
                let stderr = (line.stream == Stream::Stderr).then_some("is-stderr");
                html! {
                    <p class="printed" key={line.sequence}>
                        <span class="from">{ format!("pid {}", line.pid) }</span>
                        <span class={classes!(stderr)}>{ &line.text }</span>
                    </p>
                }
            }) }
        </div>
    }
}

/// A repeating timer, which is stopped when this is dropped.
struct Interval {
    id: i32,
    _closure: Closure<dyn FnMut()>,
}

fn interval(milliseconds: i32, call: impl FnMut() + 'static) -> Option<Interval> {
    let closure = Closure::<dyn FnMut()>::new(call);
    let callback = AsRef::<wasm_bindgen::JsValue>::as_ref(&closure).unchecked_ref();
    let id = web_sys::window()?
        .set_interval_with_callback_and_timeout_and_arguments_0(callback, milliseconds)
        .ok()?;
    Some(Interval {
        id,
        _closure: closure,
    })
}

impl Drop for Interval {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.clear_interval_with_handle(self.id);
        }
    }
}

//! Events of a program as the plain objects of `python.js`, which documents them.

use crate::{
    inside::{self, End},
    registry::Holder,
    timeline::{Span, What},
    waits::{Kind, Wait},
};
use js_sys::{Array, Object, Reflect};
use manyhands::trace::{self, Pid};
use wasm_bindgen::prelude::*;

/// A plain object, in which what is absent is null.
pub fn object(fields: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in fields {
        let value = if value.is_undefined() {
            &JsValue::NULL
        } else {
            value
        };
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// The name of a process.
pub fn name(pid: Pid) -> String {
    trace::name_of(pid).unwrap_or_else(|| format!("process {pid}"))
}

fn line(line: u32) -> JsValue {
    (line != 0).then_some(line).into()
}

fn all<T>(items: &[T], object: impl Fn(&T) -> JsValue) -> JsValue {
    items.iter().map(object).collect::<Array>().into()
}

/// What cannot go on.
pub fn blocked(text: Option<String>, waits: &[Wait]) -> Object {
    let wait = |wait: &Wait| {
        let fields = object(&[
            ("pid", wait.process.into()),
            ("name", name(wait.process).into()),
            ("line", line(wait.line)),
        ]);
        fields.into()
    };
    object(&[
        ("type", "blocked".into()),
        ("text", text.into()),
        ("waits", all(waits, wait)),
    ])
}

/// What is inside the program.
pub fn objects((objects, more): &(Vec<inside::Object>, u32)) -> Object {
    object(&[
        ("type", "objects".into()),
        ("objects", all(objects, |one| inside_object(one).into())),
        ("more", (*more).into()),
    ])
}

fn inside_object(one: &inside::Object) -> Object {
    let thread = |process: Pid, thread: Pid, at: u32| {
        [
            ("pid", process.into()),
            ("name", name(process).into()),
            ("thread", thread.into()),
            ("line", line(at)),
        ]
    };
    let holder = |holder: Holder| object(&thread(holder.process, holder.thread, holder.line));
    let waiting = |wait: &inside::Waiting| {
        let [pid, name, of, line] = thread(wait.process, wait.thread, wait.line);
        object(&[pid, name, of, line, ("to", wait.to.into())]).into()
    };
    let end = |end: &End| {
        let held_by = |pid: &Pid| object(&[("pid", (*pid).into()), ("name", name(*pid).into())]);
        let fields = object(&[
            ("name", end.name.clone().into()),
            ("receives", end.receives.into()),
            ("sends", end.sends.into()),
            ("messages", end.messages.into()),
            ("bytes", end.bytes.into()),
            ("heldBy", all(&end.held_by, |pid| held_by(pid).into())),
        ]);
        fields.into()
    };
    object(&[
        ("id", one.id.into()),
        ("kind", one.class.name().into()),
        ("module", one.module.into()),
        ("name", one.name.clone().into()),
        ("in", one.inside.map(|class| class.name()).into()),
        ("pid", one.maker.into()),
        ("line", line(one.line)),
        ("size", one.size.into()),
        ("buffered", one.buffered.into()),
        ("maxsize", one.maxsize.into()),
        ("value", one.value.into()),
        ("parties", one.parties.into()),
        ("holder", one.holder.map(holder).into()),
        ("ends", all(&one.ends, end)),
        ("waiting", all(&one.waiting, waiting)),
        ("gone", one.is_gone.into()),
    ])
}

/// What the threads of the program did, in µs on the page's clock, on which the trace's clock
/// has its zero at `zero_us`.
pub fn trace(spans: &[Span], dropped: u32, zero_us: f64) -> Object {
    let record = |span: &Span| {
        let (kind, at) = match span.what {
            What::Waiting(kind, line) => (kind.map(Kind::name), line),
            _ => (None, 0),
        };
        let whom = span.whom.map(|[pid, at]| {
            object(&[
                ("pid", pid.into()),
                ("name", name(pid).into()),
                ("line", line(at)),
            ])
        });
        let fields = object(&[
            ("pid", span.process.into()),
            ("thread", span.thread.into()),
            ("what", span.what.name().into()),
            ("for", kind.into()),
            ("line", line(at)),
            ("begin", (zero_us + span.begin).into()),
            ("end", span.end.map(|end| zero_us + end).into()),
            ("whom", whom.into()),
        ]);
        fields.into()
    };
    object(&[
        ("type", "trace".into()),
        ("records", all(spans, record)),
        ("dropped", dropped.into()),
    ])
}

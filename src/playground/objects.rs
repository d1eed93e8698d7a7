//! The queues, locks and pipes of a program, as `python.js` tells them.

use js_sys::{Array, Reflect};
use wasm_bindgen::JsValue;
use yew::AttrValue;

/// A queue, a lock, … What is `None` it does not have, or is not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    pub id: u32,
    /// Its class in Python.
    pub kind: AttrValue,
    /// The module of Python's library that has the class.
    pub module: AttrValue,
    /// The variable that holds it.
    pub name: Option<AttrValue>,
    /// The class that made it for itself, as a `Pool` does.
    pub inside: Option<AttrValue>,
    /// Who made it, and where.
    pub pid: u32,
    pub line: Option<u32>,
    pub size: Option<u32>,
    pub buffered: Option<u32>,
    pub maxsize: Option<u32>,
    pub value: Option<u32>,
    pub parties: Option<u32>,
    pub holder: Option<Place>,
    pub ends: Vec<End>,
    pub waiting: Vec<(Place, AttrValue)>,
    pub is_gone: bool,
}

/// A thread at a line of the program.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub pid: u32,
    /// The name of its process.
    pub name: AttrValue,
    pub thread: u32,
    pub line: Option<u32>,
}

/// An end of a pipe.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    pub name: Option<AttrValue>,
    pub receives: bool,
    /// The processes that hold it.
    pub held_by: Vec<(u32, AttrValue)>,
    pub messages: u32,
    pub bytes: u32,
}

/// The objects of an event, and how many there are besides.
pub fn read(event: &JsValue) -> (Vec<Object>, u32) {
    let objects = items(event, "objects").filter_map(|one| object(&one));
    (objects.collect(), number(event, "more").unwrap_or_default())
}

fn object(from: &JsValue) -> Option<Object> {
    let waiting = items(from, "waiting").filter_map(|one| Some((place(&one)?, text(&one, "to")?)));
    let end = |end: JsValue| {
        let holder = |one: JsValue| Some((number(&one, "pid")?, text(&one, "name")?));
        Some(End {
            name: text(&end, "name"),
            receives: is(&end, "receives"),
            held_by: items(&end, "heldBy").filter_map(holder).collect(),
            messages: number(&end, "messages")?,
            bytes: number(&end, "bytes")?,
        })
    };
    Some(Object {
        id: number(from, "id")?,
        kind: text(from, "kind")?,
        module: text(from, "module")?,
        name: text(from, "name"),
        inside: text(from, "in"),
        pid: number(from, "pid")?,
        line: number(from, "line"),
        size: number(from, "size"),
        buffered: number(from, "buffered"),
        maxsize: number(from, "maxsize"),
        value: number(from, "value"),
        parties: number(from, "parties"),
        holder: place(&get(from, "holder")),
        ends: items(from, "ends").filter_map(end).collect(),
        waiting: waiting.collect(),
        is_gone: is(from, "gone"),
    })
}

fn place(from: &JsValue) -> Option<Place> {
    Some(Place {
        pid: number(from, "pid")?,
        name: text(from, "name")?,
        thread: number(from, "thread")?,
        line: number(from, "line"),
    })
}

fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}

fn items(of: &JsValue, name: &str) -> impl Iterator<Item = JsValue> + use<> {
    Array::from(&get(of, name)).into_iter()
}

fn is(of: &JsValue, name: &str) -> bool {
    get(of, name).is_truthy()
}

fn text(of: &JsValue, name: &str) -> Option<AttrValue> {
    get(of, name).as_string().map(AttrValue::from)
}

fn number(of: &JsValue, name: &str) -> Option<u32> {
    get(of, name).as_f64().map(|number| number as u32)
}

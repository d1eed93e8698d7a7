//! The memory of the page and its workers, as the browser measures it with
//! `performance.measureUserAgentSpecificMemory()`. Not every browser has this function.
//!
//! The browser answers at its next garbage collection, when every worker has answered. A worker
//! that computes or is blocked does not answer. So the result may take half a minute or may
//! never come.

use js_sys::{Array, Function, Promise, Reflect};
use manyhands::{Error, sleep_async};
use std::{future::Future, pin::pin, task::Poll, time::Duration};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The time limit for the answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(40);

/// The `scope` of a worker in the browser's answer.
const WORKER: &str = "DedicatedWorkerGlobalScope";

/// The browser's answer, in bytes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct BrowserMemory {
    /// The page and all its workers.
    pub(super) total: f64,
    /// The memory of each worker, if the browser distinguishes between workers.
    pub(super) workers: Vec<f64>,
}

/// Measures the memory. `None` if the browser cannot, or does not answer in time.
pub(super) async fn browser_memory() -> Result<Option<BrowserMemory>, Error> {
    let Some(answer) = ask() else {
        return Ok(None);
    };
    let (mut answer, mut timeout) = (
        pin!(JsFuture::from(answer)),
        pin!(sleep_async(ANSWER_TIMEOUT)),
    );
    let answered = std::future::poll_fn(|context| match answer.as_mut().poll(context) {
        Poll::Ready(answered) => Poll::Ready(answered.ok()),
        Poll::Pending => timeout.as_mut().poll(context).map(|()| None),
    })
    .await;
    Ok(answered.as_ref().and_then(read))
}

fn get(object: &JsValue, key: &str) -> Option<JsValue> {
    Reflect::get(object, &key.into()).ok()
}

fn ask() -> Option<Promise> {
    let performance = get(&js_sys::global(), "performance")?;
    let measure = get(&performance, "measureUserAgentSpecificMemory")?;
    let promise = measure.dyn_into::<Function>().ok()?.call0(&performance);
    promise.ok()?.dyn_into().ok()
}

/// Reads the browser's answer. A part of its breakdown belongs to any number of pages and
/// workers; it counts for a worker only if all of its owners are workers.
fn read(answer: &JsValue) -> Option<BrowserMemory> {
    let bytes = |one: &JsValue| get(one, "bytes").and_then(|bytes| bytes.as_f64());
    let of_worker = |part: &JsValue| {
        let owners = get(part, "attribution").map(|owners| Array::from(&owners));
        owners.is_some_and(|owners| {
            let scope = |owner: JsValue| get(&owner, "scope").and_then(|scope| scope.as_string());
            owners.length() > 0
                && owners
                    .iter()
                    .all(|owner| scope(owner).as_deref() == Some(WORKER))
        })
    };
    let parts = Array::from(&get(answer, "breakdown")?);
    let workers = parts
        .iter()
        .filter(of_worker)
        .filter_map(|part| bytes(&part));
    Some(BrowserMemory {
        total: bytes(answer)?,
        workers: workers.filter(|bytes| *bytes > 0.0).collect(),
    })
}

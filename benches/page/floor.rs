//! The floor with which processes are compared: a bare module worker (`floor.js`). A *floor* is
//! the least time or memory that any implementation needs.

use js_sys::{Array, Function, JsString, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// A bare worker, which [`BareWorker::end`] ends.
    pub type Worker;
    #[wasm_bindgen(constructor, catch)]
    fn new(url: &JsString, options: &JsValue) -> Result<Worker, JsValue>;
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &Worker, handler: &Function);
    #[wasm_bindgen(method, setter)]
    fn set_onerror(this: &Worker, handler: &Function);
    #[wasm_bindgen(method)]
    fn terminate(this: &Worker);

    #[wasm_bindgen(thread_local_v2, js_namespace = bench, js_name = floor)]
    static SCRIPT: JsString;
    #[wasm_bindgen(thread_local_v2, js_namespace = performance, js_name = timeOrigin)]
    static TIME_ORIGIN: f64;
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// The time in ms, on a clock that all threads share.
pub fn now_ms() -> f64 {
    TIME_ORIGIN.with(|origin| *origin) + now()
}

/// A running bare worker.
pub struct BareWorker(Worker);

impl BareWorker {
    /// Starts a worker; also returns the times, in ms, until its code ran and until its
    /// message arrived.
    pub async fn start() -> Result<(BareWorker, f64, f64), String> {
        let options = Object::new();
        let set = Reflect::set(&options, &"type".into(), &"module".into());
        let begin = now_ms();
        let worker = set.and_then(|_| SCRIPT.with(|script| Worker::new(script, &options)));
        let worker = worker.map_err(|error| format!("{error:?}"))?;
        let message = Promise::new(&mut |resolve, reject| {
            worker.set_onerror(&reject);
            // The time is taken when the message arrives, not when the future
            // is polled.
            let arrived = Closure::once_into_js(move |event: JsValue| {
                let arrived = now_ms();
                let data = Reflect::get(&event, &"data".into()).unwrap_or_default();
                let times = Array::of2(&data, &arrived.into());
                let _ = resolve.call1(&JsValue::NULL, &times);
            });
            worker.set_onmessage(arrived.unchecked_ref());
        });
        let times = JsFuture::from(message).await;
        let times: Array = times.map_err(|_| "floor.js did not load")?.unchecked_into();
        let time = |index| times.get(index).as_f64().unwrap_or(f64::NAN) - begin;
        Ok((BareWorker(worker), time(0), time(1)))
    }

    /// Ends the worker.
    pub fn end(self) {
        self.0.terminate();
    }
}

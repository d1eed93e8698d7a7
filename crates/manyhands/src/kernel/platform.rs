//! What `boot.js` offers, and the glue's own address.
//!
//! This room must not know processes: it offers workers, locks, timers and clocks.

use js_sys::{Function, JsString, Object, Promise, Reflect, WebAssembly};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/src/kernel/boot.js")]
extern "C" {
    /// Starts a worker; `tell` hears what it posts.
    #[wasm_bindgen(catch)]
    pub(crate) fn create(
        glue: &JsValue,
        name: &str,
        boot: &JsValue,
        tell: &Function,
    ) -> Result<Port, JsValue>;
    /// Hears what is posted to this worker.
    pub(crate) fn listen(tell: &Function);
    /// Resolves when the holder of a lock is gone.
    pub(crate) fn gone(lock: &str) -> Promise;
    /// Posts to this worker's creator.
    pub(crate) fn post(message: &JsValue);
    /// Closes this worker and unwinds.
    #[wasm_bindgen(catch)]
    pub(crate) fn stop() -> Result<(), JsValue>;
    /// ms on a scale that all threads share.
    pub(crate) fn now() -> f64;
    /// The same, up to a ms late: cheaper.
    pub(crate) fn recently() -> f64;
    fn delay(milliseconds: f64) -> Promise;
    #[wasm_bindgen(js_name = sleep)]
    fn exact_delay(milliseconds: f64) -> Promise;
    /// Is this instance in a worker of ours?
    pub(crate) fn is_worker() -> bool;
    fn environment() -> Object;
    /// A shared memory, with a smaller maximum if the browser refuses the one that is
    /// asked for.
    #[wasm_bindgen(catch, js_name = sharedMemory)]
    pub(crate) fn shared_memory(descriptor: &JsValue) -> Result<WebAssembly::Memory, JsValue>;
    /// A line to the console.
    pub(crate) fn log(error: bool, text: &str);

    /// A worker.
    #[derive(Clone)]
    pub(crate) type Port;
    #[wasm_bindgen(method, js_name = postMessage)]
    pub(crate) fn post(this: &Port, message: &JsValue);
    #[wasm_bindgen(method)]
    pub(crate) fn terminate(this: &Port);
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static GLUE: JsString;
}

/// Resolves after about so many ms: up to one earlier, and some later.
pub(crate) async fn pause(milliseconds: f64) {
    // A timer cannot be rejected.
    let _ = JsFuture::from(delay(milliseconds)).await;
}

/// Resolves after so many ms, never before.
pub(crate) async fn sleep(milliseconds: f64) {
    let _ = JsFuture::from(exact_delay(milliseconds)).await;
}

/// The address of the glue that this instance came up with.
pub(crate) fn glue() -> JsValue {
    GLUE.with(|url| url.clone().into())
}

/// Does this program run in a browser at all?
pub(crate) const IN_BROWSER: bool = cfg!(target_arch = "wasm32");

fn look(key: &str) -> JsValue {
    Reflect::get(&environment(), &key.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Is shared memory to be had?
pub(crate) fn isolated() -> bool {
    look("isolated").is_truthy()
}

/// The number of logical cores.
pub(crate) fn cores() -> u32 {
    look("cores")
        .as_f64()
        .map_or(1, |cores| cores as u32)
        .max(1)
}

/// Is this page out of sight? Never in a worker, which cannot know.
pub(crate) fn hidden() -> bool {
    look("hidden").is_truthy()
}

/// The browser's name for itself.
pub(crate) fn agent() -> String {
    look("agent").as_string().unwrap_or_default()
}

/// An object from keys and values.
pub(crate) fn object(entries: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in entries {
        // Setting a plain object's own property cannot fail.
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object.into()
}

//! The functions of `boot.js`, and the URL of the JavaScript glue.
//!
//! This module must not know processes: it offers workers, locks, timers and clocks.

use js_sys::{Function, JsString, Object, Promise, Reflect, WebAssembly};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(module = "/src/kernel/boot.js")]
extern "C" {
    /// Starts a worker. `tell` is called with each message that it posts.
    #[wasm_bindgen(catch)]
    pub(crate) fn create(
        glue: &JsValue,
        name: &str,
        boot: &JsValue,
        tell: &Function,
    ) -> Result<Port, JsValue>;
    /// Calls `tell` with each message that is posted to this worker or by the starter.
    pub(crate) fn listen(starter: &Port, tell: &Function);
    /// Makes the starter end a worker; resolves when it has done so.
    pub(crate) fn terminate(starter: &Port, worker: u32) -> Promise;
    /// Resolves when the holder of the Web Lock no longer exists.
    pub(crate) fn gone(lock: &str) -> Promise;
    /// Posts a message to the creator of this worker.
    pub(crate) fn post(message: &JsValue);
    /// Closes this worker and throws, which ends the current call.
    #[wasm_bindgen(catch)]
    pub(crate) fn stop() -> Result<(), JsValue>;
    /// The time in ms, on a scale that all threads share.
    pub(crate) fn now() -> f64;
    /// The same, but up to 1 ms late, which is cheaper.
    pub(crate) fn recently() -> f64;
    /// Calls a function. Returns whether it returned, that is, did not panic or trap.
    pub(crate) fn returns(call: &mut dyn FnMut()) -> bool;
    fn delay(milliseconds: f64) -> Promise;
    #[wasm_bindgen(js_name = sleep)]
    fn exact_delay(milliseconds: f64) -> Promise;
    /// Does the Web allow this thread to block? It does not on the page.
    pub(crate) fn can_wait() -> bool;
    /// Does this instance run in one of the library's workers?
    pub(crate) fn is_worker() -> bool;
    fn environment() -> Object;
    /// A shared memory, with a smaller maximum if the browser refuses the one that is
    /// asked for. The descriptor's `maximum` then is the smaller one.
    #[wasm_bindgen(catch, js_name = sharedMemory)]
    pub(crate) fn shared_memory(descriptor: &JsValue) -> Result<WebAssembly::Memory, JsValue>;
    /// Writes a line to the browser's console.
    pub(crate) fn log(error: bool, text: &str);

    /// A worker.
    #[derive(Clone)]
    pub(crate) type Port;
    #[wasm_bindgen(method, js_name = postMessage)]
    pub(crate) fn post(this: &Port, message: &JsValue);
    #[wasm_bindgen(method, js_name = terminate)]
    pub(crate) fn terminate_now(this: &Port);
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_namespace = ["import", "meta"], js_name = url)]
    static GLUE: JsString;
}

/// Resolves after about this number of ms; possibly 1 ms too early, or later.
pub(crate) async fn pause(milliseconds: f64) {
    // A timer cannot be rejected.
    let _ = JsFuture::from(delay(milliseconds)).await;
}

/// Resolves after this number of ms, never too early.
pub(crate) async fn sleep(milliseconds: f64) {
    let _ = JsFuture::from(exact_delay(milliseconds)).await;
}

/// The URL of the glue that this instance was loaded with.
pub(crate) fn glue() -> JsValue {
    GLUE.with(|url| url.clone().into())
}

/// Was this program compiled for a browser?
pub(crate) const IN_BROWSER: bool = cfg!(target_arch = "wasm32");

fn look(key: &str) -> JsValue {
    Reflect::get(&environment(), &key.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Is shared memory available?
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

/// Is this page hidden? Always `false` in a worker, which cannot know.
pub(crate) fn hidden() -> bool {
    look("hidden").is_truthy()
}

/// The browser's user-agent string.
pub(crate) fn agent() -> String {
    look("agent").as_string().unwrap_or_default()
}

/// A JavaScript object with these keys and values.
pub(crate) fn object(entries: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (key, value) in entries {
        // Cannot fail for a property of a plain object.
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object.into()
}

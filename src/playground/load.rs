//! Modules that are fetched only when they are needed.

use wasm_bindgen::{JsValue, prelude::wasm_bindgen};

#[wasm_bindgen(module = "/src/playground/load.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn load(address: &str) -> Result<JsValue, JsValue>;
}

/// Fetches a module of JavaScript. The address is relative to the page.
///
/// # Errors
/// What the browser says.
pub async fn module(address: &str) -> Result<JsValue, JsValue> {
    load(address).await
}

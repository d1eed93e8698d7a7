//! The floors with which the library's objects are compared; `floors.js` measures them.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = bench, js_name = floor_of)]
    fn floor_of(name: &str, parameters: &[f64]) -> Promise;
}

/// Measures a floor once: calls the function `name` of `floors.js` with these parameters.
pub async fn floor(name: &str, parameters: &[f64]) -> Result<f64, String> {
    let answer = JsFuture::from(floor_of(name, parameters)).await;
    let answer = answer.map_err(|error| format!("{name}: {error:?}"))?;
    answer
        .as_f64()
        .ok_or_else(|| format!("{name} gave no number"))
}

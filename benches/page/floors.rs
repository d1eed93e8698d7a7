//! The floors with which objects are compared; `floors.js` measures them on this page.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = bench, js_name = floor_of)]
    fn floor_of(name: &str, parameters: &[f64]) -> Promise;
}

/// One measurement of a floor; parameters as in `floors.js`.
pub async fn floor(name: &str, parameters: &[f64]) -> Result<f64, String> {
    let answer = JsFuture::from(floor_of(name, parameters)).await;
    let answer = answer.map_err(|error| format!("{name}: {error:?}"))?;
    answer
        .as_f64()
        .ok_or_else(|| format!("{name} gave no number"))
}

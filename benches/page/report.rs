//! The reports of the benchmark page to the runner.

use js_sys::{Promise, Reflect};
use serde_json::json;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = bench)]
    fn line(text: &str);
    #[wasm_bindgen(js_namespace = bench)]
    fn ask(question: &str) -> Promise;
    #[wasm_bindgen(js_namespace = bench, js_name = finish)]
    fn finish_with(error: JsValue);
}

/// Reports one sample of a figure. The samples of one round are taken one right after the
/// other, so that they can be compared.
pub fn sample(name: &str, unit: &str, round: u32, value: f64) {
    line(&json!({ "name": name, "unit": unit, "round": round, "value": value }).to_string());
}

/// Requests the ratio of two figures, computed round by round.
pub fn ratio(name: &str, of: &str, to: &str) {
    line(&json!({ "name": name, "of": of, "to": to }).to_string());
}

/// Requests the difference of two figures, computed round by round and multiplied by a
/// factor.
pub fn difference(name: &str, unit: &str, of: &str, minus: &str, times: f64) {
    let line_of = json!({ "name": name, "unit": unit, "of": of, "minus": minus, "times": times });
    line(&line_of.to_string());
}

/// Requests by how many per cent one figure exceeds another, computed round by round.
pub fn excess(name: &str, of: &str, than: &str) {
    let line_of = json!({
        "name": name, "unit": "%", "of": of, "minus": than, "to": than, "times": 100.0,
    });
    line(&line_of.to_string());
}

/// Reports a text.
pub fn note(name: &str, text: &str) {
    line(&json!({ "name": name, "text": text }).to_string());
}

/// The memory of the whole browser in MB, as the operating system counts it.
pub async fn browser_memory() -> Result<f64, String> {
    let answer = JsFuture::from(ask("memory")).await.ok();
    let megabytes = answer.and_then(|answer| answer.as_f64());
    megabytes.ok_or_else(|| "the runner did not say how much memory the browser has".into())
}

/// Binds the whole browser to one core, or to all cores again; `false` if this is not
/// possible.
pub async fn one_core(one: bool) -> bool {
    let question = if one { "one core" } else { "all cores" };
    let answer = JsFuture::from(ask(question)).await.ok();
    answer.and_then(|answer| answer.as_bool()).unwrap_or(false)
}

/// Reports that the page has finished.
pub fn finish(error: Option<String>) {
    finish_with(error.map_or(JsValue::NULL, |error| error.into()));
}

/// The value of a key in the address's query, such as `b` for `a` in `?a=b`.
pub fn query(key: &str) -> Option<String> {
    let location = Reflect::get(&js_sys::global(), &"location".into()).ok()?;
    let search = Reflect::get(&location, &"search".into())
        .ok()?
        .as_string()?;
    let mut pairs = search.trim_start_matches('?').split('&');
    pairs.find_map(|pair| pair.strip_prefix(key)?.strip_prefix('=').map(Into::into))
}

/// The value of a key as a number, or a default.
pub fn query_number(key: &str, otherwise: u32) -> u32 {
    query(key)
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

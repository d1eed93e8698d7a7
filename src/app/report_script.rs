//! The last report as JSON: in the page, for tests and other programs to read,
//! and as a file.

use super::shown::Shown;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{Blob, BlobPropertyBag, Url};
use yew::prelude::*;

/// `<script type="application/json" id="report">`: data, which no browser runs
/// and no Content-Security-Policy forbids.
pub fn report_script(report: &Shown) -> Html {
    html! { <script type="application/json" id="report">{ embedded(&report.whole.to_json()) }</script> }
}

/// JSON that stays whole when the page is saved as HTML: `</` would end the
/// script, `<\/` is the same to every reader of JSON.
fn embedded(json: &str) -> String {
    json.replace("</", "<\\/")
}

/// What can be taken away.
#[derive(Properties, PartialEq)]
pub struct DownloadProps {
    /// The report.
    pub report: Rc<Shown>,
}

/// A link that saves the report as a file.
#[component]
pub fn Download(props: &DownloadProps) -> Html {
    let address = use_state_eq(|| None::<AttrValue>);
    use_effect_with(props.report.clone(), {
        let address = address.clone();
        move |report| {
            let url = blob_url(&report.whole.to_json());
            address.set(url.clone().map(AttrValue::from));
            move || {
                if let Some(url) = url {
                    let _ = Url::revoke_object_url(&url);
                }
            }
        }
    });
    let name = format!("manyhands-{}.json", props.report.plan.workload);
    html! {
        <a class="button" id="download" href={(*address).clone()} download={name}>{ "Download as JSON" }</a>
    }
}

fn blob_url(json: &str) -> Option<String> {
    let parts = js_sys::Array::of1(&JsValue::from_str(json));
    let kind = BlobPropertyBag::new();
    kind.set_type("application/json");
    let blob = Blob::new_with_str_sequence_and_options(&parts, &kind).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}

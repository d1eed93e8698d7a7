//! Files to take away.

use super::url;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

const REFUSED: &str = "This browser does not let the page save files.";

/// Saves a text as a file.
///
/// # Errors
/// A sentence for people, where the browser refuses.
pub fn save(name: &str, kind: &str, text: &str) -> Result<(), String> {
    let address = object_url(kind, text)?;
    let saved = save_url(name, &address);
    // The browser has taken hold of it when the click returns.
    let _ = Url::revoke_object_url(&address);
    saved
}

/// Saves what is at an address of the page's own making.
///
/// # Errors
/// A sentence for people, where the browser refuses.
pub fn save_url(name: &str, address: &str) -> Result<(), String> {
    let click = || -> Option<()> {
        let link = url::document()?.create_element("a").ok()?;
        let link = link.dyn_into::<HtmlAnchorElement>().ok()?;
        link.set_href(address);
        link.set_download(name);
        link.click();
        Some(())
    };
    click().ok_or_else(|| REFUSED.to_owned())
}

/// An address of a text, to be revoked after its use.
///
/// # Errors
/// A sentence for people, where the browser refuses.
pub fn object_url(kind: &str, text: &str) -> Result<String, String> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let options = BlobPropertyBag::new();
    options.set_type(kind);
    Blob::new_with_str_sequence_and_options(&parts, &options)
        .and_then(|blob| Url::create_object_url_with_blob(&blob))
        .map_err(|_| REFUSED.to_owned())
}

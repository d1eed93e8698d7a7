//! Saving files from the page, as a download.

use super::browser;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

const REFUSED: &str = "This browser does not let the page save files.";

/// Saves a text as a file.
///
/// # Errors
/// A sentence for the visitor, if the browser refuses.
pub fn save(name: &str, mime_type: &str, text: &str) -> Result<(), String> {
    save_content(name, mime_type, &JsValue::from_str(text))
}

/// Saves bytes as a file.
///
/// # Errors
/// A sentence for the visitor, if the browser refuses.
pub fn save_bytes(name: &str, bytes: &js_sys::Uint8Array) -> Result<(), String> {
    save_content(name, "application/octet-stream", bytes)
}

fn save_content(name: &str, mime_type: &str, content: &JsValue) -> Result<(), String> {
    let address = url_of(mime_type, content)?;
    let saved = save_url(name, &address);
    // The browser has started the download when the click returns, so the address is no
    // longer needed.
    let _ = Url::revoke_object_url(&address);
    saved
}

/// Saves the content of an address that the page created (`blob:` or `data:`).
///
/// # Errors
/// A sentence for the visitor, if the browser refuses.
pub fn save_url(name: &str, address: &str) -> Result<(), String> {
    let click = || -> Option<()> {
        let link = browser::document()?.create_element("a").ok()?;
        let link = link.dyn_into::<HtmlAnchorElement>().ok()?;
        link.set_href(address);
        link.set_download(name);
        link.click();
        Some(())
    };
    click().ok_or_else(|| REFUSED.to_owned())
}

/// Creates a `blob:` address of a text. The caller revokes it after use.
///
/// # Errors
/// A sentence for the visitor, if the browser refuses.
pub fn object_url(mime_type: &str, text: &str) -> Result<String, String> {
    url_of(mime_type, &JsValue::from_str(text))
}

fn url_of(mime_type: &str, content: &JsValue) -> Result<String, String> {
    let parts = js_sys::Array::of1(content);
    let options = BlobPropertyBag::new();
    options.set_type(mime_type);
    Blob::new_with_str_sequence_and_options(&parts, &options)
        .and_then(|blob| Url::create_object_url_with_blob(&blob))
        .map_err(|_| REFUSED.to_owned())
}

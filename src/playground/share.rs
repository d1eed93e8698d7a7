//! Programs that come and go: by the page's address, and as files.
//!
//! A link is the whole program, compressed in the address's fragment (`?run#code=…`). A
//! browser does not send the fragment to any host.

use super::super::{browser, save};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

#[wasm_bindgen(module = "/src/playground/share.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    async fn pack(text: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(catch)]
    async fn unpack(code: &str, most: u32) -> Result<JsValue, JsValue>;
    async fn copy(text: &str) -> JsValue;
}

/// The longest program that is taken, in bytes.
const PROGRAM_BYTES: u32 = 1_000_000;
/// The longest link. Browsers take longer ones, but mail and chat programs cut them off.
const LINK_CHARS: usize = 32_000;
/// What stands before the program in the fragment.
const KEY: &str = "code=";

const BROKEN: &str = "The program in this link is not whole: the link was cut off or changed \
    on its way. Copy all of it, or ask for it again.";

/// A link to a program.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub address: String,
    /// Whether it is in the clipboard.
    pub copied: bool,
}

/// Makes a link to this program and copies it.
///
/// # Errors
/// A sentence for the visitor.
pub async fn link(text: &str) -> Result<Link, String> {
    let address = address(text).await?;
    let copied = copy_text(&address).await;
    Ok(Link { address, copied })
}

/// The address that opens this program in the playground.
///
/// # Errors
/// A sentence for the visitor.
pub async fn address(text: &str) -> Result<String, String> {
    let long = || {
        format!(
            "This program is too long for a link ({} kB, compressed at most {} kB): save it \
             as a file instead.",
            text.len().div_ceil(1000),
            LINK_CHARS / 1000
        )
    };
    if text.len() > PROGRAM_BYTES as usize {
        return Err(long());
    }
    let code = pack(text).await.ok().and_then(|code| code.as_string());
    let code =
        code.ok_or("This browser cannot compress the program: save it as a file instead.")?;
    let address = format!("{}?run#{KEY}{code}", browser::bare_address());
    if address.len() > LINK_CHARS {
        return Err(long());
    }
    Ok(address)
}

/// The program that the page's address contains, if it contains one.
///
/// # Errors
/// A sentence for the visitor.
pub async fn linked() -> Option<Result<String, String>> {
    let fragment = browser::fragment();
    let code = fragment.trim_start_matches('#').strip_prefix(KEY)?;
    Some(match unpack(code, PROGRAM_BYTES).await {
        Ok(text) if text.is_null() => Err(format!(
            "The program in this link is longer than {} MB, which is the most that this page \
             takes.",
            PROGRAM_BYTES / 1_000_000
        )),
        Ok(text) => text.as_string().ok_or_else(|| BROKEN.to_owned()),
        Err(_) => Err(BROKEN.to_owned()),
    })
}

/// Copies a text, and returns whether it is in the clipboard now.
pub async fn copy_text(text: &str) -> bool {
    copy(text).await.is_truthy()
}

/// Saves a program as a file.
///
/// # Errors
/// A sentence for the visitor.
pub fn save_program(text: &str) -> Result<(), String> {
    save::save("main.py", "text/x-python", text)
}

/// Reads a program from a file.
///
/// # Errors
/// A sentence for the visitor.
pub async fn read(file: File) -> Result<String, String> {
    let name: String = file.name().chars().take(60).collect();
    // The size is checked before reading, because the file may be larger than memory.
    if file.size() > f64::from(PROGRAM_BYTES) {
        return Err(format!(
            "{name} is larger than {} MB, which is the most that this page takes as a program.",
            PROGRAM_BYTES / 1_000_000
        ));
    }
    let bytes = JsFuture::from(file.unchecked_ref::<web_sys::Blob>().array_buffer()).await;
    let bytes = bytes.map_err(|_| format!("The browser could not read {name}."))?;
    let bytes = js_sys::Uint8Array::new(&bytes).to_vec();
    let text = String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'));
    let text = text.ok_or_else(|| {
        format!("{name} is not a text in UTF-8, so it cannot be a Python program of this page.")
    })?;
    Ok(text.replace("\r\n", "\n"))
}

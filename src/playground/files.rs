//! The lists of the files beside the program: those that the visitor gives it before a run, and
//! those that it has left after one.

use super::file::File;
use super::shown::SharedShown;
use crate::save;
use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{DragEvent, FileList, HtmlInputElement};
use yew::platform::spawn_local;
use yew::prelude::*;

/// How many bytes all files of a program may have: `python.js` takes no more.
const MOST_BYTES: f64 = 128.0 * 1024.0 * 1024.0;
/// How many files are listed.
const MOST_LISTED: usize = 100;

/// Reads files that the visitor has chosen or dropped, and puts them beside the program.
pub fn give(
    files: Option<FileList>,
    shown: &SharedShown,
    update: &UseForceUpdateHandle,
    trouble: &Callback<Option<String>>,
) {
    let Some(files) = files else { return };
    let files: Vec<web_sys::File> = (0..files.length())
        .filter_map(|at| files.item(at))
        .collect();
    let (shown, update, trouble) = (shown.clone(), update.clone(), trouble.clone());
    spawn_local(async move {
        let read = read(files, &shown).await;
        trouble.emit(read.err());
        update.force_update();
    });
}

async fn read(files: Vec<web_sys::File>, shown: &SharedShown) -> Result<(), String> {
    for file in files {
        let name = file.name();
        let others = bytes_without(&name, shown);
        if others + file.size() > MOST_BYTES {
            return Err(format!(
                "{name} has no room: all files of a program may have 128 MiB."
            ));
        }
        let bytes = JsFuture::from(file.unchecked_ref::<web_sys::Blob>().array_buffer()).await;
        let bytes = bytes.map_err(|_| {
            format!("The browser could not read {name}. A folder cannot be given, only files.")
        })?;
        let file = File {
            name: name.into(),
            bytes: Uint8Array::new(&bytes),
        };
        let given = &mut shown.borrow_mut().given;
        given.retain(|one| one.name != file.name);
        given.push(file);
    }
    Ok(())
}

/// The bytes of all given files but the one of this name.
fn bytes_without(name: &str, shown: &SharedShown) -> f64 {
    let now = shown.borrow();
    let others = now.given.iter().filter(|one| *one.name != *name);
    others.map(|one| f64::from(one.bytes.length())).sum()
}

#[derive(Properties, PartialEq)]
pub struct Props {
    pub shown: SharedShown,
    /// As in the run that is shown, so that they are drawn again.
    pub given: Vec<File>,
    pub left: Vec<File>,
    pub on_trouble: Callback<Option<String>>,
}

/// The lists of files, with a place to drop more.
#[component]
pub fn Files(props: &Props) -> Html {
    let update = use_force_update();
    let on_choose = {
        let (shown, update, trouble) = (
            props.shown.clone(),
            update.clone(),
            props.on_trouble.clone(),
        );
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                give(input.files(), &shown, &update, &trouble);
                // Without this, choosing the same file again would cause no event.
                input.set_value("");
            }
        })
    };
    let ondrop = {
        let (shown, update, trouble) = (
            props.shown.clone(),
            update.clone(),
            props.on_trouble.clone(),
        );
        Callback::from(move |event: DragEvent| {
            event.prevent_default();
            // Elsewhere on the page, a program that is dropped is opened.
            event.stop_propagation();
            let files = event.data_transfer().and_then(|data| data.files());
            give(files, &shown, &update, &trouble);
        })
    };
    let on_remove = {
        let (shown, update) = (props.shown.clone(), update);
        Callback::from(move |name: AttrValue| {
            shown.borrow_mut().given.retain(|file| file.name != name);
            update.force_update();
        })
    };
    let now = props.shown.borrow();
    html! {
        <div class="files">
            <div class="files-drop" {ondrop}>
                <label class="button picker">
                    <input type="file" id="give" multiple={true} onchange={on_choose} />
                    { "Add files…" }
                </label>
                <p class="note">{ "Or drop them here. The program finds them beside it: \
                    open(\"data.csv\"), import helper. They stay in this browser." }</p>
            </div>
            if !now.given.is_empty() {
                <h3 id="given-title">{ "Beside the program" }</h3>
                <ul id="given" aria-labelledby="given-title">
                    { for now.given.iter().map(|file| {
                        let (remove, name) = (on_remove.clone(), file.name.clone());
                        let onclick = Callback::from(move |_: MouseEvent| remove.emit(name.clone()));
                        item(file, "Remove", onclick)
                    }) }
                </ul>
            }
            if !props.left.is_empty() {
                <h3 id="left-title">{ "Made by the program" }</h3>
                <ul id="left" aria-labelledby="left-title">
                    { for props.left.iter().take(MOST_LISTED).map(|file| {
                        let (file, trouble) = (file.clone(), props.on_trouble.clone());
                        let onclick = {
                            let file = file.clone();
                            Callback::from(move |_: MouseEvent| {
                                let name = file.name.rsplit('/').next().unwrap_or_default();
                                trouble.emit(save::save_bytes(name, &file.bytes).err());
                            })
                        };
                        item(&file, "Save", onclick)
                    }) }
                </ul>
                if props.left.len() > MOST_LISTED {
                    <p class="note">{ format!("{} more are not listed.", props.left.len() - MOST_LISTED) }</p>
                }
            } else {
                <p class="note">{ "What the program writes is listed here when it has ended." }</p>
            }
        </div>
    }
}

fn item(file: &File, action: &'static str, onclick: Callback<MouseEvent>) -> Html {
    let size = match file.bytes.length() {
        1 => "1 byte".to_owned(),
        bytes @ 0..10_000 => format!("{bytes} bytes"),
        bytes @ 10_000..10_000_000 => format!("{} kB", bytes / 1000),
        bytes => format!("{} MB", bytes / 1_000_000),
    };
    html! {
        <li key={file.name.to_string()} data-file={file.name.clone()}>
            <code>{ file.name.clone() }</code>
            <span class="note">{ size }</span>
            <button type="button" aria-label={format!("{action} {}", file.name)} {onclick}>{ action }</button>
        </li>
    }
}

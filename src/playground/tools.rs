//! The buttons around the program: other programs, files, a link.

use super::share::{self, Link};
use super::texts::{Change, Texts};
use super::view;
use web_sys::{DragEvent, FileList, HtmlInputElement};
use yew::platform::spawn_local;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub struct Props {
    pub texts: Texts,
    pub on_change: Callback<Change>,
    /// Called with the content of a file that the visitor opens.
    pub on_edit: Callback<String>,
    /// Called with a sentence about what went wrong, or `None` if nothing did.
    pub on_trouble: Callback<Option<String>>,
}

#[component]
pub fn Tools(props: &Props) -> Html {
    let link = use_state_eq(|| None::<Link>);
    let text = props.texts.shown.clone();
    // The link is that of one program.
    use_effect_with(text.clone(), {
        let link = link.clone();
        move |_| link.set(None)
    });
    let on_choose = props.on_change.reform(Change::Choose);
    let on_reset = props.on_change.reform(|_: MouseEvent| Change::Reset);
    let on_save = {
        let (text, trouble) = (text.clone(), props.on_trouble.clone());
        Callback::from(move |_: MouseEvent| trouble.emit(share::save_program(&text).err()))
    };
    let on_link = {
        let (text, trouble, link) = (text.clone(), props.on_trouble.clone(), link.clone());
        Callback::from(move |_: MouseEvent| {
            let (text, trouble, link) = (text.clone(), trouble.clone(), link.clone());
            spawn_local(async move {
                let made = share::link(&text).await;
                trouble.emit(made.as_ref().err().cloned());
                link.set(made.ok());
            });
        })
    };
    let on_open = {
        let (edit, trouble) = (props.on_edit.clone(), props.on_trouble.clone());
        Callback::from(move |event: Event| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                open(input.files(), &edit, &trouble);
                // Without this, choosing the same file again would cause no event.
                input.set_value("");
            }
        })
    };
    html! {
        <>
            <div class="playground-tools">
                { view::chooser(&props.texts, &on_choose) }
                <label class="button picker">
                    <input type="file" id="open" accept=".py,text/x-python" onchange={on_open} />
                    { "Open…" }
                </label>
                <button type="button" id="save" onclick={on_save}>{ "Save" }</button>
                <button type="button" id="share" onclick={on_link}>{ "Copy link" }</button>
                <button type="button" id="reset" onclick={on_reset}>{ "Reset" }</button>
            </div>
            if let Some(link) = &*link {
                <div class="link-made" role="status">
                    <label for="link">{ if link.copied { "Copied. The link is the whole program:" }
                        else { "Copy this link. It is the whole program:" } }</label>
                    <input id="link" readonly={true} value={link.address.clone()} />
                </div>
            }
        </>
    }
}

fn open(files: Option<FileList>, edit: &Callback<String>, trouble: &Callback<Option<String>>) {
    if let Some(file) = files.and_then(|files| files.item(0)) {
        let (edit, trouble) = (edit.clone(), trouble.clone());
        spawn_local(async move {
            match share::read(file).await {
                Ok(text) => edit.emit(text),
                Err(why) => trouble.emit(Some(why)),
            }
        });
    }
}

/// Opens a program that was dropped on the page, and gives other files to the program. A text
/// that is dragged is left to the editor.
pub fn on_drop(
    edit: &Callback<String>,
    give: &Callback<FileList>,
    trouble: &Callback<Option<String>>,
) -> Callback<DragEvent> {
    let (edit, give, trouble) = (edit.clone(), give.clone(), trouble.clone());
    Callback::from(move |event: DragEvent| {
        if has_files(&event) {
            event.prevent_default();
            let files = event.data_transfer().and_then(|data| data.files());
            match files {
                Some(files) if !is_program(&files) => give.emit(files),
                files => open(files, &edit, &trouble),
            }
        }
    })
}

fn is_program(files: &FileList) -> bool {
    let name = files.item(0).map(|file| file.name());
    files.length() == 1 && name.is_some_and(|name| name.ends_with(".py"))
}

/// Accepts the drop; without this the browser would open the dropped file.
pub fn on_drag_over() -> Callback<DragEvent> {
    Callback::from(|event: DragEvent| {
        if has_files(&event) {
            event.prevent_default();
        }
    })
}

fn has_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.includes(&"Files".into(), 0))
}

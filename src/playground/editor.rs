//! The editor. It is a program of its own (`editor/`, made of CodeMirror), which is fetched
//! only here. Until it is there, or where it cannot be had, a text area does its work.

use super::super::browser;
use super::load;
use super::tracebacks::Mark;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, closure::Closure, prelude::wasm_bindgen};
use web_sys::{Element, HtmlTextAreaElement};
use yew::platform::spawn_local;
use yew::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Module;

    #[wasm_bindgen(method)]
    fn create(
        this: &Module,
        host: &Element,
        text: &str,
        on_input: &Closure<dyn FnMut(String)>,
    ) -> JsEditor;

    type JsEditor;

    #[wasm_bindgen(method)]
    fn replace(this: &JsEditor, text: &str);

    #[wasm_bindgen(method)]
    fn mark(this: &JsEditor, lines: Vec<u32>, messages: Vec<String>);

    #[wasm_bindgen(method, js_name = goTo)]
    fn go_to(this: &JsEditor, line: u32);

    #[wasm_bindgen(method)]
    fn focus(this: &JsEditor);

    #[wasm_bindgen(method, js_name = addGuard)]
    fn add_guard(this: &JsEditor) -> bool;
}

/// The editor, once it is there; for what its buttons elsewhere on the page do.
#[derive(Clone, Default)]
pub struct EditorHandle(Rc<RefCell<Option<Loaded>>>);

struct Loaded {
    editor: JsEditor,
    _on_input: Closure<dyn FnMut(String)>,
}

impl PartialEq for EditorHandle {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl EditorHandle {
    /// Calls this with the editor, if it is there. What the editor then tells arrives in the
    /// call, so nothing may be borrowed meanwhile but the editor.
    fn with<T>(&self, call: impl FnOnce(&JsEditor) -> T) -> Option<T> {
        self.0.borrow().as_ref().map(|loaded| call(&loaded.editor))
    }

    /// Puts the cursor on a line.
    pub fn go_to(&self, line: u32) {
        self.with(|editor| editor.go_to(line));
    }

    /// Puts the guard around what needs it. Returns whether that changed the program.
    pub fn add_guard(&self) -> bool {
        self.with(JsEditor::add_guard).unwrap_or(false)
    }
}

#[derive(Properties, PartialEq)]
pub struct Props {
    pub text: AttrValue,
    pub marks: Vec<Mark>,
    pub on_edit: Callback<String>,
    pub handle: EditorHandle,
    /// Whether the editor is there.
    pub is_loaded: UseStateHandle<bool>,
}

/// The program's text.
#[component]
pub fn Editor(props: &Props) -> Html {
    let host = use_node_ref();
    let module = use_mut_ref(|| None::<Module>);
    use_effect_with((), {
        let (module, is_loaded) = (module.clone(), props.is_loaded.clone());
        move |()| {
            spawn_local(async move {
                let Some(address) = browser::named_address("manyhands-editor") else {
                    return;
                };
                if let Ok(loaded) = load::module(&address).await {
                    *module.borrow_mut() = Some(loaded.unchecked_into());
                    is_loaded.set(true);
                }
            });
        }
    });
    use_effect_with((*props.is_loaded, host.clone()), {
        let (handle, text, on_edit) = (
            props.handle.clone(),
            props.text.clone(),
            props.on_edit.clone(),
        );
        let module = module.clone();
        move |(_, host)| {
            let module = module.borrow_mut().take();
            if let Some((module, host)) = module.zip(host.cast::<Element>()) {
                let on_input = Closure::new(move |text| on_edit.emit(text));
                let editor = module.create(&host, &text, &on_input);
                *handle.0.borrow_mut() = Some(Loaded {
                    editor,
                    _on_input: on_input,
                });
            }
        }
    });
    use_effect_with((props.text.clone(), *props.is_loaded), {
        let handle = props.handle.clone();
        move |(text, _)| {
            handle.with(|editor| editor.replace(text));
        }
    });
    use_effect_with((props.marks.clone(), *props.is_loaded), {
        let handle = props.handle.clone();
        move |(marks, _)| {
            let lines = marks.iter().map(|mark| mark.line).collect();
            let messages = marks.iter().map(|mark| mark.message.clone()).collect();
            handle.with(|editor| editor.mark(lines, messages));
        }
    });
    if *props.is_loaded {
        return html! { <div key="editor" id="program" class="program is-editor" ref={host} /> };
    }
    let oninput = {
        let edit = props.on_edit.clone();
        Callback::from(move |event: InputEvent| {
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                edit.emit(area.value());
            }
        })
    };
    html! {
        <textarea key="area" id="program" class="program" aria-label="Program" spellcheck="false"
            autocapitalize="off" autocomplete="off" wrap="off" {oninput} value={props.text.clone()} />
    }
}

//! The size of an element on the page, for which charts are drawn.

use super::super::browser;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::Element;
use yew::platform::spawn_local;
use yew::prelude::*;

/// The width and the font size of an element, in px.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// The width; 0 before it was measured.
    pub width: f64,
    /// The font size, which is the unit of margins.
    pub em: f64,
}

/// The current size of the element that `node` refers to. Charts are drawn for this size
/// and not scaled, so that their text is as large as the page's.
#[hook]
pub fn use_size(node: NodeRef) -> Size {
    use_measured(node, |element| Size {
        width: element.client_width().into(),
        em: font_size(element),
    })
}

/// The result of `measure` for the element, which is updated whenever the element's size
/// changes. It is the default until the browser has laid the page out, because measuring
/// earlier would force an additional layout of the whole page.
#[hook]
pub fn use_measured<T>(node: NodeRef, measure: fn(&Element) -> T) -> T
where
    T: Copy + Default + PartialEq + 'static,
{
    let size = use_state_eq(T::default);
    use_effect_with(node, {
        let size = size.clone();
        move |node| {
            let observer = node.cast::<Element>().and_then(|element| {
                let measured = element.clone();
                // In the next frame: a chart that is drawn anew at once has another height while
                // the browser still tells of sizes, which it reports as an error of the page.
                let closure = Closure::<dyn FnMut()>::new(move || {
                    let (size, measured) = (size.clone(), measured.clone());
                    spawn_local(async move {
                        browser::next_frame().await;
                        size.set(measure(&measured));
                    });
                });
                let callback = AsRef::<wasm_bindgen::JsValue>::as_ref(&closure).unchecked_ref();
                let observer = web_sys::ResizeObserver::new(callback).ok()?;
                observer.observe(&element);
                Some((observer, closure))
            });
            move || {
                if let Some((observer, closure)) = observer {
                    observer.disconnect();
                    drop(closure);
                }
            }
        }
    });
    *size
}

fn font_size(element: &Element) -> f64 {
    web_sys::window()
        .and_then(|window| window.get_computed_style(element).ok().flatten())
        .and_then(|style| style.get_property_value("font-size").ok())
        .and_then(|text| text.trim_end_matches("px").parse().ok())
        .unwrap_or(16.0)
}

/// The class that makes a list scroll, if it has more rows than fit on a screen.
pub fn scroll_class(rows: usize) -> Option<&'static str> {
    (rows > 16).then_some("many")
}

//! The size of a drawing on the page, which charts are drawn for.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::Element;
use yew::prelude::*;

/// A drawing's width in pixels, and the size of its text.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Width; 0 before it was measured.
    pub width: f64,
    /// The font's size, which margins are counted in.
    pub em: f64,
}

/// The size of the element that `node` refers to, now and whenever it changes:
/// drawing in real pixels keeps text as large as the page's.
#[hook]
pub fn use_size(node: NodeRef) -> Size {
    use_measured(node, |element| Size {
        width: element.client_width().into(),
        em: font_size(element),
    })
}

/// What `measure` says of an element, now and whenever its size changes; the
/// default at first. It is measured once the browser has laid it out: who asks
/// earlier has the whole page laid out for that.
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
                let closure = Closure::<dyn FnMut()>::new(move || size.set(measure(&measured)));
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

/// The class of a list with more rows than fit a screen: it scrolls.
pub fn many(rows: usize) -> Option<&'static str> {
    (rows > 16).then_some("many")
}

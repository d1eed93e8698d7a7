//! The page draws itself into its element.
#![cfg(target_arch = "wasm32")]

use wasm_bindgen_test::{wasm_bindgen_test as test, wasm_bindgen_test_configure};
use web_sys::window;

wasm_bindgen_test_configure!(run_in_browser);

/// Waits until the page has a heading, because Yew draws in a separate task.
async fn heading() -> String {
    loop {
        let document = window().unwrap().document().unwrap();
        if let Some(heading) = document.query_selector("#app h1").unwrap() {
            return heading.text_content().unwrap();
        }
        manyhands::sleep_async(std::time::Duration::from_millis(1)).await;
    }
}

#[test]
async fn the_page_replaces_what_is_in_its_element() {
    let document = window().unwrap().document().unwrap();
    // If the element does not exist, nothing is drawn and nothing fails.
    manyhands_page::mount();
    let root = document.create_element("div").unwrap();
    root.set_id("app");
    root.set_inner_html("<p id=\"loading\">Loading…</p>");
    document.body().unwrap().append_child(&root).unwrap();
    manyhands_page::mount();
    assert!(!heading().await.is_empty());
    assert!(document.get_element_by_id("loading").is_none());
}

//! The page: what a visitor sees and touches.
//!
//! Read `page.rs` first. [`state`] holds everything that is shown and changes it by
//! one reducer. [`runner`] runs an experiment and sends its progress to that reducer.
//! [`chart`] puts the charts of a report on the page; the crate `charts` computes them.
//! [`browser`] is the only module for the address, the document and the settings of
//! the browser. Every other file is one component.
//!
//! [`playground`] is a page of its own, which `?run` opens: it runs Python programs.
//! [`learn`], which `?learn` opens, has lessons made of such programs.
//!
//! The page imports only the public items of `experiments`, `charts`, `timeline`,
//! `workloads` and `manyhands`. It must not use a `style` attribute, an inline script
//! or another origin, since its Content-Security-Policy forbids all three.

mod browser;
mod chart;
mod charts;
mod compare;
mod controls;
mod decisions;
mod fault_demo;
mod fault_panel;
mod fields;
mod filtered;
mod forecast;
mod frame_monitor;
mod frames;
mod header;
mod lanes;
mod learn;
mod navigation;
mod page;
mod playground;
mod progress;
mod question;
mod recorded;
mod report_file;
mod result;
mod runner;
mod save;
mod stage;
mod state;

/// Draws the page into the element with the id `app` and replaces its content.
///
/// Does nothing if there is no such element.
pub fn mount() {
    let Some(root) = browser::document().and_then(|document| document.get_element_by_id("app"))
    else {
        return;
    };
    if playground::is_opened_by(&browser::query()) {
        yew::Renderer::<playground::Playground>::with_root(root).render();
    } else if learn::is_opened_by(&browser::query()) {
        yew::Renderer::<learn::Learn>::with_root(root).render();
    } else {
        yew::Renderer::<page::Page>::with_root(root).render();
    }
}

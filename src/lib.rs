//! The page: what a visitor sees and touches.
//!
//! One reducer ([`state`]) holds what is shown; [`runner`] starts experiments
//! and reports to it; a report's charts are those of the crate `charts`, which
//! [`chart`] puts on the page. Every other file is one component. Read `page.rs`
//! first.
//!
//! This room must not know how bytes move: it talks to experiments, workloads
//! and processes through their public names only. Nothing here may use a
//! `style` attribute, an inline script or another origin: the page's
//! Content-Security-Policy forbids all three.

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
mod lanes;
mod masthead;
mod navigation;
mod page;
mod progress;
mod question;
mod recorded;
mod report_file;
mod result;
mod runner;
mod save;
mod stage;
mod state;
mod url;

/// Draws the page into the element with the id `app`, in place of what is there.
///
/// Does nothing where there is no such element.
pub fn mount() {
    let Some(root) = url::document().and_then(|document| document.get_element_by_id("app")) else {
        return;
    };
    yew::Renderer::<page::Page>::with_root(root).render();
}

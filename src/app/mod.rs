//! The page: what a visitor sees and touches.
//!
//! One reducer ([`state`]) holds what is shown; [`runner`] starts experiments
//! and reports to it; every other file is one component, or the pure arithmetic
//! and text that components draw with ([`geometry`], [`frames`]). Read
//! `page.rs` first.
//!
//! This room must not know how bytes move: it talks to experiments, workloads
//! and processes through their public names only. Nothing here may use a
//! `style` attribute, an inline script or another origin: the page's
//! Content-Security-Policy forbids all three.

mod chart;
mod controls;
mod explain;
mod fields;
mod frame_monitor;
mod frames;
mod geometry;
mod lanes;
mod masthead;
mod misbehave;
mod page;
mod picture;
mod progress;
mod report_script;
mod result;
mod runner;
mod shown;
mod speed_up_chart;
mod state;
mod svg;
mod table;
mod time_bar;
mod trio;
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

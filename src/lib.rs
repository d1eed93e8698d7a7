//! The page: what a visitor sees and touches.
//!
//! It is built twice, into two modules, so that nobody downloads what another page needs.
//! [`mount_experiments`] is all of the module `manyhands`, which holds the library and the
//! experiments; [`mount`] is all of the module `site`, which holds the other pages. What
//! only the experiments need has the feature `measure`. `static/boot/start.js` chooses the
//! module by the address.
//!
//! Read `page.rs` first, the page of the experiments. `state` holds everything that is
//! shown there and changes it by one reducer. `runner` runs an experiment and sends its
//! progress to that reducer. `chart` puts the charts of a report on the page; the crate
//! `charts` computes them. [`browser`] is the only module for the address, the document
//! and the settings of the browser. Every other file is one component.
//!
//! The other pages: [`home_page`], which an empty query opens, [`playground`] (`?run`), which
//! runs Python programs, and [`learn`] (`?learn`), which has lessons made of such programs.
//! `class` (`?class`) makes one picture of a class's files. Every page has the [`header`].
//!
//! The page imports only the public items of `experiments`, `charts`, `timeline`,
//! `workloads` and `manyhands`, and the module `site` only those of `charts`. It must not
//! use a `style` attribute, an inline script or another origin, since its
//! Content-Security-Policy forbids all three.

// The module `site` uses only a part of what both share.
#![cfg_attr(not(feature = "measure"), allow(dead_code))]

mod browser;
#[cfg(feature = "measure")]
mod card;
#[cfg(feature = "measure")]
mod chart;
#[cfg(feature = "measure")]
mod charts;
#[cfg(feature = "measure")]
mod class;
mod class_link;
#[cfg(feature = "measure")]
mod compare;
#[cfg(feature = "measure")]
mod controls;
#[cfg(feature = "measure")]
mod decisions;
#[cfg(feature = "measure")]
mod fault_demo;
#[cfg(feature = "measure")]
mod fault_panel;
#[cfg(feature = "measure")]
mod faults;
#[cfg(feature = "measure")]
mod fields;
#[cfg(feature = "measure")]
mod filtered;
#[cfg(feature = "measure")]
mod forecast;
#[cfg(feature = "measure")]
mod frame_monitor;
#[cfg(feature = "measure")]
mod frames;
mod hatches;
mod header;
mod home_page;
#[cfg(feature = "measure")]
mod lanes;
mod learn;
#[cfg(feature = "measure")]
mod navigation;
#[cfg(feature = "measure")]
mod page;
mod playground;
mod presenter;
#[cfg(feature = "measure")]
mod question;
#[cfg(feature = "measure")]
mod recorded;
#[cfg(feature = "measure")]
mod report_file;
#[cfg(feature = "measure")]
mod result;
#[cfg(feature = "measure")]
mod runner;
mod save;
#[cfg(feature = "measure")]
mod section;
#[cfg(feature = "measure")]
mod stage;
#[cfg(feature = "measure")]
mod stage_panel;
#[cfg(feature = "measure")]
mod state;
mod student;

/// Draws the page of the experiments, or that of a class, of the faults or for Rust if the
/// address names it, into the element with the id `app` and replaces its content.
///
/// Does nothing if there is no such element.
#[cfg(feature = "measure")]
pub fn mount_experiments() {
    let Some(root) = root() else { return };
    let query = browser::query();
    if browser::has_part(&query, "rust") {
        yew::Renderer::<home_page::rust::Rust>::with_root(root).render();
    } else if browser::has_part(&query, "class") {
        yew::Renderer::<class::Class>::with_root(root).render();
    } else if browser::has_part(&query, "faults") {
        yew::Renderer::<faults::Faults>::with_root(root).render();
    } else {
        yew::Renderer::<page::Page>::with_root(root).render();
    }
}

/// Draws the page that the address names, if it is not that of an experiment, into the
/// element with the id `app` and replaces its content.
///
/// Does nothing if there is no such element.
pub fn mount() {
    let Some(root) = root() else { return };
    let query = browser::query();
    if browser::has_part(&query, "run") {
        yew::Renderer::<playground::Playground>::with_root(root).render();
    } else if learn::is_opened_by(&query) {
        yew::Renderer::<learn::Learn>::with_root(root).render();
    } else if browser::has_part(&query, "glossary") {
        yew::Renderer::<home_page::glossary::Glossary>::with_root(root).render();
    } else {
        yew::Renderer::<home_page::Home>::with_root(root).render();
    }
}

fn root() -> Option<web_sys::Element> {
    browser::document()?.get_element_by_id("app")
}

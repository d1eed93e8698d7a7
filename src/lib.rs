//! The page: what a visitor sees and touches.
//!
//! It is built twice, into two modules, so that nobody downloads what another page needs.
//! [`mount_experiments`] is all of the module `manyhands`, which holds the library and the
//! experiments; [`mount`] is all of the module `site`, which holds the other pages. What
//! only the experiments need has the feature `measure`. `static/boot/start.js` chooses the
//! module by the address.
//!
//! [`browser`] is the only module for the address, the document and the settings of the
//! browser. `measure` is the page of the experiments. Each of its files is described there.
//!
//! The other pages: [`home_page`], which an empty query opens, [`playground`] (`?run`), which
//! runs Python programs, and [`learn`] (`?learn`), which has lessons made of such programs.
//! Every page has the [`header`].
//!
//! The page imports only the public items of `experiments`, `charts`, `timeline`,
//! `workloads` and `manyhands`, and the module `site` only those of `charts`. It must not
//! use a `style` attribute, an inline script or another origin, since its
//! Content-Security-Policy forbids all three.

// The module `site` uses only a part of what both share.
#![cfg_attr(not(feature = "measure"), allow(dead_code))]

mod browser;
mod class_link;
mod hatches;
mod header;
mod home_page;
mod learn;
#[cfg(feature = "measure")]
mod measure;
mod playground;
mod presenter;
mod save;
mod student;

#[cfg(feature = "measure")]
pub use measure::mount_experiments;

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

//! Measure: the page of the experiments and, in the same module, those of a class, of the
//! faults and for Rust.
//!
//! Read `page` first, the page of the experiments. `state` holds everything that is shown
//! there and changes it by one reducer; `form` is its part that the visitor fills in.
//! `runner` runs an experiment and sends its progress to that reducer. `chart` puts the charts
//! of a report on the page; the crate `charts` computes them. `class` (`?class`) makes one
//! picture of a class's files. Every other file is one component.
//!
//! It uses only what is named below of the other rooms of the page, which must not use this
//! one: the module `site` is built without it.

mod card;
mod chart;
mod charts;
mod class;
mod compare;
mod controls;
mod decisions;
mod fault_demo;
mod fault_panel;
mod faults;
mod fields;
mod filtered;
mod forecast;
mod form;
mod frame_monitor;
mod frames;
mod lanes;
mod navigation;
mod page;
mod question;
mod recorded;
mod report_file;
mod result;
mod runner;
mod rust;
mod section;
mod square;
mod stage;
mod stage_panel;
mod state;

// What the rooms of this folder name `super::browser` and so on.
use crate::{browser, class_link, hatches, header, presenter, root, save, student};

/// Draws the page of the experiments, or that of a class, of the faults or for Rust if the
/// address names it, into the element with the id `app` and replaces its content.
///
/// Does nothing if there is no such element.
pub fn mount_experiments() {
    let Some(root) = root() else { return };
    let query = browser::query();
    if browser::has_part(&query, "rust") {
        yew::Renderer::<rust::Rust>::with_root(root).render();
    } else if browser::has_part(&query, "class") {
        yew::Renderer::<class::Class>::with_root(root).render();
    } else if browser::has_part(&query, "faults") {
        yew::Renderer::<faults::Faults>::with_root(root).render();
    } else {
        yew::Renderer::<page::Page>::with_root(root).render();
    }
}

//! Charts: numbers become places ([`geometry`]), and places a picture that can
//! be drawn as SVG ([`picture`]).
//!
//! This crate is pure and tested natively. It knows nobody: it must not import
//! experiments, the browser or Yew.

pub mod geometry;
pub mod picture;
